"""Correcting where an order goes, on its page."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from logistics.notifications.models import Message
from logistics.orders.models import Order
from tests.cast import Cast

PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}
NAMES = ("seen", "line1", "line2", "postcode", "city", "district", "region")
THERE = {"line1": "7 Elm Close", "city": "York", "postcode": "YO1 7HH"}


def ask(browser: FlaskClient, number: str) -> dict[str, str]:
    """What the form holds before anybody types."""
    page = browser.get(f"/orders/{number}/address").text
    boxes = [dict(re.findall(r'(\w+)="([^"]*)"', tag)) for tag in re.findall(r"<input[^>]*>", page)]
    return {box["name"]: box.get("value", "") for box in boxes if box.get("name") in NAMES}


def send(browser: FlaskClient, number: str, *, headers: dict[str, str] | None = None, **typed: str) -> Any:
    return browser.post(f"/orders/{number}/address", data=typed, headers=headers)


def goes_to(cast: Cast, number: str) -> tuple[str, ...]:
    order = cast.made(lambda: cast.session.scalars(select(Order).where(Order.number == number)).one().address)
    return order.line1, order.city, order.postcode, order.country


def told_of(cast: Cast) -> list[tuple[str, Any]]:
    rows = select(Message.recipient, Message.facts["by_us"]).where(Message.milestone == "address_changed").order_by(Message.id)
    return cast.made(lambda: [tuple(row) for row in cast.session.execute(rows)])


def test_a_clerk_corrects_the_address_in_place_and_the_customer_is_told(cast: Cast) -> None:
    number = cast.made(lambda: cast.shipment(state="picked").order.number)
    browser = cast.client("clerk")
    assert f'hx-get="/orders/{number}/address"' in browser.get(f"/orders/{number}").text
    shown = ask(browser, number)
    assert (shown["line1"], shown["postcode"]) == ("12 Park Row", "LS1 5HD")

    answer = send(browser, number, headers=PARTIAL, **{**shown, **THERE})

    assert answer.status_code == 200
    assert "7 Elm Close" in answer.text
    assert "The address is corrected." in answer.text
    assert "Delivery address corrected</strong>" in answer.text, "its history says so"
    assert goes_to(cast, number) == ("7 Elm Close", "York", "YO1 7HH", "GB")
    assert told_of(cast) == [("mina@example.com", True)]


def test_it_works_as_a_plain_form_and_saving_it_twice_changes_nothing(cast: Cast) -> None:
    number = cast.made(lambda: cast.order().number)
    browser = cast.client("clerk")
    shown = ask(browser, number)

    answers = [send(browser, number, **{**shown, **THERE}) for _turn in range(2)]

    assert [(answer.status_code, answer.location) for answer in answers] == [(303, f"/orders/{number}")] * 2
    assert len(told_of(cast)) == 1


@pytest.mark.parametrize("headers", [PARTIAL, {}])
def test_a_wrong_address_is_refused_by_its_countrys_rules_with_what_was_typed(cast: Cast, headers: dict[str, str]) -> None:
    number = cast.made(lambda: cast.order().number)
    browser = cast.client("clerk")

    answer = send(browser, number, headers=headers, **{**ask(browser, number), **THERE, "line1": "", "postcode": "NOW<b>HERE"})

    assert (answer.status_code, answer.headers.get("HX-Retarget")) == (422, "#asked" if headers else None)
    assert 'value="NOW&lt;b&gt;HERE"' in answer.text
    assert 'id="line1-errors"' in answer.text
    assert 'id="postcode-errors"' in answer.text
    assert 'value="York"' in answer.text
    assert goes_to(cast, number)[0] == "12 Park Row"


@pytest.mark.parametrize(
    ("field", "text"), [("line1", "x" * 201), ("city", "Yo\0rk"), ("postcode", "1" * 21), ("line2", "a\x1b[31m"), ("region", "x" * 101), ("seen", "")]
)
def test_what_no_box_takes_is_refused_and_nothing_is_written(cast: Cast, field: str, text: str) -> None:
    number = cast.made(lambda: cast.order().number)
    browser = cast.client("clerk")

    assert send(browser, number, **{**ask(browser, number), **THERE, field: text}).status_code == 422
    assert goes_to(cast, number)[0] == "12 Park Row"


def test_a_chinese_address_is_checked_by_chinese_rules(cast: Cast) -> None:
    mei = {"line1": "人民路 1 号", "district": "西湖区", "city": "杭州市", "region": "浙江省", "postcode": "310000", "country": "CN"}
    number = cast.made(lambda: cast.order(customer=cast.customer("王梅", email="mei@example.com", **mei)).number)
    browser = cast.client("clerk")
    shown = ask(browser, number)

    assert send(browser, number, **{**shown, "region": "约克郡"}).status_code == 422
    assert send(browser, number, **{**shown, "line1": "文三路 8 号", "postcode": ""}).status_code == 303
    assert goes_to(cast, number) == ("文三路 8 号", "杭州市", "", "CN")


def test_whoever_comes_second_is_shown_what_was_corrected_meanwhile(cast: Cast) -> None:
    number = cast.made(lambda: cast.order().number)
    first, second = cast.client("clerk"), cast.client("manager")
    shown = ask(second, number)
    send(first, number, **{**shown, **THERE})

    late = send(second, number, headers=PARTIAL, **{**shown, "line1": "9 Oak Road"})

    assert (late.status_code, late.headers["HX-Retarget"]) == (409, "#asked")
    assert "Street and number is now “7 Elm Close”; you typed “9 Oak Road”." in late.text
    assert goes_to(cast, number)[0] == "7 Elm Close"
    seen = re.findall(r'name="seen"[^>]*value="(\w+)"|value="(\w+)"[^>]*name="seen"', late.text)[0]
    again = send(second, number, **{**shown, "line1": "9 Oak Road", "seen": "".join(seen)})
    assert again.status_code == 303
    assert goes_to(cast, number)[0] == "9 Oak Road"


@pytest.mark.parametrize("state", ["packed", "shipped"])
def test_once_it_is_packed_nobody_is_offered_it_and_it_is_refused(cast: Cast, state: str) -> None:
    number = cast.made(lambda: cast.order().number)
    browser = cast.client("manager")
    shown = ask(browser, number)
    packed = cast.made(lambda: cast.shipment(state=state).order.number)

    assert f"/orders/{packed}/address" not in browser.get(f"/orders/{packed}").text
    assert "is packed or closed" in browser.get(f"/orders/{packed}/address").text
    late = send(browser, packed, headers=PARTIAL, **{**shown, **THERE})
    assert (late.status_code, late.headers["HX-Retarget"]) == (409, "#toast")
    assert goes_to(cast, packed)[0] == "12 Park Row"


@pytest.mark.parametrize("who", ["picker", "auditor"])
def test_the_warehouse_and_the_auditor_correct_no_address(cast: Cast, who: str) -> None:
    number = cast.made(lambda: cast.order().number)
    browser = cast.client(who)

    assert f"/orders/{number}/address" not in browser.get(f"/orders/{number}").text
    assert [browser.get(f"/orders/{number}/address").status_code, send(browser, number, **THERE).status_code] == [403, 403]


def test_an_order_that_is_not_there_has_no_address(cast: Cast) -> None:
    browser = cast.client("clerk")
    assert [browser.get("/orders/L-NONE/address").status_code, send(browser, "L-NONE", seen="x", **THERE).status_code] == [404, 404]
