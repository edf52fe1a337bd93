"""Charging cards for an order: begin (a transaction), ask the provider (none), finish (another one).

`carry_out` is the last two together, for entry points: views, calls and tasks. Whatever happens between, the attempt that begin wrote is
found by the settling task and asked again under the same key (settling.py).
"""

from dataclasses import dataclass, replace
from functools import partial

from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import Actor
from logistics.core.language import _
from logistics.core.refusals import IllegalMove
from logistics.core.transactions import in_transaction
from logistics.orders import rules
from logistics.orders.finishing import LookUp, Step, look_up_of, take_step
from logistics.orders.linking import public_link
from logistics.orders.locks import lock_order
from logistics.orders.models import Order
from logistics.orders.paying import amount_open
from logistics.payments import by_card
from logistics.payments.asking import Question, question_of
from logistics.payments.attempting import refuse_if_in_flight
from logistics.payments.gateways.gateway import Ask
from logistics.payments.models import Payment

TURNS = 5


@dataclass(frozen=True)
class Customer:
    """What a provider has to know of who pays: where they come back to, and how they are spoken to."""

    return_url: str
    email: str = ""
    language: str = "en"


def customer_of(order: Order) -> Customer:
    """Who pays for an order: they come back to its public page."""
    return Customer(f"{public_link(order)}/payment", order.email, order.language)


def can_pay_by_card(order: Order) -> bool:
    """Whether a page can be made on which an order is paid."""
    return order.can_pay and by_card.is_offered() and not order.is_overdue(clock.now())


def begin_page(session: Session, *, number: str, whom: Customer, by: Actor, seen: frozenset[int] = frozenset()) -> Step | Payment:
    """Begin to make a page on which an order can be paid: what to ask the provider, or the payment whose page stands already.

    A page that is old, or for another amount, is closed first, for two of them could both be paid; and before that it is looked up
    (`seen`: those that were), for it may have been paid. Locks the order, then its payments.
    Raises CardsNotOffered, PaymentInFlight, IllegalMove for an order that takes no money or whose time is over, NotFound.
    """
    order = lock_order(session, number=number)
    by_card.offered()
    _refuse_unless_payable(order)
    payments = by_card.hold_payments(session, order.id)
    refuse_if_in_flight(session, order.id)
    amount = amount_open(session, order)
    for payment in payments:
        if by_card.is_page(payment):
            if by_card.is_young(payment) and by_card.page_amount(session, payment) == amount:
                return payment
            return question_of(by_card.begin_void(session, payment, by)) if payment.id in seen else look_up_of(payment)
    return question_of(by_card.begin_payment(session, order_id=order.id, ask=_ask(order, amount, whom), by=by))


def begin_card(session: Session, order: Order, *, token: str, whom: Customer, by: Actor) -> Question:
    """Begin to authorise what is open of a locked or new order by a token of the customer's; without one, to make a page. Raises as begin_page."""
    _refuse_unless_payable(order)
    asked = replace(_ask(order, amount_open(session, order), whom), token=token)
    return question_of(by_card.begin_payment(session, order_id=order.id, ask=asked, by=by))


def begin_capture(session: Session, order: Order, *, by: Actor) -> Question | None:
    """Begin to take what is due of a locked order from its cards, one card after the other; None when nothing is left to be taken.

    What other money covers is not taken: that card is given up. Locks the payments. Raises PaymentInFlight.
    """
    payments = by_card.hold_payments(session, order.id)
    refuse_if_in_flight(session, order.id)
    open_cards = [payment for payment in by_card.cards_among(payments) if payment.open_authorisation]
    if not open_cards:
        return None
    first = open_cards[0]
    elsewhere = sum(payment.authorised - payment.voided - payment.refunded for payment in payments if payment not in open_cards)
    amount = min(first.open_authorisation, rules.due(order) - elsewhere)
    return question_of(by_card.begin_capture(session, first, amount, by) if amount > 0 else by_card.begin_void(session, first, by))


def make_page(*, number: str, whom: Customer, by: Actor) -> str:
    """Make a page on which an order can be paid, or find the one that stands; its address, empty while the provider does not answer.

    Owns its transactions. Raises as begin_page.
    """
    seen: frozenset[int] = frozenset()
    for _turn in range(TURNS):
        found = in_transaction(partial(begin_page, number=number, whom=whom, by=by, seen=seen))
        if isinstance(found, Payment):
            return found.pay_url
        if isinstance(found, LookUp):
            seen |= {found.payment_id}
        if not take_step(found, by=by):
            return ""
    return ""


def _ask(order: Order, amount: int, whom: Customer) -> Ask:
    return Ask(order.number, amount, order.currency, whom.return_url, email=whom.email, language=whom.language)


def _refuse_unless_payable(order: Order) -> None:
    if not order.can_pay:
        raise IllegalMove(_("Order %(number)s is not waiting for money.", number=order.number))
    if order.is_overdue(clock.now()):
        raise IllegalMove(_("The time to pay for order %(number)s is over.", number=order.number))
