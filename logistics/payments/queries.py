"""Reading payments."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from logistics.payments.models import Payment


def covered_amount(session: Session, order_id: int) -> int:
    """What an order is covered by, in minor units: open authorisations + captured - refunded."""
    covered = func.coalesce(func.sum(Payment.authorised - Payment.voided - Payment.refunded), 0)
    return int(session.scalar(select(covered).where(Payment.order_id == order_id)) or 0)


def payments_of(session: Session, order_id: int) -> Sequence[Payment]:
    """An order's payments with their moves, oldest first."""
    rows = select(Payment).where(Payment.order_id == order_id).order_by(Payment.id).options(selectinload(Payment.moves))
    return session.scalars(rows).all()
