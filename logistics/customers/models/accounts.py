"""A customer's money with us: what an account holds, and the entries that made it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from logistics.core.database import Base, PrimaryKey, one_of
from logistics.customers.models.customers import Customer


class Account(Base):
    """A customer's money in one currency. `balance` and `authorised` are the sums of its entries (I-M1).

    `credit_limit`: how far below zero it may go by orders on terms. `terms_days`: by how many days after dispatch such an order is to be
    paid; 0 where the customer has no terms.
    """

    __tablename__ = "accounts"
    __table_args__ = (
        UniqueConstraint("customer_id", "currency"),
        CheckConstraint("authorised >= 0", name="authorised"),
        CheckConstraint("credit_limit >= 0", name="credit_limit"),
        CheckConstraint("terms_days BETWEEN 0 AND 365", name="terms_days"),
        CheckConstraint("balance - authorised >= -credit_limit", name="covered"),
    )

    id: Mapped[PrimaryKey]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    currency: Mapped[str] = mapped_column(String(3))
    balance: Mapped[int] = mapped_column(default=0)
    authorised: Mapped[int] = mapped_column(default=0)
    credit_limit: Mapped[int] = mapped_column(default=0)
    terms_days: Mapped[int] = mapped_column(default=0)

    customer: Mapped[Customer] = relationship()

    @property
    def spendable(self) -> int:
        """What can be paid from the balance, in minor units."""
        return self.balance - self.authorised

    @property
    def credit(self) -> int:
        """What can be bought on terms, in minor units."""
        return self.spendable + self.credit_limit


class EntryKind(StrEnum):
    """Why money moved on an account."""

    DEPOSIT = "deposit"
    PAYMENT = "payment"
    AUTHORISE = "authorise"
    CAPTURE = "capture"
    VOID = "void"
    REFUND = "refund"
    ADJUSTMENT = "adjustment"


class Entry(Base):
    """One movement of money on an account. Append-only; corrections are new entries. `reason` is said by who adjusts."""

    __tablename__ = "entries"
    __table_args__ = (
        CheckConstraint(one_of("kind", EntryKind), name="kind"),
        Index("ix_entries_account", "account_id", "id"),
        Index("ix_entries_statement", "account_id", "at", "id", postgresql_include=["balance_delta"]),
    )

    id: Mapped[PrimaryKey]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    kind: Mapped[str] = mapped_column(String(20))
    balance_delta: Mapped[int]
    authorised_delta: Mapped[int] = mapped_column(default=0)
    balance_after: Mapped[int]
    reference: Mapped[str] = mapped_column(String(100), default="")
    reason: Mapped[str] = mapped_column(String(200), default="")
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id"), index=True)
    actor_kind: Mapped[str] = mapped_column(String(20))
    actor_id: Mapped[int | None]
    at: Mapped[datetime]
