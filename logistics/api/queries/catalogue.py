"""Reads for programs: goods, and the customers that came by their channel's keys."""

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from logistics.api.models import ApiKey
from logistics.api.schemas.catalogue import CustomerQuery, ProductQuery
from logistics.catalog.models import Product
from logistics.catalog.queries import SHOWN
from logistics.core.events import EventLog
from logistics.core.language import _
from logistics.core.paging import Slice, read_cursor, write_cursor
from logistics.core.refusals import NotFound
from logistics.core.search import matches
from logistics.customers.models import Customer


def find_products(session: Session, query: ProductQuery) -> Slice[Product]:
    """Products by SKU."""
    by_sku = func.lower(Product.sku)
    products = select(Product).order_by(by_sku, Product.id).limit(query.limit + 1)
    if query.q:
        products = products.where(matches(Product.search, query.q))
    if query.show and (shown := SHOWN[query.show]) is not None:
        products = products.where(shown)
    if query.cursor:
        sku, product_id = read_cursor(query.cursor, str, int)
        products = products.where((by_sku > sku) | ((by_sku == sku) & (Product.id > product_id)))
    rows = session.scalars(products).all()
    last = rows[query.limit - 1] if len(rows) > query.limit else None
    return Slice(rows[: query.limit], write_cursor(last.sku.lower(), last.id) if last else None)


def find_customers(session: Session, channel_id: int, query: CustomerQuery) -> Slice[Customer]:
    """Customers that the channel's keys brought, by name."""
    by_name = func.lower(Customer.name)
    customers = select(Customer, by_name).where(_brought_by(channel_id)).order_by(by_name, Customer.id).limit(query.limit + 1)
    if query.q:
        customers = customers.where(matches(Customer.search, query.q))
    if query.cursor:
        name, customer_id = read_cursor(query.cursor, str, int)
        customers = customers.where((by_name > name) | ((by_name == name) & (Customer.id > customer_id)))
    rows = session.execute(customers).all()
    last = rows[query.limit - 1] if len(rows) > query.limit else None
    return Slice([row[0] for row in rows[: query.limit]], write_cursor(last[1], last[0].id) if last else None)


def find_customer(session: Session, channel_id: int, reference: str) -> Customer:
    """A customer that the channel's keys brought. Raises NotFound, for all others too."""
    found = session.scalar(select(Customer).where(func.lower(Customer.reference) == reference.lower(), _brought_by(channel_id)))
    if found is None:
        raise NotFound(_("This customer does not exist."))
    return found


def _brought_by(channel_id: int) -> ColumnElement[bool]:
    """Whether a key of the channel took the customer into the books; whom staff did, no program may read."""
    keys = select(ApiKey.id).where(ApiKey.channel_id == channel_id)
    registered = select(EventLog.id).where(EventLog.subject == "customer", EventLog.subject_id == Customer.id)
    return registered.where(EventLog.name == "CustomerRegistered", EventLog.actor_kind == "key", EventLog.actor_id.in_(keys)).exists()
