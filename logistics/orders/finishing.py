"""What follows the call of a provider: its answer is booked for a locked order, with what comes of it for the order.

Entry points (views, calls, tasks) carry steps out: the call has no transaction around it, what is booked has its own.
"""

from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import SYSTEM, Actor
from logistics.core.transactions import in_transaction
from logistics.customers.crediting import account_for, give_back, hold_account
from logistics.orders.alerting import open_incident
from logistics.orders.lifecycle import recompute
from logistics.orders.locks import lock_order
from logistics.orders.models import IncidentKind, Order, OrderStatus, PaymentIncident
from logistics.payments import by_card
from logistics.payments.answering import Booked, take_answer
from logistics.payments.asking import Question, as_answer, ask, look_up
from logistics.payments.attempting import close_attempt, is_given_up
from logistics.payments.booking import book
from logistics.payments.gateways.gateway import Answer, Standing
from logistics.payments.lifecycle import move
from logistics.payments.models import AttemptKind, AttemptState, MoveKind, Payment, PaymentAttempt, PaymentState
from logistics.payments.scheduling import AGAIN, look_after


@dataclass(frozen=True)
class LookUp:
    """A payment whose provider is to be asked how it stands; `instead_of`: the attempt that is given up with it."""

    order_id: int
    payment_id: int
    provider: str
    reference: str
    instead_of: int | None = None


Step = Question | LookUp
_UNANSWERED = {"failure": "unanswered"}


def look_up_of(payment: Payment) -> LookUp:
    """To look this payment up."""
    return LookUp(payment.order_id, payment.id, payment.provider, payment.provider_reference)


def take_step(step: Step, *, by: Actor = SYSTEM) -> bool:
    """Ask the provider and book what it says; whether it answered. No transaction may be open."""
    if isinstance(step, Question):
        return carry_out(step, by=by) is not None
    answer = look_up(step.provider, step.reference)

    in_transaction(lambda session: _look_at(session, step, answer))
    return answer is not None


def carry_out(question: Question, *, by: Actor) -> Answer | None:
    """Ask the provider, then book what it says; None where nobody knows what it did. No transaction may be open."""
    answer = ask(question)
    if answer is not None:
        in_transaction(lambda session: finish(session, question, answer, by=by))
    return answer


def finish(session: Session, question: Question, answer: Answer, *, by: Actor) -> Payment:
    """Close the attempt and book what its answer brings. Locks the order, the account where it is cancelled, then the payments.

    Doubled and late answers change nothing more.
    """
    order, payment = lock_payment(session, question.order_id, question.payment_id)
    attempt = session.get_one(PaymentAttempt, question.attempt_id, populate_existing=True)
    was_open = attempt.state == AttemptState.OPEN
    if was_open:
        close_attempt(attempt, AttemptState.REFUSED if answer.refused else AttemptState.DONE, as_answer(answer))
    if answer.refused and question.ask and not answer.pay_url and answer.standing is Standing.WAITING:
        answer = replace(answer, standing=Standing.FAILED)  # no page, and nothing authorised: nothing comes of it
    book_standing(session, order, payment, answer, by=by)
    if was_open and answer.refused:
        _tell_refusal(session, order, payment, question.kind, question.amount, by)
    return payment


def give_up(session: Session, order: Order, attempt: PaymentAttempt) -> LookUp | None:
    """Ask no more for what was never answered; where the provider knows the payment, it is looked up what it did, and then that is closed.

    One that it may not know is over: an authorisation that nobody captures ends by itself.
    """
    payment = attempt.payment
    if payment.provider_reference:
        return replace(look_up_of(payment), instead_of=attempt.id)
    close_attempt(attempt, AttemptState.REFUSED, _UNANSWERED)
    book_standing(session, order, payment, Answer(Standing.FAILED, "", failure="unanswered"), by=SYSTEM)
    return None


def book_standing(session: Session, order: Order, payment: Payment, answer: Answer, *, by: Actor) -> Booked:
    """Book how a locked payment of a locked order stands, with what follows for the order."""
    booked = take_answer(session, payment, answer, by=by)
    if booked.captured and order.status == OrderStatus.CANCELLED:
        _keep_for_customer(session, order, payment, booked.captured - booked.refunded, by)
    look_after(session, payment, is_open=order.can_pay, is_cancelled=order.status == OrderStatus.CANCELLED)
    if booked != Booked() or payment.state in (PaymentState.CREATED, PaymentState.FAILED):
        recompute(session, order, by=by)
    return booked


def lock_payment(session: Session, order_id: int, payment_id: int) -> tuple[Order, Payment]:
    """Lock an order, the customer's account where money may go there, and its payments; the order and this payment, read anew."""
    order = lock_order(session, order_id=order_id)
    if order.status == OrderStatus.CANCELLED:
        hold_account(session, order.customer_id, order.currency)
    return order, next(payment for payment in by_card.hold_payments(session, order.id) if payment.id == payment_id)


def _look_at(session: Session, step: LookUp, answer: Answer | None) -> None:
    """Book how a payment stands, as it was looked up; None where nobody answered."""
    order, payment = lock_payment(session, step.order_id, step.payment_id)
    if answer is None:
        payment.settle_at = clock.now() + AGAIN
        return
    given_up = _close_unanswered(session, step.instead_of)
    if is_given_up(session, payment.id):
        return  # authorised at this very moment or not, it is of no use any more: what came of it, the answer to that says
    was = payment.state
    booked = book_standing(session, order, payment, answer, by=SYSTEM)
    if given_up and not booked.refunded:
        _tell_refusal(session, order, payment, AttemptKind(given_up.kind), given_up.amount, SYSTEM)
    if was == PaymentState.AUTHORISED and payment.state in (PaymentState.EXPIRED, PaymentState.VOIDED, PaymentState.FAILED):
        _tell_ending(session, order, payment.voided)


def _close_unanswered(session: Session, attempt_id: int | None) -> PaymentAttempt | None:
    """Close an attempt of a locked order that is given up; None where there is none, or it was answered at last."""
    attempt = session.get_one(PaymentAttempt, attempt_id, populate_existing=True) if attempt_id else None
    if attempt is None or attempt.state != AttemptState.OPEN:
        return None
    close_attempt(attempt, AttemptState.REFUSED, _UNANSWERED)
    return attempt


def _keep_for_customer(session: Session, order: Order, payment: Payment, amount: int, by: Actor) -> None:
    """Money taken for a cancelled order is the customer's: it goes to their account, and somebody looks into it."""
    if amount <= 0:
        return
    account = account_for(session, order.customer_id, order.currency)
    give_back(session, account_id=account.id, amount=amount, order_id=order.id, reference=order.number, by=by)
    move(payment, PaymentState.REFUNDED if amount == payment.refundable else PaymentState.PART_REFUNDED)
    book(session, payment, MoveKind.REFUND, amount, provider="account", by=by)
    session.flush()
    open_incident(session, order, IncidentKind.MONEY_AFTER_CANCELLATION, amount, by=by)


def _tell_refusal(session: Session, order: Order, payment: Payment, kind: AttemptKind, amount: int, by: Actor) -> None:
    """A no of the provider, or no answer for good, that somebody has to look into."""
    if kind is AttemptKind.CAPTURE and not payment.captured:
        open_incident(session, order, IncidentKind.CAPTURE_REFUSED, amount, by=by)
    if kind is AttemptKind.REFUND or (kind is AttemptKind.VOID and payment.open_authorisation):
        open_incident(session, order, IncidentKind.REFUND_REFUSED, amount, by=by)


def _tell_ending(session: Session, order: Order, amount: int) -> None:
    """An authorisation ended by itself: the incident that warned of it says so already."""
    open_ones = select(PaymentIncident.id).where(PaymentIncident.order_id == order.id, PaymentIncident.resolved_at.is_(None))
    warned = session.scalar(open_ones.where(PaymentIncident.kind == IncidentKind.AUTHORISATION_ENDING.value))
    if not warned and order.status != OrderStatus.CANCELLED:
        open_incident(session, order, IncidentKind.AUTHORISATION_ENDING, amount, by=SYSTEM)
