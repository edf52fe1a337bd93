"""What happens to shipments inside the house, and to the list of carriers."""

from dataclasses import dataclass
from typing import ClassVar

from logistics.core.events import Event


@dataclass(frozen=True)
class ShipmentAssigned(Event):
    """Units are to be packed into a parcel at a warehouse: a new one, or one that nobody has begun to pick."""

    SUBJECT: ClassVar[str] = "shipment"
    shipment_id: int
    order_id: int
    warehouse_id: int
    units: int


@dataclass(frozen=True)
class ShipmentMoved(Event):
    """A parcel came a step further inside the house: picking, picked, packed, cancelled."""

    SUBJECT: ClassVar[str] = "shipment"
    shipment_id: int
    order_id: int
    before: str
    after: str


@dataclass(frozen=True)
class ShipmentShortened(Event):
    """Units are not to go into this parcel any more; `picked` of them lay in it already and have to be put back."""

    SUBJECT: ClassVar[str] = "shipment"
    shipment_id: int
    order_id: int
    units: int
    picked: int


@dataclass(frozen=True)
class GoodsPutBack(Event):
    """Picked goods of a parcel that were cancelled are back in their place."""

    SUBJECT: ClassVar[str] = "shipment"
    shipment_id: int
    put_back_id: int
    units: int


@dataclass(frozen=True)
class ShipmentDispatched(Event):
    """A parcel left the house."""

    SUBJECT: ClassVar[str] = "shipment"
    shipment_id: int
    order_id: int
    carrier_id: int
    units: int


@dataclass(frozen=True)
class CarrierSaved(Event):
    """A carrier was added or changed."""

    SUBJECT: ClassVar[str] = "carrier"
    carrier_id: int
    code: str
    active: bool
