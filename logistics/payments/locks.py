"""The only row locks of payments, of the numbers of documents, and of the company that issues them."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.payments.models import Company, DocumentSeries, Payment


def lock_payments(session: Session, order_id: int) -> Sequence[Payment]:
    """Lock all payments of an order, in id order. Lock its order, and the customer's account, first."""
    rows = select(Payment).where(Payment.order_id == order_id).order_by(Payment.id)
    return session.scalars(rows.with_for_update(key_share=True).execution_options(populate_existing=True)).all()


def lock_series(session: Session, prefix: str, year: int) -> DocumentSeries:
    """Lock the numbers of a series that is there. It is the last lock of all: whoever has it waits for nobody else."""
    row = select(DocumentSeries).where(DocumentSeries.prefix == prefix, DocumentSeries.year == year)
    return session.scalars(row.with_for_update(key_share=True).execution_options(populate_existing=True)).one()


def lock_company(session: Session) -> Company:
    """Lock the company's details, which are there."""
    row = select(Company).where(Company.id == 1)
    return session.scalars(row.with_for_update(key_share=True).execution_options(populate_existing=True)).one()
