"""What becomes of what shops send: orders, money, cancellations, or a reason why a person must look at it."""

import itertools
from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import SYSTEM
from logistics.core.refusals import IllegalMove
from logistics.customers.models import Customer, Entry
from logistics.fulfilment.models import Shipment
from logistics.inventory.models import StockLevel
from logistics.orders.cancelling import cancel
from logistics.orders.models import CancelReason, Order, PaymentIncident
from logistics.orders.placing import place
from logistics.orders.validating import LineRequest, OrderRequest
from logistics.payments.models import Payment
from logistics.rooms import INVARIANTS
from logistics.shops.deciding import discard, retry
from logistics.shops.mapping import map_product
from logistics.shops.models import CodeKind, InboxEvent
from logistics.shops.tasks import retry_short_orders
from tests.cast import Cast
from tests.shops.platforms import Shop, open_shop, orders, own_event, shopify_order, woo_order, work_off


@pytest.fixture
def shop(cast: Cast) -> Shop:
    cast.stock("LAMP", 5)
    return open_shop(cast)


def worked(session: Session, shop: Shop, *bodies: tuple[str, dict[str, Any]]) -> list[InboxEvent]:
    """What became of these (topic, body), sent and worked one after another."""
    events = []
    for topic, body in bodies:
        assert shop.send(body, topic).status_code == 200
        events = work_off(session)
    return events


def outcomes(events: list[InboxEvent]) -> list[tuple[str, str]]:
    return [(event.state, event.reason) for event in events]


def reserved(session: Session) -> int:
    return int(session.scalar(select(func.sum(StockLevel.reserved))) or 0)


def offenders(session: Session) -> list[str]:
    session.flush()
    return [check.code for part in INVARIANTS for check in part if check.offenders(session.connection())]


def at(hour: int) -> str:
    return f"2026-11-20T{hour:02}:00:00+00:00"


# --- Placing ---


def test_an_order_has_all_that_the_shop_said(session: Session, cast: Cast, shop: Shop) -> None:
    cast.stock("SHADE", 9)
    body = shopify_order(("lamp", 2, "18.00"), ("SHADE", 3, "5.00"), note="Ring twice", customer_locale="zh-CN")
    body["shipping_lines"] = [{"price": "7.50", "tax_lines": []}]
    body["total_price"] = "58.50"
    body["shipping_address"] |= {"company": "Lamp & Son", "address2": "2nd floor"}
    worked(session, shop, ("orders/create", body))
    (order,) = orders(session)

    assert (order.external_id, order.channel.code, order.status, order.currency) == ("5001", "web", "paid", "USD")
    assert (order.merchandise, order.shipping, order.total) == (5100, 750, 5850)
    assert [(line.product.sku, line.ordered, line.unit_price, line.net) for line in order.lines] == [("LAMP", 2, 1800, 3600), ("SHADE", 3, 500, 1500)]
    assert (order.name, order.phone, order.email) == ("Mina Park", "+44 113 496 0001", "mina@example.com")
    assert (order.line1, order.line2, order.city, order.postcode, order.country) == ("12 Park Row", "2nd floor, Lamp & Son", "Leeds", "LS1 5HD", "GB")
    assert (order.note, order.language) == ("Ring twice", "zh_Hans")
    payment = session.scalars(select(Payment)).one()
    assert (payment.method, payment.captured, payment.moves[0].provider, payment.moves[0].reference) == ("shop", 5850, "shop:web", "5001")
    assert session.scalar(select(func.count()).select_from(Shipment)) == 1
    assert offenders(session) == []


def test_the_shops_own_sums_stand_whatever_our_taxes_are(session: Session, cast: Cast, shop: Shop) -> None:
    cast.taxes("GB", 2000)
    cast.channel("web", tax_included=False)
    worked(session, shop, ("orders/create", shopify_order(("LAMP", 2, "18.00"), total_price="36.00")))
    (order,) = orders(session)

    assert (order.total, order.tax, order.tax_included, order.lines[0].tax_bp, order.status) == (3600, 0, True, 0, "paid")
    assert offenders(session) == []


def test_the_customer_is_the_one_we_know(session: Session, cast: Cast, shop: Shop) -> None:
    worked(session, shop, ("orders/create", shopify_order(id=1)), ("orders/create", shopify_order(id=2, email="MINA@example.com")))
    one, two = orders(session)

    assert one.customer_id == two.customer_id
    assert session.scalar(select(func.count()).select_from(Customer)) == 1


@pytest.mark.parametrize(
    ("status", "more", "ours", "kinds"),
    [
        ("paid", {}, "paid", ["authorise", "capture"]),
        ("authorized", {}, "paid", ["authorise"]),
        ("partially_paid", {"total_outstanding": "26.00"}, "unpaid", ["authorise", "capture"]),
        ("partially_paid", {}, "unpaid", []),
        ("pending", {}, "unpaid", []),
        ("voided", {}, "unpaid", []),
        (None, {}, "unpaid", []),
    ],
)
def test_money_is_what_the_shop_says(session: Session, shop: Shop, status: str | None, more: dict[str, Any], ours: str, kinds: list[str]) -> None:
    worked(session, shop, ("orders/create", shopify_order(financial_status=status, **more)))

    assert [order.status for order in orders(session)] == [ours]
    assert [move.kind for payment in session.scalars(select(Payment)) for move in payment.moves] == kinds


@pytest.mark.parametrize(
    ("reason", "ours"),
    [
        ("customer", "customer"),
        ("inventory", "out_of_stock"),
        ("fraud", "fraud"),
        ("declined", "payment_timeout"),
        ("other", "customer"),
        (None, "customer"),
    ],
)
def test_a_cancellation_upstream_takes_the_order_back(session: Session, shop: Shop, reason: str | None, ours: str) -> None:
    body = shopify_order()
    events = worked(
        session, shop, ("orders/create", body), ("orders/cancelled", body | {"cancelled_at": at(11), "updated_at": at(11), "cancel_reason": reason})
    )
    (order,) = orders(session)

    assert (order.status, order.cancel_reason) == ("cancelled", ours)
    assert outcomes(events) == [("taken", "placed"), ("taken", "cancelled")]
    assert reserved(session) == 0
    assert session.scalar(select(func.sum(Payment.captured - Payment.refunded))) == 0
    assert session.scalar(select(func.count()).select_from(Entry)) == 0
    assert offenders(session) == []


STORY = {
    "create": shopify_order(financial_status="pending", updated_at=at(10)),
    "paid": shopify_order(financial_status="paid", updated_at=at(11)),
    "updated": shopify_order(financial_status="paid", updated_at=at(12), note="leave it with the neighbours"),
    "cancelled": shopify_order(financial_status="refunded", updated_at=at(13), cancelled_at=at(13), cancel_reason="customer"),
}


@pytest.mark.parametrize("turns", list(itertools.permutations(["create", "paid", "updated"])), ids=" ".join)
def test_in_whatever_order_it_is_one_paid_order(session: Session, shop: Shop, turns: tuple[str, ...]) -> None:
    events = worked(session, shop, *((f"orders/{turn}", STORY[turn]) for turn in turns))
    (order,) = orders(session)

    assert (order.status, [(line.ordered, line.net) for line in order.lines]) == ("paid", [(2, 3600)])
    assert {event.state for event in events} == {"taken"}
    assert session.scalars(select(Payment.captured)).all() == [3600]
    assert reserved(session) == 2
    assert offenders(session) == []


@pytest.mark.parametrize("turns", list(itertools.permutations(STORY)), ids=" ".join)
@pytest.mark.parametrize("at_once", [True, False], ids=["worked at the end", "worked one by one"])
def test_in_whatever_order_what_is_cancelled_stays_cancelled(session: Session, shop: Shop, turns: tuple[str, ...], at_once: bool) -> None:
    for turn in turns:
        shop.send(STORY[turn], f"orders/{turn}")
        if not at_once:
            work_off(session)
    events = work_off(session)

    assert {order.status for order in orders(session)} <= {"cancelled"}
    assert {event.state for event in events} == {"taken"}
    assert (reserved(session), session.scalar(select(func.coalesce(func.sum(Payment.captured - Payment.refunded), 0)))) == (0, 0)
    assert offenders(session) == []


def test_of_what_has_piled_up_only_the_newest_is_placed(session: Session, shop: Shop) -> None:
    for turn in ("create", "paid", "updated"):
        shop.send(STORY[turn], f"orders/{turn}")

    assert outcomes(work_off(session)) == [("taken", "superseded"), ("taken", "superseded"), ("taken", "placed")]
    assert [order.status for order in orders(session)] == ["paid"]


def test_a_late_promise_does_not_undo_that_it_was_taken_back(session: Session, shop: Shop) -> None:
    worked(
        session,
        shop,
        ("orders/create", shopify_order(financial_status="pending", updated_at=at(9))),
        ("orders/updated", shopify_order(financial_status="voided", updated_at=at(12))),
        ("orders/updated", shopify_order(financial_status="authorized", updated_at=at(11))),
    )

    assert [order.status for order in orders(session)] == ["unpaid"]


def test_a_promise_taken_back_uncovers_the_order(session: Session, shop: Shop) -> None:
    events = worked(
        session,
        shop,
        ("orders/create", shopify_order(financial_status="authorized", updated_at=at(9))),
        ("orders/updated", shopify_order(financial_status="voided", updated_at=at(12))),
    )

    assert outcomes(events) == [("taken", "placed"), ("taken", "voided")]
    assert [order.status for order in orders(session)] == ["unpaid"]


# --- Parking ---


def test_an_unknown_sku_parks_the_order_with_its_row(session: Session, shop: Shop) -> None:
    (event,) = worked(session, shop, ("orders/create", shopify_order(("LAMP", 1, "18.00"), ("XL-9", 1, "2.00"))))

    assert (event.state, event.reason) == ("parked", "unknown_product")
    assert event.facts["unknown"] == [{"row": 2, "kind": "sku", "code": "xl-9", "sku": "XL-9"}]
    assert orders(session) == []
    assert reserved(session) == 0


def test_mapping_a_code_lets_all_go_that_waited_for_it(session: Session, cast: Cast, shop: Shop) -> None:
    for number in range(3):
        shop.send(shopify_order(("XL-9", 1, "2.00"), id=number + 1), "orders/create")
    shop.send(shopify_order(("OTHER", 1, "2.00"), id=9), "orders/create")
    work_off(session)

    woken = map_product(session, channel_id=shop.channel.id, kind=CodeKind.SKU, code="XL-9", sku="LAMP", by=SYSTEM)
    events = work_off(session)

    assert woken == 3
    assert outcomes(events) == [*[("taken", "placed")] * 3, ("parked", "unknown_product")]
    assert [[line.product.sku for line in order.lines] for order in orders(session)] == [["LAMP"]] * 3


def test_without_a_sku_the_variant_counts(session: Session, cast: Cast, shop: Shop) -> None:
    (event,) = worked(session, shop, ("orders/create", shopify_order(("", 1, "18.00"))))
    unknown = event.facts["unknown"]
    map_product(session, channel_id=shop.channel.id, kind=CodeKind.VARIANT, code="700", sku="LAMP", by=SYSTEM)
    work_off(session)

    assert unknown == [{"row": 1, "kind": "variant", "code": "700", "sku": ""}]
    assert [order.status for order in orders(session)] == ["paid"]


def test_a_mapping_is_of_its_own_channel_and_comes_before_our_own_sku(session: Session, cast: Cast, shop: Shop) -> None:
    cast.stock("SHADE", 5)
    other = open_shop(cast, "shopify", code="other")
    map_product(session, channel_id=other.channel.id, kind=CodeKind.SKU, code="lamp", sku="SHADE", by=SYSTEM)
    worked(session, shop, ("orders/create", shopify_order()))
    worked(session, other, ("orders/create", shopify_order(id=2)))

    assert [line.product.sku for order in orders(session) for line in order.lines] == ["LAMP", "SHADE"]


def test_short_stock_parks_it_until_it_is_tried_again(session: Session, cast: Cast, shop: Shop) -> None:
    (event,) = worked(session, shop, ("orders/create", shopify_order(("LAMP", 7, "18.00"))))
    parked = (event.state, event.reason, event.facts["missing"])
    cast.stock("LAMP", 2)

    retry(session, event_id=event.id, by=cast.actor())

    assert parked == ("parked", "insufficient_stock", [["LAMP", 2]])
    assert (event.state, event.reason, event.order.status) == ("taken", "placed", "paid")


def test_goods_that_come_in_let_what_was_short_of_them_be_tried_again(session: Session, cast: Cast, shop: Shop) -> None:
    cast.product("SHADE")
    short, other, unknown = worked(
        session,
        shop,
        ("orders/create", shopify_order(("LAMP", 7, "18.00"), id=1)),
        ("orders/create", shopify_order(("SHADE", 1, "18.00"), id=2)),
        ("orders/create", shopify_order(("XL-9", 1, "18.00"), id=3)),
    )
    lamp = cast.stock("LAMP", 2).product_id
    asked = session.scalars(text("SELECT args FROM procrastinate_jobs WHERE task_name = 'api.retry_short_orders'")).all()
    session.commit()
    retry_short_orders(product_id=lamp)
    short, other, unknown = session.scalars(select(InboxEvent).order_by(InboxEvent.id).execution_options(populate_existing=True))
    states = [event.state for event in (short, other, unknown)]
    work_off(session)

    assert asked == [{"product_id": lamp}]
    assert states == ["waiting", "parked", "parked"]
    assert (short.state, other.reason) == ("taken", "insufficient_stock")


def test_goods_that_nobody_waits_for_ask_for_no_job(session: Session, cast: Cast, shop: Shop) -> None:
    cast.stock("LAMP", 2)

    assert session.scalar(text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'api.retry_short_orders'")) == 0


def test_a_wrong_recipient_parks_it_until_a_clerk_corrects_it(session: Session, cast: Cast, shop: Shop) -> None:
    body = shopify_order()
    body["shipping_address"] |= {"zip": "nowhere", "phone": "555-555-SHIP"}
    (event,) = worked(session, shop, ("orders/create", body))
    parked = (event.reason, event.facts["fields"])

    retry(session, event_id=event.id, by=cast.actor(), corrections={"postcode": "LS1 5HD", "phone": ""})

    assert parked == ("invalid", [["postcode", "bad_postcode"], ["phone", "bad_phone"]])
    assert (event.state, event.order.postcode, event.order.phone) == ("taken", "LS1 5HD", "")
    assert session.scalars(select(Customer.postcode)).all() == ["LS1 5HD"]


def test_later_news_takes_the_place_of_what_is_parked_and_keeps_what_was_corrected(session: Session, cast: Cast, shop: Shop) -> None:
    body = shopify_order(("LAMP", 9, "1.00"), financial_status="pending", updated_at=at(10))
    body["shipping_address"]["zip"] = "nowhere"
    (first,) = worked(session, shop, ("orders/create", body))
    retry(session, event_id=first.id, by=cast.actor(), corrections={"postcode": "LS1 5HD"})
    assert first.reason == "insufficient_stock"
    events = worked(session, shop, ("orders/paid", body | {"financial_status": "paid", "updated_at": at(11)}))
    cast.stock("LAMP", 4)
    retry(session, event_id=events[1].id, by=cast.actor())

    assert outcomes(work_off(session)) == [("taken", "superseded"), ("taken", "placed")]
    assert [(order.status, order.postcode) for order in orders(session)] == [("paid", "LS1 5HD")]


def test_an_older_event_does_not_park_beside_a_newer_one(session: Session, shop: Shop) -> None:
    events = worked(
        session,
        shop,
        ("orders/paid", shopify_order(("LAMP", 9, "1.00"), updated_at=at(11))),
        ("orders/create", shopify_order(("LAMP", 9, "1.00"), updated_at=at(10), financial_status="pending")),
    )

    assert outcomes(events) == [("parked", "insufficient_stock"), ("taken", "superseded")]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"test": True}, "test_order"),
        ({"fulfillment_status": "fulfilled"}, "already_fulfilled"),
        ({"fulfillment_status": "partial"}, "already_fulfilled"),
    ],
)
def test_a_doubtful_order_is_placed_once_somebody_says_so(session: Session, cast: Cast, shop: Shop, changes: dict[str, Any], reason: str) -> None:
    (event,) = worked(session, shop, ("orders/create", shopify_order(**changes)))
    retry(session, event_id=event.id, by=cast.actor())
    again = event.reason
    retry(session, event_id=event.id, by=cast.actor(), accepted=True)

    assert (again, event.reason) == (reason, "placed")
    assert [order.status for order in orders(session)] == ["paid"]


def test_what_was_discarded_is_not_placed_by_later_news_until_it_is_taken_up_again(session: Session, cast: Cast, shop: Shop) -> None:
    (event,) = worked(session, shop, ("orders/create", shopify_order(test=True)))
    discard(session, event_id=event.id, note="only a try", by=cast.actor())
    events = worked(session, shop, ("orders/updated", shopify_order(updated_at=at(12))))
    retry(session, event_id=event.id, by=cast.actor(), accepted=True)

    assert outcomes(events)[1] == ("taken", "discarded_before")
    assert (event.state, event.note, len(orders(session))) == ("taken", "", 1)


def test_totals_that_differ_park_it_with_both_numbers(session: Session, shop: Shop) -> None:
    (event,) = worked(session, shop, ("orders/create", shopify_order(total_price="40.00")))

    assert (event.reason, event.facts["theirs"], event.facts["ours"]) == ("totals_differ", 4000, 3600)
    assert orders(session) == []


def test_what_cannot_be_read_is_parked_and_names_each_field(session: Session, shop: Shop) -> None:
    body = shopify_order(currency="bitcoin", total_price="many")
    body["line_items"][0]["quantity"] = 1.5
    (event,) = worked(session, shop, ("orders/create", body))

    assert event.reason == "unreadable"
    assert {pointer for pointer, _code in event.facts["fields"]} == {"currency", "total_price", "line_items/0/quantity"}


def test_a_closed_channel_parks_what_comes(session: Session, shop: Shop) -> None:
    shop.channel.active = False
    (event,) = worked(session, shop, ("orders/create", shopify_order()))

    assert (event.reason, event.facts["fields"]) == ("invalid", [["channel", "closed_channel"]])


def test_what_waits_for_nobody_cannot_be_tried_again(session: Session, cast: Cast, shop: Shop) -> None:
    shop.send(shopify_order(), "orders/create", "a")
    shop.send(shopify_order(note="x"), "orders/create", "a")
    shop.send({}, "products/create")
    placed, apart, ignored = work_off(session)

    assert retry(session, event_id=placed.id, by=cast.actor()).reason == "placed"
    for event in (apart, ignored):
        with pytest.raises(IllegalMove):
            retry(session, event_id=event.id, by=cast.actor())
    with pytest.raises(IllegalMove):
        discard(session, event_id=placed.id, note="x", by=cast.actor())
    assert discard(session, event_id=apart.id, note="seen", by=cast.actor()).state == "discarded"
    with pytest.raises(IllegalMove):
        retry(session, event_id=apart.id, by=cast.actor())
    assert len(orders(session)) == 1


# --- Money that is not goods ---


def test_what_nobody_ships_is_left_out_with_its_money(session: Session, cast: Cast, shop: Shop) -> None:
    body = shopify_order(("LAMP", 2, "18.00"), ("GIFT", 1, "50.00"), ("", 1, "3.00"))
    body["line_items"][1] |= {"gift_card": True, "requires_shipping": False}
    body["line_items"][2] |= {"requires_shipping": False, "title": "Tip"}
    worked(session, shop, ("orders/create", body))
    (order,) = orders(session)

    assert (order.total, order.status, session.scalars(select(Payment.captured)).all()) == (3600, "paid", [3600])
    assert "Gift thing: not shipped by us" in cast.client("clerk").get(f"/orders/{order.number}").text


def test_an_order_of_nothing_to_ship_is_none_of_ours(session: Session, shop: Shop) -> None:
    body = shopify_order(("GIFT", 1, "50.00"))
    body["line_items"][0]["requires_shipping"] = False
    (event,) = worked(session, shop, ("orders/create", body))

    assert (event.state, event.reason, orders(session)) == ("ignored", "nothing_to_ship", [])


# --- What the shop does to an order that we have ---


def placed(session: Session, shop: Shop, **values: Any) -> Order:
    worked(session, shop, ("orders/create", shopify_order(**values)))
    return orders(session)[-1]


def test_cancelled_after_picking_is_for_a_person(session: Session, cast: Cast, shop: Shop) -> None:
    order = placed(session, shop)
    shipment = session.scalars(select(Shipment)).one()
    cast.work_on(shipment, "picked")
    cancelled = shopify_order(cancelled_at=at(11), updated_at=at(11))
    event = worked(session, shop, ("orders/cancelled", cancelled))[1]
    asked = (event.state, event.reason, order.status)
    cancel(session, number=order.number, reason=CancelReason.CUSTOMER, by=cast.actor("manager"), even_if_picked=True)
    retry(session, event_id=event.id, by=cast.actor())

    assert asked == ("parked", "cancelled_after_picking", "paid")
    assert (event.state, event.order_id) == ("taken", order.id)


def test_cancelled_after_shipping_is_for_a_person_once(session: Session, cast: Cast, shop: Shop) -> None:
    placed(session, shop)
    cast.work_on(session.scalars(select(Shipment)).one(), "shipped")
    events = worked(
        session,
        shop,
        ("orders/cancelled", shopify_order(cancelled_at=at(11), updated_at=at(11))),
        ("orders/updated", shopify_order(cancelled_at=at(11), updated_at=at(12))),
    )

    assert outcomes(events)[1:] == [("parked", "cancelled_after_shipping"), ("taken", "nothing_new")]
    assert [order.status for order in orders(session)] == ["shipped"]


def refund(amount: str, id: int = 31, order: int = 5001) -> dict[str, Any]:
    moves = [
        {"kind": "refund", "status": "success", "amount": amount, "currency": "USD"},
        {"kind": "refund", "status": "failure", "amount": "99.00", "currency": "USD"},
    ]
    return {"id": id, "order_id": order, "transactions": moves, "refund_line_items": []}


def test_a_full_refund_of_what_was_not_shipped_is_a_cancellation(session: Session, shop: Shop) -> None:
    order = placed(session, shop)
    event = worked(session, shop, ("refunds/create", refund("36.00")))[1]

    assert (event.reason, order.status) == ("cancelled", "cancelled")


def test_a_part_of_the_money_back_is_for_a_person_once(session: Session, shop: Shop) -> None:
    order = placed(session, shop)
    events = worked(
        session,
        shop,
        ("refunds/create", refund("10.00")),
        ("orders/updated", shopify_order(financial_status="partially_refunded", updated_at=at(11), refunds=[refund("10.00")])),
        ("refunds/create", refund("5.00", id=32)),
    )

    assert outcomes(events)[1:] == [("parked", "refunded"), ("taken", "nothing_new"), ("parked", "refunded")]
    assert [event.facts.get("amount") for event in events[1:]] == [1000, None, 500]
    assert order.status == "paid"


def test_parts_that_make_up_the_whole_cancel_it(session: Session, shop: Shop) -> None:
    order = placed(session, shop)
    worked(session, shop, ("refunds/create", refund("10.00")), ("refunds/create", refund("26.00", id=32)))

    assert order.status == "cancelled"


def test_a_refund_that_comes_before_its_order_waits_for_it(session: Session, shop: Shop) -> None:
    (event,) = worked(session, shop, ("refunds/create", refund("10.00")))
    waited = event.reason
    worked(session, shop, ("orders/create", shopify_order()))

    assert (waited, event.state, event.reason) == ("order_unknown", "parked", "refunded")
    assert [order.status for order in orders(session)] == ["paid"]


def test_another_address_or_other_goods_are_for_a_person_and_the_last_word_counts(session: Session, cast: Cast, shop: Shop) -> None:
    placed(session, shop)
    moved = shopify_order(updated_at=at(11))
    moved["shipping_address"]["address1"] = "14 Park Row"
    more = deepcopy(moved) | {"updated_at": at(12), "total_price": "54.00"}
    more["line_items"][0]["quantity"] = 3
    events = worked(session, shop, ("orders/updated", moved), ("orders/updated", more), ("orders/updated", more | {"updated_at": at(13)}))

    assert outcomes(events)[1:] == [("taken", "superseded"), ("parked", "changed"), ("taken", "nothing_new")]


def test_older_news_changes_nothing(session: Session, shop: Shop) -> None:
    placed(session, shop, updated_at=at(11))
    older = shopify_order(updated_at=at(10))
    older["shipping_address"]["address1"] = "1 Old Lane"

    assert outcomes(worked(session, shop, ("orders/create", older)))[1] == ("taken", "nothing_new")


def test_a_clock_that_was_wrong_once_hides_no_later_news(session: Session, shop: Shop) -> None:
    placed(session, shop, updated_at=(clock.now() + timedelta(days=2)).isoformat())
    moved = shopify_order(updated_at=clock.now().isoformat())
    moved["shipping_address"]["address1"] = "14 Park Row"

    assert outcomes(worked(session, shop, ("orders/updated", moved)))[1] == ("parked", "changed")


def test_money_for_an_order_that_we_cancelled_goes_to_the_customers_account(session: Session, cast: Cast, shop: Shop) -> None:
    order = placed(session, shop, financial_status="pending")
    cancel(session, number=order.number, reason=CancelReason.PAYMENT_TIMEOUT, by=SYSTEM)
    events = worked(
        session,
        shop,
        ("orders/paid", shopify_order(updated_at=at(11))),
        ("orders/updated", shopify_order(updated_at=at(12), note="x")),
    )

    assert outcomes(events)[1:] == [("taken", "paid_after_cancellation"), ("taken", "nothing_new")]
    assert session.scalars(select(Entry.balance_delta).where(Entry.order_id == order.id)).all() == [order.total]
    assert session.scalars(select(PaymentIncident.kind)).all() == ["money_after_cancellation"]


def test_a_shop_that_gives_such_money_back_leaves_a_person_to_take_it_off_the_account_once(session: Session, cast: Cast, shop: Shop) -> None:
    order = placed(session, shop, financial_status="pending")
    cancel(session, number=order.number, reason=CancelReason.PAYMENT_TIMEOUT, by=SYSTEM)
    events = worked(
        session,
        shop,
        ("orders/paid", shopify_order(updated_at=at(11))),
        ("orders/updated", shopify_order(updated_at=at(12), financial_status="refunded")),
        ("orders/updated", shopify_order(updated_at=at(13), financial_status="refunded", note="x")),
    )

    assert outcomes(events)[2:] == [("parked", "refunded_after_passing_on"), ("taken", "nothing_new")]


def test_what_we_cancelled_and_the_shop_had_taken_before_is_no_news(session: Session, cast: Cast, shop: Shop) -> None:
    order = placed(session, shop)
    cancel(session, number=order.number, reason=CancelReason.OUT_OF_STOCK, by=cast.actor())

    assert outcomes(worked(session, shop, ("orders/updated", shopify_order(updated_at=at(12)))))[1] == ("taken", "nothing_new")


# --- WooCommerce and our own format ---


@pytest.mark.parametrize(
    ("status", "more", "outcome", "ours"),
    [
        ("pending", {"date_paid_gmt": None}, "placed", ["unpaid"]),
        ("on-hold", {"date_paid_gmt": None}, "placed", ["unpaid"]),
        ("processing", {}, "placed", ["paid"]),
        ("wc-processing", {}, "placed", ["paid"]),
        ("processing", {"payment_method": "cod"}, "placed", ["unpaid"]),
        ("completed", {}, "already_fulfilled", []),
        ("failed", {}, "not_placed_yet", []),
        ("checkout-draft", {}, "not_placed_yet", []),
        ("cancelled", {}, "cancelled_before", []),
        ("trash", {}, "cancelled_before", []),
        ("refunded", {}, "cancelled_before", []),
    ],
)
def test_the_states_of_woocommerce(session: Session, cast: Cast, status: str, more: dict[str, Any], outcome: str, ours: list[str]) -> None:
    cast.stock("LAMP", 5)
    (event,) = worked(session, open_shop(cast, "woocommerce"), ("order.created", woo_order(status=status, **more)))

    assert event.reason == outcome
    assert [order.status for order in orders(session)] == ours


@pytest.mark.parametrize("last", [{"id": 727}, woo_order(status="cancelled", date_modified_gmt="2026-11-20T11:00:00")], ids=["deleted", "cancelled"])
def test_woocommerce_takes_an_order_back(session: Session, cast: Cast, last: dict[str, Any]) -> None:
    cast.stock("LAMP", 5)
    events = worked(session, open_shop(cast, "woocommerce"), ("order.created", woo_order()), ("order.updated", last))

    assert (events[1].reason, [order.status for order in orders(session)]) == ("cancelled", ["cancelled"])


def test_an_order_opened_again_by_the_shop_is_for_a_person(session: Session, cast: Cast) -> None:
    cast.stock("LAMP", 5)
    woo = open_shop(cast, "woocommerce")
    events = worked(
        session, woo, ("order.updated", woo_order(status="cancelled")), ("order.updated", woo_order(date_modified_gmt="2026-11-20T12:00:00"))
    )
    asked = outcomes(events)[1]
    retry(session, event_id=events[1].id, by=cast.actor(), accepted=True)

    assert asked == ("parked", "reopened")
    assert [order.status for order in orders(session)] == ["paid"]


def test_a_part_of_the_money_back_in_woocommerce(session: Session, cast: Cast) -> None:
    cast.stock("LAMP", 5)
    back = woo_order(refunds=[{"id": 8, "reason": "", "total": "-6.00"}], date_modified_gmt="2026-11-20T12:00:00")
    events = worked(session, open_shop(cast, "woocommerce"), ("order.created", woo_order()), ("order.updated", back))

    assert (events[1].reason, events[1].facts["amount"]) == ("refunded", 600)


def test_our_own_format_is_priced_by_us(session: Session, cast: Cast) -> None:
    cast.stock("LAMP", 5)
    customer = cast.customer(reference="C-7")
    events = worked(
        session, open_shop(cast, "api"), ("", own_event(customer={"name": "Somebody", "reference": "c-7"}, shipping="5.00", priority=3, note="x"))
    )
    (order,) = orders(session)

    assert [event.reason for event in events] == ["placed"]
    assert (order.customer_id, order.total, order.status, order.priority, order.external_id) == (customer.id, 4100, "paid", 3, "W-1")


@pytest.mark.parametrize(
    ("method", "reason", "ours"), [("transfer", "placed", ["unpaid"]), ("balance", "insufficient_balance", []), ("cheque", "unreadable", [])]
)
def test_our_own_format_says_how_it_is_paid(session: Session, cast: Cast, method: str, reason: str, ours: list[str]) -> None:
    cast.stock("LAMP", 5)
    (event,) = worked(session, open_shop(cast, "api"), ("", own_event(payment={"method": method})))

    assert (event.reason, [order.status for order in orders(session)]) == (reason, ours)


def test_our_own_cancellation(session: Session, cast: Cast) -> None:
    cast.stock("LAMP", 5)
    events = worked(session, open_shop(cast, "api"), ("", own_event()), ("", own_event(type="order.cancelled", reason="fraud")))

    assert (events[1].reason, [(order.status, order.cancel_reason) for order in orders(session)]) == ("cancelled", [("cancelled", "fraud")])


def test_unknown_fields_of_our_own_format_are_named(session: Session, cast: Cast) -> None:
    (event,) = worked(session, open_shop(cast, "api"), ("", own_event(shiping="5.00", lines=[{"sku": "LAMP", "qty": 1}])))

    assert ["data/shiping", "unknown_field"] in event.facts["fields"]
    assert ["data/lines/0/qty", "unknown_field"] in event.facts["fields"]


# --- One order by every path ---


def test_an_order_that_came_by_another_path_is_the_same_order(session: Session, cast: Cast, shop: Shop) -> None:
    customer = cast.customer()
    request = OrderRequest(
        channel="web",
        customer_id=customer.id,
        name=customer.name,
        address=cast.address_of(customer),
        currency="USD",
        lines=[LineRequest("LAMP", 2)],
        external_id="5001",
    )

    order = place(session, request, by=cast.actor())
    (event,) = worked(session, shop, ("orders/paid", shopify_order()))

    assert (event.state, event.reason, event.order_id) == ("taken", "paid", order.id)
    assert (len(orders(session)), order.status) == (1, "paid")
