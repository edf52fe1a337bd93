"""Payments of orders, and the moves that make their amounts."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from logistics.core.database import Base, PrimaryKey, one_of


class Method(StrEnum):
    """How an order is paid."""

    BALANCE = "balance"
    CARD = "card"
    TRANSFER = "transfer"
    COD = "cod"
    TERMS = "terms"
    SHOP = "shop"


class PaymentState(StrEnum):
    """A payment's life."""

    CREATED = "created"
    AUTHORISED = "authorised"
    CAPTURED = "captured"
    PART_REFUNDED = "part_refunded"
    REFUNDED = "refunded"
    VOIDED = "voided"
    EXPIRED = "expired"
    FAILED = "failed"
    DISPUTED = "disputed"


class MoveKind(StrEnum):
    """What a move did to the amounts."""

    AUTHORISE = "authorise"
    CAPTURE = "capture"
    VOID = "void"
    REFUND = "refund"


class Payment(Base):
    """One way an order was paid. The amounts are the sums of its moves (I-M2); refunded <= captured <= authorised.

    `provider_reference`: what the provider of cards calls it. `authorised_until`: when a provider's authorisation ends by itself.
    `due_on`: the day by which what was taken on terms is to be paid. `failure`: why it failed, as a code. `pay_url`: where the customer
    pays by card, while they can. `settle_at`: when the worker looks after it next, by asking its provider.
    """

    __tablename__ = "payments"
    __table_args__ = (
        CheckConstraint(one_of("method", Method), name="method"),
        CheckConstraint(one_of("state", PaymentState), name="state"),
        CheckConstraint("0 <= refunded AND refunded <= captured AND captured <= authorised", name="amounts"),
        CheckConstraint("0 <= voided AND captured + voided <= authorised", name="voided"),
        Index("uq_payments_provider_reference", "provider", "provider_reference", unique=True, postgresql_where="provider_reference <> ''"),
        Index("ix_payments_ending", "authorised_until", postgresql_where="state = 'authorised' AND authorised_until IS NOT NULL"),
        Index("ix_payments_settle", "settle_at", postgresql_where="settle_at IS NOT NULL"),
        Index("ix_payments_due", "account_id", "due_on", postgresql_where="due_on IS NOT NULL"),
        Index("ix_payments_newest", "created_at", "id"),
        Index("ix_payments_method", "method", "created_at", "id"),
        Index("ix_payments_state", "state", "created_at", "id"),
        Index("ix_payments_cod", "id", postgresql_where="method = 'cod' AND state = 'authorised'"),
    )

    id: Mapped[PrimaryKey]
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), index=True)
    method: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20), default=PaymentState.CREATED.value)
    currency: Mapped[str] = mapped_column(String(3))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    authorised: Mapped[int] = mapped_column(default=0)
    captured: Mapped[int] = mapped_column(default=0)
    voided: Mapped[int] = mapped_column(default=0)
    refunded: Mapped[int] = mapped_column(default=0)
    provider: Mapped[str] = mapped_column(String(20), default="")
    provider_reference: Mapped[str] = mapped_column(String(255), default="")
    authorised_until: Mapped[datetime | None]
    due_on: Mapped[date | None]
    failure: Mapped[str] = mapped_column(String(60), default="")
    pay_url: Mapped[str] = mapped_column(Text, default="")
    settle_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    moves: Mapped[list["PaymentMove"]] = relationship(back_populates="payment", order_by="PaymentMove.id")

    @property
    def open_authorisation(self) -> int:
        """Money promised and not yet taken, in minor units."""
        return self.authorised - self.captured - self.voided

    @property
    def refundable(self) -> int:
        """Money taken and not given back, in minor units."""
        return self.captured - self.refunded


class PaymentMove(Base):
    """One change of a payment's amounts. Append-only. A reference is booked once per order. `reason` is said by who corrects."""

    __tablename__ = "payment_moves"
    __table_args__ = (
        CheckConstraint(one_of("kind", MoveKind), name="kind"),
        CheckConstraint("amount > 0", name="amount"),
        Index("uq_payment_moves_reference", "order_id", "provider", "kind", "reference", unique=True, postgresql_where="reference <> ''"),
    )

    id: Mapped[PrimaryKey]
    payment_id: Mapped[int] = mapped_column(ForeignKey("payments.id"), index=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    kind: Mapped[str] = mapped_column(String(20))
    amount: Mapped[int]
    provider: Mapped[str] = mapped_column(String(60))
    reference: Mapped[str] = mapped_column(String(100), default="")
    reason: Mapped[str] = mapped_column(String(200), default="")
    actor_kind: Mapped[str] = mapped_column(String(20))
    actor_id: Mapped[int | None]
    at: Mapped[datetime]

    payment: Mapped[Payment] = relationship(back_populates="moves")
