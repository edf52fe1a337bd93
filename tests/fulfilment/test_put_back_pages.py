"""Cancelled goods that were picked: listed on the board and the order's page until somebody says that they are back."""

from sqlalchemy import select

from logistics.core.events import EventLog
from logistics.fulfilment.models import PutBack
from logistics.orders.cancelling import cancel_lines
from logistics.orders.models import CancelReason
from tests.cast import Cast

PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}


def cut(cast: Cast, state: str) -> str:
    """Cancel one lamp of two that were worked on; the order's number."""
    order = cast.shipment(lines=[("LAMP", 2)], state=state).order
    units = {order.lines[0].id: 1}
    cancel_lines(cast.session, number=order.number, units=units, reason=CancelReason.STAFF, by=cast.actor("manager"), even_if_picked=True)
    return order.number


def test_they_are_listed_until_they_are_back(cast: Cast) -> None:
    number = cast.made(lambda: cut(cast, "packed"))
    picker = cast.client("picker")
    board, order = picker.get("/fulfilment/").text, picker.get(f"/orders/{number}").text
    assert "To put back" in board
    assert "Open the parcel S" in board
    assert "To put back" in order
    goods = cast.made(lambda: cast.session.scalars(select(PutBack.id)).one())

    for _time in range(2):
        answer = picker.post(f"/fulfilment/put-backs/{goods}/completion", headers=PARTIAL)
        assert (answer.status_code, answer.headers["HX-Trigger"]) == (200, "seen")
        assert "It is back in its place." in answer.text

    assert "To put back" not in picker.get("/fulfilment/").text
    assert "To put back" not in picker.get(f"/orders/{number}").text
    assert cast.made(lambda: cast.session.scalars(select(EventLog.name).where(EventLog.name == "GoodsPutBack")).all()) == ["GoodsPutBack"]


def test_the_board_looks_anew_when_something_is_to_be_put_back(cast: Cast) -> None:
    picker = cast.client("picker")
    tag = picker.get("/fulfilment/", headers=PARTIAL).headers["HX-PTag"]
    cast.made(lambda: cut(cast, "picked"))

    answer = picker.get("/fulfilment/", headers={**PARTIAL, "HX-PTag": tag})

    assert answer.status_code == 200
    assert "From the tote of S" in answer.text
    assert "To put back" not in picker.get("/fulfilment/?warehouse=HANGZHOU", headers=PARTIAL).text


def test_clerks_see_the_list_and_leave_it_to_the_warehouse(cast: Cast) -> None:
    cast.made(lambda: cut(cast, "picked"))
    clerk = cast.client("clerk")

    page = clerk.get("/fulfilment/").text
    assert "To put back" in page
    assert "put-backs" not in page
    assert clerk.post("/fulfilment/put-backs/1/completion").status_code == 403
    assert cast.client("picker").post("/fulfilment/put-backs/999/completion").status_code == 404
