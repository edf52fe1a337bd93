"""What carriers sent: the deliveries as they came, the events that no parcel of ours is known for yet, and the carriers' own codes."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from logistics.core.database import Base, PrimaryKey, one_of
from logistics.core.inbox_rows import InboxRow
from logistics.core.shared_secrets import SharedSecret
from logistics.fulfilment.models import Carrier
from logistics.tracking.models.events import Problem, TrackingStatus


class DeliveryState(StrEnum):
    """How far something that a carrier sent has come. Unreadable and quarantined ones wait for a person."""

    WAITING = "waiting"
    WORKED = "worked"
    IGNORED = "ignored"
    UNREADABLE = "unreadable"
    QUARANTINED = "quarantined"
    DISCARDED = "discarded"


class CarrierDelivery(InboxRow, Base):
    """One signed body that a carrier sent."""

    __tablename__ = "tracking_inbox"
    __table_args__ = (
        CheckConstraint(one_of("state", DeliveryState), name="state"),
        Index("uq_tracking_inbox_event", "carrier_id", "event_id", unique=True, postgresql_where="first_id IS NULL"),
        Index("uq_tracking_inbox_altered", "first_id", "digest", unique=True),
        Index("ix_tracking_inbox_digest", "carrier_id", "digest"),
        Index("ix_tracking_inbox_waiting", "id", postgresql_where="state = 'waiting'"),
        Index("ix_tracking_inbox_open", "id", postgresql_where="state IN ('unreadable', 'quarantined')"),
        Index("ix_tracking_inbox_kept", "settled_at", postgresql_where="settled_at IS NOT NULL AND body IS NOT NULL"),
    )

    OPEN = (DeliveryState.UNREADABLE.value, DeliveryState.QUARANTINED.value)

    carrier_id: Mapped[int] = mapped_column(ForeignKey("carriers.id"))

    carrier: Mapped[Carrier] = relationship()


class ParkedEvent(Base):
    """Something that happened to a parcel nobody here knows yet: it attaches when the parcel appears, or is let go of at `until`.

    `tracking_number` is in capitals and without spaces. `attached_id` is the tracking event that was made of it.
    """

    __tablename__ = "parked_events"
    __table_args__ = (
        UniqueConstraint("carrier_id", "source_id"),
        CheckConstraint(one_of("status", TrackingStatus), name="status"),
        CheckConstraint(f"problem = '' OR {one_of('problem', Problem)}", name="problem"),
        Index("ix_parked_events_number", "tracking_number", "id", postgresql_where="attached_id IS NULL AND dropped_at IS NULL"),
        Index("ix_parked_events_until", "until", "id", postgresql_where="attached_id IS NULL AND dropped_at IS NULL"),
    )

    id: Mapped[PrimaryKey]
    carrier_id: Mapped[int] = mapped_column(ForeignKey("carriers.id"))
    tracking_number: Mapped[str] = mapped_column(String(60))
    source_id: Mapped[str] = mapped_column(String(100))
    occurred_at: Mapped[datetime]
    offset_minutes: Mapped[int] = mapped_column(default=0)
    status: Mapped[str] = mapped_column(String(30))
    code: Mapped[str] = mapped_column(String(60), default="")
    problem: Mapped[str] = mapped_column(String(20), default="")
    text: Mapped[str | None] = mapped_column(String(500))
    place: Mapped[str | None] = mapped_column(String(200))
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    recorded_at: Mapped[datetime]
    until: Mapped[datetime]
    attached_id: Mapped[int | None] = mapped_column(ForeignKey("tracking_events.id"))
    dropped_at: Mapped[datetime | None]

    carrier: Mapped[Carrier] = relationship()


class CarrierCode(Base):
    """A code of a carrier that its format does not explain, and what it means to us once somebody has said so.

    `status` is NULL while nobody has; its events count as "in transit". `sample` is the carrier's words the last time.
    """

    __tablename__ = "carrier_codes"
    __table_args__ = (
        UniqueConstraint("carrier_id", "code"),
        CheckConstraint(f"status IS NULL OR {one_of('status', TrackingStatus)}", name="status"),
        CheckConstraint(f"problem = '' OR {one_of('problem', Problem)}", name="problem"),
    )

    id: Mapped[PrimaryKey]
    carrier_id: Mapped[int] = mapped_column(ForeignKey("carriers.id"))
    code: Mapped[str] = mapped_column(String(60))
    status: Mapped[str | None] = mapped_column(String(30))
    problem: Mapped[str] = mapped_column(String(20), default="")
    sample: Mapped[str] = mapped_column(String(500), default="")
    times: Mapped[int] = mapped_column(default=1)
    seen_at: Mapped[datetime]
    mapped_at: Mapped[datetime | None]
    mapped_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    version: Mapped[int] = mapped_column(default=1)

    carrier: Mapped[Carrier] = relationship()


class CarrierSecret(SharedSecret, Base):
    """A secret shared with a carrier, sealed. One is current; one that was replaced holds until `ends_at`."""

    __tablename__ = "carrier_secrets"
    __table_args__ = (
        Index("ix_carrier_secrets_carrier", "carrier_id", "id"),
        Index("uq_carrier_secrets_current", "carrier_id", unique=True, postgresql_where="ends_at IS NULL"),
    )

    carrier_id: Mapped[int] = mapped_column(ForeignKey("carriers.id"))
