"""That parcels were delivered."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from logistics.core.database import Base, PrimaryKey, one_of
from logistics.fulfilment.models import Shipment


class ProofKind(StrEnum):
    """Who took the parcel in."""

    SELF = "self"
    NEIGHBOUR = "neighbour"
    LOCKER = "locker"
    COD = "cod"


class Proof(Base):
    """That a parcel was delivered: who signed, how, when. Signer and photo may be erased."""

    __tablename__ = "proofs"
    __table_args__ = (CheckConstraint(one_of("kind", ProofKind), name="kind"),)

    id: Mapped[PrimaryKey]
    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipments.id"), index=True)
    event_id: Mapped[int | None] = mapped_column(ForeignKey("tracking_events.id"))
    signer: Mapped[str | None] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime]

    shipment: Mapped[Shipment] = relationship()
    photo: Mapped["ProofPhoto | None"] = relationship(back_populates="proof")


class ProofPhoto(Base):
    """A photo of a delivery, drawn anew by us (SEC32): a JPEG without what its camera noted. `name` is random and stands in its address.

    `small` is the same, for pages that show several.
    """

    __tablename__ = "proof_photos"

    id: Mapped[PrimaryKey]
    proof_id: Mapped[int] = mapped_column(ForeignKey("proofs.id"), unique=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)
    width: Mapped[int]
    height: Mapped[int]
    data: Mapped[bytes] = deferred(mapped_column(LargeBinary, nullable=False))
    small: Mapped[bytes] = deferred(mapped_column(LargeBinary, nullable=False))
    added_at: Mapped[datetime]
    added_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))

    proof: Mapped[Proof] = relationship(back_populates="photo")
