"""The file of orders: its columns, and what can be wrong in one before anything is written.

One row per line of an order; the rows of one order stand together and agree in everything but the goods.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from logistics.core import clock, parsing
from logistics.core.importing import Rows
from logistics.core.language import _, lazy
from logistics.core.money import parse_money
from logistics.core.refusals import BadValue
from logistics.core.sheets import Column, RowError, Sheet
from logistics.customers.columns import ADDRESS_COLUMNS, EMAIL, PHONE, line
from logistics.customers.models import Customer
from logistics.fulfilment.models import Carrier
from logistics.orders.order_columns import CURRENCY, CUSTOMER, DISCOUNT, NOTE, ORDER, QUANTITY, RECIPIENT, SHIPPING, SKU, UNIT_PRICE
from logistics.orders.order_sheet import currency_of
from logistics.orders.validating import find_products

_GOODS = ("sku", "quantity", "unit_price", "discount")

COLUMNS = (
    ORDER,
    replace(CUSTOMER, required=True),
    Column(
        "placed_at", parsing.parse_moment, required=True, takes="day", label=lazy("Placed on"), also="order date|orderdate|date|下单时间|订单日期"
    ),
    RECIPIENT,
    # History is what it is: a country that is none today is kept, and listed as not verified.
    *(replace(column, default="", read=line(2) if column.name == "country" else column.read) for column in (*ADDRESS_COLUMNS, PHONE)),
    replace(EMAIL, default="", read=line(254)),
    CURRENCY,
    SHIPPING,
    replace(NOTE, read=line(2000)),
    SKU,
    replace(QUANTITY, read=parsing.parse_quantity),
    UNIT_PRICE,
    DISCOUNT,
    Column("paid_at", parsing.parse_moment, takes="day", label=lazy("Paid on"), also="paid|payment date|付款时间"),
    Column("payment_reference", line(100), default="", label=lazy("Reference of the transfer"), also="payment reference|付款流水号"),
    Column("shipped_at", parsing.parse_moment, takes="day", label=lazy("Shipped on"), also="shipped date|shippeddate|ship date|发货时间"),
    Column("carrier", line(40), default="", label=lazy("Carrier"), also="ship via|shipper|快递公司|物流公司"),
    Column("tracking_number", line(60), default="", label=lazy("Tracking number"), also="tracking no|waybill|快递单号|运单号|物流单号"),
)


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


def _check_amounts(number: int, values: Mapping[str, Any]) -> list[RowError]:
    errors = []
    for name in ("unit_price", "shipping"):
        try:
            if values[name] is not None:
                parse_money(values[name], currency_of(values))
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
    for _order, together in groupby(sheet.rows, key=lambda row: row[1]["order"]):
        rows = list(together)
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
