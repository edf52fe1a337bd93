"""News by e-mail: nobody gets any who did not ask for it and confirm it from the mailbox."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from time_machine import TimeMachineFixture

from logistics.core import clock
from logistics.core.actors import CUSTOMER
from logistics.core.refusals import IllegalMove, Invalid, NotFound
from logistics.notifications.models import Message
from logistics.orders.cancelling import cancel
from logistics.orders.linking import renew_link
from logistics.orders.models import CancelReason
from logistics.tracking.following import MOST, ask_for_updates, confirm_updates, end_updates, find_request, mark_of_request
from logistics.tracking.models import TrackingStatus, UpdateRequest
from logistics.tracking.recording import record
from tests.cast import Cast
from tests.conftest import SECRET
from tests.tracking.test_public_page import a_page, tell
from tests.tracking.test_recording import report
from tests.tracking.visitors import customer, number_of, send

FRIEND = "friend@example.org"


def asked(session: Session, order_id: int, email: str = FRIEND) -> UpdateRequest:
    """A request for news, not confirmed yet."""
    ask_for_updates(session, order_id=order_id, email=email, language="en", by=CUSTOMER)
    return session.scalars(select(UpdateRequest).order_by(UpdateRequest.id.desc()).limit(1)).one()


def confirmed(session: Session, order_id: int, email: str = FRIEND) -> UpdateRequest:
    """A request for news that was confirmed."""
    request = asked(session, order_id, email)
    return confirm_updates(session, order_id=order_id, mark=mark_of_request(request, secret=SECRET), secret=SECRET, by=CUSTOMER)


def milestones(session: Session, recipient: str = FRIEND) -> list[str]:
    """What this address was told, in order."""
    return list(session.scalars(select(Message.milestone).where(Message.recipient == recipient).order_by(Message.id)))


def test_whoever_asks_is_asked_back_and_hears_nothing_else_until_they_confirm(session: Session, cast: Cast) -> None:
    shipment = cast.shipment(state="packed")
    asked(session, shipment.order_id)

    cast.hand_over(shipment)

    assert milestones(session) == ["updates_asked"]


def test_who_confirmed_hears_of_each_step_once(session: Session, cast: Cast) -> None:
    shipment = cast.shipment(state="packed")
    confirmed(session, shipment.order_id)
    cast.hand_over(shipment)

    for minutes, status in ((9, "in_transit"), (8, "out_for_delivery"), (7, "attempt_failed"), (6, "out_for_delivery"), (5, "delivered")):
        record(session, reference=shipment.reference, report=report(TrackingStatus(status), minutes_ago=minutes), by=cast.actor())

    assert milestones(session) == ["updates_asked", "shipped", "out_for_delivery", "attempt_failed", "delivered"]
    assert milestones(session, "mina@example.com") == ["received", "confirmed", "shipped", "delivered"]


def test_the_customer_is_not_told_twice_at_one_address(session: Session, cast: Cast) -> None:
    shipment = cast.shipment(state="packed")
    confirmed(session, shipment.order_id, "MINA@example.com")
    cast.hand_over(shipment)
    record(session, reference=shipment.reference, report=report(TrackingStatus.OUT_FOR_DELIVERY, minutes_ago=2), by=cast.actor())
    record(session, reference=shipment.reference, report=report(TrackingStatus.DELIVERED, minutes_ago=1), by=cast.actor())

    assert milestones(session, "MINA@example.com") == ["updates_asked", "out_for_delivery"]


def test_who_ended_it_hears_no_more_and_what_waited_is_not_sent(session: Session, cast: Cast) -> None:
    shipment = cast.shipment(state="packed")
    request = confirmed(session, shipment.order_id)
    cast.hand_over(shipment)

    end_updates(session, order_id=shipment.order_id, mark=mark_of_request(request, secret=SECRET), secret=SECRET, by=CUSTOMER)
    record(session, reference=shipment.reference, report=report(TrackingStatus.OUT_FOR_DELIVERY, minutes_ago=2), by=cast.actor())

    states = session.scalars(select(Message.state).where(Message.recipient == FRIEND, Message.milestone == "shipped")).all()
    assert states == ["suppressed"]
    assert milestones(session) == ["updates_asked", "shipped"]
    assert session.scalars(select(Message.state).where(Message.recipient == "mina@example.com", Message.milestone == "shipped")).one() == "queued"


def test_confirming_and_ending_again_change_nothing(session: Session, cast: Cast) -> None:
    order = cast.order()
    request = confirmed(session, order.id)
    mark, when = mark_of_request(request, secret=SECRET), request.confirmed_at

    confirm_updates(session, order_id=order.id, mark=mark, secret=SECRET, by=CUSTOMER)
    for _time in range(2):
        end_updates(session, order_id=order.id, mark=mark, secret=SECRET, by=CUSTOMER)
    ended = request.ended_at
    confirm_updates(session, order_id=order.id, mark=mark, secret=SECRET, by=CUSTOMER)

    assert (request.confirmed_at, request.ended_at) == (when, ended)
    assert ended is not None


def test_asking_again_soon_sends_no_second_mail_but_later_it_does(session: Session, cast: Cast, time_machine: TimeMachineFixture) -> None:
    order = cast.order()
    asked(session, order.id)
    asked(session, order.id, FRIEND.upper())
    assert milestones(session) == ["updates_asked"]

    time_machine.move_to(clock.now() + timedelta(minutes=11))
    asked(session, order.id)

    assert milestones(session) == ["updates_asked"] * 2
    assert session.scalar(select(func.count()).select_from(UpdateRequest).where(UpdateRequest.ended_at.is_(None))) == 1


@pytest.mark.parametrize("email", ["", "friend", "a@b@c.example", "a@example.org\nBcc: b@example.org"])
def test_what_is_no_address_is_refused(session: Session, cast: Cast, email: str) -> None:
    with pytest.raises(Invalid):
        asked(session, cast.order().id, email)


def test_five_addresses_are_enough(session: Session, cast: Cast) -> None:
    order = cast.order()
    for at in range(MOST):
        asked(session, order.id, f"friend{at}@example.org")

    with pytest.raises(Invalid):
        asked(session, order.id)


def test_an_order_that_is_over_has_no_news(session: Session, cast: Cast) -> None:
    order = cast.order()
    cancel(session, number=order.number, reason=CancelReason.CUSTOMER, by=cast.actor())

    with pytest.raises(IllegalMove):
        asked(session, order.id)


def test_a_mark_is_for_one_request_of_one_order(session: Session, cast: Cast) -> None:
    one, other = asked(session, cast.order().id), asked(session, cast.order().id)

    assert find_request(session, order_id=one.order_id, mark=mark_of_request(one, secret=SECRET), secret=SECRET).id == one.id
    for mark in (mark_of_request(other, secret=SECRET), mark_of_request(one, secret="another"), "", "é"):
        with pytest.raises(NotFound):
            find_request(session, order_id=one.order_id, mark=mark, secret=SECRET)


def test_a_renewed_link_ends_the_news_that_carried_it(session: Session, cast: Cast) -> None:
    request = confirmed(session, cast.order().id)

    renew_link(session, number=cast.session.get_one(type(cast.order()), request.order_id).number, by=cast.actor())

    assert request.ended_at is not None


def test_from_the_form_to_the_end_by_the_pages(cast: Cast, client: FlaskClient) -> None:
    address, reference = a_page(cast)
    browser = customer(cast, address)

    answer = send(browser, f"{address}/updates", email=FRIEND)
    assert (answer.status_code, answer.location) == (303, address)
    assert "We have sent a mail to that address." in browser.get(address).text
    mark = cast.made(lambda: mark_of_request(cast.session.scalars(select(UpdateRequest)).one(), secret=SECRET))
    theirs = f"{address}/updates/{mark}"

    page = client.get(theirs).text
    assert "Shall we send news of this order to f•••@e•••?" in page
    tell(cast, reference, TrackingStatus.OUT_FOR_DELIVERY, minutes_ago=5)
    assert cast.made(lambda: milestones(cast.session)) == ["updates_asked"], "opening the link is no consent"
    assert client.post(f"{theirs}/confirmation").location == theirs
    assert "News of this order go to f•••@e•••." in client.get(theirs).text
    assert client.post(f"{theirs}/end").location == theirs
    assert "No more news go to f•••@e•••." in client.get(theirs).text
    assert not re.search(FRIEND, client.get(theirs).text + page)
    assert client.get(f"{address}/updates/{mark[:-1]}!").status_code == 404


def test_a_wrong_address_comes_back_as_typed(cast: Cast) -> None:
    address, _reference = a_page(cast)

    answer = send(customer(cast, address), f"{address}/updates", email="friend at example")

    assert answer.status_code == 422
    assert 'value="friend at example"' in answer.text


def test_ten_mails_of_an_order_a_day(cast: Cast) -> None:
    address, _reference = a_page(cast)
    browser = customer(cast, address)

    codes = [send(browser, f"{address}/updates", email=f"friend{at}@example.org").status_code for at in range(12)]

    assert codes == [303] * 5 + [422] * 5 + [429] * 2


def test_staff_give_a_new_link_where_the_old_one_went_astray(cast: Cast, client: FlaskClient) -> None:
    address, _reference = a_page(cast)
    number = number_of(address)
    clerk = cast.client("clerk")
    assert "Give the customer’s page a new link?" in clerk.get(f"/orders/{number}").text

    assert clerk.post(f"/orders/{number}/link").status_code == 303

    assert client.get(address).status_code == 404
    assert "The customer’s page has a new link" in clerk.get(f"/orders/{number}").text
    assert cast.client("picker").post(f"/orders/{number}/link").status_code == 403
