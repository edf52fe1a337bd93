"""The inbox of orders: what shops sent, what became of it, and what still waits for a person."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from logistics.catalog.models import Product
from logistics.core.database import Base, PrimaryKey, one_of
from logistics.core.inbox_rows import InboxRow
from logistics.orders.models import Channel, Order


class InboxState(StrEnum):
    """How far an event has come. Parked and quarantined ones wait for a person."""

    WAITING = "waiting"
    TAKEN = "taken"
    PARKED = "parked"
    IGNORED = "ignored"
    QUARANTINED = "quarantined"
    DISCARDED = "discarded"


class Reason(StrEnum):
    """Why an event is where it is."""

    # Parked: no order could be made of it yet.
    UNREADABLE = "unreadable"
    UNKNOWN_PRODUCT = "unknown_product"
    TOTALS_DIFFER = "totals_differ"
    INVALID = "invalid"
    OUT_OF_STOCK = "insufficient_stock"
    INSUFFICIENT_BALANCE = "insufficient_balance"
    TEST_ORDER = "test_order"
    ALREADY_FULFILLED = "already_fulfilled"
    REOPENED = "reopened"
    ORDER_UNKNOWN = "order_unknown"
    OUR_MISTAKE = "our_mistake"
    # Parked: the order is there, and a person has to decide.
    CHANGED = "changed"
    REFUNDED = "refunded"
    CANCELLED_AFTER_PICKING = "cancelled_after_picking"
    CANCELLED_AFTER_SHIPPING = "cancelled_after_shipping"
    VOIDED_AFTER_SHIPPING = "voided_after_shipping"
    REFUNDED_AFTER_PASSING_ON = "refunded_after_passing_on"
    # Quarantined.
    ALTERED = "altered"
    # Taken, with or without an effect.
    PLACED = "placed"
    NOTHING_NEW = "nothing_new"
    PAID = "paid"
    PAID_AFTER_CANCELLATION = "paid_after_cancellation"
    VOIDED = "voided"
    CANCELLED = "cancelled"
    CANCELLED_BEFORE = "cancelled_before"
    SUPERSEDED = "superseded"
    DISCARDED_BEFORE = "discarded_before"
    # Ignored.
    OTHER_TOPIC = "other_topic"
    NOT_PLACED_YET = "not_placed_yet"
    NOTHING_TO_SHIP = "nothing_to_ship"


class InboxEvent(InboxRow, Base):
    """One signed thing that a shop sent. `changed_at` is when the shop last changed what it tells of.

    `corrections` are what a clerk typed over what was read: they hold personal data and are erased in time, as the body is.
    """

    __tablename__ = "order_inbox"
    __table_args__ = (
        CheckConstraint(one_of("state", InboxState), name="state"),
        Index("uq_order_inbox_event", "channel_id", "event_id", unique=True, postgresql_where="first_id IS NULL"),
        Index("uq_order_inbox_altered", "first_id", "digest", unique=True),
        Index("ix_order_inbox_digest", "channel_id", "digest"),
        Index("ix_order_inbox_story", "channel_id", "external_id", "id"),
        Index("ix_order_inbox_order", "order_id"),
        Index("ix_order_inbox_waiting", "id", postgresql_where="state = 'waiting'"),
        Index("ix_order_inbox_parked", "id", postgresql_where="state IN ('parked', 'quarantined')"),
        Index("ix_order_inbox_kept", "settled_at", postgresql_where="settled_at IS NOT NULL AND body IS NOT NULL"),
    )

    OPEN = (InboxState.PARKED.value, InboxState.QUARANTINED.value)

    channel_id: Mapped[int] = mapped_column(ForeignKey("channels.id"))
    topic: Mapped[str] = mapped_column(String(60))
    external_id: Mapped[str] = mapped_column(String(100))
    corrections: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id"))
    changed_at: Mapped[datetime | None]

    channel: Mapped[Channel] = relationship()
    order: Mapped[Order | None] = relationship()


class CodeKind(StrEnum):
    """By what a shop names its goods."""

    SKU = "sku"
    VARIANT = "variant"


class SkuMapping(Base):
    """A shop's SKU (in lower case) or variant id, and which product of ours it means. `title` is what the shop calls it."""

    __tablename__ = "sku_mappings"
    __table_args__ = (UniqueConstraint("channel_id", "kind", "code"), CheckConstraint(one_of("kind", CodeKind), name="kind"))

    id: Mapped[PrimaryKey]
    channel_id: Mapped[int] = mapped_column(ForeignKey("channels.id"))
    kind: Mapped[str] = mapped_column(String(10))
    code: Mapped[str] = mapped_column(String(100))
    title: Mapped[str] = mapped_column(String(200), default="")
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))

    product: Mapped[Product] = relationship()
