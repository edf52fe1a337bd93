"""Every state of an order against everything that takes it back: done, or refused with its code and nothing written."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from logistics.core import clock
from logistics.core.keys import new_key
from logistics.fulfilment.models import Shipment
from logistics.orders.cancelling import cancel
from logistics.orders.holding import hold
from logistics.orders.lifecycle import advance, open_order, recompute
from logistics.orders.models import CancelReason, HoldReason, Order, RefundRequest
from logistics.orders.paying import record_transfer
from logistics.payments.attempting import open_attempt
from logistics.payments.models import AttemptKind, Payment
from logistics.tracking.models import ProofKind
from logistics.tracking.recording import record_delivery
from tests.cast import Cast
from tests.doors import fingerprints
from tests.orders.audits import offences


def unpaid(cast: Cast) -> Order:
    return cast.order(lines=[("LAMP", 3)])


def part_paid(cast: Cast) -> Order:
    order = unpaid(cast)
    record_transfer(cast.session, number=order.number, amount=2000, reference="BANK", by=cast.actor())
    return order


def paid(cast: Cast) -> Order:
    return cast.order(lines=[("LAMP", 3)], pay="balance")


def held(cast: Cast) -> Order:
    return hold(cast.session, number=paid(cast).number, reason=HoldReason.OTHER, by=cast.actor())


def picked(cast: Cast) -> Order:
    return cast.shipment(lines=[("LAMP", 3)], state="picked").order


def packed(cast: Cast) -> Order:
    return cast.shipment(lines=[("LAMP", 3)], state="packed").order


def partially_shipped(cast: Cast) -> Order:
    cast.stock("LAMP", 2)
    cast.stock("LAMP", 1, at="HANGZHOU")
    return cast.shipment(lines=[("LAMP", 3)], state="shipped").order


def shipped(cast: Cast) -> Order:
    return cast.shipment(lines=[("LAMP", 3)], state="shipped").order


def delivered(cast: Cast) -> Order:
    order = shipped(cast)
    parcel = cast.session.scalars(select(Shipment.reference)).one()
    record_delivery(cast.session, reference=parcel, signer="M", kind=ProofKind.SELF, occurred_at=clock.now(), by=cast.actor())
    return order


def returned(cast: Cast) -> Order:
    order = open_order(cast.session, delivered(cast).id)
    advance(order.lines[0], returned=3)
    recompute(cast.session, order, by=cast.actor())
    return order


def cancelled(cast: Cast) -> Order:
    return cancel(cast.session, number=paid(cast).number, reason=CancelReason.STAFF, by=cast.actor())


def in_flight(cast: Cast) -> Order:
    order = paid(cast)
    open_attempt(cast.session, cast.session.scalars(select(Payment)).one(), AttemptKind.CAPTURE, 100, by=cast.actor())
    return order


Send = Callable[[FlaskClient, dict[str, Any]], TestResponse]


def form(browser: FlaskClient, path: str, **fields: Any) -> TestResponse:
    return browser.post(path, data={"form_key": new_key(), **fields}, headers={"Accept": "application/json"})


MONEY = {"amount": "1.00", "reason": "late", "to": "as_paid"}
# Who does it, and how.
ACTIONS: dict[str, tuple[str, Send]] = {
    "cancel": ("clerk", lambda browser, at: form(browser, f"/orders/{at['number']}/cancellation", reason="customer")),
    "lines": ("clerk", lambda browser, at: form(browser, f"/orders/{at['number']}/lines/cancellation", reason="customer", **{at["line"]: "1"})),
    "refund": ("manager", lambda browser, at: form(browser, f"/orders/{at['number']}/refund", **MONEY)),
    "allowance": ("manager", lambda browser, at: form(browser, f"/orders/{at['number']}/allowance", **MONEY)),
    "ask": ("clerk", lambda browser, at: form(browser, f"/orders/{at['number']}/refund", **MONEY)),
    "approve": ("manager", lambda browser, at: form(browser, f"/refunds/{at['request']}/approval")),
    "reject": ("manager", lambda browser, at: form(browser, f"/refunds/{at['request']}/rejection")),
}
ILLEGAL, PICKED, FLYING, CHANGED = (409, "illegal_move"), (403, "already_picked"), (409, "payment_in_flight"), (409, "refund_not_possible")
# In the order of ACTIONS; None is done.
TABLE: dict[Callable[[Cast], Order], tuple[tuple[int, str] | None, ...]] = {
    unpaid: (None, None, ILLEGAL, None, ILLEGAL, CHANGED, None),
    part_paid: (None, None, None, None, None, None, None),
    paid: (None, None, None, ILLEGAL, None, None, None),
    held: (None, None, None, ILLEGAL, None, None, None),
    picked: (PICKED, PICKED, None, ILLEGAL, None, None, None),
    packed: (PICKED, PICKED, None, ILLEGAL, None, None, None),
    partially_shipped: (None, None, None, ILLEGAL, None, None, None),
    shipped: (ILLEGAL, ILLEGAL, None, ILLEGAL, None, None, None),
    delivered: (ILLEGAL, ILLEGAL, None, ILLEGAL, None, None, None),
    returned: (ILLEGAL, ILLEGAL, None, ILLEGAL, None, None, None),
    cancelled: (None, ILLEGAL, ILLEGAL, ILLEGAL, ILLEGAL, CHANGED, None),
    in_flight: (FLYING, FLYING, FLYING, FLYING, FLYING, FLYING, None),
}
CASES = [(make, action, expected) for make, row in TABLE.items() for action, expected in zip(ACTIONS, row, strict=True)]


@pytest.mark.parametrize(("make", "action", "expected"), CASES, ids=lambda value: getattr(value, "__name__", None) or str(value))
def test_it_is_done_or_refused_with_its_code_and_nothing_written(
    cast: Cast, session: Session, make: Callable[[Cast], Order], action: str, expected: tuple[int, str] | None
) -> None:
    def furnish() -> dict[str, Any]:
        order = make(cast)
        asked = {"kind": "refund", "amount": 100, "reason": "late", "state": "pending", "asked_at": clock.now(), "asked_by": cast.person("clerk").id}
        request = RefundRequest(order_id=order.id, **asked)
        cast.session.add(request)
        cast.session.flush()
        return {"number": order.number, "line": f"line-{order.lines[0].id}", "request": request.id, "status": order.status}

    at, (who, send) = cast.made(furnish), ACTIONS[action]
    if make in (partially_shipped, shipped, delivered, returned, cancelled):
        assert at["status"] == make.__name__
    browser = cast.client(who)
    before = fingerprints(session)

    answer = send(browser, at)

    if expected:
        assert (answer.status_code, answer.get_json()["code"]) == expected
        assert fingerprints(session) == before
    else:
        assert answer.status_code in (200, 303)
        session.expire_all()
        left_out = {"I-F5", "I-F1"} if make is returned else set()
        assert {code for code, _row in offences(session)} - left_out == set()
