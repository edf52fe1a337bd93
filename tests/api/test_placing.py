"""Programs place orders: by the same capability as the desk, all of it or nothing (T2, P3, P7)."""

from flask import Flask
from sqlalchemy.orm import Session

from tests.api.programs import order_body, program
from tests.cast import Cast


def test_an_order_is_placed_and_told_in_full(app: Flask, cast: Cast, session: Session) -> None:
    cast.made(lambda: cast.stock("LAMP", 5))
    shop = program(cast)

    answer = shop.post("/orders", order_body(("lamp", 2), external_id="WEB-1", shipping="4.50", note="Ring\ntwice", priority=3))

    assert answer.status_code == 201, answer.text
    told = answer.get_json()
    assert told["status"] == "unpaid"
