"""Settings: carriers."""

import pytest
from flask.testing import FlaskClient

from logistics.fulfilment.models import Carrier
from tests.cast import Cast

PART = {"HX-Request": "true", "HX-Request-Type": "partial"}
DHL = {"code": "DHL", "name": "DHL", "tracking_url": "https://dhl.example/{number}", "active": "y"}


@pytest.fixture
def manager(cast: Cast) -> FlaskClient:
    return cast.client("manager")


def saved(cast: Cast) -> dict[str, tuple[str, str, bool]]:
    """The carriers in the database."""
    return dict(cast.made(lambda: {row.code: (row.name, row.tracking_url, row.active) for row in cast.session.query(Carrier)}))


def test_a_carrier_is_added_and_listed(cast: Cast, manager: FlaskClient) -> None:
    assert "No carriers yet" in manager.get("/settings/carriers/").text

    answer = manager.post("/settings/carriers/new", data=DHL)

    assert (answer.status_code, answer.headers["Location"]) == (303, "/settings/carriers/")
    page = manager.get("/settings/carriers/").text
    assert "DHL takes parcels now." in page
    assert "https://dhl.example/{number}" in page


def test_a_wrong_carrier_comes_back_with_what_was_typed(cast: Cast, manager: FlaskClient) -> None:
    wrong = (
        ({"tracking_url": "http://dhl.example/{number}"}, "Write the whole address"),
        ({"tracking_url": "javascript:alert({number})"}, "Write the whole address"),
        ({"tracking_url": "https://dhl.example/"}, "Write {number} once"),
        ({"name": ""}, "This is needed."),
        ({"code": "D H L"}, "letters without accents"),
        ({"code": "../x"}, "letters without accents"),
        ({"name": "a\x07b"}, "control character"),
    )
    for fields, said in wrong:
        for headers in ({}, PART):
            answer = manager.post("/settings/carriers/new", data=DHL | fields, headers=headers)
            assert (answer.status_code, said in answer.text) == (422, True), fields
            assert ("<html" in answer.text) == (not headers)
    assert saved(cast) == {}


def test_a_code_that_is_taken_is_said_beside_its_box(cast: Cast, manager: FlaskClient) -> None:
    manager.post("/settings/carriers/new", data=DHL)

    answer = manager.post("/settings/carriers/new", data=DHL | {"code": "dhl"}, headers=PART)

    assert (answer.status_code, "There is a carrier with the code DHL already." in answer.text) == (422, True)


def test_a_carrier_is_changed_and_let_go(cast: Cast, manager: FlaskClient) -> None:
    manager.post("/settings/carriers/new", data=DHL)
    page = manager.get("/settings/carriers/DHL").text
    assert 'name="version" type="hidden" value="1"' in page

    answer = manager.post("/settings/carriers/DHL", data={"name": "DHL Express", "tracking_url": "", "version": "1"})

    assert answer.status_code == 303
    assert saved(cast) == {"DHL": ("DHL Express", "", False)}
    assert manager.get("/settings/carriers/NONE").status_code == 404


def test_a_save_that_comes_too_late_is_409_and_shows_both_values(cast: Cast, manager: FlaskClient) -> None:
    """P29."""
    manager.post("/settings/carriers/new", data=DHL)
    manager.post("/settings/carriers/DHL", data=DHL | {"name": "DHL Express", "version": "1"})

    late = manager.post("/settings/carriers/DHL", data=DHL | {"name": "DHL Paket", "version": "1"}, headers=PART)

    assert late.status_code == 409
    assert "Name is now “DHL Express”; you typed “DHL Paket”." in late.text
    assert saved(cast)["DHL"][0] == "DHL Express"
    assert manager.post("/settings/carriers/DHL", data=DHL | {"name": "DHL Paket", "version": "2"}).status_code == 303


@pytest.mark.parametrize("who", ["clerk", "picker", "auditor"])
def test_carriers_are_for_managers(cast: Cast, who: str) -> None:
    browser = cast.client(who)
    assert browser.get("/settings/carriers/").status_code == 403
    assert browser.post("/settings/carriers/new", data=DHL).status_code == 403
    assert cast.client(None).post("/settings/carriers/new", data=DHL).status_code == 401
    assert saved(cast) == {}
