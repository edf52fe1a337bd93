"""The pages about what shops sent: what is to be decided, why, and what a clerk can do about it."""

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.shops.models import InboxEvent, SkuMapping
from logistics.shops.tasks import erase_old_bodies
from tests.cast import Cast
from tests.shops.platforms import Shop, open_shop, orders, shopify_order, work_off

PART = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture
def shop(cast: Cast) -> Shop:
    cast.stock("LAMP", 5)
    return open_shop(cast, name="Lamp & Son online")


@pytest.fixture
def clerk(cast: Cast) -> FlaskClient:
    return cast.client("clerk")


def sent(session: Session, shop: Shop, body: dict[str, Any], topic: str = "orders/create") -> InboxEvent:
    assert shop.send(body, topic).status_code == 200
    return work_off(session)[-1]


def address(event: InboxEvent) -> str:
    return f"/channels/inbox/{event.id}"


def test_without_a_shop_the_page_says_how_to_begin(clerk: FlaskClient) -> None:
    assert "No shop is connected" in clerk.get("/channels/inbox/").text


def test_what_is_to_be_decided_comes_first_with_its_reason(session: Session, shop: Shop, clerk: FlaskClient) -> None:
    sent(session, shop, shopify_order(id=5001))
    sent(session, shop, shopify_order(("XL-9", 1, "2.00"), id=5002))
    first, everything = clerk.get("/channels/inbox/").text, clerk.get("/channels/inbox/?view=all").text

    assert ("#1002" in first, "#1001" in first) == (True, False)
    assert "The shop sold something that we do not know by this code." in first
    assert ("#1001" in everything, "The order was placed." in everything) == (True, True)
    assert "Lamp &amp; Son online" in first


def test_the_side_navigation_counts_what_waits(session: Session, shop: Shop, clerk: FlaskClient) -> None:
    for number in range(2):
        sent(session, shop, shopify_order(("XL-9", 1, "2.00"), id=number + 1))

    assert 'Intake<span class="count">2</span>' in clerk.get("/").text


@pytest.mark.parametrize(
    ("query", "found"), [("q=%231001", 1), ("q=5001", 1), ("q=77", 0), ("channel=web", 1), ("channel=other", 0), ("view=taken", 0)]
)
def test_the_list_is_filtered(session: Session, shop: Shop, clerk: FlaskClient, query: str, found: int) -> None:
    sent(session, shop, shopify_order(("XL-9", 1, "2.00")))

    assert clerk.get(f"/channels/inbox/?{query}").text.count('id="inbox-event-') == found


@pytest.mark.parametrize("query", ["view=none", "q=" + "x" * 101, "cursor=x", "channel=%07"])
def test_nonsense_in_the_address_is_refused(clerk: FlaskClient, query: str) -> None:
    assert clerk.get(f"/channels/inbox/?{query}").status_code == 422


def test_the_list_is_paged_and_flat(session: Session, shop: Shop, clerk: FlaskClient, queries: Any) -> None:
    for number in range(60):
        shop.send(shopify_order(("XL-9", 1, "2.00"), id=number + 1), "orders/create")
    work_off(session)
    queries.count = 0
    first = clerk.get("/channels/inbox/")
    counted = queries.count
    second = clerk.get(first.text.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&"))

    assert counted <= 10, queries.statements
    assert (first.text.count('id="inbox-event-'), second.text.count('id="inbox-event-')) == (50, 10)


def test_one_event_says_all_that_a_clerk_needs(session: Session, cast: Cast, shop: Shop, clerk: FlaskClient, queries: Any) -> None:
    body = shopify_order(("LAMP", 1, "18.00"), ("XL-9", 3, "2.00"), note="<b>Ring twice</b>")
    event = sent(session, shop, body)
    queries.count = 0
    text = clerk.get(address(event)).text

    assert queries.count <= 15, queries.statements
    assert "12 Park Row" in text
    assert "mina@example.com" in text
    assert ("Lamp thing" in text, "XL-9" in text, "USD 24.00" in text) == (True, True, True)
    assert "&lt;b&gt;Ring twice&lt;/b&gt;" in text
    assert "Which product is" in text


def test_what_was_taken_leads_to_its_order(session: Session, shop: Shop, clerk: FlaskClient) -> None:
    event = sent(session, shop, shopify_order(id=5001))
    notice = clerk.get(address(event)).text.split('class="notice')[1].split("</div>")[0]

    assert f'href="/orders/{orders(session)[0].number}"' in notice


def test_what_is_kept_apart_can_be_compared_and_discarded_but_not_corrected(session: Session, shop: Shop, clerk: FlaskClient) -> None:
    for quantity in (1, 2):
        shop.send(shopify_order(("LAMP", quantity, "18.00"), id=5001), "orders/create", event="twice")
    first, apart = work_off(session)
    page = clerk.get(address(apart)).text

    assert apart.state == "quarantined"
    assert f'href="{address(first)}"' in page
    assert "Discard" in page
    assert "Correct and try again" not in page
    assert "Try again" not in page


def test_the_body_as_sent_is_for_administrators(session: Session, cast: Cast, shop: Shop, clerk: FlaskClient) -> None:
    event = sent(session, shop, shopify_order(("XL-9", 1, "2.00"), landing_site="https://lamp.example/x"))

    assert "landing_site" not in clerk.get(address(event)).text
    assert "landing_site" in cast.client("admin").get(address(event)).text


def test_a_code_is_mapped_from_the_page_and_the_order_is_placed_at_once(session: Session, shop: Shop, clerk: FlaskClient) -> None:
    event = sent(session, shop, shopify_order(("XL-9", 1, "2.00")))
    other = sent(session, shop, shopify_order(("XL-9", 1, "2.00"), id=2))
    answer = clerk.post(f"{address(event)}/mappings", data={"kind": "sku", "code": "xl-9", "product_sku": "LAMP"}, follow_redirects=True)
    session.expire_all()

    assert "Done: see order" in answer.text
    assert (event.state, other.state) == ("taken", "waiting")
    assert session.scalars(select(SkuMapping.title)).all() == ["Xl-9 thing"]


@pytest.mark.parametrize(
    ("fields", "status", "told"),
    [
        ({"code": "xl-9", "product": "lamp"}, 200, "Done: see order"),
        ({"code": "xl-9", "product": "NOTHING"}, 422, "Choose one of our products."),
        ({"code": "xl-9"}, 422, "Choose one of our products."),
        ({"code": "another", "product": "lamp"}, 200, "do not know by this code"),
    ],
)
def test_a_product_may_be_typed(session: Session, shop: Shop, clerk: FlaskClient, fields: dict[str, str], status: int, told: str) -> None:
    event = sent(session, shop, shopify_order(("XL-9", 1, "2.00")))

    answer = clerk.post(f"{address(event)}/mappings", data={"kind": "sku", **fields}, headers=PART)

    assert (answer.status_code, told in answer.text) == (status, True)


RECIPIENT = {
    "name": "Mina Park",
    "email": "mina@example.com",
    "phone": "",
    "country": "GB",
    "line1": "12 Park Row",
    "city": "Leeds",
    "postcode": "LS1 5HD",
}


def test_what_is_wrong_stands_beside_its_field_and_is_corrected_there(session: Session, shop: Shop, clerk: FlaskClient) -> None:
    body = shopify_order()
    body["shipping_address"] |= {"zip": "nowhere", "phone": "555-SHIP"}
    event = sent(session, shop, body)
    shown = clerk.get(address(event)).text
    answer = clerk.post(f"{address(event)}/corrections", data=RECIPIENT, headers=PART)
    (order,) = orders(session)

    assert 'id="postcode-errors"' in shown
    assert 'id="phone-errors"' in shown
    assert 'value="555-SHIP"' in shown
    assert (answer.status_code, order.postcode, order.phone) == (200, "LS1 5HD", "")


def test_a_correction_that_is_none_keeps_what_was_typed(session: Session, shop: Shop, clerk: FlaskClient) -> None:
    body = shopify_order()
    body["shipping_address"]["zip"] = "nowhere"
    event = sent(session, shop, body)
    unread = clerk.post(f"{address(event)}/corrections", data={**RECIPIENT, "email": "mina@"}, headers=PART)
    wrong = clerk.post(f"{address(event)}/corrections", data={**RECIPIENT, "postcode": "elsewhere"}, headers=PART)

    assert (unread.status_code, 'value="mina@"' in unread.text) == (422, True)
    assert ('value="elsewhere"' in wrong.text, "no postcode of" in wrong.text) == (True, True)
    assert orders(session) == []


def test_trying_again_and_placing_all_the_same(session: Session, cast: Cast, shop: Shop, clerk: FlaskClient) -> None:
    event = sent(session, shop, shopify_order(("LAMP", 6, "1.00"), test=True))
    shown = clerk.get(address(event)).text
    clerk.post(f"{address(event)}/attempts", data={"accepted": "yes"})
    session.expire_all()
    short = (event.reason, "1 unit is missing" in clerk.get(address(event)).text)
    cast.stock("LAMP", 1)
    session.commit()
    clerk.post(f"{address(event)}/attempts")
    session.expire_all()

    assert "Place it all the same" in shown
    assert short == ("insufficient_stock", True)
    assert event.state == "taken"


def test_discarding_asks_why_and_can_be_taken_back(session: Session, shop: Shop, clerk: FlaskClient) -> None:
    event = sent(session, shop, shopify_order(("XL-9", 1, "2.00")))
    without = clerk.post(f"{address(event)}/dismissal", data={"note": " "}, headers=PART)
    clerk.post(f"{address(event)}/dismissal", data={"note": "A joke of the intern’s"})
    shown = clerk.get(address(event)).text
    clerk.post(f"{address(event)}/attempts")
    session.expire_all()

    assert (without.status_code, "This is needed." in without.text) == (422, True)
    assert ("A joke of the intern’s" in shown, "Clerk" in shown, "Take it up again" in shown) == (True, True, True)
    assert (event.state, event.reason) == ("parked", "unknown_product")


def test_the_order_says_what_its_shop_said(session: Session, cast: Cast, shop: Shop, clerk: FlaskClient) -> None:
    event = sent(session, shop, shopify_order())
    page = clerk.get(f"/orders/{event.order.number}").text

    assert ("From the shop" in page, address(event) in page, "Paid at the shop" in page) == (True, True, True)
    assert "From the shop" not in cast.client("picker").get(f"/orders/{event.order.number}").text


def test_totals_and_refunds_are_shown_with_their_numbers(session: Session, shop: Shop, clerk: FlaskClient) -> None:
    differs = sent(session, shop, shopify_order(total_price="40.00"))
    sent(session, shop, shopify_order(id=2))
    refund = {"id": 9, "order_id": 2, "transactions": [{"kind": "refund", "status": "success", "amount": "7.00", "currency": "USD"}]}
    returned = sent(session, shop, refund, "refunds/create")

    assert all(text in clerk.get(address(differs)).text for text in ("USD 40.00", "USD 36.00"))
    assert "USD 7.00" in clerk.get(address(returned)).text


def test_both_languages(session: Session, shop: Shop, clerk: FlaskClient) -> None:
    event = sent(session, shop, shopify_order(("XL-9", 1, "2.00")))

    assert clerk.get(f"{address(event)}?lang=zh_Hans").status_code == 200


def test_settled_bodies_are_erased_after_thirty_days_and_what_waits_stays(session: Session, cast: Cast, shop: Shop, clerk: FlaskClient) -> None:
    placed, parked = sent(session, shop, shopify_order()), sent(session, shop, shopify_order(("XL-9", 1, "2.00"), id=2))
    sent(session, shop, {"a": 1}, "products/create")
    with time_machine.travel(clock.now() + timedelta(days=29), tick=False):
        erase_old_bodies.func()
    kept = session.scalar(select(InboxEvent.body).where(InboxEvent.id == placed.id))
    with time_machine.travel(clock.now() + timedelta(days=31), tick=False):
        erase_old_bodies.func()
    rows = {event.id: event for event in session.scalars(select(InboxEvent).execution_options(populate_existing=True))}

    assert kept is not None
    assert (set(rows), rows[placed.id].body, rows[parked.id].body is not None) == ({placed.id, parked.id}, None, True)
    assert "mina" not in json.dumps(rows[placed.id].facts).lower()
    assert "erased" in clerk.get(address(placed)).text
    assert shop.send(shopify_order(), "orders/create").json == {"outcome": "repeated"}


# --- Product codes ---


def test_codes_are_added_listed_and_removed(session: Session, cast: Cast, shop: Shop, clerk: FlaskClient) -> None:
    url = "/channels/web/products"
    empty = clerk.get(url).text
    added = clerk.post(url, data={"kind": "sku", "code": "XL-9", "product": "lamp"}, follow_redirects=True)
    again = clerk.post(url, data={"kind": "sku", "code": "xl-9", "product": "lamp"}, follow_redirects=True)
    mapping = session.scalars(select(SkuMapping)).one()
    removed = clerk.post(f"{url}/{mapping.id}/removal", follow_redirects=True)

    assert "No codes yet" in empty
    assert ("xl-9" in added.text, "LAMP" in added.text, again.status_code) == (True, True, 200)
    assert "No codes yet" in removed.text
    assert clerk.post(f"{url}/{mapping.id}/removal").status_code == 303


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"code": "", "product": "lamp"}, "This is needed."),
        ({"code": "Ä", "product": "lamp"}, "without accents"),
        ({"code": "A", "product": "x"}, "Choose one"),
        ({"code": "A", "kind": "x"}, "Not a valid choice"),
    ],
)
def test_a_code_needs_both_sides(session: Session, shop: Shop, clerk: FlaskClient, fields: dict[str, str], told: str) -> None:
    answer = clerk.post("/channels/web/products", data={"kind": "sku", **fields})

    assert (answer.status_code, told in answer.text) == (422, True)


def test_another_shops_code_is_not_removed(session: Session, cast: Cast, shop: Shop, clerk: FlaskClient) -> None:
    open_shop(cast, code="other")
    clerk.post("/channels/web/products", data={"kind": "sku", "code": "XL-9", "product": "lamp"})
    mapping = session.scalars(select(SkuMapping)).one()

    assert clerk.post(f"/channels/other/products/{mapping.id}/removal").status_code == 404
    assert clerk.get("/channels/desk/products").status_code == 404


# --- Secrets ---


def test_a_secret_is_typed_once_and_shown_never(session: Session, cast: Cast, shop: Shop) -> None:
    admin = cast.client("admin")
    saved = admin.post("/settings/channels/web/secret", data={"secret": " shpss_0123456789abcdef \n", "overlap": "day"}, follow_redirects=True)

    assert "The secret is saved." in saved.text
    assert "shpss_0123456789abcdef" not in saved.text
    assert "The one before holds until" in saved.text
    assert "http://127.0.0.1:8000/hooks/channels/web" in saved.text
    assert shop.send(shopify_order(), "orders/create", secret="shpss_0123456789abcdef").status_code == 200
    assert shop.send(shopify_order(id=2), "orders/create").status_code == 200


def test_a_secret_seen_by_others_ends_at_once(session: Session, cast: Cast, shop: Shop) -> None:
    cast.client("admin").post("/settings/channels/web/secret", data={"secret": "shpss_0123456789abcdef", "overlap": "none"})

    assert shop.send(shopify_order(), "orders/create").status_code == 401


@pytest.mark.parametrize("secret", ["", "short", "x" * 201, "with spaces in between it", "pässword-pässword-1"])
def test_a_secret_that_cannot_be_one_is_refused_and_not_shown_again(session: Session, cast: Cast, shop: Shop, secret: str) -> None:
    answer = cast.client("admin").post("/settings/channels/web/secret", data={"secret": secret, "overlap": "day"})

    assert (answer.status_code, "Copy it from there as it is" in answer.text) == (422, True)


def test_ours_is_made_and_shown_this_once(session: Session, cast: Cast) -> None:
    shop, admin = open_shop(cast, "api", code="own"), cast.client("admin")
    made = admin.post("/settings/channels/own/secret", data={"overlap": "none"})
    secret = "whsec_" + made.text.split("whsec_")[1].split("<")[0]
    again = admin.get("/settings/channels/own/secret").text

    assert (made.status_code, "whsec_" in again) == (201, False)
    assert shop.send({"type": "order.placed", "data": {"external_id": "1"}}, secret=secret).status_code == 200


def test_disconnecting_takes_nothing_more(session: Session, cast: Cast, shop: Shop) -> None:
    told = cast.client("admin").post("/settings/channels/web/secret/end", follow_redirects=True).text

    assert "No secret is shared, so nothing is taken." in told
    assert shop.send(shopify_order(), "orders/create").status_code == 401


def test_an_auditor_sees_that_there_is_one_and_changes_nothing(session: Session, cast: Cast, shop: Shop) -> None:
    auditor = cast.client("auditor")
    page = auditor.get("/settings/channels/web/secret").text

    assert ("••••••••" in page, '<form class="stack gap"' in page) == (True, False)
    assert auditor.post("/settings/channels/web/secret", data={"secret": "shpss_0123456789abcdef"}).status_code == 403
    assert cast.client("clerk").get("/settings/channels/web/secret").status_code == 403
