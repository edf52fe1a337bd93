"""Corrections of balances: what was asked for, by whom, and who agreed."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from logistics.core.database import Base
from logistics.core.second_person import Request, request_checks
from logistics.customers.models.accounts import Account


class AdjustmentRequest(Request, Base):
    """A balance corrected by `change` minor units, up or down: done, or asked for. Written under its account's lock.

    What was done names its entry.
    """

    __tablename__ = "adjustment_requests"
    __table_args__ = (
        UniqueConstraint("entry_id"),
        *request_checks(),
        CheckConstraint("change <> 0", name="change"),
        CheckConstraint("reason <> ''", name="reason"),
        CheckConstraint("(state IN ('approved', 'direct')) = (entry_id IS NOT NULL)", name="done"),
        Index("ix_adjustment_requests_account", "account_id", "id"),
        Index("ix_adjustment_requests_pending", "id", postgresql_where="state = 'pending'"),
    )

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    change: Mapped[int]
    reason: Mapped[str] = mapped_column(String(200))
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entries.id"))

    account: Mapped[Account] = relationship()
