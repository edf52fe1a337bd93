"""How much of a file is looked at, and how much of what is wrong in it is told: smaller than in earnest (tests/core/test_sheets.py)."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from logistics.core import jobs
from tests.cast import Cast
from tests.imports.uploads import checked, csv_file, order, rows_of


@pytest.fixture
def clerk(app: Flask, session: Session, cast: Cast) -> FlaskClient:
    """Somebody who imports orders of lamps."""
    jobs.init_app(app)
    cast.made(lambda: cast.stock("LAMP", 10))
    return cast.client("clerk")


def test_too_many_rows_are_refused_with_the_limit(clerk: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """B81."""
    monkeypatch.setattr("logistics.core.sheets.MOST_ROWS", 5)
    run = checked(clerk, csv_file([order(f"W-{at}") for at in range(7)]))

    (line,) = rows_of(run)
    assert (line.code, "5 rows" in line.message) == ("too_many_rows", True)


def test_more_errors_than_anybody_reads_are_cut_off(clerk: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("logistics.core.sheets.MOST_ERRORS", 3)
    run = checked(clerk, csv_file([order(f"W-{at}", quantity="none") for at in range(9)] + [order("W-10")]))

    assert [line.code for line in rows_of(run)] == ["too_many_errors", "bad_quantity", "bad_quantity", "bad_quantity"]
    assert run.new == 0
