"""Taking an order: the form as a person, a browser without JavaScript and a program use it."""

import re
from types import SimpleNamespace
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from logistics.core.actors import SYSTEM
from logistics.core.addresses import Address
from logistics.core.database import db
from logistics.core.keys import new_key
from logistics.customers.crediting import deposit
from logistics.customers.models import Customer
from logistics.customers.registering import create_customer
from logistics.customers.rules import CustomerDetails
from logistics.inventory.models import StockLevel
from logistics.orders.models import Order
from logistics.orders.pricing import Discount
from tests.cast import Cast

PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}
JSON = {"Accept": "application/json"}
LEEDS = {"name": "Mina Park", "line1": "12 Park Row", "city": "Leeds", "postcode": "LS1 5HD", "country": "GB"}


def test_the_empty_form_has_lines_to_type_in_without_javascript(cast: Cast) -> None:
    page = cast.client("clerk").get("/orders/new").text
    assert re.findall(r'name="(lines-\d+-product)"', page)[:3] == ["lines-0-product", "lines-1-product", "lines-2-product"]
    assert 'hx-get="/products/options"' in page
    assert 'hx-get="/customers/options"' in page


def test_a_customers_address_stands_in_the_form(cast: Cast) -> None:
    mina = cast.made(lambda: cast.customer().id)
    browser = cast.client("clerk")

    page = browser.get(f"/orders/new?customer_id={mina}")
    part = browser.get(f"/orders/new?customer_id={mina}", headers=PARTIAL)

    for answer in (page, part):
        assert value(answer, "line1") == "12 Park Row"
        assert value(answer, "postcode") == "LS1 5HD"
        assert re.search(r'<option[^>]*selected[^>]* value="GB"|<option[^>]*value="GB"[^>]*selected', answer.text)
    assert part.text.lstrip().startswith('<div class="stack" id="order-recipient"')
    assert value(page, "customer") == "Mina Park"
    assert len(re.findall(r'name="customer_id"', page.text)) == 1
    assert browser.get("/orders/new?customer_id=", headers=PARTIAL).status_code == 204, "what was typed stays"


def test_where_orders_went_is_offered_and_stands_in_the_form_when_chosen(cast: Cast) -> None:
    mill = Address("1 Mill Lane", "", "", "York", "", "YO1 6HS", "GB")
    mina, other = cast.made(lambda: (cast.order(address=mill, name="Mina at work").customer_id, cast.customer("Otto Other").id))
    browser = cast.client("clerk")
    page = browser.get(f"/orders/new?customer_id={mina}")
    known = re.search(r'<option value="(\d+)">Mina at work, 1 Mill Lane, York</option>', page.text)
    assert known, "it is offered"

    part = browser.get(f"/orders/new?customer_id={mina}&address_id={known[1]}", headers=PARTIAL)
    assert [value(part, name) for name in ("name", "line1", "city", "email")] == ["Mina at work", "1 Mill Lane", "York", "mina@example.com"]
    assert browser.get(f"/orders/new?customer_id={other}&address_id={known[1]}").status_code == 404, "nobody else's"
    assert browser.get(f"/orders/new?customer_id={mina}&address_id=999").status_code == 404
    sent = {"form_key": new_key(), "customer_id": mina, "address_id": known[1], "more": "address", "note": "kept"}
    without_script = browser.post("/orders/new", data=sent)
    assert (value(without_script, "line1"), "kept" in without_script.text) == ("1 Mill Lane", True)
    assert f'<option value="{known[1]}" selected>' in without_script.text


def test_an_order_for_a_known_customer_is_placed(cast: Cast) -> None:
    mina, _lamp = cast.made(lambda: (cast.customer().id, cast.stock("LAMP", 5, price=1800)))
    fields = form(customer_id=mina, shipping="5.90", note="Ring twice") | line(0, "LAMP", 2, discount="10") | line(1, "", "")

    browser = cast.client("clerk")
    answer = browser.post("/orders/new", data=fields)

    order = only_order(cast)
    assert (answer.status_code, answer.location) == (303, f"/orders/{order.number}")
    assert (order.customer_id, order.total, order.shipping, order.note) == (mina, 3830, 590, "Ring twice")
    assert (order.line1, order.country) == ("12 Park Row", "GB")
    assert [(one.ordered, one.unit_price, one.discount_bp) for one in order.lines] == [(2, 1800, 1000)]
    assert f"Order {order.number} is placed." in browser.get(answer.location).text


def test_htmx_is_sent_to_the_order(cast: Cast) -> None:
    mina, _lamp = cast.made(lambda: (cast.customer().id, cast.stock("LAMP", 5)))
    answer = cast.client("clerk").post("/orders/new", data=form(customer_id=mina) | line(0, "lamp", 1), headers=PARTIAL)
    assert answer.headers["HX-Redirect"] == f"/orders/{only_order(cast).number}"


def test_somebody_new_becomes_a_customer_in_the_same_stroke(cast: Cast) -> None:
    cast.made(lambda: cast.stock("LAMP", 5))
    fields = form(name="Jo Blank", email="jo@blank.example", phone="+44 113 496 0009", language="zh_Hans") | line(0, "LAMP", 1)

    cast.client("clerk").post("/orders/new", data=fields)

    order = only_order(cast)
    with cast.app.app_context():
        jo = db.session.scalars(select(Customer)).one()
        assert (jo.id, jo.name, jo.email, jo.phone, jo.language, jo.city) == (
            order.customer_id,
            "Jo Blank",
            "jo@blank.example",
            "+44 113 496 0009",
            "zh_Hans",
            "Leeds",
        )
    assert (order.email, order.language) == ("jo@blank.example", "zh_Hans")


def test_a_refused_order_makes_no_customer(cast: Cast) -> None:
    cast.made(lambda: cast.stock("LAMP", 1))
    answer = cast.client("clerk").post("/orders/new", data=form() | line(0, "LAMP", 2))
    assert answer.status_code == 409
    with cast.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Customer)) == 0


@pytest.mark.parametrize("typed", ["C-7", "c-7", "Mina Park", "mina@example.com"])
def test_without_javascript_a_customer_is_known_by_what_is_exactly_theirs(cast: Cast, typed: str) -> None:
    mina = cast.made(lambda: registered(cast, "Mina Park", "C-7").id)
    cast.made(lambda: cast.stock("LAMP", 5))
    fields = {"form_key": new_key(), "customer": typed, "currency": "USD", "pay": "later"} | line(0, "LAMP", 1)

    cast.client("clerk").post("/orders/new", data=fields)

    assert (only_order(cast).customer_id, only_order(cast).line1) == (mina, "12 Park Row")


def test_a_name_that_two_share_asks_to_choose(cast: Cast) -> None:
    cast.made(lambda: (registered(cast, "Mina Park", "C-7"), registered(cast, "Mina Park", "C-8"), cast.stock("LAMP", 5)))
    answer = cast.client("clerk").post("/orders/new", data=form(customer="Mina Park") | line(0, "LAMP", 1))
    assert answer.status_code == 422
    assert "Choose the customer from the list" in answer.text
    assert value(answer, "customer") == "Mina Park"


def test_every_mistake_is_shown_at_once_and_everything_typed_is_kept(cast: Cast) -> None:
    cast.made(lambda: cast.stock("LAMP", 5))
    fields = form(name="", postcode="XX", phone="12", email="mina", shipping="1,5", note="Zwölf <b>Boxen</b>")
    fields |= line(0, "NONE", "1_000", price="NaN", discount="101") | line(4, "LAMP", "0") | line(7, "", 3)

    answer = cast.client("clerk").post("/orders/new", data=fields)

    assert answer.status_code == 422
    for name, typed in {"postcode": "XX", "phone": "12", "email": "mina", "shipping": "1,5", "lines-0-quantity": "1_000"}.items():
        assert value(answer, name) == typed
    assert "Zwölf &lt;b&gt;Boxen&lt;/b&gt;" in answer.text
    for message in (
        "This is not an e-mail address",
        "Write the amount with digits and a point, like 18.00.",
        "Quantity must be a whole number, 1 to 999,999, like 12.",
        "Write the discount in percent",
        "Choose a product.",
    ):
        assert message in answer.text, message
    assert re.findall(r'name="lines-(\d+)-product"', answer.text)[:3] == ["0", "4", "7"]


def test_what_cannot_be_read_hides_nothing_else_that_is_wrong(cast: Cast) -> None:
    cast.made(lambda: cast.stock("LAMP", 5))
    fields = form(name="", postcode="XX", email="mina") | line(0, "LAMP", "x") | line(1, "NONE", 1) | line(2, "LAMP", 1)
    fields |= line(3, "NEVER", "x")

    answer = cast.client("clerk").post("/orders/new", data=fields)

    lines = rows(answer)
    assert "Quantity must be" in lines["0"]
    assert "There is no product" not in lines["0"]
    assert "Quantity must be" in lines["3"]
    assert "There is no product “NEVER”." in lines["3"]
    assert "There is no product “NONE”." in lines["1"]
    assert "errors" not in lines["2"]
    for message in ("This is not an e-mail address", "This is no postcode of United Kingdom", "Say who the parcel is for."):
        assert answer.text.count(message) == 1, message


def test_a_message_that_is_too_long_keeps_no_order_back(cast: Cast) -> None:
    mina = cast.made(lambda: (cast.customer().id, cast.stock("LAMP", 5)))[0]
    fields = form(customer_id=mina, message="x" * 5000) | line(0, "LAMP", 1)
    assert cast.client("clerk").post("/orders/new", data=fields).status_code == 303


def test_what_the_house_finds_wrong_stands_beside_its_line_and_field(cast: Cast) -> None:
    cast.made(lambda: (cast.stock("LAMP", 5), cast.stock("YEN", 5, currency="JPY")))
    fields = form(postcode="NO WAY", phone="12") | line(2, "NONE", 1) | line(5, "LAMP", 1) | line(9, "YEN", 1)

    answer = cast.client("clerk").post("/orders/new", data=fields)

    assert answer.status_code == 422
    lines = rows(answer)
    assert "There is no product “NONE”." in lines["2"]
    assert "errors" not in lines["5"]
    assert "“YEN” is priced in JPY. Give its price here." in lines["9"]
    assert "This is no postcode of United Kingdom" in answer.text
    assert re.search(r'id="phone"[^>]*aria-invalid="true"|aria-invalid="true"[^>]*id="phone"', answer.text)


NO_QUANTITIES = ["0", "-1", "−1", "1000000", "2147483648", "9" * 5000, "1.5", "1e3", "1_000", "1,000", "١٢", "１２", "²", "\u00a012", "", "NaN"]


@pytest.mark.parametrize("quantity", NO_QUANTITIES)
def test_a_quantity_that_is_none_is_refused(cast: Cast, quantity: str) -> None:
    mina, _lamp = cast.made(lambda: (cast.customer().id, cast.stock("LAMP", 5)))
    answer = cast.client("clerk").post("/orders/new", data=form(customer_id=mina) | line(0, "LAMP", quantity))
    assert answer.status_code == 422
    assert "errors" in rows(answer)["0"]


@pytest.mark.parametrize("price", ["-0.01", "0.001", "1E+5", "NaN", "1,00", "9" * 30])
def test_a_price_that_is_none_is_refused(cast: Cast, price: str) -> None:
    mina, _lamp = cast.made(lambda: (cast.customer().id, cast.stock("LAMP", 5)))
    answer = cast.client("clerk").post("/orders/new", data=form(customer_id=mina) | line(0, "LAMP", 1, price=price))
    assert answer.status_code == 422


def test_a_price_is_read_in_the_orders_currency(cast: Cast) -> None:
    mina, _lamp = cast.made(lambda: (cast.customer().id, cast.stock("LAMP", 5)))
    browser = cast.client("manager")
    yen = form(customer_id=mina, currency="JPY", shipping="700")
    assert browser.post("/orders/new", data=yen | line(0, "LAMP", 1, price="1.50")).status_code == 422
    assert browser.post("/orders/new", data=yen | line(0, "LAMP", 1, price="150")).status_code == 303
    assert (only_order(cast).currency, only_order(cast).total) == ("JPY", 850)


def test_a_field_sent_twice_is_never_silently_chosen_from(cast: Cast) -> None:
    mina, _lamp = cast.made(lambda: (cast.customer().id, cast.stock("LAMP", 99)))
    fields = form(customer_id=mina) | line(0, "LAMP", 1) | {"lines-0-quantity": ["1", "99"]}
    assert cast.client("clerk").post("/orders/new", data=fields).status_code == 422


def test_fields_that_are_none_of_the_forms_change_nothing(cast: Cast) -> None:
    mina, _lamp = cast.made(lambda: (cast.customer().id, cast.stock("LAMP", 5)))
    more = {"status": "paid", "total": "1", "number": "AAAA-AAAA", "placed_at": "2001-01-01", "lines-0-net": "1", "covered_at": "x"}
    cast.client("clerk").post("/orders/new", data=form(customer_id=mina) | line(0, "LAMP", 1) | more)
    order = only_order(cast)
    assert (order.status, order.total) == ("unpaid", 1800)


def test_a_shortage_stands_at_its_lines_with_both_numbers(cast: Cast) -> None:
    mina, _stock = cast.made(lambda: (cast.customer().id, cast.stock("LAMP", 5), cast.stock("SHADE", 5))[:2])
    fields = form(customer_id=mina) | line(0, "LAMP", 3) | line(1, "SHADE", 1) | line(2, "lamp", 3)

    answer = cast.client("clerk").post("/orders/new", data=fields, headers=PARTIAL)

    assert answer.status_code == 409
    lines = rows(answer)
    assert "6 wanted, 5 available" in lines["0"]
    assert "6 wanted, 5 available" in lines["2"]
    assert "wanted" not in lines["1"]
    assert 'aria-invalid="true"' in lines["0"]
    assert answer.text.lstrip().startswith('<form class="split" id="order-form"')
    with cast.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Order)) == 0


def test_programs_get_the_shortage_as_facts(cast: Cast) -> None:
    mina, _lamp = cast.made(lambda: (cast.customer().id, cast.stock("LAMP", 5)))

    answer = cast.client("clerk").post("/orders/new", data=form(customer_id=mina) | line(0, "LAMP", 3) | line(1, "LAMP", 3), headers=JSON)

    assert (answer.status_code, answer.content_type) == (409, "application/problem+json")
    assert answer.json["code"] == "insufficient_stock"
    assert {name: answer.json["errors"][0][name] for name in ("sku", "requested", "available")} == {"sku": "LAMP", "requested": 6, "available": 5}


def test_programs_get_mistakes_field_by_field(cast: Cast) -> None:
    answer = cast.client("clerk").post("/orders/new", data=form(email="x") | line(0, "NONE", "0"), headers=JSON)
    assert (answer.status_code, answer.json["code"]) == (422, "invalid")
    assert {error["pointer"] for error in answer.json["errors"]} == {"email", "lines-0-sku", "lines-0-quantity"}


def test_a_program_that_places_is_sent_to_the_order(cast: Cast) -> None:
    mina, _lamp = cast.made(lambda: (cast.customer().id, cast.stock("LAMP", 5)))
    answer = cast.client("clerk").post("/orders/new", data=form(customer_id=mina) | line(0, "LAMP", 3), headers=JSON)
    assert (answer.status_code, answer.location) == (303, f"/orders/{only_order(cast).number}")


def test_the_balance_pays_at_once_or_says_at_the_choice_that_it_cannot(cast: Cast) -> None:
    mina, _lamp = cast.made(lambda: (cast.customer().id, cast.stock("LAMP", 5)))
    browser = cast.client("clerk")
    fields = form(customer_id=mina, pay="balance") | line(0, "LAMP", 2)

    answer = browser.post("/orders/new", data=fields)
    assert answer.status_code == 409
    assert "The balance is 0.00 USD, and 36.00 are needed." in re.search(r"<legend>Payment.*?</fieldset>", answer.text, re.DOTALL)[0]  # type: ignore[index]
    assert re.search(r'<input checked[^>]*value="balance"', answer.text), "what was chosen stays chosen"

    cast.made(lambda: deposit(cast.session, customer_id=mina, currency="USD", amount=3600, reference="", by=SYSTEM))
    assert browser.post("/orders/new", data=fields).status_code == 303, "a refusal does not use the form up"
    assert only_order(cast).status == "paid"


def test_the_same_form_sent_twice_is_one_order(cast: Cast) -> None:
    mina, _lamp = cast.made(lambda: (cast.customer().id, cast.stock("LAMP", 5)))
    browser, fields = cast.client("clerk"), form(customer_id=mina) | line(0, "LAMP", 2)

    first, second = browser.post("/orders/new", data=fields), browser.post("/orders/new", data=fields)

    assert first.location == second.location == f"/orders/{only_order(cast).number}"


def test_nothing_ordered_and_too_much_ordered_are_said(cast: Cast) -> None:
    browser = cast.client("clerk")
    assert "Add at least one product." in browser.post("/orders/new", data=form()).text
    many = form()
    for number in range(501):
        many |= {f"lines-{number}-sku": "LAMP", f"lines-{number}-quantity": "1"}
    answer = browser.post("/orders/new", data=many, headers=JSON)
    assert (answer.status_code, answer.json["errors"][0]["code"]) == (422, "too_many_lines")


def test_without_javascript_more_lines_and_sums_come_from_the_server(cast: Cast) -> None:
    cast.made(lambda: cast.stock("LAMP", 5))
    fields = form() | line(0, "LAMP", 2) | {"more": "1"}

    answer = cast.client("clerk").post("/orders/new", data=fields)

    assert answer.status_code == 200
    assert "USD 36.00" in answer.text
    assert sorted(rows(answer)) == ["0", "1", "2", "3"]
    assert value(answer, "name") == "Mina Park"
    with cast.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Order)) == 0


def test_sums_and_stock_are_told_while_one_types(cast: Cast) -> None:
    def make() -> int:
        cast.stock("LAMP", 3)
        cast.stock("LAMP", 2, at="HANGZHOU")
        cast.stock("FREE", 9, price=250)
        deposit(cast.session, customer_id=cast.customer().id, currency="USD", amount=99_00, reference="", by=SYSTEM)
        return int(cast.customer().id)

    mina = cast.made(make)
    fields = form(customer_id=mina, shipping="1.50") | line(0, "lamp", 2, discount="50") | line(1, "FREE", 10)
    fields |= line(2, "LAMP", "x") | line(3, "what", 1)

    answer = cast.client("clerk").post("/orders/new/totals", data=fields, headers=PARTIAL)

    assert answer.status_code == 200
    shown = parts(answer)
    assert "USD 44.50" in answer.text.split("hx-partial")[0], "18.00 + 25.00 + 1.50"
    assert "5 available" in shown["line-0-facts"]
    assert "USD 18.00" in shown["line-0-net"]
    assert "10 wanted, 9 available" in shown["line-1-facts"]
    assert shown["line-2-net"] == ""
    assert "type its whole SKU" in shown["line-3-facts"]
    assert "The balance of USD 99.00 covers it." in shown["order-balance"]


def test_what_each_warehouse_has_is_told_while_one_types(cast: Cast) -> None:
    cast.made(lambda: (cast.stock("LAMP", 3), cast.stock("LAMP", 2, at="HANGZHOU"), cast.stock("SHADE", 4), cast.stock("OLD", 1, sellable=False)))
    fields = form() | line(0, "LAMP", 4) | line(1, "SHADE", 5) | line(2, "SHADE", 1) | line(3, "OLD", 1)
    browser = cast.client("clerk")

    shown = parts(browser.post("/orders/new/totals", data=fields, headers=PARTIAL))
    waiting = parts(browser.post("/orders/new/totals", data=fields | {"when_short": "wait"}, headers=PARTIAL))

    assert words(shown["line-0-facts"]).endswith("5 available · LEEDS 3 · HANGZHOU 2")
    assert words(shown["line-1-facts"]).endswith("6 wanted, 4 available · LEEDS 4")
    assert "danger-text" in shown["line-1-facts"]
    assert "6 wanted, 4 available, the rest will wait" in waiting["line-1-facts"]
    assert "danger-text" not in waiting["line-1-facts"]
    assert "It is not for sale." in shown["line-3-facts"]


def test_notes_stand_on_their_lines(cast: Cast) -> None:
    mina = cast.made(lambda: (cast.customer().id, cast.stock("LAMP", 5), cast.stock("SHADE", 5)))[0]
    browser = cast.client("clerk")
    fields = form(customer_id=mina) | line(0, "LAMP", 1, note=" Gift <wrapped> ") | line(1, "SHADE", 1)

    too_long = browser.post("/orders/new", data=fields | {"lines-0-note": "x" * 501})
    assert too_long.status_code == 422
    assert "At most 500 characters." in rows(too_long)["0"]
    browser.post("/orders/new", data=fields)

    order = only_order(cast)
    assert [one.note for one in order.lines] == ["Gift <wrapped>", ""]
    assert "Gift &lt;wrapped&gt;" in browser.get(f"/orders/{order.number}").text


def test_options_go_with_the_order_and_are_the_desks_unless_chosen(cast: Cast) -> None:
    mina = cast.made(lambda: (cast.customer().id, cast.stock("LAMP", 5), cast.channel("desk", ship_complete=False, may_wait=True)))[0]
    browser = cast.client("clerk")

    page = browser.get("/orders/new").text
    assert re.search(r'<option selected value="wait">|<option value="wait" selected>', page)
    assert re.search(r'<option selected value="available">|<option value="available" selected>', page)
    assert 'id="order-options">' in page
    assert browser.post("/orders/new", data=form(customer_id=mina, priority="99") | line(0, "LAMP", 1)).status_code == 422
    browser.post("/orders/new", data=form(customer_id=mina, priority="5", shipping_policy="complete", when_short="refuse") | line(0, "LAMP", 1))

    assert (only_order(cast).priority, only_order(cast).ship_complete) == (5, True)


def test_typing_writes_nothing_and_a_half_typed_form_breaks_nothing(cast: Cast) -> None:
    browser = cast.client("clerk")
    for fields in ({}, {"currency": "???"}, {"customer_id": "9" * 30}, {"customer_id": "x", "lines-0-sku": "\u0000"}, line(999_999, "LAMP", 1)):
        assert browser.post("/orders/new/totals", data=fields, headers=PARTIAL).status_code == 200
    with cast.app.app_context():
        assert db.session.scalar(select(func.sum(StockLevel.reserved))) is None


def test_who_may_not_take_orders_is_refused(cast: Cast, client: FlaskClient) -> None:
    for who in ("picker", "auditor"):
        browser = cast.client(who)
        assert browser.get("/orders/new").status_code == 403
        assert browser.post("/orders/new", data=form()).status_code == 403
        assert browser.post("/orders/new/totals", data=form()).status_code == 403
    assert client.get("/orders/new").status_code == 302
    assert client.post("/orders/new", data=form()).status_code == 401


def test_typing_costs_few_queries(cast: Cast, queries: SimpleNamespace) -> None:
    mina, _lamp = cast.made(lambda: (cast.customer().id, cast.stock("LAMP", 3)))
    browser = cast.client("clerk")
    fields = form(customer_id=mina)
    for number in range(20):
        fields |= line(number, "LAMP", 1)
    queries.count = 0
    queries.statements.clear()

    browser.post("/orders/new/totals", data=fields, headers=PARTIAL)

    assert queries.count <= 7, queries.statements


@pytest.mark.parametrize(("url", "most"), [("/orders/new", 11), ("/orders/new?customer_id={mina}", 15), ("/orders/new?like={number}", 17)])
def test_the_form_costs_few_queries(cast: Cast, queries: SimpleNamespace, url: str, most: int) -> None:
    lines = [(f"LAMP-{number}", 1) for number in range(20)]
    mina, number = cast.made(lambda: (order := cast.order(lines=lines)) and (order.customer_id, order.number))
    browser = cast.client("clerk")
    queries.count = 0
    queries.statements.clear()

    browser.get(url.format(mina=mina, number=number))

    assert queries.count <= most, queries.statements


def test_a_clerk_gives_little_away_and_a_manager_as_much_as_is_wanted(cast: Cast) -> None:
    mina, _lamp = cast.made(lambda: (cast.customer().id, cast.stock("LAMP", 5, price=100_000)))
    fields = form(customer_id=mina) | line(0, "LAMP", 1, discount="100")

    refused = cast.client("clerk").post("/orders/new", data=fields)

    assert refused.status_code == 403
    assert "You can take up to 200.00 USD off" in refused.text
    assert value(refused, "lines-0-discount") == "100"
    assert cast.client("manager").post("/orders/new", data=fields).status_code == 303
    assert only_order(cast).total == 0


def form(**changes: Any) -> dict[str, Any]:
    """What stands in the form before its lines."""
    return {"form_key": new_key(), **LEEDS, "currency": "USD", "pay": "later", "language": "en", **changes}


def line(number: int, product: str, quantity: Any, *, price: str = "", discount: str = "", note: str = "") -> dict[str, Any]:
    """A line whose product was typed, not picked."""
    typed = {"product": product, "sku": "", "quantity": str(quantity), "unit_price": price, "discount": discount, "note": note}
    return {f"lines-{number}-{part}": text for part, text in typed.items()}


def only_order(cast: Cast) -> Order:
    """The one order there is."""
    with cast.app.app_context():
        order = db.session.scalars(select(Order)).one()
        assert order.lines
        return order


def registered(cast: Cast, name: str, reference: str) -> Customer:
    """A customer as the house takes them in, so that they are found by search."""
    address = cast.address_of(cast.customer("Nobody"))
    email = "mina@example.com" if reference == "C-7" else ""
    return create_customer(cast.session, details=CustomerDetails(name, reference, email, address=address), by=SYSTEM)


def value(answer: Any, name: str) -> str | None:
    """What stands in a box."""
    found = re.search(rf'<input[^>]*name="{name}"[^>]*>', answer.text)
    text = found and re.search(r'value="([^"]*)"', found[0])
    return text[1] if text else None


def rows(answer: Any) -> dict[str, str]:
    """The lines of the form, by number."""
    form, _template, _rest = answer.text.partition("<template")
    return dict(re.findall(r'<li data-row-number="(\d+)">(.*?)(?=<li data-row-number|</ol>)', form, re.DOTALL))


def words(markup: str) -> str:
    """What is read of it."""
    return " ".join(re.sub(r"<[^>]+>", "", markup).split())


def parts(answer: Any) -> dict[str, str]:
    """The other parts of the page that an answer changes, by id."""
    return {name: body.strip() for name, body in re.findall(r'<hx-partial hx-target="#([^"]+)"[^>]*>(.*?)</hx-partial>', answer.text, re.DOTALL)}


def test_the_discount_and_the_tax_are_told_while_one_types_and_stand_on_the_orders_page(cast: Cast) -> None:
    mina, _stock, _rate = cast.made(lambda: (cast.customer().id, cast.stock("LAMP", 5, price=1800), cast.taxes("GB", 2000)))
    browser = cast.client("manager")
    fields = form(customer_id=mina, shipping="6.00", discount="10%") | LEEDS | line(0, "LAMP", 2)

    typing = browser.post("/orders/new/totals", data=fields, headers=PARTIAL).text
    for said in ("USD 36.00", "−USD 3.60", "USD 6.00", "USD 38.40", "Tax included", "USD 6.40"):
        assert said in typing, said
    browser.post("/orders/new", data=fields)

    order = only_order(cast)
    assert (order.discount, order.total, order.tax) == (360, 3840, 640)
    page = browser.get(f"/orders/{order.number}").text
    for said in (
        "−USD 3.60 of the discount",
        "20% tax included: USD 5.40",
        ">−USD 3.60</td>",
        ">Tax included</th>",
        ">USD 6.40</td>",
        ">USD 38.40</td>",
    ):
        assert said in page, said
    assert "tax included" not in cast.client("picker").get(f"/orders/{order.number}").text, "nothing of money for the warehouse"


def test_tax_on_the_prices_is_added_once_the_country_is_known(cast: Cast) -> None:
    cast.made(lambda: (cast.stock("LAMP", 5, price=1800), cast.taxes("GB", 2000), cast.channel("desk", tax_included=False)))
    browser = cast.client("clerk")

    nowhere = browser.post("/orders/new/totals", data=form(country="") | line(0, "LAMP", 2), headers=PARTIAL).text
    somewhere = browser.post("/orders/new/totals", data=form() | line(0, "LAMP", 2), headers=PARTIAL).text
    browser.post("/orders/new", data=form() | line(0, "LAMP", 2))

    assert ("Tax is added once the country is known." in nowhere, "USD 43.20" in nowhere) == (True, False)
    assert ("Tax is added" in somewhere, "USD 7.20" in somewhere, "USD 43.20" in somewhere) == (False, True, True)
    order = only_order(cast)
    assert (order.total, order.tax, order.tax_included) == (4320, 720, False)
    page = browser.get(f"/orders/{order.number}").text
    for said in ("20% tax added: USD 7.20", ">Tax</th>", ">USD 43.20</td>"):
        assert said in page, said


def test_another_recipient_asks_for_the_sums_anew(cast: Cast) -> None:
    mina = cast.made(lambda: cast.customer().id)
    browser = cast.client("clerk")

    assert (
        'hx-post="/orders/new/totals" hx-include="closest form" hx-trigger="load"'
        in browser.get(f"/orders/new?customer_id={mina}", headers=PARTIAL).text
    )
    assert 'hx-trigger="load"' not in browser.get(f"/orders/new?customer_id={mina}").text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("-5", "Write the discount as an amount like 5.00, or in percent like 10%."),
        ("110%", "Write the discount in percent, 0 to 100, like 12.5."),
        ("1.005", "USD has 2 decimals."),
        ("36.01", "A discount of USD 36.01 is more than the goods cost: USD 36.00."),
    ],
)
def test_a_discount_that_is_none_is_said_beside_its_box(cast: Cast, typed: str, said: str) -> None:
    mina, _lamp = cast.made(lambda: (cast.customer().id, cast.stock("LAMP", 5, price=1800)))

    answer = cast.client("manager").post("/orders/new", data=form(customer_id=mina, discount=typed) | line(0, "LAMP", 2), headers=PARTIAL)

    assert (answer.status_code, said in answer.text, value(answer, "discount")) == (422, True, typed)


def test_an_order_taken_again_keeps_its_discount_and_says_so(cast: Cast) -> None:
    number = cast.made(lambda: cast.order(discount=Discount(500)).number)

    page = cast.client("clerk").get(f"/orders/new?like={number}")

    assert value(page, "discount") == "5.00"
    assert "This was taken off the earlier order." in page.text
    assert "USD 31.00" in page.text


def test_a_draft_keeps_the_discount_as_it_was_typed(cast: Cast) -> None:
    cast.made(lambda: cast.stock("LAMP", 5, price=1800))
    browser = cast.client("clerk")

    saved = browser.post("/orders/drafts", data=form(discount="12.5 %") | line(0, "LAMP", 2))

    assert value(browser.get(saved.location), "discount") == "12.5 %"
    assert "USD 31.50" in browser.get("/orders/drafts").text
