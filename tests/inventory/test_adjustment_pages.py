"""Changing stock in its row, or on a page of its own."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from logistics.core.actors import SYSTEM
from logistics.core.database import db
from logistics.core.keys import new_key
from logistics.inventory.adjusting import adjust
from logistics.inventory.arranging import set_bin, set_reorder_point
from logistics.inventory.models import Movement, Reason, StockLevel
from tests.cast import Cast
from tests.inventory.pages import PART, send, stocked
from tests.inventory.promises import promise


def test_the_row_becomes_a_form_and_the_answer_is_the_changed_row(cast: Cast, picker: FlaskClient) -> None:
    level_id = stocked(cast, "LAMP", 10)

    form = picker.get(f"/stock/{level_id}/adjustments", headers=PART).text
    answer = send(picker, f"/stock/{level_id}/adjustments", change="-3", reason="damaged")

    assert form.strip().startswith(f'<tr class="editing" id="stock-level-{level_id}">')
    assert answer.status_code == 200
    assert answer.text.strip().startswith(f'<tr id="stock-level-{level_id}" data-flash class="changed">')
    assert ('/on-hand">7</a>' in answer.text, "LAMP in LEEDS: 7 on hand." in answer.text) == (True, True)


def test_a_plain_form_page_does_the_same(cast: Cast, picker: FlaskClient) -> None:
    level_id = stocked(cast, "LAMP", 10)

    page = picker.get(f"/stock/{level_id}/adjustments?in=product")
    answer = send(picker, f"/stock/{level_id}/adjustments?in=product", part=False, counted="7", version="2")

    assert ("<html" in page.text, 'name="version" type="hidden" value="2"' in page.text) == (True, True)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/stock/LAMP")
    assert _movements(cast) == [(10, ""), (-3, "counted")]


def test_on_the_page_of_the_product_totals_and_ledger_change_along(cast: Cast, picker: FlaskClient) -> None:
    level_id = stocked(cast, "LAMP", 10)

    answer = send(picker, f"/stock/{level_id}/adjustments?in=product", change="+5", reason="found")

    assert '<hx-partial hx-target="#stock-totals"' in answer.text
    assert '<span class="value">15</span>' in answer.text
    assert "Found" in answer.text.partition('<hx-partial hx-target="#movements"')[2]


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({}, "Type either the change"),
        ({"change": "-1", "counted": "9"}, "Type either the change"),
        ({"change": "-1"}, "Say why."),
        ({"change": "1_0", "reason": "found"}, "whole number with its sign"),
        ({"change": "\u22121", "reason": "lost"}, "not a plain minus"),
        ({"change": "0", "reason": "lost"}, "whole number with its sign"),
        ({"counted": "-1"}, "0 to 999,999"),
        ({"counted": "12x"}, "0 to 999,999"),
        ({"change": "-1", "reason": "stolen"}, "Not a valid choice"),
    ],
)
def test_wrong_input_is_422_and_stays_in_its_box(cast: Cast, picker: FlaskClient, fields: dict[str, str], complaint: str) -> None:
    level_id = stocked(cast, "LAMP", 10)

    for part in (True, False):
        answer = send(picker, f"/stock/{level_id}/adjustments", part=part, **fields)

        assert answer.status_code == 422
        assert complaint in answer.text
        for name in ("change", "counted"):
            assert f'value="{fields.get(name, "")}"' in answer.text
        assert ("<html" in answer.text) != part
    assert _movements(cast) == [(10, "")]


def test_promised_units_stay_and_the_answer_links_the_orders(cast: Cast, picker: FlaskClient) -> None:
    level_id = stocked(cast, "LAMP", 10)
    cast.made(lambda: promise(db.session(), cast, ("LAMP", 8), reference="AAAA-0001"))

    answer = send(picker, f"/stock/{level_id}/adjustments", change="-3", reason="lost")

    assert answer.status_code == 409
    assert ('href="/orders/AAAA-0001"' in answer.text, "8 units are reserved." in answer.text, 'value="-3"' in answer.text) == (True, True, True)


def test_a_count_of_what_has_moved_since_is_409_and_counts_when_sent_again(cast: Cast, picker: FlaskClient) -> None:
    level_id = stocked(cast, "LAMP", 10)
    cast.made(lambda: adjust(db.session(), level_id=level_id, change=-1, reason=Reason.LOST, by=SYSTEM))

    late = send(picker, f"/stock/{level_id}/adjustments", counted="12", version="2")
    again = send(picker, f"/stock/{level_id}/adjustments", counted="12", version="3")

    assert late.status_code == 409
    assert ("9 are on hand now" in late.text, 'type="hidden" value="3"' in late.text, 'value="12"' in late.text) == (True, True, True)
    assert again.status_code == 200


def test_a_large_correction_is_refused_to_the_warehouse_and_made_by_a_manager(cast: Cast, picker: FlaskClient, manager: FlaskClient) -> None:
    level_id = stocked(cast, "LAMP", 100)

    refused = send(picker, f"/stock/{level_id}/adjustments", change="-51", reason="lost")
    made = send(manager, f"/stock/{level_id}/adjustments", change="-51", reason="lost")

    assert (refused.status_code, "need a manager" in refused.text) == (403, True)
    assert made.status_code == 200


def test_a_form_sent_twice_counts_once(cast: Cast, picker: FlaskClient) -> None:
    level_id, key = stocked(cast, "LAMP", 10), new_key()

    answers = [send(picker, f"/stock/{level_id}/adjustments", change="-1", reason="lost", form_key=key) for _time in range(2)]

    assert answers[0].text == answers[1].text
    assert _movements(cast) == [(10, ""), (-1, "lost")]


def test_more_fields_than_the_form_has_change_nothing_more(cast: Cast, picker: FlaskClient) -> None:
    level_id = stocked(cast, "LAMP", 10)

    send(picker, f"/stock/{level_id}/adjustments", change="-1", reason="lost", reserved="5", on_hand="500", beyond_limit="1")

    level = _level(cast, level_id)
    assert (level.on_hand, level.reserved) == (9, 0)


def test_reorder_point_and_bin_are_set_in_the_row(cast: Cast, picker: FlaskClient) -> None:
    level_id = stocked(cast, "LAMP", 10)

    form = picker.get(f"/stock/{level_id}/arrangement", headers=PART).text
    answer = send(picker, f"/stock/{level_id}/arrangement", reorder_point="12", bin="A-01-3", seen_reorder_point="0", seen_bin="")

    assert 'name="seen_reorder_point"' in form
    assert answer.status_code == 200
    assert (">12</a>" in answer.text, "A-01-3" in answer.text, "badge tone-warning" in answer.text) == (True, True, True)


def test_arranging_what_somebody_else_arranged_is_409_and_shows_their_value(cast: Cast, picker: FlaskClient) -> None:
    level_id = stocked(cast, "LAMP", 10)
    cast.made(
        lambda: [
            set_reorder_point(db.session(), level_id=level_id, reorder_point=7, by=SYSTEM),
            set_bin(db.session(), level_id=level_id, to="B-1", by=SYSTEM),
        ]
    )

    late = send(picker, f"/stock/{level_id}/arrangement", reorder_point="12", bin="B-1", seen_reorder_point="0", seen_bin="")
    again = send(picker, f"/stock/{level_id}/arrangement", reorder_point="12", bin="B-1", seen_reorder_point="7", seen_bin="B-1")

    assert late.status_code == 409
    assert ("changed to 7 meanwhile" in late.text, 'name="seen_reorder_point" type="hidden" value="7"' in late.text) == (True, True)
    assert again.status_code == 200
    assert _level(cast, level_id).reorder_point == 12


def test_a_refused_bin_leaves_the_reorder_point_and_shows_it_as_it_is(cast: Cast, picker: FlaskClient) -> None:
    level_id = stocked(cast, "LAMP", 10)
    cast.made(lambda: set_bin(db.session(), level_id=level_id, to="B-1", by=SYSTEM))

    late = send(picker, f"/stock/{level_id}/arrangement", reorder_point="12", bin="C-2", seen_reorder_point="0", seen_bin="")

    assert late.status_code == 409
    assert 'name="seen_reorder_point" type="hidden" value="0"' in late.text
    assert _level(cast, level_id).reorder_point == 0


@pytest.mark.parametrize(
    "fields", [{"reorder_point": "-1"}, {"reorder_point": ""}, {"reorder_point": "1", "bin": "A" * 21}, {"reorder_point": "1", "bin": "\u0410-1"}]
)
def test_wrong_arrangements_are_422(cast: Cast, picker: FlaskClient, fields: dict[str, str]) -> None:
    level_id = stocked(cast, "LAMP", 10)

    assert send(picker, f"/stock/{level_id}/arrangement", **fields).status_code == 422


@pytest.mark.parametrize("noun", ["adjustments", "arrangement"])
def test_only_who_may_adjust_can(cast: Cast, noun: str) -> None:
    address = f"/stock/{stocked(cast, 'LAMP', 10)}/{noun}"

    assert cast.client(None).get(address, headers=PART).status_code == 401
    assert send(cast.client(None), address, change="1").status_code == 401
    for who in ("clerk", "auditor"):
        assert cast.client(who).get(address).status_code == 403
        assert send(cast.client(who), address, change="1", reason="found").status_code == 403
        assert "Adjust" not in cast.client(who).get("/stock/", headers=PART).text
    assert cast.client("picker").get("/stock/99999/" + noun).status_code == 404
    assert _movements(cast) == [(10, "")]


def test_leaving_a_row_alone_gives_it_back(cast: Cast, picker: FlaskClient) -> None:
    level_id = stocked(cast, "LAMP", 10)

    assert picker.get(f"/stock/{level_id}/row", headers=PART).text.strip().startswith(f'<tr id="stock-level-{level_id}" data-flash>')


def _movements(cast: Cast) -> list[tuple[int, str]]:
    with cast.app.app_context():
        return [(row.quantity, row.reason) for row in cast.session.execute(select(Movement.quantity, Movement.reason).order_by(Movement.id))]


def _level(cast: Cast, level_id: int) -> StockLevel:
    with cast.app.app_context():
        return cast.session.get_one(StockLevel, level_id)
