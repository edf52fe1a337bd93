"""What went wrong with an order and waits for somebody: plain lists, until there is an inbox for every incident."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from logistics.core.database import Base, PrimaryKey, one_of
from logistics.orders.models.orders import Order


class Incident:
    """What an incident of any list holds: what happened to which order, since when, and once it is settled how, when and by whom."""

    id: Mapped[PrimaryKey]
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    kind: Mapped[str] = mapped_column(String(30))
    opened_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    resolution: Mapped[str] = mapped_column(String(500), default="")

    @declared_attr
    def order(cls) -> Mapped[Order]:
        """Whose incident it is."""
        return relationship(Order)


class IncidentKind(StrEnum):
    """What happened."""

    MONEY_AFTER_CANCELLATION = "money_after_cancellation"
    OVERPAID = "overpaid"
    CAPTURE_REFUSED = "capture_refused"
    REFUND_REFUSED = "refund_refused"
    AUTHORISATION_ENDING = "authorisation_ending"
    SHIPPED_UNCOVERED = "shipped_uncovered"
    DISPUTED = "disputed"


class PaymentIncident(Incident, Base):
    """Something about an order's money to be looked into; `amount` in minor units of its currency. Of a kind an order has at most one open."""

    __tablename__ = "payment_incidents"
    __table_args__ = (
        CheckConstraint(one_of("kind", IncidentKind), name="kind"),
        CheckConstraint("amount >= 0", name="amount"),
        CheckConstraint("(resolved_at IS NULL) = (resolution = '')", name="resolved"),
        Index("uq_payment_incidents_open", "order_id", "kind", unique=True, postgresql_where="resolved_at IS NULL"),
        Index("ix_payment_incidents_open", "opened_at", "id", postgresql_where="resolved_at IS NULL"),
        Index("ix_payment_incidents_opened", "opened_at", "id"),
    )

    amount: Mapped[int]
