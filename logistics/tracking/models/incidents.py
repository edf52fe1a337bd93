"""What went wrong with parcels and waits for a person (a plain list until the inbox of incidents)."""

from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from logistics.core.database import Base, one_of
from logistics.fulfilment.models import Shipment
from logistics.orders.models import Incident


class ParcelIncidentKind(StrEnum):
    """What is wrong."""

    NOT_RECEIVED = "not_received"
    MOVING_UNDISPATCHED = "moving_undispatched"
    DELIVERED_AFTER_LOSS = "delivered_after_loss"
    COMING_BACK = "coming_back"


class ParcelIncident(Incident, Base):
    """Something wrong with a parcel that a person has to settle. One open incident per order, shipment and kind."""

    __tablename__ = "parcel_incidents"
    __table_args__ = (
        CheckConstraint(one_of("kind", ParcelIncidentKind), name="kind"),
        CheckConstraint("(resolved_at IS NULL) = (resolution = '')", name="resolution"),
        Index("uq_parcel_incidents_open", "order_id", "shipment_id", "kind", unique=True, postgresql_where="resolved_at IS NULL"),
        Index("ix_parcel_incidents_list", "id", postgresql_where="resolved_at IS NULL"),
    )

    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipments.id"), index=True)
    note: Mapped[str] = mapped_column(String(500), default="")
    opened_by_kind: Mapped[str] = mapped_column(String(20))

    shipment: Mapped[Shipment] = relationship()
