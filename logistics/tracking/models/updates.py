"""Who besides the customer of record asked to be told of an order's way."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, func
from sqlalchemy.orm import Mapped, mapped_column

from logistics.core.database import Base, PrimaryKey


class UpdateRequest(Base):
    """An e-mail address that wants the news of an order: told once it was confirmed by the link sent there, until it is ended."""

    __tablename__ = "update_requests"

    id: Mapped[PrimaryKey]
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    email: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(10), default="en")
    asked_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


Index("uq_update_requests_email", UpdateRequest.order_id, func.lower(UpdateRequest.email), unique=True, postgresql_where="ended_at IS NULL")
