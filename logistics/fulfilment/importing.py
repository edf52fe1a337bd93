"""Importing orders with their history: placed, paid by transfer and shipped at their dates, through the same capabilities as today's.

History sends no messages, leaves nothing reserved once shipped, and skips the guards of address and phone: what could not be verified
is in the report.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import Actor
from logistics.core.addresses import Address, check_address
from logistics.core.contacts import check_phone
from logistics.core.importing import Importer, Line, Report, Rows, at_row
from logistics.core.language import _, lazy
from logistics.core.money import parse_money
from logistics.core.refusals import FieldError
from logistics.core.sheets import RowError
from logistics.customers.columns import ADDRESS
from logistics.customers.models import Customer
from logistics.fulfilment.dispatching import dispatch
from logistics.fulfilment.models import Shipment
from logistics.fulfilment.order_files import COLUMNS, check
from logistics.fulfilment.packing import pack
from logistics.fulfilment.picking import pick
from logistics.orders.models import Channel, Order
from logistics.orders.order_sheet import currency_of
from logistics.orders.paying import amount_open, record_transfer
from logistics.orders.placing import place
from logistics.orders.validating import LineRequest, OrderRequest

CHANNEL = "import"


def write(session: Session, rows: Rows, by: Actor) -> Report:
    """Take one order in, all of it or nothing. An order that is there already stays as it is."""
    first_row, head = rows[0]
    report = Report()
    if number := _number_of(session, head["order"]):
        report.tell(Line(first_row, "same", head["order"], number))
        return report
    with at_row(first_row):
        request = _request(session, rows)
        order = place(session, request, by=by, at=head["placed_at"])
        if head["paid_at"]:
            _pay(session, order, head, by)
        if head["shipped_at"]:
            _ship(session, order, head, by)
    report.tell(Line(first_row, "new", head["order"], order.number))
    report.notes += _unverified(first_row, request)
    return report


ORDERS = Importer(
    kind="orders",
    columns=COLUMNS,
    write=write,
    check=check,
    unit_column="order",
    label=lazy("Past orders"),
    hint=lazy("History with its dates: nobody is told of anything, and what was shipped has left the stock."),
)


def _request(session: Session, rows: Rows) -> OrderRequest:
    head = rows[0][1]
    currency = currency_of(head)
    customer = session.scalars(select(Customer).where(func.lower(Customer.reference) == head["customer"].lower())).one()
    return OrderRequest(
        channel=CHANNEL,
        external_id=head["order"],
        customer_id=customer.id,
        name=head["name"] or customer.name,
        address=Address(**{name: head[name] for name in ADDRESS}),
        phone=head["phone"],
        email=head["email"],
        currency=currency,
        shipping=parse_money(head["shipping"], currency),
        note=head["note"],
        language=customer.language,
        lines=[_asked(values, currency) for _number, values in rows],
        imported_at=clock.now(),
    )


def _asked(values: Mapping[str, Any], currency: str) -> LineRequest:
    price = None if values["unit_price"] is None else parse_money(values["unit_price"], currency)
    return LineRequest(sku=values["sku"], quantity=values["quantity"], unit_price=price, discount_bp=values["discount"])


def _pay(session: Session, order: Order, head: Mapping[str, Any], by: Actor) -> None:
    if amount := amount_open(session, order):
        reference = head["payment_reference"] or f"{CHANNEL} {head['order']}"
        record_transfer(session, number=order.number, amount=amount, reference=reference, by=by, at=head["paid_at"])


def _ship(session: Session, order: Order, head: Mapping[str, Any], by: Actor) -> None:
    at = head["shipped_at"]
    for shipment in session.scalars(select(Shipment).where(Shipment.order_id == order.id).order_by(Shipment.id)).all():
        everything = {line.id: line.quantity for line in shipment.lines}
        pick(session, reference=shipment.reference, picked=everything, by=by, at=at)
        pack(session, reference=shipment.reference, by=by, at=at)
        dispatch(session, reference=shipment.reference, carrier_code=head["carrier"], tracking_number=head["tracking_number"], by=by, at=at)


def _number_of(session: Session, external_id: str) -> str | None:
    return session.scalar(select(Order.number).join(Channel).where(Channel.code == CHANNEL, Order.external_id == external_id))


def _unverified(row: int, request: OrderRequest) -> list[RowError]:
    problems: list[FieldError] = check_address(request.address)
    if request.phone and (problem := check_phone(request.phone, request.address.country)):
        problems.append(problem)
    return [RowError(row, problem.pointer, "unverified", _("Taken as it is: %(message)s", message=problem.message)) for problem in problems]
