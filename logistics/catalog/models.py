"""Products."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String, func
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, deferred, mapped_column

from logistics.core.database import Base, PrimaryKey


class Product(Base):
    """Something the shop sells. Discontinued: sold while stock lasts, never reordered. Sellable: may be ordered."""

    __tablename__ = "products"
    __table_args__ = (
        CheckConstraint("price >= 0", name="price"),
        CheckConstraint("weight_grams >= 0", name="weight"),
        Index("ix_products_search", "search", postgresql_using="gin"),
        Index("uq_products_gtin", "gtin", unique=True, postgresql_where="gtin <> ''"),
    )

    id: Mapped[PrimaryKey]
    sku: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200))
    gtin: Mapped[str] = mapped_column(String(14), default="")
    description: Mapped[str] = mapped_column(String(2000), default="")
    price: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    weight_grams: Mapped[int] = mapped_column(default=0)
    sellable: Mapped[bool] = mapped_column(default=True)
    discontinued: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    search: Mapped[str | None] = deferred(mapped_column(TSVECTOR))


Index("uq_products_sku", func.lower(Product.sku), unique=True)
