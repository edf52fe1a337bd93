"""Products, and the taxes on them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ColumnElement, Index, String, UniqueConstraint, func
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, deferred, mapped_column

from logistics.core.database import Base, PrimaryKey, one_of


class TaxClass(StrEnum):
    """How goods are taxed. On zero-rated and exempt ones there is no tax anywhere."""

    STANDARD = "standard"
    REDUCED = "reduced"
    ZERO = "zero"
    EXEMPT = "exempt"


class RatedClass(StrEnum):
    """The tax classes that have a rate in a country."""

    STANDARD = "standard"
    REDUCED = "reduced"


class Product(Base):
    """Something the shop sells. Discontinued: sold while stock lasts, never reordered. Sellable: may be ordered."""

    __tablename__ = "products"
    __table_args__ = (
        CheckConstraint("price >= 0", name="price"),
        CheckConstraint("weight_grams >= 0", name="weight"),
        CheckConstraint(one_of("tax_class", TaxClass), name="tax_class"),
        Index("ix_products_search", "search", postgresql_using="gin"),
    )

    id: Mapped[PrimaryKey]
    sku: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200))
    gtin: Mapped[str] = mapped_column(String(14), default="")
    description: Mapped[str] = mapped_column(String(2000), default="")
    price: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    weight_grams: Mapped[int] = mapped_column(default=0)
    tax_class: Mapped[str] = mapped_column(String(20), default=TaxClass.STANDARD.value)
    sellable: Mapped[bool] = mapped_column(default=True)
    discontinued: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    search: Mapped[str | None] = deferred(mapped_column(TSVECTOR))


class TaxRate(Base):
    """What goods of a class are taxed with where they go to (ISO 3166), in basis points; `name` is what people there call the tax.

    Orders keep the rates they were placed with. One that is not active is no rate for new ones.
    """

    __tablename__ = "tax_rates"
    __table_args__ = (
        UniqueConstraint("country", "tax_class"),
        CheckConstraint(one_of("tax_class", RatedClass), name="tax_class"),
        CheckConstraint("rate_bp BETWEEN 0 AND 10000", name="rate"),
        CheckConstraint("country ~ '^[A-Z]{2}$'", name="country"),
    )

    id: Mapped[PrimaryKey]
    country: Mapped[str] = mapped_column(String(2))
    tax_class: Mapped[str] = mapped_column(String(20))
    rate_bp: Mapped[int]
    name: Mapped[str] = mapped_column(String(40))
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)


Index("uq_products_sku", func.lower(Product.sku), unique=True)
# A GTIN-12 is a GTIN-13 without its leading zero, and so on: one number in 14 digits.
Index("uq_products_gtin", func.lpad(Product.gtin, 14, "0"), unique=True, postgresql_where=Product.gtin != "")
Index("ix_products_name", func.lower(Product.name), Product.id)


def has_gtin(gtin: str) -> ColumnElement[bool]:
    """The condition that a product carries this barcode number, in whatever length; an empty one is carried by none."""
    return (func.lpad(Product.gtin, 14, "0") == gtin.zfill(14)) & (Product.gtin != "")
