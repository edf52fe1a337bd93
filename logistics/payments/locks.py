"""The only row locks of payments."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.payments.models import Payment


def lock_payments(session: Session, order_id: int) -> Sequence[Payment]:
    """Lock all payments of an order, in id order. Lock its order, and the customer's account, first."""
    rows = select(Payment).where(Payment.order_id == order_id).order_by(Payment.id)
    return session.scalars(rows.with_for_update(key_share=True).execution_options(populate_existing=True)).all()
