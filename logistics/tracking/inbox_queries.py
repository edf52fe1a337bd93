"""Reads for the pages about what carriers sent: deliveries, parked events, codes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, ScalarSelect, Select, func, literal, select, text
from sqlalchemy.orm import Session, joinedload

from logistics.core import parsing
from logistics.core.language import _
from logistics.core.paging import Slice, count_to, cut_page, read_cursor
from logistics.core.refusals import BadValue, Invalid, NotFound
from logistics.fulfilment.models import Carrier, HookFormat
from logistics.staff.models import Staff
from logistics.tracking.dialects import dialect_of
from logistics.tracking.inbox_words import FORMATS
from logistics.tracking.matching import plain_number
from logistics.tracking.models import CarrierCode, CarrierDelivery, DeliveryState, ParkedEvent
from logistics.tracking.sharing_secrets import held_secrets

PAGE = 50
COUNTED_AT_MOST = 1000
DELIVERIES: dict[str, tuple[str, ...]] = {
    "open": CarrierDelivery.OPEN,
    "waiting": (DeliveryState.WAITING.value,),
    "worked": (DeliveryState.WORKED.value,),
    "discarded": (DeliveryState.DISCARDED.value, DeliveryState.IGNORED.value),
    "all": (),
}
PARKED = ("waiting", "attached", "dropped")
CODES = ("open", "explained")
AnyRow = Row[*tuple[Any, ...]]
AnySelect = Select[*tuple[Any, ...]]


@dataclass(frozen=True)
class NewsSearch:
    """Which rows of a list are wanted: a view of it, a carrier's code, a tracking number or code (`q`)."""

    view: str
    carrier: str = ""
    q: str = ""
    cursor: str = ""

    @classmethod
    def from_query(cls, query: Mapping[str, str], views: Sequence[str]) -> "NewsSearch":
        """As the URL says; the first view by itself. Raises Invalid for what cannot be searched for."""
        view = query.get("view", "") or views[0]
        try:
            if view not in views:
                raise Invalid(_("This list cannot be shown in that way."))
            carrier, q = parsing.clean_line(query.get("carrier", ""), longest=40), parsing.clean_line(query.get("q", ""), longest=100)
        except BadValue as error:
            raise Invalid(error.message) from error
        return cls(view, carrier, q, query.get("cursor", ""))


def find_deliveries(session: Session, search: NewsSearch) -> Slice[AnyRow]:
    """What carriers sent, the latest first: id, received_at, state, reason, facts, repeats, carrier (its name)."""
    sent = CarrierDelivery
    rows: AnySelect = select(sent.id, sent.received_at, sent.state, sent.reason, sent.facts, sent.repeats, Carrier.name.label("carrier"))
    rows = rows.join(Carrier, Carrier.id == sent.carrier_id)
    if states := DELIVERIES[search.view]:
        rows = rows.where(sent.state.in_(states))
    return _page(session, rows, search, sent.id)


def find_parked(session: Session, search: NewsSearch) -> Slice[AnyRow]:
    """Events that no parcel is known for (or was), the latest first: id, tracking_number, occurred_at, offset_minutes, status, code, text,
    place, until, attached_id, dropped_at, unexplained, carrier (its name).
    """
    kept = ParkedEvent
    shown = (kept.id, kept.tracking_number, kept.occurred_at, kept.offset_minutes, kept.status, kept.code, kept.text, kept.place)
    rows: AnySelect = select(*shown, kept.until, kept.attached_id, kept.dropped_at, kept.recorded_at, Carrier.name.label("carrier"))
    rows = rows.join(Carrier, Carrier.id == kept.carrier_id)
    views = {
        "waiting": (kept.attached_id.is_(None), kept.dropped_at.is_(None)),
        "attached": (kept.attached_id.is_not(None),),
        "dropped": (kept.dropped_at.is_not(None),),
    }
    rows = rows.where(*views[search.view])
    if search.q:
        rows = rows.where(kept.tracking_number == plain_number(search.q))
    return _page(session, rows, search, kept.id)


def find_codes(session: Session, search: NewsSearch) -> Slice[AnyRow]:
    """Codes that no format explains, the latest found first: id, code, sample, times, seen_at, status, problem, version, carrier, mapped_at."""
    row = CarrierCode
    shown = (row.id, row.code, row.sample, row.times, row.seen_at, row.status, row.problem, row.version, row.mapped_at)
    rows: AnySelect = select(*shown, Carrier.name.label("carrier"), Staff.name.label("mapped_by"))
    rows = rows.join(Carrier, Carrier.id == row.carrier_id).outerjoin(Staff, Staff.id == row.mapped_by)
    rows = rows.where(row.status.is_(None) if search.view == "open" else row.status.is_not(None))
    if search.q:
        rows = rows.where(func.lower(row.code) == search.q.lower())
    return _page(session, rows, search, row.id)


def find_delivery(session: Session, delivery_id: int) -> CarrierDelivery:
    """One thing a carrier sent, with the carrier. Raises NotFound."""
    found = session.scalar(select(CarrierDelivery).where(CarrierDelivery.id == delivery_id).options(joinedload(CarrierDelivery.carrier)))
    if found is None:
        raise NotFound(_("There is no such message."))
    return found


def find_code(session: Session, code_id: int) -> CarrierCode:
    """A code with its carrier. Raises NotFound."""
    found = session.scalar(select(CarrierCode).where(CarrierCode.id == code_id).options(joinedload(CarrierCode.carrier)))
    if found is None:
        raise NotFound(_("There is no such code."))
    return found


def find_tellers(session: Session) -> list[tuple[str, str]]:
    """The carriers that have a hook, or told something: code and name."""
    told = select(CarrierCode.id).where(CarrierCode.carrier_id == Carrier.id).exists()
    rows = select(Carrier.code, Carrier.name).where((Carrier.hook_format != HookFormat.NONE.value) | told).order_by(Carrier.name)
    return [(row.code, row.name) for row in session.execute(rows)]


def open_count() -> ScalarSelect[int]:
    """How much waits for a person: what could not be read, and codes that nobody has explained; each counted to COUNTED_AT_MOST."""
    return select(_open_deliveries() + _unexplained_codes()).scalar_subquery()


def count_kinds(session: Session) -> tuple[int, int]:
    """As open_count, each for itself: messages, codes. One query."""
    messages, unexplained = session.execute(select(_open_deliveries(), _unexplained_codes())).one()
    return messages, unexplained


def _open_deliveries() -> ScalarSelect[int]:
    return count_to(COUNTED_AT_MOST, select(literal(1)).select_from(CarrierDelivery).where(CarrierDelivery.state.in_(CarrierDelivery.OPEN)))


def _unexplained_codes() -> ScalarSelect[int]:
    return count_to(COUNTED_AT_MOST, select(literal(1)).select_from(CarrierCode).where(CarrierCode.status.is_(None)))


def count_events(session: Session, code: CarrierCode) -> int:
    """How many events of parcels have this code, counted to COUNTED_AT_MOST."""
    return int(session.scalar(_EVENTS, {"code": code.code, "teller": f"{code.carrier.code}:", "most": COUNTED_AT_MOST}) or 0)


def last_received(session: Session, carrier_id: int) -> datetime | None:
    """When a carrier sent something last."""
    newest = select(CarrierDelivery.received_at).where(CarrierDelivery.carrier_id == carrier_id).order_by(CarrierDelivery.id.desc())
    return session.scalar(newest.limit(1))


def carrier_panel(session: Session, carrier: Carrier) -> dict[str, Any]:
    """For the page of a carrier: whether it has a hook, whether a secret is shared, when something came last."""
    return {
        "carrier": carrier,
        "has_hook": dialect_of(carrier.hook_format) is not None,
        "format": FORMATS.get(carrier.hook_format, ""),
        "is_shared": bool(held_secrets(session, carrier.id)),
        "last": last_received(session, carrier.id),
    }


_EVENTS = text(
    """
    SELECT count(*) FROM (
        SELECT 1 FROM tracking_events e
         WHERE e.code = :code AND starts_with(e.source_id, :teller)
           AND NOT EXISTS (SELECT 1 FROM tracking_events later WHERE later.replaces_id = e.id)
         LIMIT :most) found
    """
)


def _page(session: Session, rows: AnySelect, search: NewsSearch, key: Any) -> Slice[AnyRow]:
    if search.carrier:
        rows = rows.where(Carrier.code == search.carrier)
    if search.cursor:
        rows = rows.where(key < read_cursor(search.cursor, int)[0])
    return cut_page(session.execute(rows.order_by(key.desc()).limit(PAGE + 1)).all(), PAGE, "id")
