"""Carriers, shipments and what lies in them."""

from datetime import date, datetime, time
from enum import StrEnum
from urllib.parse import quote

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, func, literal_column
from sqlalchemy.orm import Mapped, mapped_column, relationship

from logistics.core.database import Base, PrimaryKey, one_of
from logistics.inventory.models import Reservation, Warehouse
from logistics.orders.models import Order, OrderLine


class HookFormat(StrEnum):
    """How a carrier, or who reports for many, tells us of parcels by itself."""

    NONE = ""
    OWN = "own"
    AFTERSHIP = "aftership"
    EASYPOST = "easypost"
    SEVENTEEN_TRACK = "17track"
    KUAIDI100 = "kuaidi100"


class Carrier(Base):
    """Who takes parcels, or only reports about those of others (`takes_parcels`). In `tracking_url`, {number} stands for the tracking number.

    `cut_off`: what is dispatched later on a day is collected the next; in the zone `timezone` (empty: the shop's), in which times without
    an offset are read, too. `aliases` are what others call it, in lower case, separated by spaces. `number_form` names the rules its
    tracking numbers are checked by (empty: none).
    """

    __tablename__ = "carriers"
    __table_args__ = (CheckConstraint(one_of("hook_format", HookFormat), name="hook_format"),)

    id: Mapped[PrimaryKey]
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    tracking_url: Mapped[str] = mapped_column(String(300), default="")
    active: Mapped[bool] = mapped_column(default=True)
    takes_parcels: Mapped[bool] = mapped_column(default=True)
    hook_format: Mapped[str] = mapped_column(String(20), default=HookFormat.NONE.value)
    aliases: Mapped[str] = mapped_column(String(300), default="")
    number_form: Mapped[str] = mapped_column(String(20), default="")
    cut_off: Mapped[time | None]
    timezone: Mapped[str] = mapped_column(String(40), default="")
    version: Mapped[int] = mapped_column(default=1)

    services: Mapped[list["CarrierService"]] = relationship(back_populates="carrier", order_by="CarrierService.id")
    zones: Mapped[list["CarrierZone"]] = relationship(back_populates="carrier", order_by="CarrierZone.id")

    def link_to(self, number: str) -> str:
        """The carrier's own tracking page for this number, or an empty text."""
        return self.tracking_url.replace("{number}", quote(number, safe="")) if number else ""


class CarrierService(Base):
    """A way in which a carrier takes parcels, like express."""

    __tablename__ = "carrier_services"

    id: Mapped[PrimaryKey]
    carrier_id: Mapped[int] = mapped_column(ForeignKey("carriers.id"))
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(100))
    active: Mapped[bool] = mapped_column(default=True)

    carrier: Mapped[Carrier] = relationship(back_populates="services")


Index("uq_carrier_services_code", CarrierService.carrier_id, func.lower(CarrierService.code), unique=True)


class CarrierZone(Base):
    """How many days a carrier's parcels to a zone are expected to take, as long as we have not learned better."""

    __tablename__ = "carrier_zones"
    __table_args__ = (
        UniqueConstraint("carrier_id", "zone"),
        CheckConstraint("0 <= least_days AND least_days <= most_days AND most_days <= 365", name="days"),
    )

    id: Mapped[PrimaryKey]
    carrier_id: Mapped[int] = mapped_column(ForeignKey("carriers.id"))
    zone: Mapped[str] = mapped_column(String(20))
    least_days: Mapped[int]
    most_days: Mapped[int]

    carrier: Mapped[Carrier] = relationship(back_populates="zones")


class ExpectedBy(StrEnum):
    """Where it comes from, when a parcel is expected."""

    NOBODY = ""
    CARRIER = "carrier"
    HISTORY = "history"
    TABLE = "table"


class ShipmentState(StrEnum):
    """A parcel's life: worked on here until it is shipped, then told by its tracking events (tracking.rules.fold)."""

    PENDING = "pending"
    PICKING = "picking"
    PICKED = "picked"
    PACKED = "packed"
    SHIPPED = "shipped"
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    READY_FOR_PICKUP = "ready_for_pickup"
    ATTEMPT_FAILED = "attempt_failed"
    HELD_UP = "held_up"
    DELIVERED = "delivered"
    RETURNING = "returning"
    RETURNED_TO_SENDER = "returned_to_sender"
    LOST = "lost"
    CANCELLED = "cancelled"


IN_HOUSE = (ShipmentState.PENDING, ShipmentState.PICKING, ShipmentState.PICKED, ShipmentState.PACKED)
LIVE = tuple(state for state in ShipmentState if state not in ("delivered", "returned_to_sender", "lost", "cancelled"))


class Shipment(Base):
    """One parcel from one warehouse.

    What the road writes: `zone` it goes to, the days between which it is expected (`expected_from`, `expected_to`, in the shop's zone) and
    whose word that is, `last_event_at` (the latest thing reported that is no future), `delivered_at`.
    """

    __tablename__ = "shipments"
    __table_args__ = (
        CheckConstraint(one_of("state", ShipmentState), name="state"),
        CheckConstraint(one_of("expected_by", ExpectedBy), name="expected_by"),
        CheckConstraint("expected_from <= expected_to", name="expected"),
        CheckConstraint("(expected_by = '') = (expected_from IS NULL) AND (expected_from IS NULL) = (expected_to IS NULL)", name="expectation"),
        Index("ix_shipments_state", "state", "id"),
        Index(
            "ix_shipments_on_the_road",
            "expected_to",
            "id",
            postgresql_where="state IN ('shipped', 'in_transit', 'out_for_delivery', 'ready_for_pickup', 'attempt_failed', 'held_up', 'returning')",
        ),
        Index(
            "uq_shipments_tracking",
            "carrier_id",
            "tracking_number",
            unique=True,
            postgresql_where="tracking_number <> '' AND state NOT IN ('delivered', 'returned_to_sender', 'lost', 'cancelled')",
        ),
    )

    id: Mapped[PrimaryKey]
    reference: Mapped[str] = mapped_column(String(20), unique=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), index=True)
    warehouse_id: Mapped[int] = mapped_column(ForeignKey("warehouses.id"))
    state: Mapped[str] = mapped_column(String(20), default=ShipmentState.PENDING.value)
    carrier_id: Mapped[int | None] = mapped_column(ForeignKey("carriers.id"))
    service_id: Mapped[int | None] = mapped_column(ForeignKey("carrier_services.id"))
    tracking_number: Mapped[str] = mapped_column(String(60), default="")
    zone: Mapped[str] = mapped_column(String(20), default="")
    expected_from: Mapped[date | None]
    expected_to: Mapped[date | None]
    expected_by: Mapped[str] = mapped_column(String(10), default=ExpectedBy.NOBODY.value)
    last_event_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    weight_grams: Mapped[int | None]
    created_at: Mapped[datetime]
    picked_at: Mapped[datetime | None]
    packed_at: Mapped[datetime | None]
    dispatched_at: Mapped[datetime | None]
    picked_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    packed_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    dispatched_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    version: Mapped[int] = mapped_column(default=1)

    order: Mapped[Order] = relationship()
    warehouse: Mapped[Warehouse] = relationship()
    carrier: Mapped[Carrier | None] = relationship()
    service: Mapped[CarrierService | None] = relationship()
    lines: Mapped[list["ShipmentLine"]] = relationship(back_populates="shipment", order_by="ShipmentLine.id")

    @property
    def is_in_house(self) -> bool:
        """Whether the parcel has not left yet."""
        return self.state in IN_HOUSE


Index("ix_shipments_number", func.upper(Shipment.tracking_number))
Index("ix_shipments_plain_number", func.upper(func.translate(Shipment.tracking_number, literal_column("' -'"), literal_column("''"))))


class ShipmentLine(Base):
    """Units of one order line in a parcel; the reservation is what its dispatch will consume."""

    __tablename__ = "shipment_lines"
    __table_args__ = (CheckConstraint("quantity > 0 AND 0 <= picked AND picked <= quantity AND packed <= picked", name="quantity"),)

    id: Mapped[PrimaryKey]
    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipments.id"), index=True)
    order_line_id: Mapped[int] = mapped_column(ForeignKey("order_lines.id"), index=True)
    reservation_id: Mapped[int] = mapped_column(ForeignKey("reservations.id"), unique=True)
    quantity: Mapped[int]
    picked: Mapped[int] = mapped_column(default=0)
    packed: Mapped[int] = mapped_column(default=0)

    shipment: Mapped[Shipment] = relationship(back_populates="lines")
    order_line: Mapped[OrderLine] = relationship()
    reservation: Mapped[Reservation] = relationship()


class PutBack(Base):
    """Picked units that were cancelled and have to go back to their place. No movement: they never left what is on hand.

    `from_parcel`: they lay in a parcel that was packed, which has to be opened.
    """

    __tablename__ = "put_backs"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity"), Index("ix_put_backs_open", "id", postgresql_where="done_at IS NULL"))

    id: Mapped[PrimaryKey]
    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipments.id"), index=True)
    order_line_id: Mapped[int] = mapped_column(ForeignKey("order_lines.id"))
    stock_level_id: Mapped[int] = mapped_column(ForeignKey("stock_levels.id"))
    quantity: Mapped[int]
    from_parcel: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    done_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
