"""Taking orders back in part, and giving money back: what was asked for, by whom, and who agreed."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from logistics.core.database import Base, PrimaryKey, one_of
from logistics.core.second_person import Request, request_checks
from logistics.orders.models.orders import CancelReason, Order


class RefundReason(StrEnum):
    """Why money is given back, or less is asked for."""

    DAMAGED = "damaged"
    LATE = "late"
    WRONG_ITEM = "wrong_item"
    PRICE = "price"
    GOODWILL = "goodwill"
    DUPLICATE = "duplicate"
    OTHER = "other"


class RefundKind(StrEnum):
    """Money that was taken goes back, or less is to be paid."""

    REFUND = "refund"
    ALLOWANCE = "allowance"


class RefundTo(StrEnum):
    """Where money goes: the way it came, as far as that can be, or onto the customer's account."""

    AS_PAID = "as_paid"
    ACCOUNT = "account"


class RefundRequest(Request, Base):
    """A refund or an allowance of `amount` minor units, done or asked for. Written under its order's lock."""

    __tablename__ = "refund_requests"
    __table_args__ = (
        CheckConstraint(one_of("kind", RefundKind), name="kind"),
        CheckConstraint(one_of("reason", RefundReason), name="reason"),
        CheckConstraint(one_of("destination", RefundTo), name="destination"),
        *request_checks(),
        CheckConstraint("amount > 0", name="amount"),
        Index("ix_refund_requests_order", "order_id", "id"),
        Index("ix_refund_requests_pending", "id", postgresql_where="state = 'pending'"),
    )

    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    kind: Mapped[str] = mapped_column(String(20))
    amount: Mapped[int]
    reason: Mapped[str] = mapped_column(String(20))
    note: Mapped[str] = mapped_column(String(500), default="")
    destination: Mapped[str] = mapped_column(String(20), default=RefundTo.AS_PAID.value)
    api_key_id: Mapped[int | None]

    order: Mapped[Order] = relationship()


class OrderCancellation(Base):
    """Why units of an order were taken back, with what staff noted. Which units, the event OrderLinesCancelled says."""

    __tablename__ = "order_cancellations"
    __table_args__ = (CheckConstraint(one_of("reason", CancelReason), name="reason"), Index("ix_order_cancellations_order", "order_id", "id"))

    id: Mapped[PrimaryKey]
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    reason: Mapped[str] = mapped_column(String(20))
    note: Mapped[str] = mapped_column(String(500), default="")
    actor_kind: Mapped[str] = mapped_column(String(20))
    actor_id: Mapped[int | None]
    at: Mapped[datetime]
