"""The ledger of everything."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from flask.testing import FlaskClient

from logistics.core.actors import SYSTEM
from logistics.core.database import db
from logistics.inventory.adjusting import adjust
from logistics.inventory.models import MovementKind, Place, Reason
from logistics.inventory.receiving import receive
from tests.cast import Cast
from tests.inventory.pages import PART, stocked


@pytest.fixture
def ledger(cast: Cast) -> None:
    """Opening stock of 2026-01-31 (UTC), a receipt of 2026-02-01, a correction of today."""

    def make() -> None:
        session, lamp = db.session(), Place(cast.warehouse().id, cast.product("LAMP").id)
        receive(session, place=lamp, quantity=5, reference="OPEN", kind=MovementKind.OPENING, by=SYSTEM, at=datetime(2026, 1, 31, 23, 59, tzinfo=UTC))
        shade = Place(cast.warehouse("HANGZHOU").id, cast.product("SHADE").id)
        receive(session, place=shade, quantity=6, reference="PO-7", by=cast.actor("picker"), at=datetime(2026, 2, 1, 0, 0, tzinfo=UTC))
        adjust(session, level_id=cast.stock("BULB", 9).id, change=-2, reason=Reason.DAMAGED, by=cast.actor("picker"))

    cast.made(make)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["BULB", "BULB", "SHADE", "LAMP"]),
        ("sku=lamp", ["LAMP"]),
        ("warehouse=HANGZHOU", ["SHADE"]),
        ("kind=receipt", ["BULB", "SHADE"]),
        ("kind=adjustment", ["BULB"]),
        ("kind=nonsense", ["BULB", "BULB", "SHADE", "LAMP"]),
        ("from=2026-01-31&to=2026-01-31", ["LAMP"]),
        ("from=2026-02-01&to=2026-02-01", ["SHADE"]),
        ("from=2026-02-01&kind=adjustment", ["BULB"]),
        ("from=2026-02-30", ["BULB", "BULB", "SHADE", "LAMP"]),
        ("sku=NOTHING", []),
    ],
)
def test_it_is_filtered_by_its_address(ledger: None, picker: FlaskClient, query: str, expected: list[str]) -> None:
    text = picker.get(f"/movements/?{query}", headers=PART).text

    assert _skus(text) == expected
    assert ("A day was not understood" in text) == ("02-30" in query)


def test_it_is_searched_by_product(cast: Cast, picker: FlaskClient) -> None:
    stocked(cast, "LAMP", 5)
    stocked(cast, "SHADE", 5)

    assert _skus(picker.get("/movements/?q=lam", headers=PART).text) == ["LAMP"]


def test_each_row_says_who_why_and_what_was_there_then(ledger: None, picker: FlaskClient) -> None:
    row = picker.get("/movements/?kind=adjustment", headers=PART).text

    for fact in ("Adjusted", "Damaged", ">-2<", ">7<", "Picker"):
        assert fact in row
    assert "The system" in picker.get("/movements/?kind=opening", headers=PART).text


def test_it_goes_on_over_pages_at_the_same_cost(cast: Cast, picker: FlaskClient, queries: SimpleNamespace) -> None:
    cast.made(lambda: [cast.stock(f"P{number:03}", 1) for number in range(120)])
    seen, address = [], "/movements/"

    for _page in range(3):
        before = queries.count
        text = picker.get(address, headers=PART).text
        assert queries.count - before <= 5
        seen += _skus(text)
        address = "/movements/" + text.partition('rel="next" href="/movements/')[2].partition('"')[0].replace("&amp;", "&")

    assert seen == [f"P{number:03}" for number in reversed(range(120))]


def _skus(text: str) -> list[str]:
    return [part.partition("<")[0] for part in text.split('<span class="sub mono">')[1:]]
