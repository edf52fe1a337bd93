"""Messages: what was told to whom."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from logistics.core.database import Base, PrimaryKey, one_of


class MessageState(StrEnum):
    """A message's life."""

    QUEUED = "queued"
    SENT = "sent"
    SUPPRESSED = "suppressed"
    DEAD = "dead"


class Milestone(StrEnum):
    """What is worth telling."""

    RECEIVED = "received"
    CONFIRMED = "confirmed"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    CANCELLED_IN_PART = "cancelled_in_part"
    REFUNDED = "refunded"
    PAYMENT_ASKED = "payment_asked"
    STOCK_RAN_LOW = "stock_ran_low"
    ADDRESS_CHANGED = "address_changed"
    UPDATES_ASKED = "updates_asked"
    LINKS = "links"
    OUT_FOR_DELIVERY = "out_for_delivery"
    READY_FOR_PICKUP = "ready_for_pickup"
    ATTEMPT_FAILED = "attempt_failed"
    HELD_UP = "held_up"
    RETURNING = "returning"
    RETURNED_TO_SENDER = "returned_to_sender"
    LOST = "lost"


class Subject(StrEnum):
    """What a message is about."""

    ORDER = "order"
    SHIPMENT = "shipment"
    CANCELLATION = "cancellation"
    REFUND = "refund"
    STAFF_NOTICE = "staff_notice"
    ADDRESS = "address"
    UPDATES = "updates"
    LINKS = "links"


class Message(Base):
    """One thing told to one recipient: one row per subject, milestone, recipient and means."""

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("subject", "subject_id", "milestone", "recipient", "means"),
        CheckConstraint(one_of("state", MessageState), name="state"),
        CheckConstraint(one_of("milestone", Milestone), name="milestone"),
        CheckConstraint(one_of("subject", Subject), name="subject"),
        Index("ix_messages_queued", "id", postgresql_where="state = 'queued'"),
        Index("ix_messages_order", "order_id"),
    )

    id: Mapped[PrimaryKey]
    subject: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[int]
    milestone: Mapped[str] = mapped_column(String(30))
    means: Mapped[str] = mapped_column(String(10), default="email")
    recipient: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(10), default="en")
    order_id: Mapped[int | None]
    facts: Mapped[dict[str, object]] = mapped_column(JSONB)
    state: Mapped[str] = mapped_column(String(20), default=MessageState.QUEUED.value)
    attempts: Mapped[int] = mapped_column(default=0)
    enqueued_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    headline: Mapped[str] = mapped_column(String(300), default="")
    body: Mapped[str] = mapped_column(Text, default="")
    problem: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime]
