"""Reading invoices and credit notes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Row, Select, and_, select
from sqlalchemy.orm import Session

from logistics.core.language import _
from logistics.core.paging import Slice, cut_page, read_cursor
from logistics.core.parsing import parse_day
from logistics.core.refusals import BadValue, NotFound
from logistics.payments.models import Document, DocumentKind
from logistics.staff.models import Staff

PAGE = 50


@dataclass(frozen=True)
class DocumentSearch:
    """Which documents are wanted, or the one with this number. Days are the shop's, both included; what is no day stands in `wrong_days`."""

    q: str = ""
    kind: str = ""
    first: date | None = None
    last: date | None = None
    wrong_days: tuple[str, ...] = ()
    cursor: str = ""

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> "DocumentSearch":
        """As the URL says."""
        days, wrong = dict[str, date | None](), []
        for name in ("from", "to"):
            try:
                days[name] = parse_day(query[name]) if query.get(name) else None
            except BadValue:
                wrong.append(name)
        kind = query.get("kind", "")
        return cls(
            q=query.get("q", "").strip()[:40],
            kind=kind if kind in set(DocumentKind) else "",
            first=days.get("from"),
            last=days.get("to"),
            wrong_days=tuple(wrong),
            cursor=query.get("cursor", ""),
        )

    @property
    def is_open(self) -> bool:
        """Whether nothing is filtered."""
        return replace(self, cursor="") == DocumentSearch()


def documents_of(session: Session, order_id: int) -> Sequence[Document]:
    """An order's documents, oldest first."""
    return session.scalars(select(Document).where(Document.order_id == order_id).order_by(Document.id)).all()


def find_document(session: Session, order_id: int, number: str, kind: DocumentKind) -> Document:
    """One document of an order. Raises NotFound, for another order's too."""
    which = (Document.order_id == order_id, Document.number == number, Document.kind == kind.value)
    document = session.scalar(select(Document).where(*which))
    if document is None:
        raise NotFound(_("There is no such document."))
    return document


def find_documents(session: Session, search: DocumentSearch, *, size: int = PAGE) -> Slice[Row[Any]]:
    """Documents, the latest first, with the order's number, the buyer's name, the net and whoever issued them (`actor`, a name or None)."""
    documents = _documents().limit(size + 1)
    if search.q:
        documents = documents.where(Document.number == search.q.upper())
    if search.kind:
        documents = documents.where(Document.kind == search.kind)
    if search.first:
        documents = documents.where(Document.issued_on >= search.first)
    if search.last:
        documents = documents.where(Document.issued_on <= search.last)
    if search.cursor:
        documents = documents.where(Document.id < read_cursor(search.cursor, int)[0])
    return cut_page(session.execute(documents).all(), size, "id")


def _documents() -> Select[*tuple[Any, ...]]:
    said = Document.content
    shown = (
        said["order"]["number"].astext.label("order"),
        said["buyer"]["name"].astext.label("buyer"),
        said["buyer"]["country"].astext.label("country"),
    )
    columns = (Document.id, Document.number, Document.kind, Document.issued_on, Document.currency, Document.total, Document.tax)
    return (
        select(*columns, *shown, Document.actor_kind, Staff.name.label("actor"))
        .outerjoin(Staff, and_(Staff.id == Document.actor_id, Document.actor_kind == "staff"))
        .order_by(Document.id.desc())
    )
