"""Drafts: orders as far as somebody typed them."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR
from sqlalchemy.orm import Mapped, deferred, mapped_column

from logistics.core.database import Base, PrimaryKey


class OrderDraft(Base):
    """What was typed into the order form and is no order yet: it holds no stock, and its number becomes the order's when it is placed.

    `fields` are the form's, as they were typed, mistakes included. `form_key` is of the window that saved it last. The rest is for the
    list: `total` in minor units, None where a price is not known.
    """

    __tablename__ = "order_drafts"
    __table_args__ = (
        UniqueConstraint("staff_id", "form_key"),
        Index("ix_order_drafts_updated", "updated_at", "id"),
        Index("ix_order_drafts_staff", "staff_id", "updated_at", "id"),
        Index("ix_order_drafts_search", "search", postgresql_using="gin"),
    )

    id: Mapped[PrimaryKey]
    number: Mapped[str] = mapped_column(String(20), unique=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"))
    form_key: Mapped[str] = mapped_column(String(255))
    fields: Mapped[dict[str, Any]] = mapped_column(JSONB)
    name: Mapped[str] = mapped_column(String(200), default="")
    lines: Mapped[int] = mapped_column(default=0)
    units: Mapped[int] = mapped_column(default=0)
    currency: Mapped[str] = mapped_column(String(3))
    total: Mapped[int | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    search: Mapped[str | None] = deferred(mapped_column(TSVECTOR))
