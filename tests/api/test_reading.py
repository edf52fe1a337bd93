"""Programs read: the orders and parcels of their own channel, stock, goods, and the customers they brought."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.paging import write_cursor
from logistics.orders.models import CancelReason, HoldReason
from logistics.tracking.models import TrackingStatus
from logistics.tracking.recording import Report, record
from tests.api.programs import Program, order_body, program
from tests.browser.furnishing import shelve
from tests.cast import Cast
from tests.doors import fingerprints


@pytest.fixture
def shop(cast: Cast) -> Program:
    """A program of the channel shop, good for everything; lamps to be ordered."""
    cast.made(lambda: (cast.channel("shop"), cast.stock("LAMP", 500), cast.stock("SHADE", 500)))
    return program(cast, "orders", "prices", "stock", "fulfilment", "catalogue", channel="shop")


def test_a_channel_sees_its_own_orders_and_no_others(cast: Cast, shop: Program, session: Session) -> None:
    other = program(cast)
    theirs = other.post("/orders", order_body(external_id="API-1")).get_json()["number"]
    desks = cast.made(lambda: cast.order().number)
    own = shop.post("/orders", order_body(external_id="WEB-1")).get_json()["number"]
    before = fingerprints(session)

    assert [order["number"] for order in shop.get("/orders").get_json()["items"]] == [own]
    assert shop.get("/orders?external_id=API-1").get_json() == {"items": [], "next": None}
    unknown = _without_id(shop.get("/orders/0000-0000").get_json())
    for number in (theirs, desks):
        for answer in (
            shop.get(f"/orders/{number}"),
            shop.post(f"/orders/{number}/hold", {"reason": "other"}),
            shop.delete(f"/orders/{number}/hold"),
            shop.post(f"/orders/{number}/cancellation", {"reason": "customer"}),
        ):
            assert (answer.status_code, _without_id(answer.get_json())) == (404, unknown)
    assert fingerprints(session) == before


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["D", "C", "B", "A"]),
        ("?status=cancelled", ["B"]),
        ("?status=unpaid", ["D", "C", "A"]),
        ("?sku=shade", ["C"]),
        ("?sku=NOPE", []),
        ("?customer=mina-1", ["A"]),
        ("?customer=nobody", []),
        ("?external_id=C", ["C"]),
        ("?external_id=c", []),
        ("?q=mina1", ["A"]),
        ("?q=Park%20Row&status=cancelled", ["B"]),
        ("?q=%25", []),
        ("?q=%27%20OR%201=1--", []),
        ("?from=2026-01-01&to=2100-12-31", ["D", "C", "B", "A"]),
        ("?to=2001-01-01", []),
        ("?from=2100-01-01", []),
    ],
)
def test_orders_are_found_as_on_the_page(cast: Cast, shop: Program, query: str, found: list[str]) -> None:
    for name in "ABCD":
        sku = "SHADE" if name == "C" else "LAMP"
        customer = {"name": "Mina", **({"reference": "MINA-1"} if name == "A" else {})}
        number = shop.post("/orders", order_body((sku, 1), external_id=name, customer=customer)).get_json()["number"]
        if name == "B":
            shop.post(f"/orders/{number}/cancellation", {"reason": "customer"})

    answer = shop.get("/orders" + query)

    assert answer.status_code == 200, answer.text
    assert [order["external_id"] for order in answer.get_json()["items"]] == found


def test_pages_miss_nothing_and_cost_the_same(shop: Program, queries: Any) -> None:
    for number in range(25):
        shop.post("/orders", order_body(("LAMP", 1), ("SHADE", 1), external_id=str(number)))

    counts, seen = [], []
    for page in _pages(shop, "/orders?limit=10", lambda: counts.append(queries.count) or setattr(queries, "count", 0)):
        seen += [order["external_id"] for order in page["items"]]

    assert seen == [str(number) for number in reversed(range(25))]
    assert max(counts[1:]) <= 10
    assert len(shop.get("/orders?limit=200").get_json()["items"]) == 25


@pytest.mark.parametrize(
    ("path", "pointer", "code"),
    [
        ("/orders?limit=0", "limit", "bad_limit"),
        ("/orders?limit=201", "limit", "bad_limit"),
        ("/orders?limit=-1", "limit", "bad_limit"),
        ("/orders?limit=abc", "limit", "bad_limit"),
        ("/orders?limit=１", "limit", "bad_limit"),
        ("/orders?limit=1e2", "limit", "bad_limit"),
        ("/orders?limit=" + "9" * 5000, "limit", "bad_limit"),
        ("/orders?status=draft", "status", "unknown_value"),
        ("/orders?status=unpaid&status=paid", "status", "given_twice"),
        ("/orders?sort=password_hash", "sort", "unknown_field"),
        ("/orders?statuss=paid", "statuss", "unknown_field"),
        ("/orders?first_day=2026-01-01", "first_day", "unknown_field"),
        ("/orders?from=2026-W01-1", "from", "bad_date"),
        ("/orders?to=20260101", "to", "bad_date"),
        ("/orders?sku=", "sku", "required"),
        ("/orders?sku=" + "x" * 65, "sku", "too_long"),
        ("/orders?q=a%1bb", "q", "control_character"),
        ("/orders?q=" + "x" * 121, "q", "too_long"),
        ("/orders?external_id=" + "x" * 101, "external_id", "too_long"),
        ("/shipments?state=gone", "state", "unknown_value"),
        ("/stock?limit=1.0", "limit", "bad_limit"),
        ("/products?show=secret", "show", "unknown_value"),
        ("/customers?limit=", "limit", "bad_limit"),
    ],
)
def test_what_cannot_be_asked_for_is_named(shop: Program, path: str, pointer: str, code: str) -> None:
    answer = shop.get(path)

    assert answer.status_code == 422, answer.text
    assert [(error["pointer"], error["code"]) for error in answer.get_json()["errors"]] == [(pointer, code)]
    assert answer.get_json()["errors"][0]["message"]


@pytest.mark.parametrize("list_", ["/orders", "/shipments", "/stock", "/products", "/customers"])
@pytest.mark.parametrize("cursor", ["x", "W10", "bnVsbA", "WyJhIl0", "WzEsMl0", "x" * 1300])
def test_a_page_that_does_not_exist_is_said_to(shop: Program, list_: str, cursor: str) -> None:
    assert shop.get(f"{list_}?cursor={cursor}").status_code == 422


def test_a_page_that_begins_at_no_moment_does_not_exist(shop: Program) -> None:
    assert shop.get("/orders?cursor=" + write_cursor("2026", 1)).status_code == 422


# --- Orders: held and taken back ---


def test_an_order_is_held_and_let_go_on(cast: Cast, shop: Program) -> None:
    number = shop.post("/orders", order_body()).get_json()["number"]

    held = shop.post(f"/orders/{number}/hold", {"reason": "address", "note": "Flat?"}).get_json()
    again = shop.get(f"/orders/{number}").get_json()
    resumed = [shop.delete(f"/orders/{number}/hold") for _time in range(2)]

    assert (held["hold"]["reason"], held["hold"]["note"], held["hold"]["since"] is not None) == ("address", "Flat?", True)
    assert again["hold"] == held["hold"]
    assert [(answer.status_code, answer.get_json()["hold"]) for answer in resumed] == [(200, None)] * 2


def test_a_cancelled_order_gives_back_stock_and_money_and_stays_cancelled(cast: Cast, shop: Program, session: Session) -> None:
    number = shop.post("/orders", order_body()).get_json()["number"]

    first = shop.post(f"/orders/{number}/cancellation", {"reason": "out_of_stock"}).get_json()
    again = shop.post(f"/orders/{number}/cancellation", {"reason": "customer"}).get_json()

    assert (first["status"], first["cancel_reason"], first["lines"][0]["cancelled"], first["lines"][0]["reservations"]) == (
        "cancelled", "out_of_stock", 2, [],
    )  # fmt: skip
    assert again == first
    assert shop.post(f"/orders/{number}/hold", {"reason": "other"}).get_json()["code"] == "illegal_move"


@pytest.mark.parametrize(
    ("state", "status", "code"), [("picked", 403, "already_picked"), ("shipped", 409, "illegal_move")],
)  # fmt: skip
def test_what_was_picked_or_shipped_is_not_taken_back_by_a_program(
    cast: Cast, shop: Program, session: Session, state: str, status: int, code: str
) -> None:
    number = cast.made(lambda: cast.shipment(state=state, channel="shop").order.number)
    before = fingerprints(session)

    answer = shop.post(f"/orders/{number}/cancellation", {"reason": "customer"})

    assert (answer.status_code, answer.get_json()["code"]) == (status, code)
    assert fingerprints(session) == before


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({}, "/reason", "required"),
        ({"reason": "payment_timeout"}, "/reason", "unknown_value"),
        ({"reason": "because"}, "/reason", "unknown_value"),
        ({"reason": "customer", "note": 1}, "/note", "bad_type"),
        ({"reasson": "customer", "reason": "customer"}, "/reasson", "unknown_field"),
    ],
)
def test_a_cancellation_that_cannot_be_is_refused(shop: Program, session: Session, body: dict[str, Any], pointer: str, code: str) -> None:
    number = shop.post("/orders", order_body()).get_json()["number"]
    before = fingerprints(session)

    answer = shop.post(f"/orders/{number}/cancellation", body)

    assert answer.status_code == 422
    assert (pointer, code) in [(error["pointer"], error["code"]) for error in answer.get_json()["errors"]]
    assert fingerprints(session) == before


def test_the_words_for_reasons_are_those_of_the_house(shop: Program) -> None:
    number = shop.post("/orders", order_body()).get_json()["number"]

    for reason in HoldReason:
        assert shop.post(f"/orders/{number}/hold", {"reason": reason.value}).status_code == 200
    known = shop.post(f"/orders/{number}/cancellation", {"reason": "?"}).get_json()["errors"][0]["message"]
    assert {reason.value for reason in CancelReason if reason.value in known} == {*CancelReason} - {"payment_timeout"}


# --- Parcels ---


def test_a_parcel_is_told_with_what_was_reported_of_it(cast: Cast, shop: Program) -> None:
    reference, number = cast.made(lambda: _send(cast))

    (listed,) = shop.get("/shipments").get_json()["items"]
    told = shop.get(f"/shipments/{reference}").get_json()

    assert told == {**listed, "events": told["events"]}
    assert (told["reference"], told["order"], told["external_id"], told["warehouse"], told["state"]) == (
        reference,
        number,
        "WEB-1",
        "LEEDS",
        "in_transit",
    )
    assert told["carrier"] == {"code": "DHL", "name": "Dhl"}
    assert told["carrier_url"].endswith(told["tracking_number"])
    assert told["lines"] == [{"sku": "LAMP", "name": "Lamp thing", "quantity": 2}]
    assert [(event["status"], event["place"]) for event in told["events"]] == [("in_transit", "Leeds")]
    assert shop.get(f"/orders/{number}").get_json()["links"]["shipments"].endswith(f"/api/v1/shipments?order={number}")
    assert [row["reference"] for row in shop.get(f"/shipments?order={number}&state=in_transit").get_json()["items"]] == [reference]
    assert shop.get("/shipments?order=nonsense").get_json()["items"] == []
    assert shop.get("/shipments?state=pending").get_json()["items"] == []


def test_another_channels_parcels_are_not_there(cast: Cast, shop: Program) -> None:
    reference, number = cast.made(lambda: _send(cast))
    other = program(cast, "orders", "fulfilment")

    assert other.get("/shipments").get_json()["items"] == []
    assert other.get(f"/shipments?order={number}").get_json()["items"] == []
    found = other.get(f"/shipments/{reference}")
    assert found.status_code == 404
    assert _without_id(found.get_json()) == _without_id(other.get("/shipments/S-0000-0000").get_json())


def test_parcels_come_in_pages(cast: Cast, shop: Program, queries: Any) -> None:
    made = cast.made(lambda: [cast.shipment(channel="shop").reference for _number in range(7)])

    counts, seen = [], []
    for page in _pages(shop, "/shipments?limit=3", lambda: counts.append(queries.count) or setattr(queries, "count", 0)):
        seen += [row["reference"] for row in page["items"]]

    assert seen == list(reversed(made))
    assert max(counts[1:]) <= 6


# --- Stock ---


def test_stock_is_told_warehouse_by_warehouse(cast: Cast, shop: Program) -> None:
    def furnish() -> None:
        shelve(cast, "LAMP-2", 5)
        cast.stock("LAMP-2", 3, at="HANGZHOU")
        cast.order(lines=[("LAMP-2", 2)])
        shelve(cast, "MUG", 0)

    cast.made(furnish)
    level = {"quarantined": 0, "open": True}

    told = shop.get("/stock/lamp-2").get_json()

    assert told == {
        "sku": "LAMP-2", "name": "Lamp-2 thing", "on_hand": 8, "reserved": 2, "available": 6, "quarantined": 0,
        "warehouses": [
            {**level, "warehouse": "LEEDS", "on_hand": 5, "reserved": 2, "available": 3},
            {**level, "warehouse": "HANGZHOU", "on_hand": 3, "reserved": 0, "available": 3},
        ],
    }  # fmt: skip
    assert shop.get("/stock?q=lamp-2").get_json() == {"items": [told], "next": None}
    here = shop.get("/stock?warehouse=HANGZHOU").get_json()["items"]
    assert [(row["sku"], row["on_hand"], row["available"]) for row in here] == [("LAMP-2", 3, 3)]
    assert shop.get("/stock/MUG").get_json()["warehouses"] == []
    assert shop.get("/stock?warehouse=NOWHERE").get_json()["items"] == []
    assert shop.get("/stock/nope").status_code == 404
    cast.made(lambda: setattr(cast.warehouse("HANGZHOU"), "active", False))
    closed = shop.get("/stock/LAMP-2").get_json()
    assert (closed["on_hand"], closed["available"], closed["warehouses"][1]["open"]) == (8, 3, False)


def test_stock_comes_in_pages_by_sku(cast: Cast, shop: Program, queries: Any) -> None:
    cast.made(lambda: [cast.stock(f"b-{number:02}" if number % 2 else f"B-{number:02}", 1) for number in range(12)])

    counts, seen = [], []
    for page in _pages(shop, "/stock?limit=5", lambda: counts.append(queries.count) or setattr(queries, "count", 0)):
        seen += [row["sku"] for row in page["items"]]

    assert seen == sorted(seen, key=str.lower)
    assert len(seen) == len(set(seen)) == 14
    assert max(counts[1:]) <= 6


# --- Goods ---


def test_a_product_is_made_changed_and_read(cast: Cast, shop: Program) -> None:
    body = {"sku": "TEA-1", "name": "Tea", "price": "4.50", "gtin": "4006381333931", "description": "Green\nfresh", "weight_grams": 120}
    body |= {"tax_class": "reduced"}

    made = shop.post("/products", body)
    changed = shop.post("/products", {"sku": "tea-1", "price": "5.00", "discontinued": True})
    same = shop.post("/products", {"sku": "TEA-1", "price": "5.00"})

    told = {**body, "currency": "USD", "sellable": True, "discontinued": False}
    assert (made.status_code, changed.status_code, same.status_code) == (201, 200, 200)
    assert _without(made.get_json(), "updated_at") == told
    assert _without(changed.get_json(), "updated_at") == {**told, "price": "5.00", "discontinued": True}
    assert same.get_json() == changed.get_json() == shop.get("/products/TEA-1").get_json()
    assert made.headers["Location"] == "/api/v1/products/TEA-1"
    assert shop.get("/products?q=tea").get_json()["items"] == [changed.get_json()]
    assert shop.get("/products?show=discontinued").get_json()["items"] == [changed.get_json()]
    assert [row["sku"] for page in _pages(shop, "/products?limit=2") for row in page["items"]] == ["LAMP", "SHADE", "TEA-1"]


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({"sku": "NEW"}, [("/name", "required"), ("/price", "required")]),
        ({"sku": "NEW", "name": "x", "price": "1.005"}, [("/price", "too_many_decimals")]),
        ({"sku": "NEW", "name": "x", "price": 5}, [("/price", "bad_type")]),
        ({"sku": "NEW", "name": "x", "price": "-1"}, [("/price", "bad_amount")]),
        ({"sku": "new", "name": "x", "price": "1"}, [("/sku", "reserved_sku")]),
        ({"sku": "А1", "name": "x", "price": "1"}, [("/sku", "bad_code")]),
        ({"sku": "NEW", "name": "x", "price": "1", "gtin": "4006381333932"}, [("/gtin", "bad_check_digit")]),
        ({"sku": "NEW", "name": "x", "price": "1", "tax_class": "luxury"}, [("/tax_class", "bad_tax_class")]),
        ({"sku": "NEW", "name": "x", "price": "1", "weight_grams": -1}, [("/weight_grams", "out_of_range")]),
        ({"sku": "NEW", "name": "x", "price": "1", "weight_grams": 1000000}, [("/weight_grams", "out_of_range")]),
        ({"sku": "NEW", "name": "x", "price": "1", "sellable": "yes"}, [("/sellable", "bad_type")]),
        ({"sku": "LAMP", "currency": "EUR"}, [("/price", "required")]),
        ({"sku": "LAMP", "gtin": "5901234123457"}, [("/gtin", "duplicate_gtin")]),
        ({"sku": "LAMP", "id": 7, "created_at": "2026-01-01"}, [("/id", "unknown_field"), ("/created_at", "unknown_field")]),
    ],
)
def test_a_product_that_cannot_be_is_refused(
    cast: Cast, shop: Program, session: Session, body: dict[str, Any], errors: list[tuple[str, str]]
) -> None:
    cast.made(lambda: cast.product("MUG", gtin="5901234123457"))
    before = fingerprints(session)

    answer = shop.post("/products", body)

    assert answer.status_code == 422, answer.text
    assert [(error["pointer"], error["code"]) for error in answer.get_json()["errors"]] == errors
    assert fingerprints(session) == before


# --- Customers ---


def test_a_customer_is_taken_in_changed_and_read(shop: Program) -> None:
    address = {"line1": "12 Park Row", "line2": "", "district": "", "city": "Leeds", "region": "", "postcode": "LS1 5HD", "country": "GB"}
    body = {"reference": "M-1", "name": "Mina Park", "email": "mina@example.com", "phone": "", "language": "en", "address": address}
    body["tax_number"] = "GB 0"

    made = shop.post("/customers", body)
    changed = shop.post("/customers", {"reference": "m-1", "email": "new@example.com"})

    assert (made.status_code, changed.status_code) == (201, 200)
    assert _without(made.get_json(), "updated_at") == body
    assert _without(changed.get_json(), "updated_at") == {**body, "email": "new@example.com"}
    assert shop.get("/customers/M-1").get_json() == changed.get_json()
    assert shop.get("/customers?q=mina").get_json()["items"] == [changed.get_json()]


def test_customers_that_came_another_way_are_told_to_no_program(cast: Cast, shop: Program, session: Session) -> None:
    cast.made(lambda: cast.customer("Mina Park", reference="MINA"))
    program(cast, "catalogue").post("/customers", {"reference": "OTHER", "name": "Of the other channel"})
    shop.post("/orders", order_body(customer={"name": "x", "reference": "MINA"}))
    shop.post("/orders", order_body(customer={"name": "Brought By Order", "reference": "OWN"}))
    before = fingerprints(session)

    assert [row["reference"] for row in shop.get("/customers").get_json()["items"]] == ["OWN"]
    for reference in ("MINA", "OTHER", "NOBODY"):
        assert shop.get(f"/customers/{reference}").status_code == 404
    for reference in ("mina", "OTHER"):
        taken = shop.post("/customers", {"reference": reference, "name": "Mine now"})
        assert (taken.status_code, taken.get_json()["code"]) == (409, "reference_taken")
    assert fingerprints(session) == before


def test_customers_come_in_pages_by_name(shop: Program) -> None:
    for number in range(5):
        shop.post("/customers", {"reference": f"R-{number}", "name": f"{'b' if number % 2 else 'B'}ee {number // 2}"})

    seen = [row["name"] for page in _pages(shop, "/customers?limit=2") for row in page["items"]]
    assert seen == sorted(seen, key=str.lower)
    assert len(seen) == 5


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({"reference": "R-1"}, [("/name", "required")]),
        ({"reference": "R-1", "name": "M", "email": "a@b@c"}, [("/email", "bad_email")]),
        ({"reference": "R-1", "name": "M", "language": "tlh"}, [("/language", "unknown_value")]),
        ({"reference": "R-1", "name": "M", "address": {"country": "ZZ"}}, [("/address/country", "unknown_country")]),
        (
            {"reference": "R-1", "name": "M", "address": {"country": "GB", "city": "Leeds"}},
            [("/address/line1", "required"), ("/address/postcode", "required")],
        ),
        ({"reference": "R-1", "name": "M", "balance": "100.00"}, [("/balance", "unknown_field")]),
    ],
)  # fmt: skip
def test_a_customer_that_cannot_be_is_refused(shop: Program, session: Session, body: dict[str, Any], errors: list[tuple[str, str]]) -> None:
    before = fingerprints(session)

    answer = shop.post("/customers", body)

    assert answer.status_code == 422, answer.text
    assert [(error["pointer"], error["code"]) for error in answer.get_json()["errors"]] == errors
    assert fingerprints(session) == before


def _pages(shop: Program, path: str, between: Any = lambda: None) -> Iterator[dict[str, Any]]:
    cursor: str | None = ""
    while cursor is not None:
        between()
        page: dict[str, Any] = shop.get(f"{path}&cursor={cursor}").get_json()
        yield page
        cursor = page["next"]
    between()


def _send(cast: Cast) -> tuple[str, str]:
    shipment = cast.shipment(state="shipped", channel="shop", external_id="WEB-1")
    report = Report(TrackingStatus.IN_TRANSIT, clock.now(), text="Sorted", place="Leeds")
    record(cast.session, reference=shipment.reference, report=report, by=cast.actor())
    return shipment.reference, shipment.order.number


def _without(told: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in told.items() if name not in names}


def _without_id(problem: dict[str, Any]) -> dict[str, Any]:
    return _without(problem, "request_id")
