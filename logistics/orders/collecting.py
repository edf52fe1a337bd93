"""Cash on delivery: an order goes out on trust, and whoever delivers it hands over what they were paid (T5)."""

from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import Actor
from logistics.core.events import publish
from logistics.core.language import _
from logistics.core.refusals import IllegalMove
from logistics.customers.rules import RECORDED_LATELY, check_recording
from logistics.orders import rules
from logistics.orders.alerting import watch_cover
from logistics.orders.events import CodSettled
from logistics.orders.lifecycle import recompute
from logistics.orders.locks import lock_order
from logistics.orders.models import Order, OrderStatus, Owed
from logistics.orders.surplus import check_recorded, note_surplus
from logistics.payments.attempting import refuse_if_in_flight
from logistics.payments.capturing import find_recorded
from logistics.payments.models import Payment
from logistics.payments.on_delivery import collect_cod, lock_cod, promise_cod, void_cod
from logistics.payments.queries import Money, money_of, recorded_since


def approve_cod(session: Session, *, number: str, by: Actor) -> Order:
    """Let an order go out now: all that is open is paid on delivery. Locks the order.

    A no-op when that was approved already. Raises IllegalMove for an order that does not wait for money, PaymentInFlight, NotFound.
    """
    order = lock_order(session, number=number)
    if order.owed == Owed.COD and order.status != OrderStatus.UNPAID:
        return order
    if not order.can_pay:
        raise IllegalMove(_("Order %(number)s is not waiting for money.", number=order.number))
    refuse_if_in_flight(session, order.id)
    cover_by_cod(session, order, by=by)
    recompute(session, order, by=by)
    return order


def cover_by_cod(session: Session, order: Order, *, by: Actor) -> None:
    """Promise all that is open of a locked or new order for its delivery. Call recompute afterwards."""
    amount = rules.due(order) - money_of(session, order.id).covered
    if amount > 0:
        promise_cod(session, order_id=order.id, currency=order.currency, amount=amount, by=by)


def settle_cod(
    session: Session,
    *,
    number: str,
    amount: int | None,
    reference: str,
    by: Actor,
    rest_follows: bool = False,
    any_amount: bool = True,
    with_surplus: bool = False,
) -> Order:
    """Book what was handed over for an order on delivery: `amount` minor units, 0 where nothing was, None where it was all that is to come.

    Locks the order, then the payments. With `rest_follows` what is missing is still to be paid on delivery. Otherwise that ends here: what is
    missing for goods that are lost or came back is not due any more, and for the others a payment incident asks somebody to get it. A no-op
    when this reference is booked already with the same amount. Raises OverRecordingLimit; Invalid for more than is to come unless
    `with_surplus`, and without a reference; ReferenceUsed; IllegalMove where nothing is to be paid on delivery, or nothing has left; NotFound.
    """
    order = lock_order(session, number=number)
    if amount is not None and find_recorded(session, order_id=order.id, provider="cod", amount=amount, reference=reference):
        return order
    promises, before = lock_cod(session, order.id), order.surplus
    if not promises:
        raise IllegalMove(_("Nothing of order %(number)s is to be paid on delivery.", number=order.number))
    if not any(line.shipped for line in order.lines):
        raise IllegalMove(_("Order %(number)s has not left yet, so nobody can have paid on delivery.", number=order.number))
    expected = to_collect(order, money_of(session, order.id))
    amount = expected if amount is None else amount
    lately = recorded_since(session, order.id, clock.now() - RECORDED_LATELY, by=by)
    check_recording(amount + lately, order.currency, any_amount=any_amount)
    check_recorded(order, amount, reference, still_open=None if with_surplus else expected, least=0)
    _collect(session, order, promises, amount, reference, by)
    _settle_rest(session, order, max(0, expected - amount), rest_follows=rest_follows, by=by)
    recompute(session, order, by=by)
    note_surplus(session, order, before=before, by=by)
    watch_cover(session, order, by=by)
    publish(session, CodSettled(order.id, order.number, amount, max(0, expected - amount), order.currency), by=by)
    return order


def to_collect(order: Order, money: Money) -> int:
    """What is to be paid when it is handed over, in minor units: at most what is due and has not come by another way."""
    return max(0, min(money.cod, rules.due(order) - (money.covered - money.cod)))


def lower_cod(session: Session, order: Order, *, by: Actor) -> None:
    """Take off what is to be paid on delivery what is covered by now, or not due any more. The order must be locked.

    Call it before recompute, after money came or goods were cancelled. Locks the payments. A no-op where nothing is too much.
    """
    if order.owed != Owed.COD:
        return
    money = money_of(session, order.id)
    too_much = money.cod - to_collect(order, money)
    for payment in lock_cod(session, order.id) if too_much else []:
        too_much -= void_cod(session, payment, too_much, by=by)


def _collect(session: Session, order: Order, promises: list[Payment], amount: int, reference: str, by: Actor) -> None:
    """All of it goes to the last promise; there are several where part of one was to follow."""
    for payment in promises[:-1]:
        void_cod(session, payment, payment.open_authorisation, by=by)
    collect_cod(session, promises[-1], amount, reference=reference, by=by)


def _settle_rest(session: Session, order: Order, missing: int, *, rest_follows: bool, by: Actor) -> None:
    if not missing:
        return
    if rest_follows:
        promise_cod(session, order_id=order.id, currency=order.currency, amount=missing, by=by)
        return
    order.allowance += min(missing, rules.gone(order))
