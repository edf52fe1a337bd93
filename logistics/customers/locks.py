"""The only row locks of customers: an account, after the order and before the payment; and a customer, by whoever changes its facts."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.core.language import _
from logistics.core.refusals import NotFound
from logistics.customers.models import Account, Customer


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


def lock_customer(session: Session, customer_id: int) -> Customer:
    """Lock a customer and read it anew. Raises NotFound."""
    customer = session.scalar(
        select(Customer).where(Customer.id == customer_id).with_for_update(key_share=True).execution_options(populate_existing=True)
    )
    if customer is None:
        raise NotFound(_("This customer does not exist."))
    return customer
