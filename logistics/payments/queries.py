"""Reading payments."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, any_, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session, selectinload

from logistics.core.actors import Actor
from logistics.payments.models import Method, MoveKind, Payment, PaymentMove


@dataclass(frozen=True)
class Money:
    """What came for an order, in minor units: `covered` by money and by promises of it, `received` and not given back.

    `cod` is what is still to be paid on delivery, `terms` what was sold on terms.
    """

    covered: int
    received: int
    cod: int
    terms: int


def money_of(session: Session, order_id: int) -> Money:
    """What came for an order, by one statement."""
    kept = Payment.authorised - Payment.voided - Payment.refunded
    sums = (
        func.sum(kept),
        func.sum(Payment.captured - Payment.refunded),
        func.sum(Payment.authorised - Payment.captured - Payment.voided).filter(Payment.method == Method.COD.value),
        func.sum(kept).filter(Payment.method == Method.TERMS.value),
    )
    row = session.execute(select(*sums).where(Payment.order_id == order_id)).one()
    return Money(*(int(amount or 0) for amount in row))


def covered_amount(session: Session, order_id: int) -> int:
    """What an order is covered by, in minor units: open authorisations + captured - refunded."""
    covered = func.coalesce(func.sum(Payment.authorised - Payment.voided - Payment.refunded), 0)
    return int(session.scalar(select(covered).where(Payment.order_id == order_id)) or 0)


def refundable_amount(session: Session, order_id: int) -> int:
    """What was taken for an order and can be given back, in minor units: what is disputed cannot."""
    taken = func.coalesce(func.sum(Payment.captured - Payment.refunded), 0)
    return int(session.scalar(select(taken).where(Payment.order_id == order_id, Payment.state.in_(("captured", "part_refunded")))) or 0)


def recorded_since(session: Session, order_id: int, moment: datetime, *, by: Actor) -> int:
    """How much this person recorded as transfers, and as paid on delivery, for an order since then; minor units."""
    own = (PaymentMove.order_id == order_id, PaymentMove.actor_kind == by.kind, PaymentMove.actor_id == by.id, PaymentMove.at > moment)
    recorded = select(func.coalesce(func.sum(PaymentMove.amount), 0))
    by_hand = PaymentMove.provider.in_(("bank", "cod"))
    return int(session.scalar(recorded.where(*own, by_hand, PaymentMove.kind == MoveKind.CAPTURE.value)) or 0)


def payments_of(session: Session, order_id: int) -> Sequence[Payment]:
    """An order's payments with their moves, oldest first."""
    rows = select(Payment).where(Payment.order_id == order_id).order_by(Payment.id).options(selectinload(Payment.moves))
    return session.scalars(rows).all()


def refundable_of(session: Session, order_ids: Sequence[int]) -> dict[str, int]:
    """What was taken for these orders and not given back, by currency, in minor units."""
    among = Payment.order_id == any_(literal(list(order_ids), ARRAY(BigInteger)))
    taken = select(Payment.currency, func.sum(Payment.captured - Payment.refunded).label("amount")).where(among).group_by(Payment.currency)
    return {row.currency: int(row.amount) for row in session.execute(taken.order_by(Payment.currency)) if row.amount}
