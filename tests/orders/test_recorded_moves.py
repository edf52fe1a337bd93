"""Recorded money, state by action: what may be done, what is refused with which code, and that a refusal changes nothing."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.core.actors import SYSTEM
from logistics.core.refusals import Refusal
from logistics.customers.crediting import account_for
from logistics.orders.cancelling import cancel
from logistics.orders.collecting import approve_cod, settle_cod
from logistics.orders.correcting import correct_transfer
from logistics.orders.models import CancelReason, Order
from logistics.orders.paying import pay_from_balance, record_transfer
from logistics.orders.surplus import put_surplus_on_account
from logistics.payments.models import Payment
from tests.cast import Cast
from tests.doors import fingerprints
from tests.orders.test_collecting import approved, out
from tests.orders.test_surplus import offenders, overpaid

Make = Callable[[Session, Cast], Order]
DONE, SAME, NO = "done", "same", "illegal_move"


def _cancelled(session: Session, cast: Cast, order: Order) -> Order:
    return cancel(session, number=order.number, reason=CancelReason.CUSTOMER, by=SYSTEM)


def _corrected(session: Session, cast: Cast) -> Order:
    order = cast.order(pay="transfer")
    return correct_transfer(session, number=order.number, payment_id=_payment(session, order), reason="typo", by=cast.actor("manager"))


def _part_refunded(session: Session, cast: Cast) -> Order:
    return put_surplus_on_account(session, number=overpaid(session, cast).number, by=SYSTEM)


def _settled(session: Session, cast: Cast) -> Order:
    return settle_cod(session, number=out(session, cast).number, amount=3600, reference="DHL-7", by=SYSTEM)


STATES: dict[str, Make] = {
    "nothing yet": lambda _session, cast: cast.order(),
    "transfer captured": lambda _session, cast: cast.order(pay="transfer"),
    "transfer with a surplus": overpaid,
    "transfer part refunded": _part_refunded,
    "transfer refunded": lambda session, cast: _cancelled(session, cast, cast.order(pay="transfer")),
    "transfer taken off": _corrected,
    "balance captured": lambda _session, cast: cast.order(pay="balance"),
    "cod authorised": approved,
    "cod authorised, delivered": out,
    "cod captured": _settled,
    "cod voided": lambda session, cast: _cancelled(session, cast, approved(session, cast)),
}
ACTIONS: dict[str, Callable[[Session, Cast, Order], object]] = {
    "take off": lambda session, cast, order: correct_transfer(
        session, number=order.number, payment_id=_payment(session, order), reason="why", by=cast.actor("manager")
    ),
    "surplus to account": lambda session, _cast, order: put_surplus_on_account(session, number=order.number, by=SYSTEM),
    "approve cod": lambda session, _cast, order: approve_cod(session, number=order.number, by=SYSTEM),
    "settle cod": lambda session, _cast, order: settle_cod(session, number=order.number, amount=3600, reference="DHL-9", by=SYSTEM),
    "pay from an empty balance": lambda session, _cast, order: pay_from_balance(session, number=order.number, by=SYSTEM),
    "transfer with a surplus": lambda session, _cast, order: record_transfer(
        session, number=order.number, amount=3700, reference="NEW", by=SYSTEM, with_surplus=True
    ),
    "transfer of too much": lambda session, _cast, order: record_transfer(session, number=order.number, amount=3700, reference="NEW", by=SYSTEM),
    "cancel": lambda session, _cast, order: cancel(session, number=order.number, reason=CancelReason.STAFF, by=SYSTEM),
}
COLUMNS = ("take off", "surplus to account", "approve cod", "settle cod", "pay from an empty balance", "transfer of too much", "cancel")
# The transfer with a surplus is taken in every state.
EXPECTED: dict[str, tuple[str, ...]] = {
    "nothing yet": ("not_found", SAME, DONE, NO, "insufficient_balance", "invalid", DONE),
    "transfer captured": (DONE, SAME, NO, NO, SAME, "invalid", DONE),
    "transfer with a surplus": (DONE, DONE, NO, NO, SAME, "invalid", DONE),
    "transfer part refunded": (NO, SAME, NO, NO, SAME, "invalid", DONE),
    "transfer refunded": (NO, SAME, NO, NO, NO, DONE, SAME),
    "transfer taken off": (SAME, SAME, DONE, NO, "insufficient_balance", "invalid", DONE),
    "balance captured": (NO, SAME, NO, NO, SAME, "invalid", DONE),
    "cod authorised": (NO, SAME, SAME, NO, "insufficient_balance", "invalid", DONE),
    "cod authorised, delivered": (NO, SAME, SAME, DONE, "insufficient_balance", "invalid", NO),
    "cod captured": (NO, SAME, NO, NO, SAME, "invalid", NO),
    "cod voided": (NO, SAME, NO, NO, NO, DONE, SAME),
}


@pytest.mark.parametrize("state", STATES)
def test_each_action_in_each_state_is_done_changes_nothing_or_is_refused(session: Session, cast: Cast, state: str) -> None:
    cast.person("manager")
    order = STATES[state](session, cast)
    # It would be opened on first mention, which is no change of any money.
    account_for(session, order.customer_id, "USD")
    session.commit()
    found = {}
    for action in (*COLUMNS, "transfer with a surplus"):
        session.flush()
        before = fingerprints(session)
        inner = session.begin_nested()
        found[action] = _outcome(session, cast, order, action)
        if found[action] == DONE:
            assert offenders(session) == [], action
            found[action] = DONE if fingerprints(session) != before else SAME
        inner.rollback()
        session.expire_all()
        assert fingerprints(session) == before, action

    assert found == dict(zip((*COLUMNS, "transfer with a surplus"), (*EXPECTED[state], DONE), strict=True))


def _outcome(session: Session, cast: Cast, order: Order, action: str) -> str:
    before = fingerprints(session)
    try:
        ACTIONS[action](session, cast, order)
    except Refusal as refusal:
        assert fingerprints(session) == before, action
        return refusal.code
    return DONE


def _payment(session: Session, order: Order) -> int:
    return session.scalar(select(Payment.id).where(Payment.order_id == order.id).order_by(Payment.id.desc()).limit(1)) or 0
