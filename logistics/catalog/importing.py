"""Importing products: upserted by SKU. An empty field keeps what a known product has."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import any_, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import Text

from logistics.catalog.listing import create_product, create_products, find_changes, put_product
from logistics.catalog.models import Product
from logistics.catalog.rules import ProductFacts, check_sku, parse_gtin, parse_tax_class, parse_weight
from logistics.core import parsing
from logistics.core.actors import Actor
from logistics.core.config import settings
from logistics.core.importing import Importer, Report, Rows, at_row
from logistics.core.language import _, lazy
from logistics.core.money import parse_currency, parse_money
from logistics.core.refusals import BadValue, Invalid
from logistics.core.sheets import Column, RowError, Sheet, find_repeats

_CREATED_AT_ONCE = 500


def _read_sku(text: str) -> str:
    sku = parsing.parse_code(text)
    check_sku(sku)
    return sku


COLUMNS = (
    Column(
        "sku",
        _read_sku,
        required=True,
        takes="code",
        label=lazy("SKU"),
        also="code|product code|item|item code|article|货号|商品编码|商品编号|商家编码",
    ),
    Column(
        "name", parsing.clean_line, required=True, label=lazy("Name"), also="product|product name|title|item name|description|名称|商品名称|品名|标题"
    ),
    # Read with the row's currency, which says how many decimals there are.
    Column(
        "price",
        lambda text: parsing.clean_line(text, longest=30),
        required=True,
        takes="number",
        label=lazy("Price"),
        also="unit price|unitprice|sale price|价格|单价|售价",
    ),
    Column("currency", parse_currency, label=lazy("Currency"), also="currency code|币种|货币"),
    Column("gtin", parse_gtin, label=lazy("Barcode (GTIN)"), also="barcode|ean|upc|条码|条形码|商品条码"),
    Column("weight_grams", parse_weight, takes="number", label=lazy("Weight in grams"), also="weight|grams|重量|重量(克)"),
    Column("tax_class", parse_tax_class, label=lazy("Tax class"), also="tax code|vat class|税类|税收分类|税率类别"),
    Column("description", parsing.clean_note, label=lazy("Description"), also="details|描述|说明|商品描述"),
    Column("sellable", parsing.parse_flag, label=lazy("Can be ordered"), also="active|可订购|在售"),
    Column("discontinued", parsing.parse_flag, label=lazy("Discontinued"), also="停产|停售"),
)


def check(session: Session, sheet: Sheet) -> list[RowError]:
    """Wrong amounts, and SKUs and barcodes that stand twice in the file or belong to another product."""
    errors = [error for number, values in sheet.rows for error in _check_price(number, values)]
    errors += find_repeats(sheet, lambda values: values["sku"].lower(), "sku")
    return errors + _check_barcodes(session, sheet)


def write(session: Session, rows: Rows, by: Actor) -> Report:
    """Create or change each product."""
    report, fresh = Report(), list[tuple[int, ProductFacts]]()
    known = _find_by_sku(session, [values["sku"].lower() for _number, values in rows])
    for number, values in rows:
        product = known.get(values["sku"].lower())
        facts = _facts(values, product)
        if product is None:
            fresh.append((number, facts))
            report.count("new")
        elif find_changes(product, facts):
            with at_row(number):
                put_product(session, product_id=product.id, facts=facts, by=by)
            report.count("changed")
        else:
            report.count("same")
    for begin in range(0, len(fresh), _CREATED_AT_ONCE):
        _create(session, fresh[begin : begin + _CREATED_AT_ONCE], by)
    return report


PRODUCTS = Importer(
    kind="products",
    columns=COLUMNS,
    write=write,
    check=check,
    label=lazy("Products"),
    hint=lazy("Added, or changed where the SKU is known. A field that is left empty keeps what is there."),
)


def _create(session: Session, some: Sequence[tuple[int, ProductFacts]], by: Actor) -> None:
    try:
        create_products(session, many=[facts for _number, facts in some], by=by)
    except Invalid:
        # A rival took a code in this moment: one by one it is seen which.
        for number, facts in some:
            with at_row(number):
                create_product(session, facts=facts, by=by)


def _facts(values: Mapping[str, Any], product: Product | None) -> ProductFacts:
    given = {name: value for name, value in values.items() if value is not None}
    given["currency"] = _currency(values)
    given["price"] = parse_money(values["price"], given["currency"])
    if product is None:
        return ProductFacts(**given)
    return replace(ProductFacts(**{name: getattr(product, name) for name in ProductFacts.__dataclass_fields__}), **given)


def _currency(values: Mapping[str, Any]) -> str:
    return values["currency"] or settings().currency


def _check_price(number: int, values: Mapping[str, Any]) -> list[RowError]:
    try:
        parse_money(values["price"], _currency(values))
    except BadValue as error:
        return [RowError(number, "price", error.code, error.message)]
    return []


def _check_barcodes(session: Session, sheet: Sheet) -> list[RowError]:
    rows = {values["gtin"].zfill(14): (number, values) for number, values in sheet.rows if values["gtin"]}
    repeated = Sheet(rows=[(number, values) for number, values in sheet.rows if values["gtin"]])
    errors = find_repeats(repeated, lambda values: values["gtin"].zfill(14), "gtin")
    whole = func.lpad(Product.gtin, 14, "0")
    holders = session.execute(select(whole, Product.sku, Product.name).where(whole == any_(literal(list(rows), ARRAY(Text))), Product.gtin != ""))
    for gtin, sku, name in holders:
        number, values = rows[gtin]
        if values["sku"].lower() != sku.lower():
            message = _("This barcode is taken: %(sku)s, %(name)s.", sku=sku, name=name)
            errors.append(RowError(number, "gtin", "duplicate_gtin", message))
    return errors


def _find_by_sku(session: Session, skus: Sequence[str]) -> dict[str, Product]:
    sku = func.lower(Product.sku)
    return {product.sku.lower(): product for product in session.scalars(select(Product).where(sku == any_(literal(list(skus), ARRAY(Text)))))}
