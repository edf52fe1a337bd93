"""The board: what waits in the warehouses, as it is now."""

from types import SimpleNamespace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from logistics.fulfilment import queries
from logistics.fulfilment.models import Shipment
from logistics.orders.holding import hold
from logistics.orders.models import HoldReason
from tests.cast import Cast

PART = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture
def picker(cast: Cast) -> FlaskClient:
    return cast.client("picker")


def column(text: str, stage: str) -> str:
    """The part of the page that is one column."""
    return text.split(f'id="to-{stage}"')[1].split("</section>")[0]


def test_each_shipment_stands_in_the_column_of_what_is_to_be_done_with_it(cast: Cast, picker: FlaskClient) -> None:
    states = {"pick": "pending", "pack": "picked", "dispatch": "packed", "": "shipped"}
    numbers = {stage: cast.made(lambda state=state: cast.shipment(state=state).order.number) for stage, state in states.items()}

    page = picker.get("/fulfilment/").text

    for stage in ("pick", "pack", "dispatch"):
        assert [number in column(page, stage) for number in numbers.values()] == [stage == other for other in numbers]
    assert numbers[""] not in page
    assert "2 units" in column(page, "pick")
    assert "1 line " in column(page, "pick")


def test_an_empty_column_says_what_comes_there(cast: Cast, picker: FlaskClient) -> None:
    page = picker.get("/fulfilment/").text

    assert "Paid orders come here by themselves." in column(page, "pick")
    assert "Packed parcels wait here for their carrier." in column(page, "dispatch")


def test_the_warehouse_filter_stands_in_the_url(cast: Cast, picker: FlaskClient) -> None:
    def place() -> list[str]:
        cast.stock("LAMP", 2)
        cast.stock("LAMP", 3, at="HANGZHOU")
        order = cast.order(lines=[("LAMP", 5)], pay="transfer")
        parcels = cast.session.scalars(select(Shipment).where(Shipment.order_id == order.id).order_by(Shipment.id))
        return [parcel.reference for parcel in parcels]

    leeds, hangzhou = cast.made(place)

    both = picker.get("/fulfilment/").text
    assert leeds in both
    assert hangzhou in both
    only = picker.get("/fulfilment/?warehouse=HANGZHOU").text
    assert hangzhou in only
    assert leeds not in only
    assert 'value="HANGZHOU" selected' in only
    assert picker.get("/fulfilment/?warehouse=NOWHERE").status_code == 422


def test_a_column_is_paged_from_the_oldest_on(cast: Cast, picker: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "PAGE", 2)
    numbers = [cast.made(lambda: cast.shipment().order.number) for _number in range(5)]
    seen: list[str] = []
    address = "/fulfilment/?tab=pick"
    while address:
        text = column(picker.get(address).text, "pick")
        seen += [number for number in numbers if number in text]
        after = text.split('rel="next" href="')[1:]
        address = after[0].split('"')[0].replace("&amp;", "&") if after else ""

    assert seen == numbers


@pytest.mark.parametrize("query", ["tab=nothing", "cursor=x", "cursor=WyJ4Il0", "tab=pack&cursor=%20"])
def test_a_list_that_does_not_exist_is_refused(cast: Cast, picker: FlaskClient, query: str) -> None:
    assert picker.get(f"/fulfilment/?{query}").status_code == 422


def test_htmx_gets_the_board_alone_and_nothing_when_nothing_changed(cast: Cast, picker: FlaskClient) -> None:
    reference = cast.made(lambda: cast.shipment().reference)
    first = picker.get("/fulfilment/", headers=PART)
    assert first.text.strip().startswith('<div class="board region" id="board"')
    tag = first.headers["HX-PTag"]

    assert picker.get("/fulfilment/", headers=PART | {"HX-PTag": tag}).status_code == 304
    cast.made(lambda: cast.work_on(cast.session.scalars(select(Shipment).where(Shipment.reference == reference)).one(), "picked"))
    again = picker.get("/fulfilment/", headers=PART | {"HX-PTag": tag})

    assert (again.status_code, reference in column(again.text, "pack")) == (200, True)


def test_a_scan_opens_the_shipment_or_that_of_an_order(cast: Cast, picker: FlaskClient) -> None:
    shipment = cast.made(lambda: cast.shipment(lines=[("LAMP", 1)]))
    address = f"/shipments/{shipment.reference}"
    typed = shipment.reference.lower().replace("-", " ")

    for code in (shipment.reference, typed, cast.made(lambda: cast.session.get_one(Shipment, shipment.id).order.number)):
        answer = picker.get("/fulfilment/", query_string={"code": code})
        assert (answer.status_code, answer.headers["Location"]) == (303, address)
    for code in ("S-0000-0000", "nonsense", "x" * 500):
        answer = picker.get("/fulfilment/", query_string={"code": code}, follow_redirects=True)
        assert "has the code" in answer.text


def test_reading_the_board_takes_a_handful_of_queries_however_much_waits(cast: Cast, picker: FlaskClient, queries: SimpleNamespace) -> None:
    cast.made(lambda: [cast.shipment(lines=[("LAMP", 1), ("SHADE", 1)], state=state) for state in ("pending", "picked", "packed")])
    picker.get("/fulfilment/")
    queries.count = 0
    picker.get("/fulfilment/")
    few = queries.count
    cast.made(lambda: [cast.shipment(lines=[("LAMP", 1), ("SHADE", 1)]) for _number in range(6)])
    queries.count = 0
    page = picker.get("/fulfilment/")

    assert queries.count == few <= 14
    assert len(page.data) < 40_000


def test_who_may_look_and_who_may_not(cast: Cast) -> None:
    for who in ("admin", "manager", "clerk", "picker", "auditor"):
        assert cast.client(who).get("/fulfilment/").status_code == 200
    outsider = cast.client(None).get("/fulfilment/")
    assert (outsider.status_code, "/sign-in" in outsider.headers["Location"]) == (302, True)


def test_a_held_order_is_marked_with_its_reason(cast: Cast, picker: FlaskClient) -> None:
    held, free = cast.made(lambda: [cast.shipment(state="packed").order.number for _order in range(2)])
    cast.made(lambda: hold(cast.session, number=held, reason=HoldReason.ADDRESS, by=cast.actor()))

    page = picker.get("/fulfilment/").text

    rows = column(page, "dispatch").split("<li ")[1:]
    assert [("On hold" in row, "The address must be checked" in row) for row in rows if held in row] == [(True, True)]
    assert ["On hold" in row for row in rows if free in row] == [False]
