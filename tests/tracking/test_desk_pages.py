"""The list of parcels on their way: late ones on top, each tab what it says, found by whatever is typed, and flat in cost."""

import re
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import insert

from logistics.core import clock
from logistics.core.actors import SYSTEM
from logistics.fulfilment.models import Shipment
from logistics.tracking import road_queries
from logistics.tracking.incidents import open_incident
from logistics.tracking.models import EventSource, ParcelIncidentKind, Problem, TrackingStatus
from logistics.tracking.recording import Report, record
from tests.cast import Cast

_T = TrackingStatus
PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}


def sent(cast: Cast, *, days_ago: float = 1, due: int | None = None, carrier: str = "DHL", **values: Any) -> Shipment:
    """A parcel that left so many days ago, and is expected so many days from now, if at all."""
    with clock.replaying(clock.now() - timedelta(days=days_ago)):
        parcel = cast.shipment(state="shipped", **values)
    parcel.carrier_id = cast.carrier(carrier).id
    if due is not None:
        parcel.expected_from = parcel.expected_to = parcel.promised_to = clock.now().date() + timedelta(days=due)
        parcel.expected_by = "history"
    cast.session.flush()
    return parcel


def heard(cast: Cast, parcel: Shipment, status: TrackingStatus, *, hours_ago: float = 1, **more: Any) -> Shipment:
    """What its carrier said of it, and when."""
    at = clock.now() - timedelta(hours=hours_ago)
    with clock.replaying(at):
        record(cast.session, reference=parcel.reference, report=Report(status, at, source=EventSource.CARRIER, **more), by=SYSTEM)
    return parcel


def references(page: Any) -> list[str]:
    """The parcels of a page, in order."""
    return re.findall(r'<tr id="parcel-\d+">\s*<th[^>]*><a[^>]*>(S[0-9A-Z-]+)</a>', page.text)


def test_an_empty_road_says_so(cast: Cast) -> None:
    page = cast.client().get("/shipments/")
    assert page.status_code == 200
    assert "Nothing is on its way" in page.text
    assert "Nothing is late" in cast.client().get("/shipments/?tab=late").text


def test_late_ones_stand_first_and_unknown_ones_last(cast: Cast) -> None:
    made = cast.made(lambda: [sent(cast, due=due).reference for due in (2, None, -3, 0, -1)])
    page = cast.client().get("/shipments/")
    assert references(page) == [made[at] for at in (2, 4, 3, 0, 1)]
    assert page.text.count("Late by 3 days") == page.text.count("Late by 1 day<") == 1


def test_a_row_says_what_a_clerk_is_asked(cast: Cast) -> None:
    def make() -> tuple[str, str]:
        parcel = sent(cast, days_ago=9, due=-2)
        heard(cast, parcel, _T.IN_TRANSIT, hours_ago=7 * 24, place="Leipzig hub", text="Sorted")
        return parcel.reference, parcel.tracking_number

    reference, number = cast.made(make)
    row = re.search(r'<tr id="parcel-.*?</tr>', cast.client().get("/shipments/").text, re.DOTALL)
    assert row
    for shown in (reference, number, "Mina Park", "Leeds, GB", "On its way", "Leipzig hub", "Late by 2 days", "In transit", "No news for 7 days"):
        assert shown in row[0]


def test_each_tab_shows_and_counts_its_own(cast: Cast) -> None:
    def make() -> dict[str, list[str]]:
        late, quiet = sent(cast, due=-1), sent(cast, days_ago=6, due=3)
        held, out, gone = (heard(cast, sent(cast, due=3), status) for status in (_T.HELD_UP, _T.OUT_FOR_DELIVERY, _T.DELIVERED))
        reported = sent(cast, due=4)
        open_incident(cast.session, shipment=reported, kind=ParcelIncidentKind.MOVING_UNDISPATCHED, note="", by=SYSTEM)
        lost = heard(cast, sent(cast, due=3), _T.LOST)
        tabs = {"late": [late], "quiet": [quiet], "problem": [held, reported, lost], "out": [out], "delivered": [gone]}
        tabs[""] = [late, quiet, held, out, reported]
        return {tab: [parcel.reference for parcel in parcels] for tab, parcels in tabs.items()}

    expected, browser = cast.made(make), cast.client()
    for tab, parcels in expected.items():
        page = browser.get(f"/shipments/?tab={tab}" if tab else "/shipments/")
        assert sorted(references(page)) == sorted(parcels), tab
        count = re.search(r'aria-current="page"[^>]*>[^<]*<span class="count">(\d+)<', page.text)
        assert count
        assert int(count[1]) == len(parcels), tab


def test_the_day_it_arrives_it_is_not_late_and_a_pickup_point_is_no_lateness(cast: Cast) -> None:
    def make() -> None:
        sent(cast, due=0)
        heard(cast, sent(cast, due=-4), _T.READY_FOR_PICKUP)

    cast.made(make)
    assert references(cast.client().get("/shipments/?tab=late")) == []


@pytest.mark.parametrize("typed", ["{order}", "{number}", "mina", "0001", "leeds"])
def test_one_box_finds_a_parcel_by_whatever_is_typed(cast: Cast, typed: str) -> None:
    def make() -> tuple[str, str, str]:
        other = cast.customer("Jo Blank", phone="", email="jo@blank.example", city="York", postcode="YO1 7HH")
        sent(cast, customer=other)
        parcel = sent(cast)
        return parcel.reference, parcel.order.number, parcel.tracking_number

    reference, order, number = cast.made(make)
    assert references(cast.client().get("/shipments/", query_string={"q": typed.format(order=order, number=number)})) == [reference]


def test_filters_narrow_the_list_and_its_counts_and_stay_in_the_links(cast: Cast) -> None:
    def make() -> str:
        sent(cast, due=-1)
        return heard(cast, sent(cast, due=-2, carrier="UPS"), _T.IN_TRANSIT).reference

    ups = cast.made(make)
    page = cast.client().get("/shipments/?carrier=UPS&state=in_transit&warehouse=LEEDS")
    assert references(page) == [ups]
    assert 'href="/shipments/?tab=late&amp;carrier=UPS&amp;state=in_transit&amp;warehouse=LEEDS"' in page.text
    assert re.search(r'Late <span class="count">1<', page.text)
    assert "No parcel fits" in cast.client().get("/shipments/?carrier=NONE").text


@pytest.mark.parametrize("sort", ["expected", "oldest", "quietest", "newest"])
def test_pages_follow_each_other_without_gap_or_repeat(cast: Cast, monkeypatch: pytest.MonkeyPatch, sort: str) -> None:
    monkeypatch.setattr(road_queries, "PAGE", 2)
    monkeypatch.setattr(road_queries.find_parcels_on_road, "__kwdefaults__", {"size": 2})

    def make() -> set[str]:
        days = (3, None, 1, 1, None, -2, 1)
        parcels = [sent(cast, days_ago=at % 3 + 1, due=due) for at, due in enumerate(days)]
        heard(cast, parcels[2], _T.IN_TRANSIT)
        return {parcel.reference for parcel in parcels}

    made, browser, seen = cast.made(make), cast.client(), list[str]()
    address: str | None = f"/shipments/?sort={sort}"
    while address:
        page = browser.get(address)
        seen += references(page)
        following = re.search(r'rel="next" href="([^"]+)"', page.text)
        address = following[1].replace("&amp;", "&") if following else None
    assert len(seen) == len(made)
    assert set(seen) == made


@pytest.mark.parametrize("query", ["tab=nonsense", "sort=up", "state=pending", "cursor=abc", "q=%07", "cursor=WyJ4Iiwx"])
def test_what_cannot_be_shown_is_said_and_no_crash(cast: Cast, query: str) -> None:
    assert cast.client().get(f"/shipments/?{query}").status_code == 422


def test_imported_history_is_not_on_the_road(cast: Cast) -> None:
    cast.made(lambda: sent(cast, days_ago=90, imported_at=clock.now()))
    assert references(cast.client().get("/shipments/")) == []


def test_a_list_that_has_not_changed_is_not_sent_again(cast: Cast) -> None:
    parcel = cast.made(lambda: sent(cast, due=1).reference)
    browser = cast.client()
    # How long ago something was is told anew every ten minutes.
    with time_machine.travel(clock.now(), tick=False):
        tag = browser.get("/shipments/", headers=PARTIAL).headers["HX-PTag"]
        assert browser.get("/shipments/", headers={**PARTIAL, "HX-PTag": tag}).status_code == 304

    def move() -> None:
        record(cast.session, reference=parcel, report=Report(_T.IN_TRANSIT, clock.now()), by=cast.actor())

    cast.made(move)
    assert browser.get("/shipments/", headers={**PARTIAL, "HX-PTag": tag}).status_code == 200


def test_more_parcels_cost_no_more_queries(app: Flask, cast: Cast, queries: SimpleNamespace) -> None:
    def copies(count: int) -> None:
        parcel = sent(cast, due=-1)
        given = {name: getattr(parcel, name) for name in ("order_id", "warehouse_id", "state", "carrier_id", "dispatched_at", "created_at")}
        given |= {"tracking_number": "", "expected_by": "", "zone": "", "version": 1}
        cast.session.execute(insert(Shipment), [{**given, "reference": f"S-{parcel.id}-{at}"} for at in range(count)])

    browser = cast.client()
    costs = []
    for count in (2, 60):
        cast.made(lambda count=count: copies(count))
        before = queries.count
        assert browser.get("/shipments/").status_code == 200
        costs.append(queries.count - before)
    assert costs[0] == costs[1] <= 22, costs


def test_a_parcel_is_shown_beside_the_list(cast: Cast) -> None:
    def make() -> str:
        parcel = sent(cast, due=-2)
        heard(cast, parcel, _T.HELD_UP, place="Dover", problem=Problem.CUSTOMS)
        parcel.promised_to = date(2026, 1, 2)
        return parcel.reference

    reference = cast.made(make)
    page = cast.client().get(f"/shipments/{reference}/journey", headers=PARTIAL)
    for shown in (
        "Late: it was expected by",
        "customs are looking at it",
        "At first it was expected by Fri 2 Jan",
        "Dover",
        "/track/",
        "Open the shipment",
    ):
        assert shown in page.text
    assert "<html" not in page.text
    assert "<html" in cast.client().get(f"/shipments/{reference}/journey").text


def test_a_parcel_that_has_not_left_has_no_journey(cast: Cast) -> None:
    reference = cast.made(lambda: cast.shipment(state="packed").reference)
    page = cast.client().get(f"/shipments/{reference}/journey")
    assert page.status_code == 404
    assert "has not left yet" in page.text


def test_the_list_is_exported_as_it_is_filtered_by_who_may(cast: Cast) -> None:
    def make() -> str:
        sent(cast, due=4)
        return heard(cast, sent(cast, due=-3), _T.IN_TRANSIT, place="=Hub").reference

    late = cast.made(make)
    answer = cast.client("manager").get("/shipments/export.csv?tab=late")
    head, line = answer.text.lstrip("\ufeff").strip().split("\r\n")
    assert (answer.mimetype, head.split(",")[:3]) == ("text/csv", ["reference", "order", "name"])
    assert line.startswith(late)
    assert "'=Hub" in line
    assert line.split(",")[head.split(",").index("late_by_days")] == "3"
    assert cast.client("picker").get("/shipments/export.csv").status_code == 403


def test_the_navigation_counts_what_is_late(cast: Cast) -> None:
    cast.made(lambda: (sent(cast, due=-1), sent(cast, due=1)))
    assert re.search(r'href="/shipments/"[^>]*>.*?Parcels on their way.*?<span class="count[^"]*">1<', cast.client().get("/").text, re.DOTALL)
