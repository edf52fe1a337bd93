"""Channels: opened once, edited by one at a time, closed but for the house's own; their time-outs are for orders to come."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.core.events import EventLog
from logistics.core.language import speaking
from logistics.core.refusals import Invalid, NotFound, Stale
from logistics.orders.channelling import ChannelRules, add_channel, change_channel
from logistics.orders.models import Channel, ChannelKind
from logistics.orders.rules import in_units
from logistics.orders.wording import channel_text, timeout_text
from tests.cast import Cast

SHOP = {"name": "Web shop", "payment_timeout_minutes": 60, "may_wait": True, "ship_complete": False}


def add(session: Session, cast: Cast, code: str = "web", **changed: Any) -> Channel:
    """A shop, unless something else is asked for."""
    return add_channel(session, code=code, kind=ChannelKind.SHOPIFY, rules=ChannelRules(**{**SHOP, **changed}), by=cast.actor("admin"))


def change(session: Session, cast: Cast, code: str = "web", *, version: int = 1, **changed: Any) -> Channel:
    """The same, saved again."""
    return change_channel(session, code=code, rules=ChannelRules(**{**SHOP, **changed}), version=version, by=cast.actor("admin"))


def test_a_channel_is_opened_and_takes_orders_by_its_own_rules(session: Session, cast: Cast) -> None:
    channel = add(session, cast)

    order = cast.order(channel="web")

    assert order.expires_at == order.placed_at + timedelta(hours=1)
    assert not order.ship_complete
    (told,) = session.scalars(select(EventLog).where(EventLog.name == "ChannelSaved")).all()
    assert told.subject_id == channel.id
    assert told.data == {
        "channel_id": channel.id,
        "code": "web",
        "timeout": 60,
        "may_wait": True,
        "ship_complete": False,
        "active": True,
        "tax_included": True,
        "capture_at_dispatch": False,
        "invoices": False,
        "delivered_after_days": 10,
    }


def test_another_time_out_is_for_orders_placed_from_then_on(session: Session, cast: Cast) -> None:
    add(session, cast)
    before = cast.order(channel="web")
    kept = before.expires_at

    change(session, cast, payment_timeout_minutes=None)

    assert before.expires_at == kept
    assert cast.order(channel="web").expires_at is None


def test_a_code_is_taken_once(session: Session, cast: Cast) -> None:
    with pytest.raises(Invalid) as refusal:
        add(session, cast, "desk")

    assert refusal.value.errors[0].pointer == "code"


def test_a_change_is_saved_and_a_second_one_from_the_same_form_refused(session: Session, cast: Cast) -> None:
    add(session, cast)

    assert change(session, cast, name="Shop").version == 2
    with pytest.raises(Stale):
        change(session, cast, name="Web")

    assert change(session, cast, name="Shop").version == 2, "what is so already needs no saving"


def test_a_closed_channel_takes_no_orders_until_it_is_opened_again(session: Session, cast: Cast) -> None:
    add(session, cast)
    change(session, cast, active=False)

    with pytest.raises(Invalid):
        cast.order(channel="web")

    change(session, cast, active=True, version=2)
    assert cast.order(channel="web").number


@pytest.mark.parametrize("code", ["desk", "import"])
def test_the_houses_own_cannot_be_closed(session: Session, cast: Cast, code: str) -> None:
    with pytest.raises(Invalid):
        change(session, cast, code, active=False)


def test_a_channel_that_does_not_exist_cannot_be_changed(session: Session, cast: Cast) -> None:
    with pytest.raises(NotFound):
        change(session, cast)


@pytest.mark.parametrize(
    ("minutes", "said", "parts"),
    [
        (1, "1 minute", (1, "minutes")),
        (90, "90 minutes", (90, "minutes")),
        (60, "1 hour", (1, "hours")),
        (36 * 60, "36 hours", (36, "hours")),
        (20160, "14 days", (14, "days")),
    ],
)
def test_a_time_is_told_in_its_largest_whole_unit(session: Session, minutes: int, said: str, parts: tuple[int, str]) -> None:
    assert in_units(minutes) == parts
    assert timeout_text(minutes) == said
    assert timeout_text(None) == "No time-out"


def test_the_houses_own_are_called_in_the_readers_language_until_they_are_renamed(session: Session) -> None:
    with speaking("zh_Hans"):
        assert channel_text("desk", "Desk") != "Desk"
        assert channel_text("desk", "Counter in Leeds") == "Counter in Leeds"
        assert channel_text("web", "Desk") == "Desk"


def test_shops_issue_no_invoices_until_somebody_says_so(session: Session, cast: Cast) -> None:
    shop = add(session, cast)
    program = add_channel(session, code="erp", kind=ChannelKind.API, rules=ChannelRules(**SHOP), by=cast.actor("admin"))
    assert (shop.invoices, program.invoices) == (False, True)

    change(session, cast, invoices=True)
    change(session, cast, version=2, name="Our web shop")

    assert (shop.invoices, shop.name) == (True, "Our web shop")
