"""Bodies as Shopify and WooCommerce really write them: orders come out of them, or the reason why not; what is no order is refused."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.core.actors import SYSTEM
from logistics.shops.deciding import retry
from logistics.shops.mapping import map_product
from logistics.shops.models import CodeKind, InboxEvent
from tests.cast import Cast
from tests.samples import samples
from tests.shops.platforms import Shop, open_shop, orders, work_off

# Every body of these folders that is no order: what a hook that asks for orders is sent by mistake.
SHOPIFY_NO_ORDERS = (
    "customer", "customer_address", "draft_order", "fulfillment", "fulfillment_event", "fulfillment_events", "inventory_item", "inventory_level",
    "inventory_levels", "location", "locations", "product", "shipping_zones", "transaction", "transactions", "variant", "webhook", "order", "orders",
)  # fmt: skip


@pytest.fixture
def shopify(cast: Cast) -> Shop:
    return open_shop(cast)


@pytest.fixture
def woocommerce(cast: Cast) -> Shop:
    return open_shop(cast, "woocommerce")


def read(folder: str, name: str) -> Any:
    return json.loads((samples(folder) / f"{name}.json").read_text())


def sent(session: Session, shop: Shop, body: Any, topic: str) -> InboxEvent:
    assert shop.send(body, topic).status_code == 200
    return work_off(session)[-1]


def map_all(session: Session, shop: Shop, cast: Cast, event: InboxEvent) -> None:
    """Let every code that the event names mean a product that we have plenty of."""
    for unknown in event.facts["unknown"]:
        sku = f"OURS-{unknown['code']}".upper()
        cast.stock(sku, 50)
        map_product(session, channel_id=shop.channel.id, kind=CodeKind(unknown["kind"]), code=unknown["code"], sku=sku, by=SYSTEM)
    work_off(session)


# --- Shopify ---


@pytest.mark.parametrize("name", SHOPIFY_NO_ORDERS)
def test_what_is_no_order_of_shopify_is_refused_or_waits_for_a_person(session: Session, shopify: Shop, name: str) -> None:
    answer = shopify.send(read("shopify", name), "orders/create")
    events = work_off(session)

    assert orders(session) == []
    if answer.status_code == 200:
        assert [(event.state, event.reason) for event in events] == [("parked", "unreadable")]
    else:
        assert (answer.status_code, answer.json["code"]) == (422, "not_an_order")
        assert answer.json["title"].startswith("This is no order: it has no id")
        assert events == []


@pytest.mark.parametrize("name", ["order", "order_with_transaction"])
def test_an_order_of_shopify_that_was_cancelled_before_is_not_placed(session: Session, shopify: Shop, name: str) -> None:
    event = sent(session, shopify, read("shopify", name)["order"], "orders/create")

    assert (event.state, event.reason, event.facts["label"]) == ("taken", "cancelled_before", "#9999")
    assert orders(session) == []


def test_an_order_of_shopify_step_by_step(session: Session, cast: Cast, shopify: Shop) -> None:
    """The same body as if it had just been paid: a test order without SKUs, whose address cannot be right."""
    body = {**read("shopify", "order")["order"], "cancelled_at": None, "financial_status": "paid"}
    event = sent(session, shopify, body, "orders/create")
    reasons = [event.reason]
    retry(session, event_id=event.id, by=cast.actor(), accepted=True)
    reasons.append(event.reason)
    map_all(session, shopify, cast, event)
    reasons.append(event.reason)
    wrong = {pointer for pointer, _code in event.facts["fields"]}
    corrections = {"phone": "", "postcode": "40202", "region": "Kentucky"}
    retry(session, event_id=event.id, by=cast.actor(), corrections=corrections)
    (order,) = orders(session)

    assert reasons == ["test_order", "unknown_product", "invalid"]
    assert wrong == {"postcode", "phone"}
    assert (order.total, order.shipping, order.status) == (1000, 1000, "paid")
    assert [(line.unit_price, line.discount_bp, line.net) for line in order.lines] == [(0, 0, 0), (500, 10_000, 0)]
    assert (order.name, order.line1, order.line2, order.email) == ("Steve Shipper", "123 Shipping Street", "Shipping Company", "jon@doe.ca")


# --- WooCommerce ---


def woo_bodies() -> list[tuple[str, Any]]:
    """Every order of the folder, by its file, batches taken apart."""
    folder = Path(samples("woocommerce"))
    found = []
    for file in sorted(folder.glob("wp-api-v3__orders__*.json")):
        said = json.loads(file.read_text())
        rows = said if isinstance(said, list) else [*said.get("create", []), *said.get("update", []), *said.get("delete", [])] or [said]
        found += [(file.stem, row) for row in rows]
    return found


def test_every_order_of_woocommerce_is_read_and_its_money_adds_up(session: Session, cast: Cast) -> None:
    for number, (file, body) in enumerate(woo_bodies()):
        shop = open_shop(cast, "woocommerce", code=f"woo-{number}")
        event = sent(session, shop, {**body, "status": "processing"}, "order.created")
        assert event.reason == "unknown_product", file
        map_all(session, shop, cast, event)
        assert event.reason == "invalid", (file, event.reason)
        # Their phone numbers and Brazil's postcode are made up.
        corrections = {"phone": "", **({"postcode": "20040-000"} if body["shipping"]["country"] == "BR" else {})}
        retry(session, event_id=event.id, by=cast.actor(), corrections=corrections)
        # One of them was given money back for already: it is placed, and the refund waits for a person.
        assert event.reason == ("refunded" if body["refunds"] else "placed"), (file, event.facts)

    placed = orders(session)
    assert len(placed) >= 7
    assert [order.total for order in placed] == [round(float(body["total"]) * 100) for _file, body in woo_bodies()]
    assert {order.status for order in placed} == {"paid", "unpaid"}


def test_a_completed_order_of_woocommerce_waits_for_a_person(session: Session, woocommerce: Shop) -> None:
    body = read("woocommerce", "wp-api-v3__orders__http_request_4")

    assert sent(session, woocommerce, body, "order.updated").reason == "already_fulfilled"


@pytest.mark.parametrize(
    "name", ["customers__http_request", "order-refunds__http_request", "shipping-methods__http_request", "webhooks__http_request"]
)
def test_what_is_no_order_of_woocommerce_becomes_none(session: Session, woocommerce: Shop, name: str) -> None:
    answer = woocommerce.send(read("woocommerce", f"wp-api-v3__{name}"), "order.created")
    states = {(event.state, event.reason) for event in work_off(session)}

    assert answer.status_code in (200, 422)
    assert states <= {("parked", "unreadable")}
    assert orders(session) == []


def test_a_list_of_orders_is_no_order(session: Session, woocommerce: Shop) -> None:
    answer = woocommerce.send(read("woocommerce", "wp-api-v3__orders__http_request_3"), "order.created")

    assert (answer.status_code, answer.json["title"]) == (400, "The body must be one JSON object, in braces: line 1, column 1.")
    assert session.scalars(select(InboxEvent)).all() == []
