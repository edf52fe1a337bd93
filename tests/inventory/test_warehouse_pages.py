"""Warehouses and distribution centres in the settings."""

import pytest
from flask.testing import FlaskClient

from tests.cast import Cast
from tests.inventory.pages import PART, stocked

YORK = {
    "code": "YORK", "name": "York", "kind": "distribution_centre", "line1": "1 Wharf Street", "city": "York", "postcode": "YO1 7HH",
    "country": "GB", "priority": "5", "active": "y",
}  # fmt: skip


def test_a_warehouse_is_added_and_listed_in_the_order_of_its_priority(cast: Cast, manager: FlaskClient) -> None:
    stocked(cast, "LAMP", 1200)

    added = manager.post("/settings/warehouses/new", data=YORK)
    text = manager.get("/settings/warehouses/").text

    assert (added.status_code, added.headers["Location"]) == (303, "/settings/warehouses/")
    assert text.index("YORK") < text.index("LEEDS")
    assert ("Distribution centre" in text, "1,200" in text) == (True, True)


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"code": "leeds"}, "There is a warehouse “LEEDS” already."),
        ({"code": ""}, "This is needed."),
        ({"code": "Ю1"}, "letters without accents"),
        ({"priority": "-1"}, "0 to 999,999"),
        ({"kind": "shed"}, "Not a valid choice"),
        ({"country": ""}, "Choose a country"),
        ({"postcode": "10115"}, "postcode"),
        ({"name": "x" * 201}, "At most 200"),
    ],
)
def test_wrong_input_is_422_and_stays_in_its_box(cast: Cast, manager: FlaskClient, wrong: dict[str, str], complaint: str) -> None:
    cast.made(lambda: cast.warehouse("LEEDS"))

    for headers in ({}, PART):
        answer = manager.post("/settings/warehouses/new", data=YORK | wrong, headers=headers)

        assert (answer.status_code, complaint in answer.text, 'value="York"' in answer.text or "name" in wrong) == (422, True, True)
        assert ("<html" in answer.text) == (not headers)


def test_a_warehouse_is_closed_and_a_late_save_shows_both_values(cast: Cast, manager: FlaskClient) -> None:
    manager.post("/settings/warehouses/new", data=YORK)
    address = manager.get("/settings/warehouses/").text.partition('<th scope="row" class="lead"><a href="')[2].partition('"')[0]
    closed = {name: value for name, value in YORK.items() if name != "active"}

    first = manager.post(address, data=closed | {"version": "1"})
    late = manager.post(address, data=YORK | {"priority": "9", "version": "1"}, headers=PART)
    again = manager.post(address, data=YORK | {"priority": "9", "version": "2"}, headers=PART)

    assert first.status_code == 303
    assert late.status_code == 409
    assert ("Priority is now “5”; you typed “9”." in late.text, 'name="version" type="hidden" value="2"' in late.text) == (True, True)
    assert again.headers["HX-Redirect"] == "/settings/warehouses/"


def test_only_managers_change_them_and_everybody_looks(cast: Cast) -> None:
    warehouse_id = cast.made(lambda: cast.warehouse("LEEDS").id)
    address = f"/settings/warehouses/{warehouse_id}"

    for page in ("/settings/warehouses/", address):
        assert cast.client(None).get(page, headers=PART).status_code == 401
        assert cast.client("clerk").get(page).status_code == 200
    assert "Save" not in cast.client("clerk").get(address).text
    for page in ("/settings/warehouses/new", address):
        assert cast.client("picker").post(page, data=YORK).status_code == 403
        assert cast.client(None).post(page, data=YORK).status_code == 401
    assert cast.client("picker").get("/settings/warehouses/new").status_code == 403
    assert cast.client("manager").get("/settings/warehouses/99999").status_code == 404
