"""The panel on the order page: what was told to whom, when, with what success, in which words."""

from collections.abc import Iterator

import pytest
from flask import Flask, g, render_template
from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.core.config import settings
from logistics.core.panels import panels
from logistics.notifications.composing import compose
from logistics.notifications.models import Message
from logistics.orders.models import Order
from tests.cast import Cast


@pytest.fixture
def in_request(app: Flask, session: Session, cast: Cast) -> Iterator[None]:
    """Inside a request of the clerk's."""
    person = cast.actor("clerk")
    with app.test_request_context():
        g.actor = person
        yield


@pytest.mark.usefixtures("in_request")
def test_it_shows_what_was_told_newest_first(session: Session, cast: Cast) -> None:
    order = cast.order(pay="transfer")
    sent = _message(session, "received")
    compose(session, sent.id, settings())
    sent.state, sent.attempts, sent.sent_at = "sent", 1, sent.created_at

    html = _panel(order)
    assert html.index("Order confirmed") < html.index("Order received")
    assert html.count("mina@example.com") == 2
    assert "Sent" in html
    assert "Waiting" in html
    assert "Thank you for your order." in html
    assert "/track/…" in html


@pytest.mark.usefixtures("in_request")
@pytest.mark.parametrize(
    ("problem", "words"),
    [
        ("refused: 550 No such user", "The mail server refused it: 550 No such user"),
        ("not_an_address: ", "This is not an e-mail address."),
        ("unreachable: timed out", "The mail server could not be reached: timed out"),
        ("our_mistake: ", "This is our mistake"),
    ],
)
def test_it_says_what_went_wrong(session: Session, cast: Cast, problem: str, words: str) -> None:
    order = cast.order()
    message = _message(session, "received")
    message.state, message.problem, message.attempts = "dead", problem, 12

    html = _panel(order)
    assert "Not delivered" in html
    assert words in html


@pytest.mark.usefixtures("in_request")
def test_a_message_that_is_tried_again_says_so(session: Session, cast: Cast) -> None:
    order = cast.order()
    message = _message(session, "received")

    message.attempts = 1
    assert "Trying again" not in _panel(order)
    message.problem = "The server is away."
    assert "Trying again" in _panel(order)
    message.attempts, message.problem = 2, ""
    assert "Trying again" in _panel(order)


@pytest.mark.usefixtures("in_request")
def test_without_an_address_it_says_why_nothing_was_sent(session: Session, cast: Cast) -> None:
    assert "The order has no e-mail address." in _panel(cast.order(email=""))


@pytest.mark.usefixtures("in_request")
def test_warehouse_people_do_not_see_it(session: Session, cast: Cast) -> None:
    order = cast.order()
    g.actor = cast.actor("picker")

    assert [template for template, _context in panels("order", order) if template.startswith("notifications/")] == []


def _message(session: Session, milestone: str) -> Message:
    return session.scalars(select(Message).where(Message.milestone == milestone)).one()


def _panel(order: Order) -> str:
    template, panel = next(found for found in panels("order", order) if found[0].startswith("notifications/"))
    return render_template(template, panel=panel)
