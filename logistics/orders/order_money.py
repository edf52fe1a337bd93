"""What the page of an order says of its money: what is due, what is there, and what could go back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from logistics.orders import rules
from logistics.orders.models import Order, OrderStatus
from logistics.payments.models import Method, Payment, PaymentState
from logistics.payments.on_account import ON_ACCOUNT


@dataclass(frozen=True)
class OrderMoney:
    """Amounts in minor units.

    `open` is still to be paid, `collect` to be handed over on delivery. Cancelling gives `refundable` back to the account, `at_shop` is the
    shop's to give back, `to_card` goes to cards or is given up there, `promised` is free again on the account. `returnable` can be given
    back by a refund, and by `allowable` less can be asked for.
    """

    due: int
    covered: int
    open: int
    collect: int
    refundable: int
    at_shop: int
    promised: int
    to_card: int
    returnable: int
    allowable: int


def read_money(order: Order, payments: Sequence[Payment]) -> OrderMoney:
    """What can be said of an order's money; `payments` are all of its."""
    due, covered = rules.due(order), _sum(payments, lambda payment: payment.authorised - payment.voided - payment.refunded)
    cod = _sum(payments, _still_authorised, {Method.COD})
    returnable = sum(payment.refundable for payment in payments if payment.state != PaymentState.DISPUTED)
    return OrderMoney(
        due=due,
        covered=covered,
        open=max(0, due - covered),
        collect=max(0, min(cod, due - (covered - cod))),
        refundable=_sum(payments, _taken, set(Method) - {Method.SHOP, Method.CARD}),
        at_shop=_sum(payments, _taken, {Method.SHOP}),
        promised=_sum(payments, _still_authorised, set(ON_ACCOUNT)),
        to_card=_sum(payments, lambda payment: payment.refundable + payment.open_authorisation, {Method.CARD}),
        returnable=returnable,
        # What is disputed was taken: it cannot be given back, and nobody owes it.
        allowable=max(0, due - _sum(payments, _taken)) if order.status != OrderStatus.CANCELLED else 0,
    )


def _sum(payments: Sequence[Payment], amount: Callable[[Payment], int], methods: set[Method] | None = None) -> int:
    return sum(amount(payment) for payment in payments if methods is None or payment.method in methods)


def _taken(payment: Payment) -> int:
    return payment.refundable


def _still_authorised(payment: Payment) -> int:
    return payment.open_authorisation
