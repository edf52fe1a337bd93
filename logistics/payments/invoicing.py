"""Issuing invoices and credit notes: each gets the next number of its series in the transaction that writes it, so that none is missing."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import Actor
from logistics.core.config import settings
from logistics.core.events import publish
from logistics.core.language import _
from logistics.core.refusals import Refusal
from logistics.payments.company import get_company
from logistics.payments.events import DocumentIssued
from logistics.payments.locks import lock_series
from logistics.payments.models import Company, Document, DocumentKind, DocumentSeries


class PrefixTaken(Refusal):
    """Documents of the other kind are numbered with this prefix already."""

    code = "prefix_taken"


def issue(
    session: Session, *, kind: DocumentKind, order_id: int, content: Mapping[str, Any], by: Actor, refers_to: Document | None = None
) -> Document:
    """Issue a document of what `content` says: its "currency", its "totals" (total and tax, minor units), and the "due" of the order by now.

    Locks the series of its kind and year (in the shop's time zone) until the caller's transaction ends, as the last lock of all; the order must
    be locked. A transaction that is rolled back uses no number up. Raises PrefixTaken.
    """
    series, moment = _take_turn(session, kind)
    series.last_number += 1
    document = Document(
        series_id=series.id,
        serial=series.last_number,
        kind=kind.value,
        number=series.name(series.last_number),
        order_id=order_id,
        refers_to_id=refers_to.id if refers_to else None,
        issued_at=moment,
        issued_on=_day_of(moment),
        actor_kind=by.kind,
        actor_id=by.id,
        currency=content["currency"],
        total=content["totals"]["total"],
        tax=content["totals"]["tax"],
        due=content["due"],
        content=dict(content),
    )
    session.add(document)
    session.flush()
    facts = (kind.value, document.number, document.total, document.currency)
    publish(session, DocumentIssued(order_id, document.id, *facts), by=by)
    return document


def _take_turn(session: Session, kind: DocumentKind) -> tuple[DocumentSeries, datetime]:
    """The locked series, and the moment of issue. Whoever waits for the series over New Year's Eve takes the new one's."""
    prefix = _prefix(get_company(session), kind)
    while True:
        year = _day_of(clock.now()).year
        session.execute(insert(DocumentSeries).values(kind=kind.value, year=year, prefix=prefix, last_number=0).on_conflict_do_nothing())
        series = lock_series(session, prefix, year)
        if series.kind != kind:
            raise PrefixTaken(_("Numbers that begin with %(prefix)s are of other documents. Choose another prefix in the settings.", prefix=prefix))
        moment = clock.now()
        if _day_of(moment).year == year:
            return series, moment


def _prefix(company: Company, kind: DocumentKind) -> str:
    return company.invoice_prefix if kind == DocumentKind.INVOICE else company.credit_note_prefix


def _day_of(moment: datetime) -> date:
    return moment.astimezone(ZoneInfo(settings().timezone)).date()
