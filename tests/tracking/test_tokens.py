"""The token of the public page: long, derived, and gone when it should be."""

import re
from secrets import token_urlsafe

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from logistics.core.refusals import NotFound
from logistics.orders.linking import make_token
from logistics.orders.models import Order
from logistics.tracking.models import TrackingStatus
from logistics.tracking.recording import record
from logistics.tracking.tokens import find_by_token
from tests.cast import Cast
from tests.tracking.test_recording import report

SECRET = "a secret that only this test knows ..."


def test_a_token_finds_its_order(session: Session, cast: Cast) -> None:
    order = cast.order()

    token = make_token(order, secret=SECRET)

    assert find_by_token(session, token, secret=SECRET).order_id == order.id
    assert re.fullmatch(r"[A-Za-z0-9_-]{30}", token)


def test_tokens_of_two_orders_share_nothing_that_could_be_guessed(session: Session, cast: Cast) -> None:
    first, second = make_token(cast.order(), secret=SECRET), make_token(cast.order(), secret=SECRET)

    assert first[8:] != second[8:]
    with pytest.raises(NotFound):
        find_by_token(session, first[:8] + second[8:], secret=SECRET)


@pytest.mark.parametrize("wrong", ["", "x", "K7M29QXF", "é" * 30, "\x00" * 30, "0" * 30, "a" * 5000, "../../../etc/passwd"])
def test_what_is_no_token_finds_nothing(session: Session, cast: Cast, wrong: str) -> None:
    cast.order()

    with pytest.raises(NotFound):
        find_by_token(session, wrong, secret=SECRET)


def test_a_thousand_random_tokens_of_an_order_open_nothing(session: Session, cast: Cast) -> None:
    """SEC27. 128 bits: a hundred thousand tries hit with a chance of 1 in 3e33."""
    number = cast.order().number.replace("-", "")

    for _guess in range(1000):
        with pytest.raises(NotFound):
            find_by_token(session, number + token_urlsafe(16), secret=SECRET)


def test_every_other_way_to_fail_says_the_same(session: Session, cast: Cast) -> None:
    order = cast.order()
    token = make_token(order, secret=SECRET)
    said = set()
    for wrong, secret in ((token[:-1] + "!", SECRET), (token, "another secret"), (token[:8], SECRET), ("0000000" + token[7:], SECRET)):
        with pytest.raises(NotFound) as refusal:
            find_by_token(session, wrong, secret=secret)
        said.add((refusal.value.message, refusal.value.code, refusal.value.status))

    assert len(said) == 1


def test_staff_can_turn_a_link_off_by_a_new_version(session: Session, cast: Cast) -> None:
    order = cast.order()
    old = make_token(order, secret=SECRET)
    session.execute(update(Order).values(token_version=2))
    session.refresh(order)

    with pytest.raises(NotFound):
        find_by_token(session, old, secret=SECRET)
    assert find_by_token(session, make_token(order, secret=SECRET), secret=SECRET).order_id == order.id


@pytest.mark.parametrize(("days", "shown"), [(0, True), (90, True), (91, False)])
def test_the_page_ends_ninety_days_after_delivery(session: Session, cast: Cast, days: int, shown: bool) -> None:
    shipment = cast.shipment(state="shipped")
    told = report(TrackingStatus.DELIVERED, minutes_ago=days * 24 * 60 - 5)  # five minutes short of so many days
    record(session, reference=shipment.reference, report=told, by=cast.actor())
    token = make_token(shipment.order, secret=SECRET)

    if shown:
        assert find_by_token(session, token, secret=SECRET).order_id == shipment.order_id
    else:
        with pytest.raises(NotFound):
            find_by_token(session, token, secret=SECRET)
