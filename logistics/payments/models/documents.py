"""Invoices and credit notes, the series their numbers come from, and who issues them."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from logistics.core.address_columns import AddressColumns
from logistics.core.database import Base, PrimaryKey, one_of


class DocumentKind(StrEnum):
    """What a numbered document says: so much is owed, or so much of that is not owed any more."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


class DocumentSeries(Base):
    """The numbers of one kind of document in one year: 1 to `last_number`, each given once (I-D1). A prefix is of one kind only."""

    __tablename__ = "document_series"
    __table_args__ = (
        UniqueConstraint("prefix", "year"),
        CheckConstraint(one_of("kind", DocumentKind), name="kind"),
        CheckConstraint("year BETWEEN 2000 AND 9999", name="year"),
        CheckConstraint("last_number >= 0", name="last_number"),
    )

    id: Mapped[PrimaryKey]
    kind: Mapped[str] = mapped_column(String(20))
    year: Mapped[int]
    prefix: Mapped[str] = mapped_column(String(12))
    last_number: Mapped[int] = mapped_column(default=0)

    def name(self, serial: int) -> str:
        """The number people read: prefix, year, and at least five digits."""
        return f"{self.prefix}-{self.year}-{serial:05}"


class Document(Base):
    """An invoice or credit note as it was issued. Append-only; what changes later is another document that refers to it.

    Amounts in minor units: `total` with tax, `tax` the part of it, never negative. `due`: what the order cost in all when it was issued, which is
    what its invoices up to this one less its credit notes come to (I-D3). `content`: all that is printed (orders.billing).
    """

    __tablename__ = "documents"
    __table_args__ = (
        UniqueConstraint("series_id", "serial"),
        CheckConstraint(one_of("kind", DocumentKind), name="kind"),
        CheckConstraint("serial > 0", name="serial"),
        CheckConstraint("total > 0 AND due >= 0", name="amounts"),
        CheckConstraint("(kind = 'credit_note') = (refers_to_id IS NOT NULL)", name="refers"),
        Index("ix_documents_order", "order_id", "id"),
        Index("ix_documents_issued", "issued_on", "id"),
        Index("ix_documents_kind", "kind", "issued_on", "id"),
    )

    id: Mapped[PrimaryKey]
    series_id: Mapped[int] = mapped_column(ForeignKey("document_series.id"))
    serial: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    number: Mapped[str] = mapped_column(String(40), unique=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    refers_to_id: Mapped[int | None] = mapped_column(ForeignKey("documents.id"))
    issued_on: Mapped[date]
    issued_at: Mapped[datetime]
    actor_kind: Mapped[str] = mapped_column(String(20))
    actor_id: Mapped[int | None]
    currency: Mapped[str] = mapped_column(String(3))
    total: Mapped[int]
    tax: Mapped[int]
    due: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)

    refers_to: Mapped["Document | None"] = relationship(remote_side="Document.id")

    @property
    def change(self) -> int:
        """By how much it changes what is invoiced, in minor units."""
        return self.total if self.kind == DocumentKind.INVOICE else -self.total


class Company(AddressColumns, Base):
    """Who sells, as documents say it. There is one row at most (id 1); `bank` are the lines people transfer money by."""

    __tablename__ = "company"
    __table_args__ = (
        CheckConstraint("id = 1", name="one"),
        CheckConstraint("name <> ''", name="name"),
        CheckConstraint("invoice_prefix <> credit_note_prefix AND invoice_prefix <> '' AND credit_note_prefix <> ''", name="prefixes"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1)
    name: Mapped[str] = mapped_column(String(200))
    tax_number: Mapped[str] = mapped_column(String(60), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    bank: Mapped[str] = mapped_column(String(500), default="")
    invoice_prefix: Mapped[str] = mapped_column(String(12), default="INV")
    credit_note_prefix: Mapped[str] = mapped_column(String(12), default="CN")
    version: Mapped[int] = mapped_column(default=1)
