"""The list of parcel incidents, what pages of orders and shipments warn of, and disputing a delivery by hand."""

import re
from types import SimpleNamespace
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from logistics.core.actors import CUSTOMER, SYSTEM
from logistics.core.keys import new_key
from logistics.fulfilment.models import Shipment
from logistics.orders.models import Order
from logistics.tracking.incidents import open_incident
from logistics.tracking.models import ParcelIncident, ParcelIncidentKind, TrackingEvent, TrackingStatus
from logistics.tracking.recording import record
from tests.cast import Cast
from tests.tracking.test_recording import carrier_report
from tests.tracking.test_tracking_pages import PART, a_delivery, a_shipment

_K = ParcelIncidentKind


@pytest.fixture
def clerk(cast: Cast) -> FlaskClient:
    return cast.client("clerk")


def an_incident(cast: Cast, kind: ParcelIncidentKind = _K.NOT_RECEIVED, *, note: str = "", state: str = "shipped") -> tuple[str, str, int]:
    """The shipment's reference, its order's number, and the incident's id."""
    reference, number = a_shipment(cast, state)

    def open_one() -> int:
        shipment = cast.session.scalars(select(Shipment).where(Shipment.reference == reference)).one()
        return open_incident(cast.session, shipment=shipment, kind=kind, note=note, by=CUSTOMER if note else SYSTEM).id

    return reference, number, cast.made(open_one)


def kept(cast: Cast, column: Any) -> list[Any]:
    """The values of a column, in order."""
    return list(cast.made(lambda: cast.session.scalars(select(column).order_by(column.class_.id)).all()))


def test_the_incidents_are_listed_filtered_and_resolved(cast: Cast, clerk: FlaskClient) -> None:
    missed, order, incident = an_incident(cast, note="Nothing <there>")
    back, _order, _incident = an_incident(cast, _K.COMING_BACK)
    page = clerk.get("/shipments/incidents").text
    assert all(word in page for word in (missed, back, order, "Nothing &lt;there&gt;", "Reported by the customer", "Noticed by the system"))
    only = clerk.get("/shipments/incidents?kind=coming_back").text
    assert (back in only, missed in only) == (True, False)
    address = f"/shipments/incidents/{incident}/resolution"

    assert cast.client("picker").post(address, data={"resolution": "x"}).status_code == 403
    assert clerk.post(address, data={"resolution": " "}).status_code == 422
    assert clerk.post(address, data={"resolution": "x" * 501}).status_code == 422
    assert clerk.post(address, data={"resolution": "Behind the bins"}).status_code == 303
    assert clerk.post(address, data={"resolution": "And again"}).status_code == 303
    assert clerk.post("/shipments/incidents/999999/resolution", data={"resolution": "x"}).status_code == 404

    resolved = clerk.get("/shipments/incidents?state=resolved").text
    assert ("Behind the bins" in resolved, "And again" in resolved, "Clerk" in resolved) == (True, False, True)
    assert missed not in clerk.get("/shipments/incidents").text


def test_who_only_reads_cannot_resolve(cast: Cast) -> None:
    an_incident(cast)

    for who, may_resolve in (("picker", False), ("auditor", False), ("clerk", True)):
        assert ("/resolution" in cast.client(who).get("/shipments/incidents").text) == may_resolve


def test_many_incidents_come_in_pages(cast: Cast, clerk: FlaskClient, queries: SimpleNamespace) -> None:
    reference, _number = a_shipment(cast)

    def make() -> None:
        shipment = cast.session.scalars(select(Shipment).where(Shipment.reference == reference)).one()
        given = {"order_id": shipment.order_id, "shipment_id": shipment.id, "opened_at": shipment.created_at, "opened_by_kind": "system"}
        done = {"resolved_at": shipment.created_at, "resolution": "Done"}
        cast.session.add_all(ParcelIncident(kind=kind.value, **given, **done) for _each in range(14) for kind in _K)

    cast.made(make)
    queries.count = 0
    first = clerk.get("/shipments/incidents?state=resolved", headers=PART).text
    assert queries.count <= 4
    assert first.count('id="incident-') == 50
    following = first.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    assert clerk.get(following).text.count('id="incident-') == 6


@pytest.mark.parametrize("query", ["kind=x", "state=x", "cursor=x", "kind=not_received&state=gone"])
def test_a_wrong_address_is_refused_in_words(clerk: FlaskClient, query: str) -> None:
    assert clerk.get(f"/shipments/incidents?{query}").status_code == 422


def test_an_empty_list_says_what_it_is_for(clerk: FlaskClient) -> None:
    assert "All is well" in clerk.get("/shipments/incidents").text
    assert "Nothing was resolved yet" in clerk.get("/shipments/incidents?state=resolved").text
    assert "No incident fits" in clerk.get("/shipments/incidents?kind=coming_back").text


@pytest.mark.parametrize("state", ["packed", "shipped"])
def test_the_pages_of_order_and_shipment_warn(cast: Cast, clerk: FlaskClient, state: str) -> None:
    reference, number, incident = an_incident(cast, _K.MOVING_UNDISPATCHED, state=state)

    for address in (f"/orders/{number}", f"/shipments/{reference}"):
        page = clerk.get(address).text
        assert "The parcel moves and was never dispatched" in page
        assert f"/shipments/incidents#incident-{incident}" in page
    clerk.post(f"/shipments/incidents/{incident}/resolution", data={"resolution": "Dispatched"})
    for address in (f"/orders/{number}", f"/shipments/{reference}"):
        assert "never dispatched" not in clerk.get(address).text


@pytest.mark.parametrize("status", [TrackingStatus.RETURNING, TrackingStatus.RETURNED_TO_SENDER])
def test_a_parcel_that_turns_round_opens_one(cast: Cast, status: TrackingStatus) -> None:
    reference, _number = a_shipment(cast)
    tell(cast, reference, status, 1)
    tell(cast, reference, TrackingStatus.RETURNED_TO_SENDER, 2)

    assert kept(cast, ParcelIncident.kind) == ["coming_back"]


def test_one_that_was_settled_on_the_way_is_not_opened_again_at_the_door(cast: Cast, clerk: FlaskClient) -> None:
    reference, _number = a_shipment(cast)
    tell(cast, reference, TrackingStatus.RETURNING, 1)
    (incident,) = kept(cast, ParcelIncident.id)
    clerk.post(f"/shipments/incidents/{incident}/resolution", data={"resolution": "They get their money back"})

    tell(cast, reference, TrackingStatus.RETURNED_TO_SENDER, 2)

    assert kept(cast, ParcelIncident.id) == [incident]


def test_imported_history_opens_none(cast: Cast) -> None:
    reference, number = a_shipment(cast)

    def import_it() -> None:
        order = cast.session.scalars(select(Order).where(Order.number == number)).one()
        order.imported_at = order.placed_at

    cast.made(import_it)
    tell(cast, reference, TrackingStatus.RETURNED_TO_SENDER, 1)

    assert kept(cast, ParcelIncident.kind) == []


@pytest.mark.parametrize("headers", [{}, PART])
def test_a_manager_disputes_a_delivery(cast: Cast, headers: dict[str, str]) -> None:
    reference, number = a_shipment(cast)
    manager = cast.client("manager")
    manager.post(f"/shipments/{reference}/delivery", data=a_delivery())
    assert f"/shipments/{reference}/dispute/new" in manager.get(f"/orders/{number}").text
    assert 'id="tracking-form"' in manager.get(f"/shipments/{reference}/dispute/new", headers=headers).text

    answer = manager.post(f"/shipments/{reference}/dispute", data={"reason": "Empty porch", "form_key": new_key()}, headers=headers)

    assert answer.status_code == (200 if headers else 303)
    assert kept(cast, ParcelIncident.note) == ["Empty porch"]
    page = manager.get(f"/orders/{number}").text
    assert ("Reported as not received" in page, "Empty porch" in page, "dispute/new" in page) == (True, True, False)
    assert "Delivered, signed" in page


def test_a_dispute_without_a_reason_comes_back(cast: Cast) -> None:
    reference, _number = a_shipment(cast)
    manager = cast.client("manager")
    manager.post(f"/shipments/{reference}/delivery", data=a_delivery())

    for reason in ("", "x" * 501, "a\x07b"):
        answer = manager.post(f"/shipments/{reference}/dispute", data={"reason": reason, "form_key": new_key()}, headers=PART)
        assert (answer.status_code, 'class="errors"' in answer.text) == (422, True)
    assert kept(cast, TrackingEvent.status) == ["delivered"]


def test_who_may_dispute(cast: Cast, clerk: FlaskClient) -> None:
    reference, number = a_shipment(cast)
    clerk.post(f"/shipments/{reference}/delivery", data=a_delivery())

    assert "dispute/new" not in clerk.get(f"/orders/{number}").text
    for who, status in (("clerk", 403), ("picker", 403), ("auditor", 403), (None, 401)):
        assert cast.client(who).post(f"/shipments/{reference}/dispute", data={"reason": "x", "form_key": new_key()}).status_code == status
    unknown = cast.client("manager").post("/shipments/S-0000-0000/dispute", data={"reason": "x", "form_key": new_key()})
    assert (unknown.status_code, kept(cast, ParcelIncident.id)) == (404, [])


def tell(cast: Cast, reference: str, status: TrackingStatus, number: int) -> None:
    """A carrier reports it."""
    told = carrier_report(status, number, minutes_ago=60 - number)
    cast.made(lambda: record(cast.session, reference=reference, report=told, by=SYSTEM))


def test_of_the_navigation_only_the_nearest_entry_is_marked(clerk: FlaskClient) -> None:
    page = clerk.get("/shipments/incidents").text
    side = page.split("<main")[0]

    assert re.findall(r'<a href="([^"]+)" aria-current="page"', side) == ["/shipments/incidents"]
