"""What a message says: the truth at the time of its first try, in the recipient's language, and the same on every try."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.config import Settings, settings
from logistics.fulfilment.models import CarrierZone, Shipment
from logistics.inventory.adjusting import adjust
from logistics.inventory.models import Reason
from logistics.notifications.composing import Letter, compose
from logistics.notifications.models import Message
from logistics.orders.cancelling import cancel
from logistics.orders.expiring import expire
from logistics.orders.linking import make_token
from logistics.orders.models import CancelReason, Order
from logistics.orders.paying import record_transfer
from logistics.orders.pricing import Discount
from logistics.tracking.models import ProofKind
from logistics.tracking.recording import record_delivery
from tests.cast import Cast


@pytest.fixture
def shop(session: Session) -> Settings:
    """The shop's settings, with an address of its own."""
    return replace(settings(), base_url="https://shop.example")


def test_a_received_order_says_what_to_pay_and_where_to_look(session: Session, cast: Cast, shop: Settings) -> None:
    order = cast.order(lines=[("LAMP", 2), ("SHADE", 1)])

    said = _compose(session, "received", shop)
    assert said.headline == f"We have your order {order.number}"
    assert said.text.startswith(f"{said.headline}\n\nHello Mina Park,\n\nThank you")
    assert "2 × Lamp thing: USD 36.00\n1 × Shade thing: USD 18.00\n" in said.text
    assert "To pay: USD 54.00" in said.text
    assert f"https://shop.example/track/{make_token(order, secret=shop.secret_key)}\n" in said.text
    assert f'href="https://shop.example/track/{make_token(order, secret=shop.secret_key)}"' in said.html


def test_discounts_and_taxes_are_told(session: Session, cast: Cast, shop: Settings) -> None:
    cast.taxes("GB", 2000)
    cast.order(discount=Discount(600), shipping=300)

    said = _compose(session, "received", shop)
    assert "2 × Lamp thing: USD 36.00\nDiscount: −USD 6.00\nShipping: USD 3.00\nTo pay: USD 33.00\nTax included: USD 5.50\n" in said.text
    rows = ("Discount", "−USD 6.00", "Shipping", "USD 3.00", "To pay", "USD 33.00", "Tax included", "USD 5.50")
    assert [text for text in re.findall(r"<td[^>]*>([^<]*)</td>", said.html) if text in rows] == list(rows)


def test_tax_on_the_prices_is_told_before_the_total(session: Session, cast: Cast, shop: Settings) -> None:
    cast.taxes("GB", 2000)
    cast.channel("desk", tax_included=False)
    cast.order(pay="balance")

    said = _compose(session, "confirmed", shop)
    assert "Shipping: USD 0.00\nTax: USD 7.20\nTotal: USD 43.20\n" in said.text
    assert "Tax included" not in said.text + said.html


def test_a_message_of_an_earlier_version_says_what_it_knows(session: Session, cast: Cast, shop: Settings) -> None:
    cast.order()
    message = session.scalars(select(Message)).one()
    compose(session, message.id, shop)
    message.facts = {name: fact for name, fact in message.facts.items() if name not in ("discount", "tax", "tax_included")}

    assert "Shipping: USD 0.00\nTo pay: USD 36.00\n" in compose(session, message.id, shop).text


def test_a_confirmed_order_says_so(session: Session, cast: Cast, shop: Settings) -> None:
    order = cast.order(pay="balance")

    said = _compose(session, "confirmed", shop)
    assert said.headline == f"Your order {order.number} is confirmed"
    assert "Total: USD 36.00" in said.text


def test_a_parcel_that_left_names_its_carrier_and_number(session: Session, cast: Cast, shop: Settings) -> None:
    cast.shipment(lines=[("LAMP", 2)], state="packed")
    cast.hand_over(_shipment(session), number="JD0146")

    said = _compose(session, "shipped", shop)
    assert "We have handed your parcel to Dhl." in said.text
    assert "Tracking number: JD0146" in said.text
    assert "https://dhl.example/track?n=JD0146" in said.text
    assert "2 × Lamp thing\n" in said.text
    assert "another parcel" not in said.text


@pytest.mark.parametrize(("language", "days"), [("en", "Expected Wed 2 – Thu 3 Dec."), ("zh_Hans", "预计 12月2日周三至3日周四送达。")])
def test_a_parcel_that_left_names_the_days_on_which_it_is_expected(session: Session, cast: Cast, shop: Settings, language: str, days: str) -> None:
    said = _leave(session, cast, shop, (1, 2), language)
    assert days in said.text
    assert days in said.html


def test_a_mail_never_says_today(session: Session, cast: Cast, shop: Settings) -> None:
    assert "Expected Tue 1 Dec." in _leave(session, cast, shop, (0, 0)).text


def test_a_mail_that_could_not_be_written_in_time_is_honest(session: Session, cast: Cast, shop: Settings) -> None:
    said = _leave(session, cast, shop, (1, 2), composed=datetime(2026, 12, 6, 12, tzinfo=UTC))
    assert "Late: it was expected by Thu 3 Dec." in said.text


def test_where_nobody_knows_when_a_parcel_comes_the_mail_names_no_day(session: Session, cast: Cast, shop: Settings) -> None:
    cast.shipment(state="shipped")

    said = _compose(session, "shipped", shop)
    assert "xpected" not in said.text + said.html


def test_a_dispatch_mail_of_an_earlier_version_says_what_it_knows(session: Session, cast: Cast, shop: Settings) -> None:
    _leave(session, cast, shop, (1, 2))
    message = session.scalars(select(Message).where(Message.milestone == "shipped")).one()
    message.facts = {name: fact for name, fact in message.facts.items() if name != "arrival"}

    assert "We have handed your parcel to Dhl." in _compose(session, "shipped", shop).text


def test_the_first_of_two_parcels_says_that_more_is_to_come(session: Session, cast: Cast, shop: Settings) -> None:
    cast.stock("LAMP", 1, at="LEEDS")
    cast.stock("LAMP", 1, at="HANGZHOU")
    cast.shipment(lines=[("LAMP", 2)], state="shipped")

    assert "The rest of your order follows in another parcel." in _compose(session, "shipped", shop).text


def test_a_delivered_parcel_says_what_to_do_if_it_is_not_there(session: Session, cast: Cast, shop: Settings) -> None:
    shipment = cast.shipment(state="shipped")
    record_delivery(session, reference=shipment.reference, signer="M. Park", kind=ProofKind.SELF, occurred_at=clock.now(), by=cast.actor())

    said = _compose(session, "delivered", shop)
    assert said.headline.startswith("Your parcel has been delivered (order ")
    assert "Answer this mail" in said.text
    assert "M. Park" not in said.text, "who signed stands on the page behind the link"


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        (CancelReason.CUSTOMER, "As you asked, we have cancelled your order."),
        (CancelReason.OUT_OF_STOCK, "We are sorry: we cannot get what you ordered"),
        (CancelReason.PAYMENT_TIMEOUT, "Your payment did not arrive in time"),
        (CancelReason.FRAUD, "We have cancelled your order. Nothing of it will be sent."),
    ],
)
def test_a_cancelled_order_says_why(session: Session, cast: Cast, shop: Settings, reason: CancelReason, sentence: str) -> None:
    order = cast.order()
    record_transfer(session, number=order.number, amount=1000, reference="B-1", by=cast.actor())
    cancel(session, number=order.number, reason=reason, by=cast.actor())

    said = _compose(session, "cancelled", shop)
    assert sentence in said.text
    assert sentence in said.html
    assert "What you paid, USD 10.00, is back on your account with us." in said.text


@pytest.mark.parametrize(
    ("language", "why", "money"),
    [
        ("en", "Your payment did not arrive in time", "What you paid, USD 10.00, is back on your account with us."),
        ("zh_Hans", "由于未在规定时间内收到您的付款，订单已取消", "USD 10.00"),
    ],
)
def test_a_time_out_is_told_in_the_customers_language(session: Session, cast: Cast, shop: Settings, language: str, why: str, money: str) -> None:
    order = cast.order(language=language)
    record_transfer(session, number=order.number, amount=1000, reference="B-1", by=cast.actor())
    order.expires_at = clock.now()
    assert expire(session, order_id=order.id)

    said = _compose(session, "cancelled", shop)
    for text in (said.text, said.html):
        assert why in text
        assert money in text


def test_who_has_a_time_to_pay_is_told_until_when(session: Session, cast: Cast, shop: Settings) -> None:
    cast.order().expires_at = datetime(2040, 1, 2, 3, 4, tzinfo=UTC)

    said = _compose(session, "received", shop)
    for text in (said.text, said.html):
        assert "Please pay by 2040-01-02 03:04 (our time)." in text


def test_who_may_pay_whenever_is_told_no_time(session: Session, cast: Cast, shop: Settings) -> None:
    cast.order().expires_at = None

    assert "Please pay by" not in _compose(session, "received", shop).text


def test_a_notice_of_low_stock_names_product_place_and_numbers(session: Session, cast: Cast, shop: Settings) -> None:
    cast.person("manager")
    lamps = cast.stock("LAMP", 5, reorder_point=4)
    adjust(session, level_id=lamps.id, change=-2, reason=Reason.DAMAGED, by=cast.actor("manager"))

    said = _compose(session, "stock_ran_low", shop)
    assert said.headline == "LAMP is running low in Leeds"
    assert "Available: 3\nReorder point: 4\n" in said.text
    assert "https://shop.example/stock/LAMP" in said.text


def test_the_text_is_kept_but_not_the_link_that_opens_the_customers_page(session: Session, cast: Cast, shop: Settings) -> None:
    order = cast.order()
    said = _compose(session, "received", shop)

    message = session.scalars(select(Message)).one()
    token = make_token(order, secret=shop.secret_key)
    assert message.headline == said.headline
    assert message.body == said.text.replace(token, "…")
    assert token not in str([message.body, message.facts])


def test_a_second_try_says_the_same_whatever_happened_since(session: Session, cast: Cast, shop: Settings) -> None:
    order = cast.order()
    first = _compose(session, "received", shop)
    cast.product("LAMP").name = "Another name"
    session.get_one(Order, order.id).name = "Somebody else"

    assert _compose(session, "received", shop) == first


def test_what_people_wrote_is_text_and_nothing_else(session: Session, cast: Cast, shop: Settings) -> None:
    name = "<script>alert(1)</script>{{ 7*7 }}%0aBcc: x@example.com"
    cast.product("LAMP", name="<b>Lamp</b> & {% if x %}")
    cast.order(name=name)

    said = _compose(session, "received", shop)
    assert "<script" not in said.html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7*7 }}" in said.html
    assert "&lt;b&gt;Lamp&lt;/b&gt; &amp; {% if x %}" in said.html
    assert f"Hello {name}," in said.text


def test_amounts_are_written_as_the_recipient_reads_them(session: Session, cast: Cast, shop: Settings) -> None:
    cast.product("LAMP", price=123456)
    cast.order(language="zh_Hans")

    said = _compose(session, "received", shop)
    assert said.language == "zh_Hans"
    assert "USD 2,469.12" in said.text
    assert '<html lang="zh-Hans">' in said.html


def test_links_use_the_shops_own_address_whoever_asked(session: Session, cast: Cast, shop: Settings) -> None:
    with cast.app.test_request_context(headers={"Host": "evil.example"}):
        order = cast.order()
        session.flush()
        said = _compose(session, "received", shop)

    assert "evil.example" not in said.text + said.html
    assert "https://shop.example/track/" in said.text
    assert order.number in said.text


_NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)


def _leave(session: Session, cast: Cast, shop: Settings, days: tuple[int, int], language: str = "en", composed: datetime = _NOON) -> Letter:
    """What is told when a parcel leaves Leeds for Leeds at noon of 1 December 2026, with a carrier that takes so many days."""
    cast.warehouse(postcode="LS10 1AA")
    few, many = days
    session.add(CarrierZone(carrier_id=cast.carrier().id, zone="local", least_days=few, most_days=many))
    with clock.replaying(_NOON):
        cast.shipment(state="shipped", language=language)
    with clock.replaying(composed):
        return _compose(session, "shipped", shop)


def _compose(session: Session, milestone: str, shop: Settings) -> Letter:
    message_id = session.scalars(select(Message.id).where(Message.milestone == milestone)).one()
    return compose(session, message_id, shop)


def _shipment(session: Session) -> Shipment:
    return session.scalars(select(Shipment)).one()
