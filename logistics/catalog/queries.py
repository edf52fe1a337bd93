"""Reads for the pages about products."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, case, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from logistics.catalog.models import Product, RatedClass, TaxRate, has_gtin
from logistics.core.countries import countries
from logistics.core.language import _
from logistics.core.paging import Slice, cut_page, read_cursor
from logistics.core.refusals import Invalid
from logistics.core.search import matches, read_question

PAGE = 50
MOST_OPTIONS = 10
SHOWN: dict[str, ColumnElement[bool] | InstrumentedAttribute[bool] | None] = {
    "": None,
    "sellable": Product.sellable,
    "blocked": ~Product.sellable,
    "discontinued": Product.discontinued,
}
_SORTS = {"sku": func.lower(Product.sku), "name": func.lower(Product.name)}


@dataclass(frozen=True)
class ProductSearch:
    """Which products are wanted: a question, one of SHOWN, and the order."""

    q: str = ""
    show: str = ""
    sort: str = "sku"
    cursor: str = ""

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> "ProductSearch":
        """As the URL says. Raises Invalid for a filter or an order there is not."""
        search = cls(read_question(query.get("q", "")), query.get("show", ""), query.get("sort", "sku"), query.get("cursor", ""))
        if search.show not in SHOWN or search.sort not in _SORTS:
            raise Invalid(_("This list cannot be shown in that way."))
        return search


def find_products(session: Session, search: ProductSearch) -> Slice[Row[Any]]:
    """Products in the order asked for: id, sku, name, gtin, price, currency, sellable, discontinued."""
    order = _SORTS[search.sort]
    products = _columns(order.label("sorted_by")).order_by(order, Product.id).limit(PAGE + 1)
    if search.q:
        products = products.where(matches(Product.search, search.q))
    if (shown := SHOWN[search.show]) is not None:
        products = products.where(shown)
    if search.cursor:
        text, product_id = read_cursor(search.cursor, str, int)
        products = products.where((order > text) | ((order == text) & (Product.id > product_id)))
    return cut_page(session.execute(products).all(), PAGE, "sorted_by", "id")


def find_product(session: Session, sku: str) -> Product | None:
    """The product with this SKU, in whatever case it was typed."""
    return session.scalar(select(Product).where(func.lower(Product.sku) == sku.lower()))


def find_options(session: Session, question: str) -> Sequence[Row[Any]]:
    """At most ten products that may be ordered, for a box that finds as one types: the same columns, and `exact`.

    A scanned barcode or a whole SKU is `exact` and comes first. Nothing typed finds nothing.
    """
    if not question:
        return []
    whole = question.replace(" ", "")
    code = func.lower(Product.sku) == question.lower()
    exact = (code | has_gtin(whole)) if whole.isascii() and whole.isdigit() and len(whole) <= 14 else code
    products = _columns(exact.label("exact")).where(Product.sellable, exact | matches(Product.search, question))
    return session.execute(products.order_by(case((exact, 0), else_=1), func.lower(Product.sku)).limit(MOST_OPTIONS)).all()


def _columns(more: ColumnElement[Any]) -> Select[Any]:
    shown = (Product.id, Product.sku, Product.name, Product.gtin, Product.price, Product.currency, Product.sellable, Product.discontinued)
    return select(*shown, more)


def find_tax_rates(session: Session, locale: str) -> list[tuple[str, TaxRate]]:
    """Every tax rate beside the name of its country, in the order in which countries are listed in this language."""
    names, classes = dict(countries(locale)), list(RatedClass)
    by_country = {code: at for at, code in enumerate(names)}

    def place(rate: TaxRate) -> tuple[int, int]:
        return by_country.get(rate.country, len(names)), classes.index(RatedClass(rate.tax_class))

    # Two to a country at most, so that all of them are one page.
    return [(names.get(rate.country, rate.country), rate) for rate in sorted(session.scalars(select(TaxRate)), key=place)]
