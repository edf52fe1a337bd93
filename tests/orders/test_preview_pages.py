"""The panel beside the list: what is remarkable about an order, and what can be done about it there."""

from logistics.orders.holding import hold
from logistics.orders.models import HoldReason
from logistics.orders.paying import record_transfer
from tests.cast import Cast


def test_the_preview_says_what_is_remarkable_and_offers_the_way_on(cast: Cast) -> None:
    def make() -> str:
        order = cast.order(priority=7)
        record_transfer(cast.session, number=order.number, amount=100, reference="PART", by=cast.actor("manager"))
        return order.number

    number = cast.made(make)
    clerk = cast.client("clerk")
    free = clerk.get(f"/orders/{number}?preview=1").text
    assert "Urgent" in free
    assert "Part-paid" in free
    assert f'hx-get="/orders/selection?do=hold&amp;order={number}"' in free

    cast.made(lambda: hold(cast.session, number=number, reason=HoldReason.ADDRESS, note="No house number", by=cast.actor()))
    held = clerk.get(f"/orders/{number}?preview=1").text
    assert "The address must be checked" in held
    assert "No house number" in held
    assert f'hx-get="/orders/selection?do=resume&amp;order={number}"' in held


def test_only_who_may_hold_is_offered_to(cast: Cast) -> None:
    number, gone = cast.made(lambda: (cast.order().number, cast.shipment(state="shipped").order.number))

    assert "do=hold" not in cast.client("picker").get(f"/orders/{number}?preview=1").text
    assert "do=hold" not in cast.client("clerk").get(f"/orders/{gone}?preview=1").text
