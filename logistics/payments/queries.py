"""Reading payments."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, ColumnElement, SQLColumnExpression, any_, exists, func, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session, selectinload

from logistics.core.actors import Actor
from logistics.payments.models import AttemptState, Method, MoveKind, Payment, PaymentAttempt, PaymentMove, PaymentState


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


def paying_of(order_id: SQLColumnExpression[int]) -> ColumnElement[bool]:
    """Whether an order's customer may be paying by card at this moment: a page stands open, or a provider has not answered."""
    page = exists().where(Payment.order_id == order_id, Payment.method == Method.CARD.value, Payment.state == PaymentState.CREATED.value)
    return or_(page, exists().where(PaymentAttempt.order_id == order_id, PaymentAttempt.state == AttemptState.OPEN.value))


def is_paying(session: Session, order_id: int) -> bool:
    """The same, for one order."""
    return bool(session.scalar(select(paying_of(literal(order_id, BigInteger)))))


def last_card(session: Session, order_id: int) -> Payment | None:
    """The newest payment by card of an order."""
    cards = select(Payment).where(Payment.order_id == order_id, Payment.method == Method.CARD.value)
    return session.scalar(cards.order_by(Payment.id.desc()).limit(1))


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
