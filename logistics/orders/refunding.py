"""Refunds and allowances that no cancellation brings about: given at once within a limit, above it by a second person (SEC43)."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from logistics.core import clock, second_person
from logistics.core.actors import Actor, Forbidden
from logistics.core.events import publish
from logistics.core.language import _
from logistics.core.money import decimals, plain
from logistics.core.refusals import FieldError, IllegalMove, Invalid, NotFound, Refusal
from logistics.core.second_person import RequestState, decide, reread
from logistics.orders.events import RefundApproved, RefundRejected, RefundRequested, RefundWithdrawn
from logistics.orders.giving_back import carry_out, check_possible
from logistics.orders.locks import lock_order
from logistics.orders.models import Order, RefundKind, RefundReason, RefundRequest, RefundTo
from logistics.payments.attempting import refuse_if_in_flight

# How much one person, or all programs together, may give of one order in LATELY, in whole units of the currency.
REFUND_LIMIT = 200
LATELY = timedelta(hours=24)
_COUNTED = (RequestState.PENDING, RequestState.APPROVED, RequestState.DIRECT)


class OverRefundLimit(Forbidden):
    """More than a program may give back of one order in a day."""

    code = "over_refund_limit"


class RefundNotPossible(Refusal):
    """The order has changed since it was asked for, so that it cannot be done any more."""

    code = "refund_not_possible"


@dataclass(frozen=True)
class Asked:
    """A refund, or an allowance, of `amount` minor units. `note` is for staff."""

    amount: int
    reason: RefundReason
    note: str = ""
    kind: RefundKind = RefundKind.REFUND
    to: RefundTo = RefundTo.AS_PAID


def give(session: Session, *, number: str, asked: Asked, by: Actor, alone: bool = True) -> RefundRequest:
    """Give money of an order back, or an allowance on it; `direct` when it is done, `pending` when a second person has to approve.

    `alone`: whether this person may do it without one, which holds up to REFUND_LIMIT for all they gave and asked for on this order in
    LATELY. A refund beyond what was paid too much lowers due as well, so that a paid order stays paid. Locks the order, the account, the
    payments. Raises Invalid (errors name `amount`) for more than there is, IllegalMove where there is nothing, OverRefundLimit for a
    program, PaymentInFlight, NotFound.
    """
    order = lock_order(session, number=number)
    refuse_if_in_flight(session, order.id)
    check_possible(session, order, asked.kind, asked.amount)
    given, limit = _given_lately(session, order, by), REFUND_LIMIT * 10 ** decimals(order.currency)
    within = given + asked.amount <= limit
    if by.kind == "key" and not within:
        raise _over_limit(order.currency, limit, given)
    request = _keep(session, order, asked, by, RequestState.DIRECT if alone and within else RequestState.PENDING)
    if request.is_pending:
        facts = (order.id, order.number, request.id, request.kind, request.reason, request.amount, order.currency)
        publish(session, RefundRequested(*facts), by=by)
    else:
        carry_out(session, order, request, by)
    return request


def approve(session: Session, *, request_id: int, by: Actor) -> RefundRequest:
    """Agree to what somebody else asked for, and do it. Locks as give. A no-op when it is approved already.

    Raises OwnRequest, RefundNotPossible when the order has changed so that it cannot be done, IllegalMove when it was decided otherwise,
    PaymentInFlight, NotFound.
    """
    order, request = _take_up(session, request_id)
    if not second_person.is_to_approve(request, by):
        return request
    refuse_if_in_flight(session, order.id)
    _check_again(session, order, request)
    decide(request, RequestState.APPROVED, by)
    publish(session, RefundApproved(order.id, order.number, request.id, request.amount, order.currency), by=by)
    carry_out(session, order, request, by)
    return request


def reject(session: Session, *, request_id: int, by: Actor) -> RefundRequest:
    """Do not agree to what somebody else asked for. Locks the order. A no-op when it is rejected already. Raises as approve."""
    order, request = _take_up(session, request_id)
    if second_person.reject(request, by):
        session.flush()
        publish(session, RefundRejected(order.id, order.number, request.id, request.amount, order.currency), by=by)
    return request


def withdraw(session: Session, *, request_id: int, by: Actor) -> RefundRequest:
    """Not want any more what one asked for oneself. Locks the order. A no-op when it is withdrawn already.

    Raises Forbidden for somebody else's, IllegalMove when it was decided, NotFound.
    """
    order, request = _take_up(session, request_id)
    if second_person.withdraw(request, by):
        session.flush()
        publish(session, RefundWithdrawn(order.id, order.number, request.id, request.amount, order.currency), by=by)
    return request


def _check_again(session: Session, order: Order, request: RefundRequest) -> None:
    try:
        check_possible(session, order, request.kind, request.amount)
    except (Invalid, IllegalMove) as refusal:
        changed = _("The order has changed since this was asked for. %(reason)s", reason=refusal.message)
        raise RefundNotPossible(changed) from refusal


def _given_lately(session: Session, order: Order, by: Actor) -> int:
    """What this person, or any program, gave or asked for on this order in LATELY, in minor units."""
    whose = RefundRequest.api_key_id.is_not(None) if by.kind == "key" else RefundRequest.asked_by == by.id
    asked = select(func.coalesce(func.sum(RefundRequest.amount), 0)).where(RefundRequest.order_id == order.id, whose)
    lately = asked.where(RefundRequest.asked_at > clock.now() - LATELY, RefundRequest.state.in_(_COUNTED))
    return int(session.scalar(lately) or 0)


def _over_limit(currency: str, limit: int, given: int) -> OverRefundLimit:
    text = f"{currency} {plain(limit, currency)}"
    message = _("Programs can give back up to %(most)s of one order in a day. Ask somebody at the desk for more.", most=text)
    return OverRefundLimit(message, errors=[FieldError("amount", OverRefundLimit.code, message, {"limit": limit, "given": given})])


def _keep(session: Session, order: Order, asked: Asked, by: Actor, state: RequestState) -> RefundRequest:
    moment = clock.now()
    request = RefundRequest(
        order_id=order.id,
        kind=asked.kind.value,
        amount=asked.amount,
        reason=asked.reason.value,
        note=asked.note,
        destination=asked.to.value,
        state=state.value,
        asked_at=moment,
        asked_by=by.id if by.kind == "staff" else None,
        api_key_id=by.id if by.kind == "key" else None,
        decided_at=None if state == RequestState.PENDING else moment,
    )
    session.add(request)
    session.flush()
    return request


def _take_up(session: Session, request_id: int) -> tuple[Order, RefundRequest]:
    """A request and its order, which is locked: whoever writes requests holds it, so the request is read anew under its lock."""
    order_id = session.scalar(select(RefundRequest.order_id).where(RefundRequest.id == request_id))
    if order_id is None:
        raise NotFound(_("There is no such request."))
    order = lock_order(session, order_id=order_id)
    return order, reread(session, RefundRequest, request_id)
