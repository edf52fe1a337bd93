"""What the rows of a file ask for: an order for somebody we know or somebody new, and the money that came for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from logistics.core.actors import Actor, may
from logistics.core.addresses import Address
from logistics.core.importing import Rows, errors_at
from logistics.core.language import _
from logistics.core.money import parse_money
from logistics.core.refusals import Refusal
from logistics.core.sheets import RowError
from logistics.customers.columns import ADDRESS
from logistics.customers.models import Customer
from logistics.customers.recognising import Doubt, Person, recognise
from logistics.customers.rules import CustomerDetails
from logistics.inventory.reserving import OutOfStock
from logistics.orders.address_text import cut_address
from logistics.orders.order_sheet import currency_of
from logistics.orders.pricing import parse_discount
from logistics.orders.validating import LineRequest, OrderRequest

# What capabilities call a field, where the file calls it otherwise.
_COLUMNS = {"lines": "", "products": "sku", "amount": "amount_paid", "reference": "payment_reference", "discount": "order_discount"}


@dataclass(frozen=True)
class Asked:
    """An order as the rows of a file ask for it.

    `customer` is who was recognised, `details` what is said of somebody new; Doubt is an error. `paid`: minor units of a transfer that
    came in (None: all of it) under `payment_reference`; without one nothing came.
    """

    rows: Rows
    request: OrderRequest
    customer: Customer | Doubt | None
    details: CustomerDetails
    payment_reference: str = ""
    paid: int | None = None

    @property
    def name(self) -> str:
        """What the file calls it."""
        return str(self.request.external_id)

    @property
    def row(self) -> int:
        """Its first row."""
        return self.rows[0][0]

    def errors_of(self, refusal: Refusal) -> list[RowError]:
        """What a refusal says, at the rows and columns it is about."""
        if isinstance(refusal, OutOfStock):
            return self._shortages(refusal)
        return [replace(self._place(error), thing=self.name) for error in errors_at(self.row, refusal)]

    def _place(self, error: RowError) -> RowError:
        """A pointer such as "lines-2-sku" is the third row's SKU."""
        kind, _dash, rest = error.column.partition("-")
        at, _dash, part = rest.partition("-")
        if kind == "lines" and at.isdigit():
            return replace(error, row=self.rows[int(at)][0], column=part)
        return replace(error, column=_COLUMNS.get(kind, error.column))

    def _shortages(self, refusal: OutOfStock) -> list[RowError]:
        rows = {values["sku"].lower(): number for number, values in reversed(self.rows)}
        return [
            RowError(rows.get(str(error.facts["sku"]).lower(), self.row), "quantity", error.code, error.message, thing=self.name)
            for error in refusal.errors
        ]


def read_orders(session: Session, units: Sequence[Rows], *, by: Actor) -> list[Asked]:
    """What each unit asks for; whoever is recognised is read from the database, all of them at once."""
    heads = [rows[0][1] for rows in units]
    addresses = [_address(head) for head in heads]
    people = [_person(head, address) for head, address in zip(heads, addresses, strict=True)]
    known = recognise(session, people)
    return [_asked(rows, address, customer, by) for rows, address, customer in zip(units, addresses, known, strict=True)]


def may_ask(function: str, by: Actor) -> bool:
    """Whether whoever imports has this function; the operator of the server has every one."""
    return by.kind == "system" or may(function, by)


def _address(head: Mapping[str, Any]) -> Address:
    if head["full_address"]:
        return cut_address(head["full_address"], head["country"])
    return Address(**{name: head[name] for name in ADDRESS})


def _person(head: Mapping[str, Any], address: Address) -> Person:
    name = head["buyer"] or head["name"]
    return Person(reference=head["customer"], email=head["email"], phone=head["phone"], country=address.country, name=name)


def _asked(rows: Rows, address: Address, customer: Customer | Doubt | None, by: Actor) -> Asked:
    head = rows[0][1]
    currency = currency_of(head)
    somebody = customer if isinstance(customer, Customer) else None
    # Whoever is known, and of whom the file says no address, gets it where they usually do.
    usual = somebody if somebody and not any(text for name, text in address.as_columns().items() if name != "country") else None
    language = somebody.language if somebody else "zh_Hans" if address.country == "CN" else "en"
    request = OrderRequest(
        channel=head["channel"],
        external_id=head["order"],
        customer_id=somebody.id if somebody else 0,
        name=head["name"] or head["buyer"] or (somebody.name if somebody else ""),
        address=usual.address if usual else address,
        phone=head["phone"] or (usual.phone if usual else ""),
        email=head["email"] or (somebody.email if somebody else ""),
        currency=currency,
        shipping=parse_money(head["shipping"], currency),
        discount=parse_discount(head["order_discount"], currency),
        note=head["note"],
        priority=head["priority"],
        language=language,
        lines=[_line(values, currency) for _number, values in rows],
        any_price=may_ask("prices.discount_large", by),
    )
    details = CustomerDetails(
        name=head["buyer"] or request.name,
        reference=head["customer"],
        email=request.email,
        phone=request.phone,
        language=language,
        address=request.address,
    )
    paid = None if head["amount_paid"] is None else parse_money(head["amount_paid"], currency)
    return Asked(rows, request, customer, details, head["payment_reference"], paid)


def _line(values: Mapping[str, Any], currency: str) -> LineRequest:
    price = None if values["unit_price"] is None else parse_money(values["unit_price"], currency)
    return LineRequest(values["sku"], values["quantity"], price, values["discount"], values["line_note"])


def in_doubt(asked: Asked, doubt: Doubt) -> list[RowError]:
    """Several customers fit: the file has to say which."""
    message = _("Several customers fit: %(names)s. Give the reference of the right one.", names=", ".join(doubt.names)[:200])
    return [RowError(asked.row, "customer", "doubtful_customer", message, thing=asked.name)]
