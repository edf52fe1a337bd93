"""Importing what carriers reported, from a file: each row is taken as if the carrier had sent it, and what has no parcel yet is parked."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import any_, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import Text

from logistics.core import clock, parsing
from logistics.core.actors import Actor
from logistics.core.importing import Compare, Importer, Report, Rows
from logistics.core.language import _, lazy
from logistics.core.refusals import BadValue
from logistics.core.sheets import Column, RowError, Sheet
from logistics.fulfilment.models import Carrier
from logistics.fulfilment.rules import read_tracking_number
from logistics.tracking.models import ParkedEvent, TrackingEvent, TrackingStatus
from logistics.tracking.reading.own import STATUSES
from logistics.tracking.reading.saying import Reading, Said
from logistics.tracking.rules import FUTURE_AFTER
from logistics.tracking.taking import Taken, source_id_of, take


def _status(text: str) -> str:
    written = text.strip(" ").lower()
    if written not in STATUSES:
        raise BadValue("unknown_value", _("Say one of: %(choices)s.", choices=", ".join(STATUSES)))
    return written


def _at(text: str) -> datetime:
    return parsing.parse_instant(text, first=parsing.FIRST_YEAR_OF_HISTORY)


COLUMNS = (
    Column(
        "carrier",
        lambda text: parsing.parse_code(text, longest=40),
        required=True,
        label=lazy("Carrier"),
        also="carrier code|shipping company|承运商|快递公司",
    ),
    Column(
        "tracking_number",
        read_tracking_number,
        required=True,
        takes="code",
        label=lazy("Tracking number"),
        also="tracking no|waybill|number|快递单号|运单号|物流单号",
    ),
    Column("at", _at, required=True, label=lazy("When"), also="time|date|timestamp|occurred at|时间|发生时间"),
    Column("status", _status, required=True, label=lazy("Status"), also="event|状态|物流状态"),
    Column(
        "text", lambda text: parsing.clean_line(text, longest=500), default="", label=lazy("In the carrier’s words"), also="description|描述|说明"
    ),
    Column("place", lambda text: parsing.clean_line(text, longest=200), default="", label=lazy("Place"), also="location|city|地点|位置"),
    Column(
        "id", lambda text: parsing.clean_line(text, longest=200), default="", takes="code", label=lazy("Id of the event"), also="event id|事件编号"
    ),
)


def check(session: Session, sheet: Sheet) -> list[RowError]:
    """What is wrong in the whole file: carriers that are none of ours."""
    known = _find_carriers(session, sheet.rows)
    return [
        RowError(number, "carrier", "unknown_carrier", _("There is no carrier “%(code)s”.", code=values["carrier"]))
        for number, values in sheet.rows
        if values["carrier"].lower() not in known
    ]


def write(session: Session, rows: Rows, by: Actor) -> Report:
    """Take the rows of one tracking number, as taking does: what is known stays, what has no parcel yet is parked."""
    carriers, taken = _find_carriers(session, rows), Taken()
    for code in dict.fromkeys(values["carrier"].lower() for _number, values in rows):
        said = tuple(_said(values) for _number, values in rows if values["carrier"].lower() == code)
        taken += take(session, carriers[code], Reading(said), by)
    return Report(new=taken.new + taken.parked, same=taken.known, notes=_still_to_come(rows))


class Comparing:
    """What writing would do, as far as it can be seen: which events are known."""

    def __call__(self, session: Session, units: Sequence[Rows]) -> Report:
        """Reads only."""
        rows = [row for unit in units for row in unit]
        carriers = _find_carriers(session, rows)
        names = [source_id_of(carriers[values["carrier"].lower()], _said(values)) for _number, values in rows]
        report, known = Report(notes=_still_to_come(rows)), _find_known(session, names)
        for name in names:
            report.count("same" if name in known else "new")
            known.add(name)
        return report


def compare(_by: Actor) -> Compare:
    """Begin a dry run."""
    return Comparing()


TRACKING = Importer(
    kind="tracking",
    columns=COLUMNS,
    write=write,
    check=check,
    unit_column="tracking_number",
    compare=compare,
    needs="imports.all",
    label=lazy("Tracking events"),
    hint=lazy("What carriers reported of parcels. An event that is here already is never counted twice; one without a parcel waits for it a week."),
)


def _said(values: Any) -> Said:
    status = TrackingStatus(values["status"])
    words = {"text": values["text"], "place": values["place"], "event_id": values["id"]}
    return Said(values["tracking_number"], values["at"], status, **words)


def _still_to_come(rows: Rows) -> list[RowError]:
    message = _("This time is still to come. The event is kept and left out.")
    return [RowError(number, "at", "future", message) for number, values in rows if values["at"] > clock.now() + FUTURE_AFTER]


def _find_carriers(session: Session, rows: Rows) -> dict[str, Carrier]:
    codes = literal(sorted({values["carrier"].lower() for _number, values in rows}), ARRAY(Text))
    return {carrier.code.lower(): carrier for carrier in session.scalars(select(Carrier).where(func.lower(Carrier.code) == any_(codes)))}


def _find_known(session: Session, names: Sequence[str]) -> set[str]:
    wanted = literal(sorted(set(names)), ARRAY(Text))
    events = select(TrackingEvent.source_id).where(TrackingEvent.source == "carrier", TrackingEvent.source_id == any_(wanted))
    return {*session.scalars(events), *session.scalars(select(ParkedEvent.source_id).where(ParkedEvent.source_id == any_(wanted)))}
