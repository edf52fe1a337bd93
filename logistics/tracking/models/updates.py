"""Who asked to be told of an order's way, and who asked for the links to all their orders."""

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


class LinkRequest(Base):
    """Somebody asked for the links to the orders of an e-mail address. The worker looks for them, and the row is gone: nobody may be known by it."""

    __tablename__ = "link_requests"

    id: Mapped[PrimaryKey]
    email: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(10), default="en")
    asked_at: Mapped[datetime]


Index("uq_update_requests_email", UpdateRequest.order_id, func.lower(UpdateRequest.email), unique=True, postgresql_where="ended_at IS NULL")
