"""Settings: carriers."""

from datetime import time

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from logistics.fulfilment.contracting import CarrierFacts, ServiceFacts
from logistics.fulfilment.models import Carrier
from logistics.fulfilment.zoning import Zone
from tests.cast import Cast

PART = {"HX-Request": "true", "HX-Request-Type": "partial"}
DHL = {"code": "DHL", "name": "DHL", "tracking_url": "https://dhl.example/{number}", "active": "y", "takes_parcels": "y"}


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
        ({"cut_off": "25:00"}, "Write hours and minutes, like 16:00."),
        ({"timezone": "Europe/Lodnon"}, "Write the zone like Europe/London."),
        ({"hook_format": "smoke"}, "Not a valid choice"),
        ({"services-0-code": "express"}, "Name: This is needed."),
        ({"services-0-code": "a b", "services-0-name": "Express"}, "letters without accents"),
        ({"services-0-code": "x", "services-0-name": "A", "services-3-code": "X", "services-3-name": "B"}, "a service with this code above"),
        ({"days-local-least": "three"}, "Write whole days"),
        ({"days-local-least": "4", "days-local-most": "3"}, "The fewest days cannot be more than the most."),
        ({"days-far-most": "366"}, "Write whole days"),
    )
    for fields, said in wrong:
        for headers in ({}, PART):
            answer = manager.post("/settings/carriers/new", data=DHL | fields, headers=headers)
            assert (answer.status_code, said in answer.text) == (422, True), fields
            assert ("<html" in answer.text) == (not headers)
            assert all(f'value="{value}"' in answer.text for name, value in fields.items() if name.startswith(("services", "days", "cut", "time")))
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


def test_services_days_and_the_rest_are_saved_as_typed(cast: Cast, manager: FlaskClient) -> None:
    typed = {
        "cut_off": "16:30",
        "timezone": "europe/london",
        "hook_format": "own",
        "aliases": "DHL-Express, dhl_paket  dhl_paket",
        "services-0-code": "express",
        "services-0-name": "Express",
        "services-0-active": "y",
        "services-7-code": "night",
        "services-7-name": "By night",
        "days-local-least": "1",
        "days-local-most": "2",
        "days-far-most": "9",
    }
    assert manager.post("/settings/carriers/new", data=DHL | typed).status_code == 303

    def facts() -> CarrierFacts:
        return CarrierFacts.of(cast.session.scalars(select(Carrier)).one())

    saved = cast.made(facts)
    assert (saved.cut_off, saved.timezone, saved.hook_format, saved.aliases) == (time(16, 30), "Europe/London", "own", "dhl-express dhl_paket")
    assert saved.services == (ServiceFacts("express", "Express"), ServiceFacts("night", "By night", active=False))
    assert saved.days == {Zone.LOCAL: (1, 2), Zone.FAR: (9, 9)}
    page = manager.get("/settings/carriers/DHL").text
    for shown in ('value="16:30"', 'value="Europe/London"', 'value="dhl-express dhl_paket"', 'name="services-1-code" value="night"', 'value="9"'):
        assert shown in page


def test_rows_of_services_come_and_go_without_a_script(cast: Cast, manager: FlaskClient) -> None:
    typed = DHL | {"services-2-code": "express", "services-2-name": "Express", "name": "Typed so far"}
    more = manager.post("/settings/carriers/new", data=typed | {"more": "1"})
    assert (more.status_code, 'name="services-3-code"' in more.text, 'value="Typed so far"' in more.text) == (200, True, True)

    fewer = manager.post("/settings/carriers/new", data=typed | {"drop": "2"})
    assert (fewer.status_code, 'name="services-2-code"' in fewer.text) == (200, False)
    assert saved(cast) == {}


def test_a_late_save_shows_days_and_services_too(cast: Cast, manager: FlaskClient) -> None:
    manager.post("/settings/carriers/new", data=DHL | {"days-local-least": "1"})
    manager.post("/settings/carriers/DHL", data=DHL | {"version": "1", "days-local-least": "2"})

    late = manager.post("/settings/carriers/DHL", data=DHL | {"version": "1", "days-local-least": "3", "cut_off": "15:00"}, headers=PART)

    assert late.status_code == 409
    assert "Days on the way is now “Same region 2–2”; you typed “Same region 3–3”." in late.text


def test_the_list_is_searched_and_says_who_only_reports(cast: Cast, manager: FlaskClient) -> None:
    manager.post("/settings/carriers/new", data=DHL | {"aliases": "deutsche-post"})
    manager.post("/settings/carriers/new", data={"code": "AS", "name": "AfterShip", "hook_format": "aftership", "active": "y"})

    assert "Only reports" in manager.get("/settings/carriers/").text
    found = manager.get("/settings/carriers/?q=DEUTSCHE").text
    assert ("/settings/carriers/DHL" in found, "/settings/carriers/AS" in found) == (True, False)
    assert "/settings/carriers/AS" in manager.get("/settings/carriers/?state=reporting").text
    assert "No carrier fits" in manager.get("/settings/carriers/?q=100%25_x").text
    assert manager.get("/settings/carriers/?state=up").status_code == 422


@pytest.mark.parametrize("who", ["clerk", "picker", "auditor"])
def test_carriers_are_for_managers(cast: Cast, who: str) -> None:
    browser = cast.client(who)
    assert browser.get("/settings/carriers/").status_code == 403
    assert browser.post("/settings/carriers/new", data=DHL).status_code == 403
    assert cast.client(None).post("/settings/carriers/new", data=DHL).status_code == 401
    assert saved(cast) == {}
