"""The life of a payment."""

from logistics.core.lifecycle import check_move
from logistics.payments.models import Payment, PaymentState

_S = PaymentState

MOVES: dict[PaymentState, frozenset[PaymentState]] = {
    _S.CREATED: frozenset({_S.AUTHORISED, _S.FAILED}),
    _S.AUTHORISED: frozenset({_S.CAPTURED, _S.VOIDED, _S.EXPIRED, _S.FAILED}),
    _S.CAPTURED: frozenset({_S.PART_REFUNDED, _S.REFUNDED, _S.DISPUTED}),
    _S.PART_REFUNDED: frozenset({_S.PART_REFUNDED, _S.REFUNDED, _S.DISPUTED}),
    # Won, it is what it was; lost, the money is gone.
    _S.DISPUTED: frozenset({_S.CAPTURED, _S.PART_REFUNDED, _S.REFUNDED}),
    _S.REFUNDED: frozenset(),
    _S.VOIDED: frozenset(),
    _S.EXPIRED: frozenset(),
    # A page that was believed given up may have been paid on after all.
    _S.FAILED: frozenset({_S.AUTHORISED}),
}


def move(payment: Payment, to: PaymentState) -> None:
    """Take one step of its life. The payment must be locked, or new. Raises IllegalMove."""
    check_move(MOVES, PaymentState(payment.state), to)
    payment.state = to.value
