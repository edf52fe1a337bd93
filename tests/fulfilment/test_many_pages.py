"""What the warehouse does to many orders at once: assigning them, printing their papers."""

import re
from types import SimpleNamespace

from sqlalchemy import delete, select, update

from logistics.core.database import db
from logistics.fulfilment.models import Shipment, ShipmentLine
from logistics.orders.models import Order, OrderLine
from tests.cast import Cast
from tests.words import has_word

PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}


def test_assigning_many_says_of_each_how_it_came_out(cast: Cast) -> None:
    def make() -> list[str]:
        undone = cast.order(pay="transfer")
        ids = select(Shipment.id).where(Shipment.order_id == undone.id)
        cast.session.execute(delete(ShipmentLine).where(ShipmentLine.shipment_id.in_(ids)))
        cast.session.execute(delete(Shipment).where(Shipment.order_id == undone.id))
        cast.session.execute(update(OrderLine).where(OrderLine.order_id == undone.id).values(assigned=0))
        return [undone.number, cast.order(pay="transfer").number, cast.order().number]

    undone, assigned, unpaid = cast.made(make)
    report = cast.client("picker").post("/orders/assignments", data={"order": [undone, assigned, unpaid]}, headers=PARTIAL)

    assert "1 order is ready to pick." in report.text
    assert "1 order was so already." in report.text
    assert re.search(rf"{unpaid}</a> It is not paid yet\.", report.text)
    with cast.app.app_context():
        made = db.session.scalars(select(Shipment).join(Order).where(Order.number == undone)).one()
        assert f"{made.reference[:4]}" in made.reference
    again = cast.client("picker").post("/orders/assignments", data={"order": [undone, assigned]}, headers=PARTIAL)
    assert "2 orders were so already." in again.text


def test_what_waits_for_stock_is_said_to_wait(cast: Cast) -> None:
    def make() -> str:
        cast.stock("LAMP", 1)
        return cast.order(lines=[("LAMP", 3)], may_wait=True, ship_complete=True, pay="transfer").number

    number = cast.made(make)

    assert "Goods of this order wait for stock." in cast.client("picker").post("/orders/assignments", data={"order": number}, headers=PARTIAL).text


def test_pick_lists_lead_past_the_bins_and_leave_out_what_is_picked(cast: Cast) -> None:
    def make() -> list[str]:
        cast.stock("LAMP", 9).bin = "B-2"
        cast.stock("SHADE", 9).bin = "A-1"
        first = cast.shipment(lines=[("LAMP", 2), ("SHADE", 1)], note="Ring twice", priority=3)
        return [first.order.number, first.reference, cast.shipment(state="packed").order.number, cast.order().number]

    first, reference, packed, unpaid = cast.made(make)
    page = cast.client("picker").get("/fulfilment/sheets", query_string={"what": "lists", "order": [first, packed, unpaid]}).text

    assert page.count('<section class="sheet">') == 1
    assert f"Pick list {reference}" in page
    assert page.index("A-1") < page.index("B-2")
    assert "Ring twice" in page
    assert "Urgent" in page
    assert not has_word(page, "USD")


def test_slips_are_written_in_the_language_of_each_order(cast: Cast) -> None:
    def make() -> list[str]:
        return [cast.shipment(language=language).order.number for language in ("en", "zh_Hans", "en")]

    numbers = cast.made(make)
    page = cast.client("picker").get("/fulfilment/sheets", query_string={"what": "slips", "order": numbers, "lang": "en"}).text

    sheets = page.split('<section class="sheet">')[1:]
    assert ["What is in this parcel" in sheet for sheet in sheets] == [True, False, True]
    assert ["装箱清单" in sheet for sheet in sheets] == [False, True, False]
    assert page.index("<title>Slips") >= 0
    assert "data-print" in page


def test_nothing_to_print_is_said_and_nothing_ticked_leads_back(cast: Cast) -> None:
    number = cast.made(lambda: cast.order().number)
    browser = cast.client("picker")

    page = browser.get("/fulfilment/sheets", query_string={"what": "slips", "order": number}).text
    assert ("there is nothing to print" in page, "data-print" in page) == (True, False)
    assert browser.get("/fulfilment/sheets?what=slips").location == "/orders/"
    assert browser.get("/fulfilment/sheets", query_string={"what": "money", "order": number}).location == "/orders/"
    assert browser.get("/fulfilment/sheets", query_string={"what": "slips", "order": "nonsense"}).status_code == 422


def test_papers_of_many_cost_no_more_queries_than_of_one(cast: Cast, queries: SimpleNamespace) -> None:
    numbers = cast.made(lambda: [cast.shipment().order.number for _order in range(5)])
    browser = cast.client("picker")
    counts = []
    for asked in (numbers[:1], numbers):
        queries.count = 0
        page = browser.get("/fulfilment/sheets", query_string={"what": "lists", "order": asked})
        assert page.text.count('<section class="sheet">') == len(asked)
        counts.append(queries.count)

    assert counts[0] == counts[1] <= 4
