"""How long parcels take, learned from our own."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from logistics.core.database import Base, PrimaryKey


class TransitTime(Base):
    """Days from dispatch to delivery of a carrier's parcels to a zone, over the last of them: `samples` many.

    `early_days` were enough for one in ten, `usual_days` for half, `late_days` for nine in ten. Computed anew each night.
    """

    __tablename__ = "transit_times"
    __table_args__ = (
        UniqueConstraint("carrier_id", "zone"),
        CheckConstraint("samples > 0 AND 0 <= early_days AND early_days <= usual_days AND usual_days <= late_days", name="days"),
    )

    id: Mapped[PrimaryKey]
    carrier_id: Mapped[int] = mapped_column(ForeignKey("carriers.id"))
    zone: Mapped[str] = mapped_column(String(20))
    samples: Mapped[int]
    early_days: Mapped[int]
    usual_days: Mapped[int]
    late_days: Mapped[int]
    computed_at: Mapped[datetime]
