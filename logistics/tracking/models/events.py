"""What was reported about parcels on their way, and who took them in."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from logistics.core.database import Base, PrimaryKey, one_of
from logistics.fulfilment.models import Shipment


class TrackingStatus(StrEnum):
    """What a tracking event says happened; the ranks and moves are in rules.py."""

    LABEL_CREATED = "label_created"
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    READY_FOR_PICKUP = "ready_for_pickup"
    ATTEMPT_FAILED = "attempt_failed"
    HELD_UP = "held_up"
    DELIVERED = "delivered"
    RETURNING = "returning"
    RETURNED_TO_SENDER = "returned_to_sender"
    LOST = "lost"
    DISPUTED = "disputed"


class EventSource(StrEnum):
    """Who reported it; the system counts a parcel as delivered when nobody says anything any more (tracking.quiet)."""

    STAFF = "staff"
    CUSTOMER = "customer"
    CARRIER = "carrier"
    SYSTEM = "system"


class Problem(StrEnum):
    """Why a parcel does not arrive as planned, in our words, whatever its carrier calls it."""

    ADDRESS = "address"
    ABSENT = "absent"
    REFUSED = "refused"
    CUSTOMS = "customs"
    WEATHER = "weather"
    DAMAGED = "damaged"
    PAYMENT = "payment"
    NOT_COLLECTED = "not_collected"
    DELAYED = "delayed"
    NOT_RECEIVED = "not_received"
    OTHER = "other"


class TrackingEvent(Base):
    """One thing that happened to a parcel. Append-only, but text and place may be erased. `offset_minutes` is the zone it was told in.

    `code` is what the carrier calls it, `text` its own words, `problem` one of Problem or empty. `source_id` begins with the carrier's code
    and a colon where a carrier reported it.
    """

    __tablename__ = "tracking_events"
    __table_args__ = (
        UniqueConstraint("source", "source_id"),
        CheckConstraint(one_of("status", TrackingStatus), name="status"),
        CheckConstraint(one_of("source", EventSource), name="source"),
        CheckConstraint(f"problem = '' OR {one_of('problem', Problem)}", name="problem"),
        Index("ix_tracking_events_code", "code", "id", postgresql_where="code <> ''"),
        Index("ix_tracking_events_shipment", "shipment_id", "occurred_at", "rank", "id"),
    )

    id: Mapped[PrimaryKey]
    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipments.id"))
    occurred_at: Mapped[datetime]
    offset_minutes: Mapped[int] = mapped_column(default=0)
    status: Mapped[str] = mapped_column(String(30))
    rank: Mapped[int]
    code: Mapped[str] = mapped_column(String(60), default="")
    problem: Mapped[str] = mapped_column(String(20), default="")
    text: Mapped[str | None] = mapped_column(String(500))
    place: Mapped[str | None] = mapped_column(String(200))
    source: Mapped[str] = mapped_column(String(20))
    source_id: Mapped[str] = mapped_column(String(100))
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("tracking_events.id"))
    actor_id: Mapped[int | None]
    recorded_at: Mapped[datetime]

    shipment: Mapped[Shipment] = relationship()
