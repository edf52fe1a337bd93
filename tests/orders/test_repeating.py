"""An order taken once more: what is as it was stays, what is not is marked, and nothing is placed before somebody places it."""

import re
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from logistics.catalog.events import PriceChanged
from logistics.catalog.models import Product
from logistics.core import clock
from logistics.core.actors import SYSTEM
from logistics.core.database import db
from logistics.core.events import publish
from logistics.orders.models import Order
from logistics.orders.placing import place
from logistics.orders.repeating import RepeatedLine, repeat_lines
from logistics.orders.validating import LineRequest, OrderRequest
from tests.cast import Cast
from tests.orders.test_new_order_pages import form, rows, value


def test_a_list_price_is_read_again_and_marked_where_it_changed(session: Session, cast: Cast) -> None:
    order = taken(cast, LineRequest("SAME", 2), LineRequest("DEARER", 1), LineRequest("AGREED", 3, 1500, 1000, "blue"))
    for price in (2500, 2000):
        reprice(session, cast.product("DEARER"), price)

    same, dearer, agreed = repeat_lines(session, order)

    assert (same.unit_price, same.quantity, same.marks) == (None, 2, {})
    assert (dearer.unit_price, dearer.marks) == (None, {"unit_price": "It was USD 18.00 then and is USD 20.00 now."})
    assert (agreed.unit_price, agreed.discount_bp, agreed.note) == (1500, 1000, "blue")
    assert "USD 15.00 was agreed" in agreed.marks["unit_price"]


def test_a_price_that_was_agreed_is_not_taken_for_a_list_price_it_meets_later(session: Session, cast: Cast) -> None:
    order = taken(cast, LineRequest("LAMP", 1, 2500))
    reprice(session, cast.product("LAMP"), 2500)
    assert repeat_lines(session, order) == [RepeatedLine(cast.product("LAMP"), 1, 2500, 0, "")]


def test_what_is_not_for_sale_any_more_is_marked(session: Session, cast: Cast) -> None:
    order = taken(cast, LineRequest("GONE", 1))
    cast.product("GONE").sellable = False
    assert repeat_lines(session, order)[0].marks == {"sku": "It is not for sale any more."}


def test_the_form_stands_as_the_order_was_and_nothing_is_placed(cast: Cast) -> None:
    def make() -> str:
        order = taken(cast, LineRequest("LAMP", 2, None, 0, "blue"), LineRequest("GONE", 1))
        cast.product("GONE").sellable = False
        return order.number

    number = cast.made(make)
    browser = cast.client("clerk")
    assert f'href="/orders/new?like={number}"' in browser.get(f"/orders/{number}").text

    page = browser.get(f"/orders/new?like={number.lower()}")

    assert f"This is order {number} once more." in page.text
    shown = {name: value(page, name) for name in ("name", "line1", "customer", "shipping", "lines-0-sku", "lines-0-quantity", "lines-0-note")}
    assert list(shown.values()) == ["Mina Park", "12 Park Row", "Mina Park", "5.00", "LAMP", "2", "blue"]
    assert "It is not for sale any more." in rows(page)["1"]
    assert "unsure" in rows(page)["1"]
    assert "unsure" not in rows(page)["0"]
    with cast.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Order)) == 1
    assert browser.get("/orders/new?like=ZZZZ-ZZZZ").status_code == 404
    assert cast.client("picker").get(f"/orders/{number}").text.count("?like=") == 0


def test_marks_stay_through_a_refusal(cast: Cast) -> None:
    answer = cast.client("clerk").post("/orders/new", data=form(postcode="x", **{"mark-city": "Look <here>", "mark-lines-0-sku": "Which?"}))
    assert answer.status_code == 422
    assert "Look &lt;here&gt;" in answer.text
    assert re.search(r'name="mark-city" value="Look &lt;here&gt;"', answer.text)


def taken(cast: Cast, *lines: LineRequest) -> Order:
    """Mina's order of these, with 5.00 of shipping, placed an hour ago."""
    for line in lines:
        cast.stock(line.sku, line.quantity)
    mina, given = cast.customer(), dict[str, Any](channel="desk", currency="USD", shipping=500)
    request = OrderRequest(customer_id=mina.id, name=mina.name, address=cast.address_of(mina), lines=lines, **given)
    with clock.replaying(clock.now() - timedelta(hours=1)):
        return place(cast.session, request, by=cast.actor())


def reprice(session: Session, product: Product, price: int) -> None:
    """The catalogue says something else from now on."""
    publish(session, PriceChanged(product.id, product.price, price, "USD"), by=SYSTEM)
    product.price = price
    session.flush()
