"""Attempts to move money at a provider: opened before it is asked, closed when it has answered."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from logistics.core.database import Base, PrimaryKey, one_of
from logistics.payments.models.payments import Payment


class AttemptKind(StrEnum):
    """What the provider is asked for."""

    CHECKOUT = "checkout"
    AUTHORISE = "authorise"
    CAPTURE = "capture"
    VOID = "void"
    REFUND = "refund"


class AttemptState(StrEnum):
    """Whether it has answered: nothing yet, yes, no."""

    OPEN = "open"
    DONE = "done"
    REFUSED = "refused"


class PaymentAttempt(Base):
    """One question to a provider about a payment, `amount` in minor units. Of an order at most one is open.

    `key` is the idempotency key under which the provider is asked, however often. `asked` is what a repetition needs beside the payment
    (emptied when it is closed), `answer` what came back.
    """

    __tablename__ = "payment_attempts"
    __table_args__ = (
        CheckConstraint(one_of("kind", AttemptKind), name="kind"),
        CheckConstraint(one_of("state", AttemptState), name="state"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("(state = 'open') = (closed_at IS NULL)", name="closed"),
        Index("uq_payment_attempts_open", "order_id", unique=True, postgresql_where="state = 'open'"),
        Index("ix_payment_attempts_order", "order_id", "opened_at"),
        Index("ix_payment_attempts_waiting", "opened_at", postgresql_where="state = 'open'"),
    )

    id: Mapped[PrimaryKey]
    payment_id: Mapped[int] = mapped_column(ForeignKey("payments.id"), index=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    kind: Mapped[str] = mapped_column(String(20))
    amount: Mapped[int]
    key: Mapped[str] = mapped_column(String(64), unique=True)
    state: Mapped[str] = mapped_column(String(20), default=AttemptState.OPEN.value)
    asked: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    answer: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    actor_kind: Mapped[str] = mapped_column(String(20))
    actor_id: Mapped[int | None]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    payment: Mapped[Payment] = relationship()
