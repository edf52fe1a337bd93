"""Corrections of balances: what was asked for, by whom, and who agreed."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from logistics.core.database import Base, PrimaryKey, one_of
from logistics.customers.models.accounts import Account


class RequestState(StrEnum):
    """A request's life. `direct`: it needed nobody else, and was done at once."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    DIRECT = "direct"


class AdjustmentRequest(Base):
    """A balance corrected by `change` minor units, up or down: done, or asked for. Written under its account's lock.

    Who asked never approves: that is for a second person (SEC43). `decided_by`: who approved, rejected or withdrew it. What was done
    names its entry.
    """

    __tablename__ = "adjustment_requests"
    __table_args__ = (
        UniqueConstraint("entry_id"),
        CheckConstraint(one_of("state", RequestState), name="state"),
        CheckConstraint("change <> 0", name="change"),
        CheckConstraint("reason <> ''", name="reason"),
        CheckConstraint("(state = 'pending') = (decided_at IS NULL)", name="decided"),
        CheckConstraint("(state IN ('approved', 'direct')) = (entry_id IS NOT NULL)", name="done"),
        CheckConstraint("state NOT IN ('approved', 'rejected') OR (decided_by IS NOT NULL AND decided_by <> coalesce(asked_by, 0))", name="second"),
        Index("ix_adjustment_requests_account", "account_id", "id"),
        Index("ix_adjustment_requests_pending", "id", postgresql_where="state = 'pending'"),
    )

    id: Mapped[PrimaryKey]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    change: Mapped[int]
    reason: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(20))
    asked_at: Mapped[datetime]
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entries.id"))

    account: Mapped[Account] = relationship()

    @property
    def is_pending(self) -> bool:
        """Whether a second person has still to decide."""
        return self.state == RequestState.PENDING
