"""Taking back with real threads and commits: money goes back once, goods leave or stay, never both."""

from typing import Any

from flask import Flask
from sqlalchemy import func, select

from logistics.core.auditing import audit
from logistics.core.database import db
from logistics.core.refusals import Refusal
from logistics.customers.crediting import account_for
from logistics.fulfilment.dispatching import dispatch
from logistics.orders.cancelling import cancel, cancel_lines
from logistics.orders.models import CancelReason, Order, RefundReason, RefundRequest
from logistics.orders.refunding import Asked, approve, give
from logistics.payments.models import Payment
from tests.cast import Cast
from tests.races import race

ROUNDS = 15


def test_twenty_parallel_refunds_never_exceed_what_was_taken(town: Flask) -> None:
    """P27."""
    cast = Cast(town)
    order = cast.made(lambda: cast.order(lines=[("LAMP", 3)], pay="transfer"))
    by, customer = cast.made(lambda: cast.actor("manager")), cast.made(lambda: cast.customer().id)
    asked = Asked(500, RefundReason.GOODWILL)

    results = race(town, *[lambda session: give(session, number=order.number, asked=asked, by=by) for _at in range(20)])

    refused = [result for result in results if isinstance(result, Refusal)]
    assert len(refused) == 10, "5400 are enough for ten of them"
    with town.app_context():
        assert db.session.scalar(select(Payment.refunded)) == 5000
        assert account_for(db.session(), customer, "USD").balance == 5000
        assert offenders() == set()


def test_twenty_parallel_parts_of_the_limit_stay_within_it(town: Flask) -> None:
    """SEC43."""
    cast = Cast(town)
    order = cast.made(lambda: cast.order(lines=[("LAMP", 40)], pay="transfer"))
    by = cast.made(lambda: cast.actor("manager"))
    asked = Asked(1500, RefundReason.GOODWILL)

    race(town, *[lambda session: give(session, number=order.number, asked=asked, by=by) for _at in range(20)])

    with town.app_context():
        states = dict(db.session.execute(select(RefundRequest.state, func.count()).group_by(RefundRequest.state)).all())  # type: ignore[arg-type]
        assert states == {"direct": 13, "pending": 7}
        assert db.session.scalar(select(Payment.refunded)) == 13 * 1500


def test_one_request_is_approved_once(town: Flask) -> None:
    cast = Cast(town)
    order = cast.made(lambda: cast.order(lines=[("LAMP", 3)], pay="transfer"))
    clerk, manager, admin = (cast.made(lambda who=who: cast.actor(who)) for who in ("clerk", "manager", "admin"))
    asked = Asked(500, RefundReason.GOODWILL)
    request = cast.made(lambda: give(cast.session, number=order.number, asked=asked, by=clerk, alone=False).id)

    race(town, *[lambda session, by=by: approve(session, request_id=request, by=by) for by in (manager, admin) * 4])

    with town.app_context():
        assert db.session.scalar(select(Payment.refunded)) == 500
        assert offenders() == set()


def test_cancelling_against_dispatch_has_one_winner(town: Flask) -> None:
    """P28, with all of the order and with lines of it."""
    cast = Cast(town)
    manager, picker = cast.made(lambda: cast.actor("manager")), cast.made(lambda: cast.actor("picker"))
    carrier = cast.made(lambda: cast.carrier().code)
    for at in range(ROUNDS):
        shipment = cast.made(lambda: cast.shipment(lines=[("LAMP", 2)], state="packed"))
        order, line = cast.made(lambda s=shipment: _order_of(cast, s.order_id))

        def send(session: Any, reference: str = shipment.reference, number: str = f"JD{at:08}") -> Any:
            return dispatch(session, reference=reference, carrier_code=carrier, tracking_number=number, by=picker)

        def take(session: Any, number: str = order, line: int = line, whole: bool = at % 2 == 0) -> Any:
            given: dict[str, Any] = {"number": number, "reason": CancelReason.STAFF, "by": manager, "even_if_picked": True}
            return cancel(session, **given) if whole else cancel_lines(session, units={line: 1}, **given)

        sent, taken = race(town, send, take)
        assert isinstance(sent, Refusal) != isinstance(taken, Refusal), (sent, taken)
    with town.app_context():
        assert offenders() == set()


def test_cancelling_lines_against_cancelling_lines_never_takes_more_than_there_is(town: Flask) -> None:
    cast = Cast(town)
    clerk = cast.made(cast.actor)
    for _round in range(ROUNDS):
        order = cast.made(lambda: cast.order(lines=[("LAMP", 3), ("SHADE", 3)], pay="transfer"))
        lines = cast.made(lambda i=order.id: [line.id for line in cast.session.get_one(Order, i).lines])
        given: dict[str, Any] = {"number": order.number, "reason": CancelReason.STAFF, "by": clerk}
        wanted = [{lines[0]: 2}, {lines[0]: 2}, {lines[1]: 3}, {lines[1]: 1, lines[0]: 1}]
        race(town, *[lambda session, units=units, given=given: cancel_lines(session, units=units, **given) for units in wanted])
    with town.app_context():
        assert offenders() == set()


def offenders() -> set[str]:
    """What the audit finds, but for what a worker has still to do."""
    return {finding.invariant.code for finding in audit(db.engine) if finding.offenders} - {"I-X2"}


def _order_of(cast: Cast, order_id: int) -> tuple[str, int]:
    order = cast.session.get_one(Order, order_id)
    return order.number, order.lines[0].id
