"""The pages about what carriers sent: what waits for a person, what is parked, what codes mean, and the secrets."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import SYSTEM
from logistics.fulfilment.models import Shipment
from logistics.tracking.inbox_queries import PAGE
from logistics.tracking.inbox_words import FORMATS, HINTS, PROBLEMS, REASONS, STATES
from logistics.tracking.lifecycle import MOVES, Reason
from logistics.tracking.models import CarrierCode, CarrierDelivery, DeliveryState, Problem
from logistics.tracking.taking import take
from logistics.tracking.tasks import replace_all_explained, replace_missed
from tests.cast import Cast
from tests.orders.audits import offences
from tests.tracking.carriers import FORMATS as HOOKS
from tests.tracking.carriers import Sender, events_of, open_hook, own_body, own_event, parked, reading, said, work_off


@pytest.fixture
def sender(session: Session, cast: Cast) -> Sender:
    """DHL, which signs our own format."""
    return open_hook(cast)


@pytest.fixture
def manager(cast: Cast, sender: Sender) -> FlaskClient:
    return cast.client("manager")


def unreadable(session: Session, sender: Sender, event: str = "event-1") -> CarrierDelivery:
    """Something that the carrier's format does not have."""
    sender.send(own_body(own_event("A1", id=event)), event)
    delivery = session.scalars(select(CarrierDelivery).order_by(CarrierDelivery.id.desc())).first()
    assert delivery is not None
    delivery.body = {"events": [{"id": "<script>alert(1)</script>"}]}
    work_off(session)
    session.refresh(delivery)
    return delivery


def coded(session: Session, cast: Cast, code: str = "X9") -> tuple[Shipment, CarrierCode]:
    """A parcel with two events of a code that nobody has explained."""
    shipment = cast.hand_over(cast.shipment(state="packed"), number=f"N{code}")
    told = [said(f"N{code}", None, code=code, text="Left at the counter", minutes_ago=ago, event_id=str(ago)) for ago in (-30, 3)]
    take(session, cast.carrier(), reading(*told), SYSTEM)
    session.commit()
    return shipment, session.scalars(select(CarrierCode).where(CarrierCode.code == code)).one()


def test_every_state_reason_problem_and_format_has_its_words() -> None:
    assert (set(STATES), set(REASONS), set(PROBLEMS), set(MOVES)) == (set(DeliveryState), set(Reason), set(Problem), set(DeliveryState))
    assert set(FORMATS) == set(HINTS) == set(HOOKS)


@pytest.mark.parametrize("where", ["/tracking/inbox/", "/tracking/inbox/parked", "/tracking/inbox/codes"])
def test_empty_lists_say_so(manager: FlaskClient, where: str) -> None:
    shown = manager.get(where)

    assert shown.status_code == 200
    assert any(text in shown.text for text in ("Nothing to decide", "Nothing is parked", "Every code is explained"))
    assert "Nothing fits" in manager.get(f"{where}?q=zzz&carrier=DHL").text or "Nothing here" in manager.get(f"{where}?carrier=DHL").text


@pytest.mark.parametrize("where", ["/tracking/inbox/", "/tracking/inbox/parked", "/tracking/inbox/codes"])
@pytest.mark.parametrize("query", ["view=nonsense", "cursor=x", "carrier=%00", "cursor=WyIxIl0"])
def test_what_cannot_be_searched_for_is_refused(manager: FlaskClient, where: str, query: str) -> None:
    assert manager.get(f"{where}?{query}").status_code in (400, 422)


@pytest.mark.parametrize("who", ["clerk", "picker", "auditor"])
def test_only_managers_and_administrators_read_it(cast: Cast, sender: Sender, who: str) -> None:
    assert [cast.client(who).get(where).status_code for where in ("/tracking/inbox/", "/tracking/inbox/codes", "/tracking/inbox/1")] == [403] * 3


def test_what_nobody_could_read_is_listed_and_shown_as_text(session: Session, cast: Cast, sender: Sender, manager: FlaskClient) -> None:
    delivery = unreadable(session, sender)
    listed = manager.get("/tracking/inbox/").text
    shown, raw = manager.get(f"/tracking/inbox/{delivery.id}").text, cast.client("admin").get(f"/tracking/inbox/{delivery.id}").text

    assert f"/tracking/inbox/{delivery.id}" in listed
    assert "/events/0/at" in shown
    assert "As it was sent" not in shown
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in raw
    assert "<script>alert(1)" not in raw


def test_it_is_tried_again(session: Session, sender: Sender, manager: FlaskClient) -> None:
    delivery = unreadable(session, sender)
    delivery.body = own_body(own_event("A1"))
    session.commit()
    manager.post(f"/tracking/inbox/{delivery.id}/attempts")
    session.refresh(delivery)
    waiting = delivery.state
    work_off(session)
    session.refresh(delivery)

    assert (waiting, delivery.state, len(parked(session))) == ("waiting", "worked", 1)
    assert manager.post(f"/tracking/inbox/{delivery.id}/attempts").status_code == 303


def test_it_is_discarded_with_a_word_and_taken_up_again(session: Session, cast: Cast, sender: Sender, manager: FlaskClient) -> None:
    delivery = unreadable(session, sender)
    without = manager.post(f"/tracking/inbox/{delivery.id}/dismissal", data={"note": " "})
    told = manager.post(f"/tracking/inbox/{delivery.id}/dismissal", data={"note": "Told them"}, follow_redirects=True)
    session.refresh(delivery)
    discarded = (delivery.state, delivery.note, delivery.settled_by)
    manager.post(f"/tracking/inbox/{delivery.id}/attempts")
    session.refresh(delivery)

    assert (without.status_code, "This is needed." in without.text) == (422, True)
    assert discarded == ("discarded", "Told them", cast.person("manager").id)
    assert "Told them" in told.text
    assert "Take it up again" in told.text
    assert delivery.state == "waiting"


def test_what_was_altered_is_never_tried(session: Session, sender: Sender, manager: FlaskClient) -> None:
    sender.send(own_body(own_event("A1")), "event-1")
    sender.send(own_body(own_event("A2")), "event-1")
    _first, apart = session.scalars(select(CarrierDelivery).order_by(CarrierDelivery.id)).all()

    assert manager.post(f"/tracking/inbox/{apart.id}/attempts").status_code == 409
    assert "Try again" not in manager.get(f"/tracking/inbox/{apart.id}").text
    assert manager.post(f"/tracking/inbox/{apart.id}/dismissal", data={"note": "A test of theirs"}).status_code == 303


def test_parked_events_are_found_by_their_number(session: Session, cast: Cast, sender: Sender, manager: FlaskClient) -> None:
    take(session, sender.carrier, reading(said("LEIPZIG-1", text="Sorted", place="Leipzig"), said("BERLIN-2")), SYSTEM)
    session.commit()
    everything, one, none = (manager.get(f"/tracking/inbox/parked?q={q}").text for q in ("", "leipzig 1", "HAMBURG-3"))

    assert [("LEIPZIG1" in text, "BERLIN2" in text) for text in (everything, one)] == [(True, True), (True, False)]
    assert "Leipzig · Sorted" in one
    assert "Nothing fits" in none


def test_lists_are_read_page_by_page(session: Session, cast: Cast, sender: Sender, manager: FlaskClient) -> None:
    take(session, sender.carrier, reading(*(said(f"P{at:03}") for at in range(PAGE + 1))), SYSTEM)
    session.commit()
    first = manager.get("/tracking/inbox/parked").text
    cursor = first.split("cursor=")[1].split('"')[0].split("&")[0]
    second = manager.get(f"/tracking/inbox/parked?cursor={cursor}").text

    assert [("P000" in text, f"P{PAGE:03}" in text) for text in (first, second)] == [(False, True), (True, False)]


@pytest.mark.parametrize("where", ["/tracking/inbox/?view=all", "/tracking/inbox/parked", "/tracking/inbox/codes"])
def test_lists_take_few_queries(session: Session, cast: Cast, sender: Sender, manager: FlaskClient, where: str, queries: Any) -> None:
    unreadable(session, sender)
    coded(session, cast)
    take(session, sender.carrier, reading(*(said(f"P{at}") for at in range(20))), SYSTEM)
    session.commit()
    manager.get(where)
    queries.count = 0
    manager.get(where)

    assert queries.count <= 12, queries.statements


def test_a_code_is_explained_for_before_and_after(session: Session, cast: Cast, sender: Sender, manager: FlaskClient) -> None:
    shipment, code = coded(session, cast)
    listed = manager.get("/tracking/inbox/codes").text
    shown = manager.get(f"/tracking/inbox/codes/{code.id}").text
    version = shown.split('name="version"')[1].split('value="')[1].split('"')[0]
    saved = manager.post(
        f"/tracking/inbox/codes/{code.id}", data={"status": "ready_for_pickup", "problem": "", "version": version}, follow_redirects=True
    )
    for _turn in range(2):
        replace_all_explained.func(code_id=code.id)
    session.expire_all()
    take(session, sender.carrier, reading(said("NX9", None, code="X9", minutes_ago=1)), SYSTEM)

    assert "Left at the counter" in listed
    assert "X9" in listed
    assert "From now on X9 means “Ready to be picked up”." in saved.text
    told = [(event.status, event.replaces_id is not None) for event in events_of(session, shipment)]
    assert sorted(told) == [("in_transit", False)] * 2 + [("ready_for_pickup", False)] + [("ready_for_pickup", True)] * 2
    assert shipment.state == "ready_for_pickup"
    # Whoever told of a time still to come then, did not tell of one that has come: the event before the last stays left out.
    assert shipment.last_event_at is not None
    assert shipment.last_event_at < clock.now()
    assert offences(session) == []
    assert "Every code is explained" in manager.get("/tracking/inbox/codes").text
    assert "Ready to be picked up" in manager.get("/tracking/inbox/codes?view=explained").text


def test_a_code_explained_anew_replaces_what_it_said_before(session: Session, cast: Cast, sender: Sender, manager: FlaskClient) -> None:
    shipment, code = coded(session, cast)
    for status, problem in (("held_up", "customs"), ("out_for_delivery", "")):
        session.refresh(code)
        manager.post(f"/tracking/inbox/codes/{code.id}", data={"status": status, "problem": problem, "version": code.version})
        replace_all_explained.func(code_id=code.id)
    session.expire_all()

    assert len(events_of(session, shipment)) == 6
    assert (shipment.state, offences(session)) == ("out_for_delivery", [])


def test_an_event_taken_while_its_code_was_explained_is_found_later(session: Session, cast: Cast, sender: Sender) -> None:
    shipment, code = coded(session, cast)
    code.status, code.problem, code.mapped_at = "held_up", "weather", clock.now()
    session.commit()
    with time_machine.travel(clock.now() + timedelta(minutes=5)):
        replace_missed.func()
    session.expire_all()

    assert shipment.state == "held_up"


@pytest.mark.parametrize("fields", [{"status": ""}, {"status": "gone"}, {"status": "disputed"}, {"status": "held_up", "problem": "x"}])
def test_a_meaning_that_is_none_is_refused(session: Session, cast: Cast, sender: Sender, manager: FlaskClient, fields: dict[str, str]) -> None:
    _shipment, code = coded(session, cast)
    answer = manager.post(f"/tracking/inbox/codes/{code.id}", data={"problem": "", "version": "1", **fields})

    assert answer.status_code == 422
    assert session.scalar(select(CarrierCode.status)) is None


def test_two_people_explain_one_code(session: Session, cast: Cast, sender: Sender, manager: FlaskClient) -> None:
    _shipment, code = coded(session, cast)
    first = manager.post(f"/tracking/inbox/codes/{code.id}", data={"status": "held_up", "problem": "", "version": "1"})
    late = manager.post(f"/tracking/inbox/codes/{code.id}", data={"status": "delivered", "problem": "", "version": "1"})

    assert (first.status_code, late.status_code) == (303, 409)
    assert "Somebody else has changed this" in late.text
    assert "Held up" in late.text
    assert session.scalar(select(CarrierCode.status)) == "held_up"


# --- Secrets ---


def test_the_carriers_page_says_how_it_is_connected(cast: Cast, sender: Sender, manager: FlaskClient) -> None:
    admin = cast.client("admin")
    page = admin.get("/settings/carriers/DHL").text
    told = admin.get("/settings/carriers/DHL/secret").text
    cast.made(lambda: cast.carrier("UPS"))

    assert "Connected" in page
    assert "/settings/carriers/DHL/secret" in page
    assert "http://127.0.0.1:8000/hooks/carriers/DHL" in told
    assert sender.secret not in told
    assert "carrier-hook" not in admin.get("/settings/carriers/UPS").text
    assert admin.get("/settings/carriers/UPS/secret").status_code == 404
    assert "carrier-hook" not in manager.get("/settings/carriers/DHL").text
    assert manager.get("/settings/carriers/DHL/secret").status_code == 403


def test_ours_is_made_and_shown_this_once(session: Session, cast: Cast, sender: Sender) -> None:
    admin = cast.client("admin")
    made = admin.post("/settings/carriers/DHL/secret", data={"overlap": "none"})
    secret = "whsec_" + made.text.split("whsec_")[1].split("<")[0]

    assert made.status_code == 201
    assert secret not in admin.get("/settings/carriers/DHL/secret").text
    assert sender.send(own_body(own_event("A1")), secret=secret).status_code == 200
    assert sender.send(own_body(own_event("A2"))).status_code == 401


def test_theirs_is_typed_and_shown_never(session: Session, cast: Cast) -> None:
    sender, admin = open_hook(cast, "aftership", code="AS"), cast.client("admin")
    bad = admin.post("/settings/carriers/AS/secret", data={"secret": "short", "overlap": "day"})
    saved = admin.post("/settings/carriers/AS/secret", data={"secret": "aftership-secret-0123", "overlap": "day"}, follow_redirects=True)

    assert (bad.status_code, "Copy it from there as it is" in bad.text) == (422, True)
    assert "The secret is saved." in saved.text
    assert "aftership-secret-0123" not in saved.text
    body = {"event": "tracking_update", "event_id": "1", "msg": {}}
    assert sender.send(body, secret="aftership-secret-0123").status_code == 200
    assert sender.send(body | {"event_id": "2"}).status_code == 200


def test_a_carrier_is_disconnected_at_once(session: Session, cast: Cast, sender: Sender) -> None:
    cast.client("admin").post("/settings/carriers/DHL/secret/end")

    assert sender.send(own_body(own_event("A1"))).status_code == 401
