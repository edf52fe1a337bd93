"""What one row cannot say of bad inputs: texts that come back as they went, and mistakes that are told together."""

import pytest

from tests.api.programs import Program, order_body, program
from tests.cast import Cast


@pytest.fixture
def shop(cast: Cast) -> Program:
    """A program with every right, and goods to be ordered."""
    cast.made(lambda: cast.stock("LAMP", 100))
    return program(cast, "orders", "prices", "stock", "catalogue")


def test_what_is_taken_as_it_is_comes_back_as_it_is(cast: Cast, shop: Program) -> None:
    """B34, B35, B52, B53: no text is harmed, and none does harm."""
    clerk = cast.client("clerk")
    for text in ("👩‍👩‍👧 Ω≈ç√ 张", "' OR 1=1--", "{{7*7}}", "<script>alert(1)</script>", "%s %(x)s", "\\", "a\u0301", "=1+1"):
        told = shop.post("/orders", order_body(("LAMP", 1), note=text)).get_json()
        kept = "á" if text == "a\u0301" else text
        assert told["note"] == kept
        assert shop.get(f"/orders/{told['number']}").get_json()["note"] == kept
        page = clerk.get(f"/orders/{told['number']}").text
        assert "<script>alert" not in page
        assert "49" not in page.split("{{7*7}}")[0][-5:]
        shop.post(f"/orders/{told['number']}/cancellation", {"reason": "customer"})


def test_a_misspelt_field_is_told_what_may_be_meant(shop: Program) -> None:
    """B41."""
    body = order_body(lines=[{"sku": "LAMP", "quantity": 1, "quantiy": 2}], customr={"name": "x"})

    messages = {error["pointer"]: error["message"] for error in shop.post("/orders", body).get_json()["errors"]}

    assert "“quantity”" in messages["/lines/0/quantiy"]
    assert "“customer”" in messages["/customr"]


def test_everything_that_is_wrong_is_said_at_once(shop: Program) -> None:
    body = order_body(lines=[{"sku": "", "quantity": 0, "unit_price": "x"}, {"quantity": 1}], currency="usd", shipping="1.001", priority="high")
    body["ship_to"]["country"] = "ZZ"

    wrong = {(error["pointer"], error["code"]) for error in shop.post("/orders", body).get_json()["errors"]}

    assert wrong == {
        ("/currency", "unknown_currency"), ("/shipping", "too_many_decimals"), ("/priority", "bad_type"), ("/ship_to/country", "unknown_country"),
        ("/lines/0/sku", "required"), ("/lines/0/quantity", "bad_quantity"), ("/lines/0/unit_price", "bad_amount"), ("/lines/1/sku", "required"),
    }  # fmt: skip
