"""The one writer of payment moves: each changes a payment's amounts and stands in the append-only list."""

from datetime import datetime

from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import Actor
from logistics.payments.models import MoveKind, Payment, PaymentMove

_AMOUNT = {MoveKind.AUTHORISE: "authorised", MoveKind.CAPTURE: "captured", MoveKind.VOID: "voided", MoveKind.REFUND: "refunded"}


def book(
    session: Session,
    payment: Payment,
    kind: MoveKind,
    amount: int,
    *,
    provider: str,
    by: Actor,
    reference: str = "",
    reason: str = "",
    at: datetime | None = None,
) -> PaymentMove:
    """Append a move of `amount` minor units to a locked (or new) payment and change the amount it stands for."""
    column = _AMOUNT[kind]
    setattr(payment, column, getattr(payment, column) + amount)
    row = PaymentMove(
        payment_id=payment.id,
        order_id=payment.order_id,
        kind=kind.value,
        amount=amount,
        provider=provider,
        reference=reference,
        reason=reason,
        actor_kind=by.kind,
        actor_id=by.id,
        at=at or clock.now(),
    )
    session.add(row)
    return row
