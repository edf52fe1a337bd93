"""The only row locks of customers: one account at a time, after the order and before the payment."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.core.language import _
from logistics.core.refusals import NotFound
from logistics.customers.models import Account


def lock_account(session: Session, account_id: int) -> Account:
    """Lock an account and read it anew. Raises NotFound."""
    account = session.scalar(
        select(Account)
        .where(Account.id == account_id)
        # FOR NO KEY UPDATE: plain FOR UPDATE would wait for every entry that refers to the row.
        .with_for_update(key_share=True)
        # A row this session has already read would otherwise keep its old balance, lock or no lock.
        .execution_options(populate_existing=True)
    )
    if account is None:
        raise NotFound(_("This account does not exist."))
    return account
