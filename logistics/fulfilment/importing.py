"""Importing orders with their history: placed, paid by transfer and shipped at their dates, through the same capabilities as today's.

One row per line of an order; the rows of one order stand together and agree in everything but the goods. History sends no messages,
leaves nothing reserved once shipped, and skips the guards of address and phone: what could not be verified is in the report.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, time
from itertools import groupby
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from logistics.core import clock, parsing
from logistics.core.actors import Actor
from logistics.core.addresses import Address, check_address, check_phone
from logistics.core.config import settings
from logistics.core.importing import Importer, Report, Rows, at_row
from logistics.core.language import _
from logistics.core.money import parse_currency, parse_money
from logistics.core.refusals import BadValue, FieldError
from logistics.core.sheets import Column, RowError, Sheet
from logistics.customers.models import Customer
from logistics.fulfilment.dispatching import dispatch
from logistics.fulfilment.models import Carrier, Shipment
from logistics.fulfilment.packing import pack
from logistics.fulfilment.picking import pick
from logistics.orders.models import Channel, Order
from logistics.orders.paying import amount_open, record_transfer
from logistics.orders.placing import place
from logistics.orders.validating import LineRequest, OrderRequest, find_products

CHANNEL = "import"
FIRST_YEAR = 1990
_GOODS = ("sku", "quantity", "unit_price", "discount")
_ADDRESS = ("line1", "line2", "district", "city", "region", "postcode", "country")


def read_moment(text: str) -> datetime:
    """A day (its midnight in UTC) or a time with its offset, from 1990 on. Raises BadValue."""
    if len(text.strip(" ")) == len("1996-07-04"):
        return datetime.combine(parsing.parse_day(text, first=FIRST_YEAR), time.min, UTC)
    return parsing.parse_instant(text, first=FIRST_YEAR)


def _line(longest: int) -> Callable[[str], str]:
    return lambda text: parsing.clean_line(text, longest=longest)


COLUMNS = (
    Column("order", _line(100), required=True),
    Column("customer", _line(64), required=True),
    Column("placed_at", read_moment, required=True),
    Column("name", _line(200), default=""),
    *(Column(name, _line(20 if name == "postcode" else 2 if name == "country" else 100), default="") for name in _ADDRESS[2:]),
    Column("line1", _line(200), default=""),
    Column("line2", _line(200), default=""),
    Column("phone", _line(40), default=""),
    Column("email", _line(254), default=""),
    Column("currency", parse_currency),
    Column("shipping", _line(30), default="0"),
    Column("note", _line(2000), default=""),
    Column("sku", parsing.parse_code, required=True),
    Column("quantity", parsing.parse_quantity, required=True),
    Column("unit_price", _line(30)),
    Column("discount", parsing.parse_percent, default=0),
    Column("paid_at", read_moment),
    Column("payment_reference", _line(100), default=""),
    Column("shipped_at", read_moment),
    Column("carrier", _line(40), default=""),
    Column("tracking_number", _line(60), default=""),
)


def cut_by_order(sheet: Sheet) -> list[Rows]:
    """The rows of each order, in the order of the file."""
    return [list(rows) for _order, rows in groupby(sheet.rows, key=lambda row: row[1]["order"])]


def check(session: Session, sheet: Sheet) -> list[RowError]:
    """What is wrong in the whole file: unknown customers, products and carriers, amounts, and orders that do not agree with themselves."""
    skus = find_products(session, [values["sku"] for _number, values in sheet.rows])
    customers = set(session.scalars(select(func.lower(Customer.reference)).where(Customer.reference.is_not(None))))
    carriers = set(session.scalars(select(Carrier.code).where(Carrier.active)))
    errors: list[RowError] = []
    for number, values in sheet.rows:
        if values["sku"].lower() not in skus:
            errors.append(RowError(number, "sku", "unknown_sku", _("There is no product “%(sku)s”.", sku=values["sku"])))
        if values["customer"].lower() not in customers:
            message = _("There is no customer “%(reference)s”.", reference=values["customer"][:80])
            errors.append(RowError(number, "customer", "unknown_customer", message))
        if values["shipped_at"] and values["carrier"] not in carriers:
            message = _("There is no carrier “%(code)s”.", code=values["carrier"][:80])
            errors.append(RowError(number, "carrier", "unknown_carrier", message))
        errors += _check_amounts(number, values) + _check_dates(number, values)
    return errors + _check_orders(sheet)


def write(session: Session, rows: Rows, by: Actor) -> Report:
    """Take one order in, all of it or nothing. An order that is there already stays as it is."""
    first_row, head = rows[0]
    if _is_there(session, head["order"]):
        return Report(same=1)
    with at_row(first_row):
        request = _request(session, rows)
        order = place(session, request, by=by, at=head["placed_at"])
        if head["paid_at"]:
            _pay(session, order, head, by)
        if head["shipped_at"]:
            _ship(session, order, head, by)
    return Report(new=1, notes=_unverified(first_row, request))


ORDERS = Importer(kind="orders", columns=COLUMNS, write=write, check=check, cut=cut_by_order)


def _request(session: Session, rows: Rows) -> OrderRequest:
    head = rows[0][1]
    currency = _currency(head)
    customer = session.scalars(select(Customer).where(func.lower(Customer.reference) == head["customer"].lower())).one()
    return OrderRequest(
        channel=CHANNEL,
        external_id=head["order"],
        customer_id=customer.id,
        name=head["name"] or customer.name,
        address=Address(**{name: head[name] for name in _ADDRESS}),
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


def _is_there(session: Session, external_id: str) -> bool:
    known = select(Order.id).join(Channel).where(Channel.code == CHANNEL, Order.external_id == external_id)
    return session.scalar(known) is not None


def _unverified(row: int, request: OrderRequest) -> list[RowError]:
    problems: list[FieldError] = check_address(request.address)
    if request.phone and (problem := check_phone(request.phone, request.address.country)):
        problems.append(problem)
    return [RowError(row, problem.pointer, "unverified", _("Taken as it is: %(message)s", message=problem.message)) for problem in problems]


def _check_amounts(number: int, values: Mapping[str, Any]) -> list[RowError]:
    errors = []
    for name in ("unit_price", "shipping"):
        try:
            if values[name] is not None:
                parse_money(values[name], _currency(values))
        except BadValue as error:
            errors.append(RowError(number, name, error.code, error.message))
    return errors


def _check_dates(number: int, values: Mapping[str, Any]) -> list[RowError]:
    errors = []
    if values["shipped_at"] and not values["paid_at"]:
        errors.append(RowError(number, "paid_at", "required", _("An order that was shipped was paid: say when.")))
    early = [name for name in ("paid_at", "shipped_at") if values[name] and values[name] < values["placed_at"]]
    errors += [RowError(number, name, "too_early", _("This is before the order was placed.")) for name in early]
    if any(values[name] and values[name] > clock.now() for name in ("placed_at", "paid_at", "shipped_at")):
        errors.append(RowError(number, "placed_at", "future", _("This is still to come.")))
    return errors


def _check_orders(sheet: Sheet) -> list[RowError]:
    errors: list[RowError] = []
    seen: dict[str, int] = {}
    for rows in cut_by_order(sheet):
        first_row, head = rows[0]
        if (earlier := seen.setdefault(head["order"], first_row)) != first_row:
            message = _("Order “%(order)s” began in row %(row)s: keep its rows together.", order=head["order"], row=earlier)
            errors.append(RowError(first_row, "order", "scattered", message))
        errors += _check_agreement(rows, head)
    return errors


def _check_agreement(rows: Rows, head: Mapping[str, Any]) -> Sequence[RowError]:
    return [
        RowError(number, name, "differs", _("This differs from the first row of order “%(order)s”.", order=head["order"]))
        for number, values in rows[1:]
        for name in head
        if name not in _GOODS and values[name] != head[name]
    ]


def _currency(values: Mapping[str, Any]) -> str:
    given: str | None = values["currency"]
    return given or settings().currency
