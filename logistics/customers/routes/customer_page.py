"""The page of one customer: as it is, and with a form that was refused."""

from collections.abc import Sequence
from typing import Any

from flask import Response, request, url_for
from sqlalchemy.orm import Session

from logistics.core.actors import current_actor
from logistics.core.addressing import address_lines
from logistics.core.config import settings
from logistics.core.language import _
from logistics.core.money import decimals
from logistics.core.pages import done, page
from logistics.core.refusals import NotFound
from logistics.customers import queries
from logistics.customers.adjusting import ADJUSTMENT_LIMIT
from logistics.customers.adjustment_queries import find_waiting_adjustments
from logistics.customers.forms import AdjustmentForm, CreditForm, CustomerForm, DepositForm
from logistics.customers.models import Account, Customer

PAGE_OF_ADDRESSES = 50
Differences = list[tuple[str, str, str]]


def show(
    session: Session,
    customer: Customer,
    fragment: str,
    status: int,
    *,
    form: CustomerForm | None = None,
    differences: Differences | None = None,
    **shown: Any,
) -> Response:
    """The page, or the fragment of it; `shown` replaces what money_of gives, such as a form with its errors."""
    context = money_of(session, customer, **shown)
    return page("customers/customer.html", fragment=fragment, status=status, form=form, differences=differences or [], **context)


def money_moved(session: Session, customer: Customer, message: str) -> Response:
    """What follows a change of a customer's money: their page, or the part of it that is about money."""
    answer = done(to=address_of(customer), partial="customers/_money.html", message=message, **money_of(session, customer))
    # A morph would keep what was typed, and the next deposit is another one.
    answer.headers["HX-Reswap"] = "outerHTML"
    return answer


def money_of(session: Session, customer: Customer, **shown: Any) -> dict[str, Any]:
    """What the templates about money need; `shown` replaces what is known better, such as a form with its errors.

    `credit_form` is one that was refused, None where none was; `credit_differences` what a save that came too late has to look at.
    """
    accounts = queries.find_accounts(session, customer.id)
    first = currencies_of(accounts)
    return {
        "customer": customer,
        "accounts": accounts,
        "address": "\n".join(address_lines(customer.address)),
        "addresses": queries.find_addresses(session, customer, most=PAGE_OF_ADDRESSES),
        "entries": queries.find_entries(session, customer.id, request.args.get("entries", "")),
        "deposit_form": DepositForm(formdata=None, first=first),
        "adjustment_form": AdjustmentForm(formdata=None, first=first),
        "adjustment_limit": ADJUSTMENT_LIMIT * 10 ** decimals(first[0]),
        "waiting_adjustments": find_waiting_adjustments(session, customer.id) if accounts else [],
        "me": current_actor().id,
        "credit_forms": {account.currency: CreditForm.of(account) for account in accounts},
        "new_credit_form": CreditForm(formdata=None, first=first),
        "credit_form": None,
        "credit_differences": [],
        **shown,
    }


def currencies_of(accounts: Sequence[Account]) -> list[str]:
    """The currencies to offer first: the house's, then those of the customer's accounts."""
    return [settings().currency, *(account.currency for account in accounts)]


def address_of(customer: Customer) -> str:
    """Where the customer's page is."""
    return url_for("customers.show_customer", customer_id=customer.id)


def found(customer: Customer | None) -> Customer:
    """The customer. Raises NotFound for nobody."""
    if customer is None:
        raise NotFound(_("This customer does not exist."))
    return customer
