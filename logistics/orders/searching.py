"""What an order is found by: its numbers, whom it is for, where it goes, what is in it, and what features above call its parcels."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, func, update
from sqlalchemy.orm import Session

from logistics.catalog.models import Product
from logistics.core.search import search_vector
from logistics.customers.models import Customer
from logistics.orders.models import Order


def search_words(order: Order, customer: Customer, products: Iterable[Product]) -> ColumnElement[Any]:
    """The SQL value of `order.search` for an order as it is placed."""
    goods = [text for product in products for text in (product.sku, product.name)]
    address = (order.line1, order.line2, order.district, order.city, order.region, order.postcode)
    whom = (order.name, customer.name, customer.reference, order.email, customer.email)
    return search_vector(order.number, order.external_id, *whom, *address, *goods, phones=(order.phone, customer.phone))


def add_search_words(session: Session, *, order_id: int, words: Iterable[str] = (), numbers: Iterable[str] = ()) -> None:
    """Let an order be found by more words, and by long numbers that people know the endings of, such as tracking numbers.

    The order must be locked. Words once added stay: what a parcel was called finds it even when it is called otherwise now.
    """
    long_numbers = tuple("".join(number.split()) for number in numbers)
    more = search_vector(*words, *long_numbers, phones=long_numbers)
    found_by = func.coalesce(Order.search, search_vector()).op("||")(more)
    session.execute(update(Order).where(Order.id == order_id).values(search=found_by), execution_options={"synchronize_session": False})
