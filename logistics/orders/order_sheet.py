"""The file of new orders: what can be wrong in one whatever else is known of its orders.

One row per line of an order; rows belong together by the order's number, wherever they stand. What is said of the order as a whole
stands in its first row; later rows repeat it or leave it empty.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from logistics.catalog.models import Product
from logistics.core.config import settings
from logistics.core.importing import Rows, units_of
from logistics.core.language import _
from logistics.core.money import parse_money
from logistics.core.refusals import BadValue
from logistics.core.sheets import RowError, Sheet
from logistics.customers.columns import ADDRESS
from logistics.orders.order_columns import COLUMNS, GOODS
from logistics.orders.pricing import parse_discount
from logistics.orders.validating import MOST_LINES, find_products

_HEAD = tuple(column for column in COLUMNS if column.name not in GOODS)
# What shops write into their lists of goods that is none: charges, discounts, corrections, fees.
CHARGES = {
    "post", "postage", "dot", "dotcom", "d", "discount", "m", "manual", "c2", "carriage", "s", "samples", "b", "bad debt", "adjust", "adjust2",
    "amazonfee", "amazon fee", "fee", "fees", "bank charges", "cruk", "commission", "shipping", "freight", "delivery", "handling", "tax", "vat",
    "gift", "pads", "tip", "coupon", "voucher", "rounding", "surcharge", "refund",
}  # fmt: skip


def check(session: Session, sheet: Sheet) -> list[RowError]:
    """What is wrong in the whole file: goods we do not have, amounts that cannot be read, orders that do not agree with themselves."""
    products = find_products(session, [values["sku"] for _number, values in sheet.rows])
    errors: list[RowError] = []
    for number, values in sheet.rows:
        errors += _check_goods(number, values, products) + _check_amounts(number, values)
    for rows in units_of(sheet, "order"):
        errors += _check_order(rows)
    return errors


def currency_of(values: Mapping[str, Any]) -> str:
    """The currency of a row's amounts: its own, or the shop's."""
    given: str | None = values["currency"]
    return given or settings().currency


def _check_goods(number: int, values: Mapping[str, Any], products: Mapping[str, Product]) -> list[RowError]:
    sku, currency = values["sku"], currency_of(values)
    product = products.get(sku.lower())
    if product is None and sku.lower() in CHARGES:
        message = _(
            "“%(sku)s” is a charge or a correction, no goods. Put charges into the column of the shipping charge, or leave the row out.", sku=sku
        )
        return [RowError(number, "sku", "not_goods", message)]
    if product is None:
        return [RowError(number, "sku", "unknown_sku", _("There is no product “%(sku)s”.", sku=sku))]
    if not product.sellable:
        return [RowError(number, "sku", "not_sellable", _("“%(sku)s” is not for sale.", sku=product.sku))]
    if product.currency != currency and values["unit_price"] is None:
        message = _("“%(sku)s” has no price in %(currency)s: give its unit price.", sku=product.sku, currency=currency)
        return [RowError(number, "unit_price", "no_price", message)]
    return []


def _check_amounts(number: int, values: Mapping[str, Any]) -> list[RowError]:
    errors = []
    for name, read in (("unit_price", parse_money), ("shipping", parse_money), ("order_discount", parse_discount), ("amount_paid", parse_money)):
        try:
            if values[name] is not None:
                read(values[name], currency_of(values))
        except BadValue as error:
            errors.append(RowError(number, name, error.code, error.message))
    return errors


def _check_order(rows: Rows) -> Sequence[RowError]:
    (first_row, head), others = rows[0], rows[1:]
    errors = [
        RowError(number, column.name, "differs", _("This differs from the first row of order “%(order)s”.", order=head["order"]))
        for number, values in others
        for column in _HEAD
        if values[column.name] not in (head[column.name], column.default)
    ]
    if len(rows) > MOST_LINES:
        errors.append(RowError(rows[MOST_LINES][0], "order", "too_many_lines", _("An order has at most %(count)s lines.", count=MOST_LINES)))
    if head["full_address"] and any(head[name] for name in ADDRESS if name != "country"):
        errors.append(
            RowError(first_row, "full_address", "two_addresses", _("The address stands here and in fields of its own. Use only one of them."))
        )
    if head["amount_paid"] is not None and not head["payment_reference"]:
        errors.append(RowError(first_row, "payment_reference", "required", _("Give the reference from the bank statement.")))
    return errors
