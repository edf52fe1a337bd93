"""Every bad input gets the answer that the table promises: never a 500, nothing half written, the field named (B1-B84)."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from tests.api.bad_inputs import JSON_ROWS, ROWS, SURFACES, Bad, Sender
from tests.api.programs import order_body
from tests.cast import Cast
from tests.doors import fingerprints


@pytest.fixture
def sender(cast: Cast) -> Sender:
    """Whoever sends, with goods to be ordered."""
    return Sender.ready(cast)


@pytest.mark.parametrize(("number", "surface"), dict.fromkeys((row.number, row.surface) for row in ROWS))
def test_bad_inputs_are_answered_as_promised(sender: Sender, session: Session, number: str, surface: str) -> None:
    for row in [row for row in ROWS if (row.number, row.surface) == (number, surface)]:
        before = fingerprints(session)

        answer = sender.send(row)

        assert answer.status_code == row.status, (str(row), answer.text[:600])
        assert not any(word in answer.text for word in ("Traceback", "psycopg", "SELECT ", ".py")), str(row)
        if answer.content_type == "application/problem+json":
            assert "x" * 81 not in answer.text, "what was sent is repeated up to 80 characters"
            _check_problem(answer.get_json(), row)
        if row.status >= 400:
            assert fingerprints(session) == before, str(row)


def test_every_surface_has_its_rows() -> None:
    assert {row.surface for row in ROWS} == set(SURFACES)
    assert len({row.number for row in JSON_ROWS}) >= 40


def test_what_is_taken_as_it_is_comes_back_as_it_is(sender: Sender) -> None:
    """B34, B35, B52, B53: no text is harmed, and none does harm."""
    for text in ("👩‍👩‍👧 Ω≈ç√ 张", "' OR 1=1--", "{{7*7}}", "<script>alert(1)</script>", "%s %(x)s", "\\", "a\u0301", "=1+1"):
        told = sender.shop.post("/orders", order_body(("LAMP", 1), note=text)).get_json()
        kept = "á" if text == "a\u0301" else text
        assert told["note"] == kept
        assert sender.shop.get(f"/orders/{told['number']}").get_json()["note"] == kept
        page = sender.clerk.get(f"/orders/{told['number']}").text
        assert "<script>alert" not in page
        assert "49" not in page.split("{{7*7}}")[0][-5:]
        sender.shop.post(f"/orders/{told['number']}/cancellation", {"reason": "customer"})


def test_a_misspelt_field_is_told_what_may_be_meant(sender: Sender) -> None:
    """B41."""
    body = order_body(lines=[{"sku": "LAMP", "quantity": 1, "quantiy": 2}], customr={"name": "x"})

    messages = {error["pointer"]: error["message"] for error in sender.shop.post("/orders", body).get_json()["errors"]}

    assert "“quantity”" in messages["/lines/0/quantiy"]
    assert "“customer”" in messages["/customr"]


def test_everything_that_is_wrong_is_said_at_once(sender: Sender) -> None:
    body = order_body(lines=[{"sku": "", "quantity": 0, "unit_price": "x"}, {"quantity": 1}], currency="usd", shipping="1.001", priority="high")
    body["ship_to"]["country"] = "ZZ"

    wrong = {(error["pointer"], error["code"]) for error in sender.shop.post("/orders", body).get_json()["errors"]}

    assert wrong == {
        ("/currency", "unknown_currency"), ("/shipping", "too_many_decimals"), ("/priority", "bad_type"), ("/ship_to/country", "unknown_country"),
        ("/lines/0/sku", "required"), ("/lines/0/quantity", "bad_quantity"), ("/lines/0/unit_price", "bad_amount"), ("/lines/1/sku", "required"),
    }  # fmt: skip


def _check_problem(problem: dict[str, Any], row: Bad) -> None:
    errors = problem.get("errors", [])
    assert problem["title"]
    assert problem["status"] == row.status
    assert problem["request_id"]
    assert all(error["message"] and len(error["message"]) < 400 for error in errors)
    if row.code:
        assert row.code in {problem["code"], *(error["code"] for error in errors)}, problem
    if row.pointer:
        assert row.pointer in {error["pointer"] for error in errors}, problem
