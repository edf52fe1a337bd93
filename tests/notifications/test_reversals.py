"""What customers are told when a part of their order is cancelled, and when money goes back."""

from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.core.config import Settings, settings
from logistics.notifications.composing import Letter, compose
from logistics.notifications.invariants import INVARIANTS
from logistics.notifications.models import Message
from logistics.orders.cancelling import cancel_lines
from logistics.orders.models import CancelReason, Order, RefundKind, RefundReason
from logistics.orders.paying import record_shop_payment, record_transfer
from logistics.orders.refunding import Asked, give
from logistics.orders.validating import ShopMoney
from tests.cast import Cast
from tests.words import has_word


@pytest.fixture
def shop(session: Session) -> Settings:
    """The shop's settings, with an address of its own."""
    return replace(settings(), base_url="https://shop.example")


def letters(session: Session, milestone: str, shop: Settings) -> list[Letter]:
    """What was told of this, each as it is written now."""
    ids = session.scalars(select(Message.id).where(Message.milestone == milestone).order_by(Message.id)).all()
    return [compose(session, message_id, shop) for message_id in ids]


def take_out(session: Session, cast: Cast, order: Order, units: int, reason: CancelReason = CancelReason.CUSTOMER) -> None:
    """Cancel so many units of the first line."""
    cancel_lines(session, number=order.number, units={order.lines[0].id: units}, reason=reason, by=cast.actor())


def test_each_part_that_is_cancelled_is_told_with_what_comes_back(session: Session, cast: Cast, shop: Settings) -> None:
    order = cast.order(lines=[("LAMP", 5), ("SHADE", 1)], pay="transfer")
    take_out(session, cast, order, 1)
    take_out(session, cast, order, 2, CancelReason.OUT_OF_STOCK)

    first, second = letters(session, "cancelled_in_part", shop)

    assert first.headline == f"A part of your order {order.number} is cancelled"
    assert "As you asked, we have taken these goods out of your order:" in first.text
    assert "1 × Lamp thing\n" in first.text
    assert "Shade" not in first.text
    assert "USD 18.00 is on your account with us" in first.text
    assert "The rest of your order comes as planned." in first.text
    assert "We are sorry: we cannot get these goods" in second.text
    assert "USD 36.00 is on your account with us" in second.text
    assert "USD 36.00 is on your account with us" in second.html


def test_without_money_nothing_is_said_of_it(session: Session, cast: Cast, shop: Settings) -> None:
    take_out(session, cast, cast.order(lines=[("LAMP", 3)]), 1)

    (told,) = letters(session, "cancelled_in_part", shop)
    assert "account" not in told.text
    assert not has_word(told.text, "USD")


def test_a_refund_says_how_much_and_where_it_goes(session: Session, cast: Cast, shop: Settings) -> None:
    order = cast.order(lines=[("LAMP", 3)], language="zh_Hans")
    record_transfer(session, number=order.number, amount=400, reference="BANK", by=cast.actor())
    record_shop_payment(session, number=order.number, money=ShopMoney("shopify", "T-1", captured=5000, authorised=0), by=cast.actor())
    order.language = "en"
    give(session, number=order.number, asked=Asked(1400, RefundReason.LATE, note="Not for the customer"), by=cast.actor("manager"))

    (told,) = letters(session, "refunded", shop)
    assert told.headline == f"You get money back for your order {order.number}"
    assert "We give back USD 14.00 of what you paid" in told.text
    assert "USD 4.00 is on your account with us" in told.text
    assert "USD 10.00 comes back from the shop" in told.text
    assert "Not for the customer" not in told.text + told.html
    assert "card" not in told.text


def test_an_allowance_and_a_request_are_not_told(session: Session, cast: Cast) -> None:
    order = cast.order(lines=[("LAMP", 3)])
    give(session, number=order.number, asked=Asked(100, RefundReason.PRICE, kind=RefundKind.ALLOWANCE), by=cast.actor("manager"))
    paid = cast.order(lines=[("SHADE", 3)], pay="transfer")
    give(session, number=paid.number, asked=Asked(100, RefundReason.LATE), by=cast.actor("clerk"), alone=False)

    assert set(session.scalars(select(Message.milestone))) == {"received", "confirmed"}


def test_a_confirmation_names_what_still_comes(session: Session, cast: Cast, shop: Settings) -> None:
    order = cast.order(lines=[("LAMP", 3), ("SHADE", 1)])
    take_out(session, cast, order, 2)
    record_transfer(session, number=order.number, amount=3600, reference="BANK", by=cast.actor())

    (told,) = letters(session, "confirmed", shop)
    assert "1 × Lamp thing: USD 18.00\n1 × Shade thing: USD 18.00\n" in told.text
    assert "Total: USD 36.00" in told.text


def test_one_that_was_not_told_is_found_by_the_audit(session: Session, cast: Cast) -> None:
    order = cast.order(lines=[("LAMP", 3)], pay="transfer")
    take_out(session, cast, order, 1)
    give(session, number=order.number, asked=Asked(100, RefundReason.LATE), by=cast.actor("manager"))
    assert INVARIANTS[0].offenders(session.connection()) == []

    for message in session.scalars(select(Message).where(Message.milestone.in_(("cancelled_in_part", "refunded")))):
        session.delete(message)
    session.flush()

    assert {row["milestone"] for row in INVARIANTS[0].offenders(session.connection())} == {"cancelled_in_part", "refunded"}
