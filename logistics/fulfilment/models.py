"""Carriers, shipments and what lies in them."""

from datetime import datetime
from enum import StrEnum
from urllib.parse import quote

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from logistics.core.database import Base, PrimaryKey, one_of
from logistics.inventory.models import Reservation, Warehouse
from logistics.orders.models import Order, OrderLine


class Carrier(Base):
    """Who takes parcels. In `tracking_url`, {number} stands for the tracking number."""

    __tablename__ = "carriers"

    id: Mapped[PrimaryKey]
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    tracking_url: Mapped[str] = mapped_column(String(300), default="")
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)

    def link_to(self, number: str) -> str:
        """The carrier's own tracking page for this number, or an empty text."""
        return self.tracking_url.replace("{number}", quote(number, safe="")) if number else ""


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
    """One parcel from one warehouse."""

    __tablename__ = "shipments"
    __table_args__ = (
        CheckConstraint(one_of("state", ShipmentState), name="state"),
        Index("ix_shipments_state", "state", "id"),
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
    tracking_number: Mapped[str] = mapped_column(String(60), default="")
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
    lines: Mapped[list["ShipmentLine"]] = relationship(back_populates="shipment", order_by="ShipmentLine.id")

    @property
    def is_in_house(self) -> bool:
        """Whether the parcel has not left yet."""
        return self.state in IN_HOUSE


Index("ix_shipments_number", func.upper(Shipment.tracking_number))


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
