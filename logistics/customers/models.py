"""Customers, and their money with us."""

from dataclasses import fields
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, func
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from logistics.core.addresses import Address
from logistics.core.database import Base, PrimaryKey, one_of


class Customer(Base):
    """Somebody who buys, with the address their parcels usually go to."""

    __tablename__ = "customers"
    __table_args__ = (Index("ix_customers_search", "search", postgresql_using="gin"),)

    id: Mapped[PrimaryKey]
    reference: Mapped[str | None] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(254), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    language: Mapped[str] = mapped_column(String(10), default="en")
    line1: Mapped[str] = mapped_column(String(200), default="")
    line2: Mapped[str] = mapped_column(String(200), default="")
    district: Mapped[str] = mapped_column(String(100), default="")
    city: Mapped[str] = mapped_column(String(100), default="")
    region: Mapped[str] = mapped_column(String(100), default="")
    postcode: Mapped[str] = mapped_column(String(20), default="")
    country: Mapped[str] = mapped_column(String(2), default="")
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    search: Mapped[str | None] = deferred(mapped_column(TSVECTOR))

    accounts: Mapped[list["Account"]] = relationship(back_populates="customer", order_by="Account.currency")

    @property
    def address(self) -> Address:
        """Where their parcels usually go."""
        return Address(**{part.name: getattr(self, part.name) for part in fields(Address)})


Index("uq_customers_reference", func.lower(Customer.reference), unique=True)
Index("ix_customers_name", func.lower(Customer.name), Customer.id)


class CustomerAddress(Base):
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
    line1: Mapped[str] = mapped_column(String(200), default="")
    line2: Mapped[str] = mapped_column(String(200), default="")
    district: Mapped[str] = mapped_column(String(100), default="")
    city: Mapped[str] = mapped_column(String(100), default="")
    region: Mapped[str] = mapped_column(String(100), default="")
    postcode: Mapped[str] = mapped_column(String(20), default="")
    country: Mapped[str] = mapped_column(String(2), default="")
    times_used: Mapped[int] = mapped_column(default=1)
    last_used_at: Mapped[datetime]

    @property
    def address(self) -> Address:
        """Where it is."""
        return Address(**{part.name: getattr(self, part.name) for part in fields(Address)})


class Account(Base):
    """A customer's money in one currency. `balance` and `authorised` are the sums of its entries (I-M1).

    `credit_limit`: how far below zero it may go by orders on terms. `terms_days`: by how many days after dispatch such an order is to be
    paid; 0 where the customer has no terms.
    """

    __tablename__ = "accounts"
    __table_args__ = (
        UniqueConstraint("customer_id", "currency"),
        CheckConstraint("authorised >= 0", name="authorised"),
        CheckConstraint("credit_limit >= 0", name="credit_limit"),
        CheckConstraint("terms_days BETWEEN 0 AND 365", name="terms_days"),
        CheckConstraint("balance - authorised >= -credit_limit", name="covered"),
    )

    id: Mapped[PrimaryKey]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    currency: Mapped[str] = mapped_column(String(3))
    balance: Mapped[int] = mapped_column(default=0)
    authorised: Mapped[int] = mapped_column(default=0)
    credit_limit: Mapped[int] = mapped_column(default=0)
    terms_days: Mapped[int] = mapped_column(default=0)

    customer: Mapped[Customer] = relationship(back_populates="accounts")

    @property
    def spendable(self) -> int:
        """What can be paid from the balance, in minor units."""
        return self.balance - self.authorised

    @property
    def credit(self) -> int:
        """What can be bought on terms, in minor units."""
        return self.spendable + self.credit_limit


class EntryKind(StrEnum):
    """Why money moved on an account."""

    DEPOSIT = "deposit"
    PAYMENT = "payment"
    AUTHORISE = "authorise"
    CAPTURE = "capture"
    VOID = "void"
    REFUND = "refund"
    ADJUSTMENT = "adjustment"


class Entry(Base):
    """One movement of money on an account. Append-only; corrections are new entries. `reason` is said by who adjusts."""

    __tablename__ = "entries"
    __table_args__ = (
        CheckConstraint(one_of("kind", EntryKind), name="kind"),
        Index("ix_entries_account", "account_id", "id"),
        Index("ix_entries_statement", "account_id", "at", "id", postgresql_include=["balance_delta"]),
    )

    id: Mapped[PrimaryKey]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    kind: Mapped[str] = mapped_column(String(20))
    balance_delta: Mapped[int]
    authorised_delta: Mapped[int] = mapped_column(default=0)
    balance_after: Mapped[int]
    reference: Mapped[str] = mapped_column(String(100), default="")
    reason: Mapped[str] = mapped_column(String(200), default="")
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id"), index=True)
    actor_kind: Mapped[str] = mapped_column(String(20))
    actor_id: Mapped[int | None]
    at: Mapped[datetime]
