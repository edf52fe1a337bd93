"""Importing products from a file."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.catalog.importing import PRODUCTS
from logistics.catalog.models import Product
from logistics.core.actors import SYSTEM
from logistics.core.importing import Report
from logistics.core.taking_in import import_file

HEADING = "sku,name,price,currency,gtin,weight_grams,description,sellable,discontinued\n"
LAMP = "LAMP-1,Desk lamp,18.00,USD,4006381333931,900,Bends,yes,no\n"
SHADE = "SHADE,灯罩,7,,,,,,\n"


def test_products_are_created_with_what_the_file_says_and_defaults_for_the_rest(session: Session) -> None:
    report = _import(session, HEADING + LAMP + SHADE)

    assert (report.new, report.refused) == (2, [])
    lamp, shade = session.scalars(select(Product).order_by(Product.sku)).all()
    assert (lamp.price, lamp.currency, lamp.gtin, lamp.weight_grams, lamp.description) == (1800, "USD", "4006381333931", 900, "Bends")
    assert (shade.price, shade.currency, shade.gtin, shade.sellable, shade.discontinued) == (700, "USD", "", True, False)


def test_the_same_file_again_changes_nothing(session: Session) -> None:
    _import(session, HEADING + LAMP + SHADE)
    again = _import(session, HEADING + LAMP + SHADE)
    assert (again.new, again.changed, again.same) == (0, 0, 2)


def test_a_later_file_changes_what_it_names_and_keeps_the_rest(session: Session) -> None:
    _import(session, HEADING + LAMP + SHADE)

    report = _import(session, "sku,name,price,discontinued\nlamp-1,Desk lamp,19.50,yes\nSHADE,灯罩,7,\n")

    assert (report.new, report.changed, report.same) == (0, 1, 1)
    lamp = session.scalars(select(Product).where(Product.name == "Desk lamp")).one()
    assert (lamp.sku, lamp.price, lamp.gtin, lamp.discontinued, lamp.version) == ("lamp-1", 1950, "4006381333931", True, 2)


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        ("A 1\u00a0,Lamp,1,USD,,,,,", "sku", "bad_code"),
        ("А1,Cyrillic,1,USD,,,,,", "sku", "bad_code"),
        ("new,Lamp,1,USD,,,,,", "sku", "reserved_sku"),
        ("A1,,1,USD,,,,,", "name", "required"),
        ("A1,Lamp,,USD,,,,,", "price", "required"),
        ("A1,Lamp,-0.01,USD,,,,,", "price", "bad_amount"),
        ("A1,Lamp,0.001,USD,,,,,", "price", "too_many_decimals"),
        ("A1,Lamp,1.5,JPY,,,,,", "price", "too_many_decimals"),
        ("A1,Lamp,NaN,USD,,,,,", "price", "bad_amount"),
        ("A1,Lamp,1,usd,,,,,", "currency", "unknown_currency"),
        ("A1,Lamp,1,USD,4006381333932,,,,", "gtin", "bad_check_digit"),
        ("A1,Lamp,1,USD,,1e3,,,", "weight_grams", "bad_weight"),
        ("A1,Lamp,1,USD,,,,maybe,", "sellable", "bad_flag"),
        ("A1,Lamp,1,USD", "", "ragged"),
    ],
)
def test_a_wrong_field_is_named_with_its_row_and_nothing_is_written(session: Session, row: str, column: str, code: str) -> None:
    report = _import(session, HEADING + LAMP + row + "\n")

    assert [(error.row, error.column, error.code) for error in report.refused] == [(3, column, code)]
    assert _skus(session) == []


def test_skus_and_barcodes_that_stand_twice_are_named_with_both_rows(session: Session) -> None:
    report = _import(session, HEADING + LAMP + LAMP.replace("LAMP-1", "lamp-1").replace("4006381333931", "04006381333931"))

    assert [(error.column, error.code) for error in report.refused] == [("sku", "repeated"), ("gtin", "repeated")]
    assert all("2, 3" in error.message for error in report.refused)


def test_a_barcode_of_another_product_is_refused_and_names_it(session: Session) -> None:
    _import(session, HEADING + LAMP)

    report = _import(session, HEADING + LAMP.replace("LAMP-1", "LAMP-2"))

    (error,) = report.refused
    assert (error.row, error.column) == (2, "gtin")
    assert "LAMP-1, Desk lamp" in error.message
    assert _skus(session) == ["LAMP-1"]


def test_a_file_says_how_goods_are_taxed(session: Session) -> None:
    report = _import(session, "sku,name,price,tax_class\nTEA,Tea,4,Reduced\nMUG,Mug,9,\nBOOK,Book,5,luxury\n")

    assert [(error.row, error.column, error.code) for error in report.refused] == [(4, "tax_class", "bad_tax_class")]
    assert report.new == 0
    _import(session, "sku,name,price,tax_class\nTEA,Tea,4,Reduced\nMUG,Mug,9,\n")
    _import(session, "sku,name,price,tax_class\nTEA,Green tea,4,\n")
    assert session.execute(select(Product.sku, Product.tax_class).order_by(Product.sku)).all() == [("MUG", "standard"), ("TEA", "reduced")]


def _import(_session: Session, text: str) -> Report:
    return import_file(PRODUCTS, text.encode(), by=SYSTEM)


def _skus(session: Session) -> list[str]:
    return list(session.scalars(select(Product.sku)))
