"""The page of the order form: for a new order, for one that is refused, and for a draft."""

from collections.abc import Sequence
from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from logistics.core.actors import may
from logistics.core.config import settings
from logistics.core.htmx import asks_for_part
from logistics.core.pages import page
from logistics.customers.models import Customer
from logistics.customers.queries import find_addresses
from logistics.customers.rules import address_digest
from logistics.orders import queries
from logistics.orders.forms import Desk, LineInput, OrderForm
from logistics.orders.pricing import NO_DISCOUNT, find_tariff
from logistics.orders.quoting import Quote, quote


def desk_of(session: Session) -> Desk:
    """The rules of the desk."""
    channel = queries.find_channel(session, "desk")
    if channel is None:
        return Desk(settings().currency, on_terms=may("money.approve_terms"))
    rules = {"may_wait": channel.may_wait, "ship_complete": channel.ship_complete, "tax_included": channel.tax_included}
    return Desk(settings().currency, **rules, on_terms=may("money.approve_terms"))


def quote_of(session: Session, form: OrderForm, lines: Sequence[LineInput]) -> Quote:
    """What these lines of the form would cost with its charges, discount and the taxes of its country."""
    currency = form.chosen_currency
    return quote(
        session,
        [line.read(currency)[0] for line in lines],
        currency=currency,
        shipping=form.shipping.data or 0,
        discount=form.discount.data or NO_DISCOUNT,
        tariff=find_tariff(session, country=form.country.data or "", included=form.desk.tax_included),
    )


def form_page(session: Session, form: OrderForm, *, fragment: str = "", status: int = 200, **more: Any) -> Response:
    """The page, or the fragment of it, with the form as it was typed and what is known of it."""
    customer: Customer | None = queries.find_customer(session, form.customer_id.data or 0)
    currency = form.chosen_currency
    quoted = quote_of(session, form, form.lines)
    account = queries.account_of(session, customer.id, currency) if customer else None
    context: dict[str, Any] = {
        "form": form,
        "customer": customer,
        **(_addresses(session, form, customer) if customer and fragment != "totals" else {"addresses": [], "sent_to": None}),
        "currency": currency,
        "may_wait": form.may_wait,
        "quote": quoted,
        "lines": list(zip(form.lines, quoted.lines, strict=True)),
        "account": account,
        "balance": (account.spendable if account else 0) if customer else None,
        "in_part": asks_for_part(),
        # Another country has other taxes.
        "asks_totals": fragment == "recipient" and asks_for_part(),
        "draft": None,
        "like": None,
        "understood": None,
        "saved": None,
        **more,
    }
    return page("orders/new.html", fragment=fragment or None, status=status, **context)


def _addresses(session: Session, form: OrderForm, customer: Customer) -> dict[str, Any]:
    """Where the customer's orders went, and which of it stands in the form: its id, 0 for the usual one, None for another."""
    known = find_addresses(session, customer)
    written = address_digest(form.name.data or "", form.address)
    ids = {address_digest(customer.name, customer.address): 0} | {address.digest: address.id for address in known}
    return {"addresses": known, "sent_to": ids.get(written)}
