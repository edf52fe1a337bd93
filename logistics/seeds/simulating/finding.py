"""Finding the parcels that carriers may tell of: those of carriers that send our own format and share a secret with us."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Select, any_, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.fulfilment.models import Carrier, HookFormat, Shipment, ShipmentState
from logistics.orders.models import Order
from logistics.seeds.simulating.tales import Traveller
from logistics.tracking.sharing_secrets import secrets_of

# Further on, a tale from the beginning would be a tale about another parcel.
_YOUNG = (ShipmentState.SHIPPED.value, ShipmentState.IN_TRANSIT.value)


@dataclass(frozen=True)
class Cast:
    """Who plays: the carriers' secrets by their codes, the parcels that are out, and those that are packed and carry a number already."""

    secrets: dict[str, str]
    travellers: Sequence[Traveller]
    packed: Sequence[Traveller]


def find_cast(session: Session, *, only: Collection[str] = (), most: int | None = None) -> Cast:
    """Everybody who can play, of these carriers or of all; at most so many parcels, the oldest first. Reads only."""
    carriers = select(Carrier).where(Carrier.hook_format == HookFormat.OWN.value, Carrier.takes_parcels).order_by(Carrier.id)
    wanted = [carrier for carrier in session.scalars(carriers) if not only or carrier.code in only]
    held = {carrier.code: found[0] for carrier in wanted if (found := secrets_of(session, carrier.id))}
    ids = [carrier.id for carrier in wanted if carrier.code in held]
    out = _parcels(ids).where(Shipment.state.in_(_YOUNG), Shipment.dispatched_at.is_not(None))
    packed = _parcels(ids).where(Shipment.state == ShipmentState.PACKED.value)
    return Cast(held, [_traveller(row) for row in session.execute(out.limit(most))], [_traveller(row) for row in session.execute(packed.limit(1))])


def _parcels(carrier_ids: Sequence[int]) -> Select[Any]:
    heard = func.coalesce(func.greatest(Shipment.last_event_at, Shipment.dispatched_at), Shipment.packed_at)
    return (
        select(Shipment.reference, Shipment.tracking_number, heard.label("since"))
        .add_columns(Carrier.code, Carrier.name, Order.city)
        .join(Carrier, Carrier.id == Shipment.carrier_id)
        .join(Order, Order.id == Shipment.order_id)
        .where(Shipment.carrier_id == any_(literal(carrier_ids, ARRAY(BigInteger))), Shipment.tracking_number != "")
        .order_by(Shipment.id)
    )


def _traveller(row: Any) -> Traveller:
    # Where the carrier's name is written in Chinese, it speaks Chinese.
    chinese = any("一" <= char <= "鿿" for char in row.name)
    return Traveller(row.reference, row.tracking_number, row.code, row.since or clock.now(), row.city, chinese)
