"""Importing what carriers reported: taken once, parked without a parcel, every wrong row named."""

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import SYSTEM
from logistics.core.importing import Report
from logistics.core.taking_in import import_file
from logistics.fulfilment.models import Shipment
from logistics.tracking.importing import TRACKING
from logistics.tracking.models import ParkedEvent, TrackingEvent
from logistics.tracking.reading.saying import Reading
from logistics.tracking.taking import take
from tests.cast import Cast
from tests.tracking.carriers import said

HEAD = "carrier,tracking_number,at,status,text,place,id"
EARLIER = (clock.now() - timedelta(minutes=40)).isoformat()


@pytest.fixture
def parcel(session: Session, cast: Cast) -> int:
    """The id of a parcel on its way: what is read of it is read anew."""
    shipment = cast.hand_over(cast.shipment(state="packed"), number="A1")
    session.commit()
    return shipment.id


def state_of(session: Session, parcel: int) -> str | None:
    return session.scalar(select(Shipment.state).where(Shipment.id == parcel))


def told_of(session: Session, parcel: int) -> list[tuple[str, str | None, str | None, str]]:
    rows = select(TrackingEvent.status, TrackingEvent.text, TrackingEvent.place, TrackingEvent.source_id)
    return [tuple(row) for row in session.execute(rows.where(TrackingEvent.shipment_id == parcel))]


def bring(*rows: str, dry_run: bool = False, valid_rows: bool = False) -> Report:
    content = "\n".join((HEAD, *rows)).encode()
    return import_file(TRACKING, content, by=SYSTEM, dry_run=dry_run, valid_rows=valid_rows)


def test_rows_become_events_of_their_parcels(session: Session, parcel: int) -> None:
    rows = (f"dhl,A-1,{EARLIER},Out_For_Delivery,In the van,Leeds,7", f"DHL,B2,{EARLIER},in_transit,,,")
    looked, first, again = bring(*rows, dry_run=True), bring(*rows), bring(*rows)

    assert [(report.new, report.same, report.refused) for report in (looked, first, again)] == [(2, 0, []), (2, 0, []), (0, 2, [])]
    assert told_of(session, parcel) == [("out_for_delivery", "In the van", "Leeds", "DHL:A1:7")]
    assert (state_of(session, parcel), session.scalars(select(ParkedEvent.tracking_number)).all()) == ("out_for_delivery", ["B2"])


def test_what_the_carrier_sent_before_is_known(session: Session, cast: Cast, parcel: int) -> None:
    take(session, cast.carrier(), Reading((said("A1", event_id="7"),)), SYSTEM)
    session.commit()
    report = bring(f"DHL,A1,{EARLIER},delivered,,,7")

    assert (report.new, report.same) == (0, 1)


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        ("UPS,A1,2026-11-22T09:30:00Z,in_transit,,,", "carrier", "unknown_carrier"),
        ("DHL,,2026-11-22T09:30:00Z,in_transit,,,", "tracking_number", "required"),
        ("DHL,A1,2026-11-22T09:30:00,in_transit,,,", "at", "no_offset"),
        ("DHL,A1,2026-W01-1,in_transit,,,", "at", "bad_time"),
        ("DHL,A1,2026-11-22T09:30:00Z,gone,,,", "status", "unknown_value"),
        ("DHL,A1,2026-11-22T09:30:00Z,disputed,,,", "status", "unknown_value"),
    ],
)
def test_a_wrong_row_is_named_and_nothing_is_written(session: Session, parcel: int, row: str, column: str, code: str) -> None:
    report = bring(f"DHL,A2,{EARLIER},in_transit,,,1", row)

    # Where a row does not say of which parcel it is, its neighbours are in doubt as well.
    assert [(error.row, error.column, error.code) for error in report.refused if error.code != "left_out"] == [(3, column, code)]
    assert session.scalar(select(func.count(TrackingEvent.id))) == session.scalar(select(func.count(ParkedEvent.id))) == 0


def test_the_other_parcels_are_taken_where_asked(session: Session, parcel: int) -> None:
    report = bring(f"DHL,A1,{EARLIER},in_transit,,,1", f"DHL,A2,{EARLIER},gone,,,2", valid_rows=True)

    assert (report.new, report.left_out, len(told_of(session, parcel))) == (1, 1, 1)


def test_what_is_still_to_come_is_noted(session: Session, parcel: int) -> None:
    ahead = (clock.now() + timedelta(days=2)).isoformat()
    report = bring(f"DHL,A1,{ahead},delivered,,,1")

    assert ([(note.row, note.code) for note in report.notes], report.new, state_of(session, parcel)) == ([(2, "future")], 1, "shipped")


def test_the_command_takes_a_file(app: Flask, session: Session, parcel: int, tmp_path: Path) -> None:
    file = tmp_path / "events.csv"
    file.write_text(f"{HEAD}\nDHL,A1,{EARLIER},delivered,,,1\n")
    result = app.test_cli_runner().invoke(args=["import", "tracking", str(file)])

    assert (result.exit_code, "1 new" in result.output, state_of(session, parcel)) == (0, True, "delivered")
