"""Settings: taxes."""

from types import SimpleNamespace

import pytest
from flask.testing import FlaskClient

from logistics.catalog.models import TaxRate
from tests.cast import Cast

PART = {"HX-Request": "true", "HX-Request-Type": "partial"}
BRITAIN = {"country": "GB", "tax_class": "standard", "rate_bp": "20", "name": "VAT", "active": "y"}


@pytest.fixture
def manager(cast: Cast) -> FlaskClient:
    return cast.client("manager")


def saved(cast: Cast) -> list[tuple[str, str, int, str, bool]]:
    """The rates in the database."""
    rows = cast.made(lambda: [(row.country, row.tax_class, row.rate_bp, row.name, row.active) for row in cast.session.query(TaxRate)])
    return sorted(rows)


def only(cast: Cast) -> int:
    """The id of the one rate there is."""
    return int(cast.made(lambda: cast.session.query(TaxRate).one().id))


def test_a_rate_is_added_and_listed_by_country(cast: Cast, manager: FlaskClient) -> None:
    assert "No tax rates yet" in manager.get("/settings/taxes/").text

    answer = manager.post("/settings/taxes/new", data=BRITAIN)
    manager.post("/settings/taxes/new", data=BRITAIN | {"tax_class": "reduced", "rate_bp": "5"})
    manager.post("/settings/taxes/new", data=BRITAIN | {"country": "AT", "name": "USt"})

    assert (answer.status_code, answer.location) == (303, "/settings/taxes/")
    page = manager.get("/settings/taxes/").text
    assert "The tax rate is added." in page
    found = [page.index(text) for text in ("United Kingdom</a>", ">Reduced<", "Austria</a>", ">USt<")]
    assert found == sorted(found), "the common countries first, then by name; standard before reduced"
    assert saved(cast)[1] == ("GB", "reduced", 500, "VAT", True)


def test_a_wrong_rate_comes_back_with_what_was_typed(cast: Cast, manager: FlaskClient) -> None:
    wrong = (
        ({"rate_bp": "-5"}, "Write the rate in percent"),
        ({"rate_bp": "100.5"}, "Write the rate in percent"),
        ({"rate_bp": ""}, "This is needed."),
        ({"name": ""}, "This is needed."),
        ({"name": "V\x07T"}, "control character"),
        ({"country": ""}, "Choose a country from the list."),
        ({"country": "XX"}, "Not a valid choice"),
        ({"tax_class": "luxury"}, "Not a valid choice"),
    )
    for fields, said in wrong:
        for headers in ({}, PART):
            answer = manager.post("/settings/taxes/new", data=BRITAIN | fields, headers=headers)
            assert (answer.status_code, said in answer.text) == (422, True), fields
            assert ("<html" in answer.text) == (not headers)
    assert saved(cast) == []


def test_a_second_rate_of_a_class_is_refused_beside_its_box(cast: Cast, manager: FlaskClient) -> None:
    manager.post("/settings/taxes/new", data=BRITAIN)

    answer = manager.post("/settings/taxes/new", data=BRITAIN | {"rate_bp": "17.5"}, headers=PART)

    assert (answer.status_code, "There is a rate for this class in this country already." in answer.text) == (422, True)
    assert 'value="17.5"' in answer.text


def test_a_rate_is_changed_and_put_out_of_force(cast: Cast, manager: FlaskClient) -> None:
    manager.post("/settings/taxes/new", data=BRITAIN)
    here = f"/settings/taxes/{only(cast)}"
    page = manager.get(here).text
    assert "United Kingdom, Standard" in page
    assert 'value="20"' in page
    assert 'name="country"' not in page

    answer = manager.post(here, data={"rate_bp": "0", "name": "VAT (none)", "version": "1"})
    assert answer.status_code == 303
    assert saved(cast) == [("GB", "standard", 0, "VAT (none)", False)]
    assert 'value="0"' in manager.get(here).text
    late = manager.post(here, data={"rate_bp": "5", "name": "VAT", "version": "1"}, headers=PART)

    assert (late.status_code, "Rate is now “0”; you typed “5”." in late.text) == (409, True)
    assert manager.get("/settings/taxes/999999").status_code == 404


def test_a_rate_is_thrown_away(cast: Cast, manager: FlaskClient) -> None:
    manager.post("/settings/taxes/new", data=BRITAIN)
    here = f"/settings/taxes/{only(cast)}/removal"

    assert [manager.post(here).status_code for _time in range(2)] == [303, 303]
    assert saved(cast) == []


def test_who_only_reads_sees_the_rates_and_no_way_to_change_them(cast: Cast, manager: FlaskClient) -> None:
    manager.post("/settings/taxes/new", data=BRITAIN)
    auditor = cast.client("auditor")

    page = auditor.get("/settings/taxes/").text

    assert "United Kingdom" in page
    assert "/settings/taxes/new" not in page
    assert auditor.get(f"/settings/taxes/{only(cast)}").status_code == 403
    assert cast.client("clerk").get("/settings/taxes/").status_code == 403


def test_the_list_is_read_by_few_statements(cast: Cast, manager: FlaskClient, queries: SimpleNamespace) -> None:
    for country in ("GB", "NL", "DE", "FR", "IT"):
        manager.post("/settings/taxes/new", data=BRITAIN | {"country": country})
    manager.get("/settings/taxes/")
    queries.count = 0
    queries.statements.clear()

    manager.get("/settings/taxes/")

    assert queries.count <= 9, queries.statements
