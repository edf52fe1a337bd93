"""Customers, and where their parcels go."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, func
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, deferred, mapped_column

from logistics.core.address_columns import AddressColumns
from logistics.core.database import Base, PrimaryKey


class Customer(AddressColumns, Base):
    """Somebody who buys, with the address their parcels usually go to."""

    __tablename__ = "customers"
    __table_args__ = (Index("ix_customers_search", "search", postgresql_using="gin"),)

    id: Mapped[PrimaryKey]
    reference: Mapped[str | None] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(254), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    language: Mapped[str] = mapped_column(String(10), default="en")
    tax_number: Mapped[str] = mapped_column(String(60), default="")
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    search: Mapped[str | None] = deferred(mapped_column(TSVECTOR))


Index("uq_customers_reference", func.lower(Customer.reference), unique=True)
Index("ix_customers_name", func.lower(Customer.name), Customer.id)


class CustomerAddress(AddressColumns, Base):
    """Where an order of a customer went: a name, a phone number and an address, remembered once and how often it was used.

    `digest` is of the name and the address as they compare (rules.address_digest).
    """

    __tablename__ = "customer_addresses"
    __table_args__ = (
        UniqueConstraint("customer_id", "digest"),
        CheckConstraint("times_used > 0", name="times_used"),
        Index("ix_customer_addresses_used", "customer_id", "last_used_at", "id"),
    )

    id: Mapped[PrimaryKey]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    digest: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200))
    phone: Mapped[str] = mapped_column(String(40), default="")
    times_used: Mapped[int] = mapped_column(default=1)
    last_used_at: Mapped[datetime]
