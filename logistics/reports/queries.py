"""Reads across all features: what waits for whom, and whatever somebody types into the box on top."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from logistics.catalog.models import Product, has_gtin
from logistics.catalog.queries import ProductSearch, find_products
from logistics.core.codes import read_code
from logistics.customers import queries as customers
from logistics.customers.models import Customer
from logistics.fulfilment.models import LIVE, Shipment
from logistics.fulfilment.queries import STATES, Stage
from logistics.inventory.models import StockLevel, Warehouse
from logistics.inventory.queries import count_low
from logistics.orders.filtering import OrderSearch
from logistics.orders.list_queries import count_unpaid, find_orders
from logistics.orders.models import Order
from logistics.tracking.road_queries import count_road, find_of_orders
from logistics.tracking.road_rows import OnTheRoad
from logistics.tracking.road_search import RoadSearch, View

MOST_SHOWN = 8


@dataclass(frozen=True)
class Waiting:
    """How much waits for whom: orders for money, shipments for hands, parcels for their customer, stock for a purchase."""

    unpaid: int
    to_pick: int
    to_pack: int
    to_ship: int
    on_the_way: int
    late: int
    quiet: int
    in_trouble: int
    low: int


@dataclass(frozen=True)
class FirstSteps:
    """What a new shop has already."""

    warehouses: bool
    products: bool
    stock: bool
    orders: bool


@dataclass(frozen=True)
class Found:
    """What fits a question, the first few of each kind."""

    orders: Sequence[Row[Any]]
    customers: Sequence[Row[Any]]
    products: Sequence[Row[Any]]
    # Where the parcels of these orders are, by order.
    parcels: Mapping[int, Sequence[OnTheRoad]]

    @property
    def nothing(self) -> bool:
        """Whether nothing fits."""
        return not (self.orders or self.customers or self.products)


@dataclass(frozen=True)
class Place:
    """The one thing that is called exactly so: `kind` is order, shipment, product or customer, `key` what its page is found by."""

    kind: str
    key: str


def count_waiting(session: Session, *, timezone: str) -> Waiting:
    """How much waits for whom."""
    road = count_road(session, RoadSearch(), timezone=timezone)
    counted = select(Shipment.state, func.count()).where(Shipment.state.in_([state.value for state in LIVE])).group_by(Shipment.state)
    states: dict[str, int] = dict(session.execute(counted).all())
    in_house = {stage: sum(states.pop(state, 0) for state in STATES[stage]) for stage in Stage}
    return Waiting(
        unpaid=count_unpaid(session),
        to_pick=in_house[Stage.PICK],
        to_pack=in_house[Stage.PACK],
        to_ship=in_house[Stage.DISPATCH],
        on_the_way=road[View.ALL],
        late=road[View.LATE],
        quiet=road[View.QUIET],
        in_trouble=road[View.PROBLEM],
        low=count_low(session),
    )


def find_first_steps(session: Session) -> FirstSteps:
    """What there is already."""
    stock = select(StockLevel.id).where(StockLevel.on_hand > 0)
    there = [found.exists() for found in (select(Warehouse.id), select(Product.id), stock, select(Order.id))]
    return FirstSteps(*(bool(is_there) for is_there in session.execute(select(*there)).one()))


def find_place(session: Session, question: str, *, with_customers: bool) -> Place | None:
    """The one thing whose number, reference, tracking number, SKU or barcode was typed, in whatever case; else None."""
    finders = [_order, _shipment, _tracked, _product] + ([_customer] if with_customers else [])
    return next((place for find in finders if (place := find(session, question))), None)


def find_everything(session: Session, question: str, *, timezone: str, with_customers: bool) -> Found:
    """The first few orders, customers and products that fit; of orders that were sent, where their parcels are."""
    orders = find_orders(session, OrderSearch(q=question), timezone=timezone).rows[:MOST_SHOWN]
    sent = [order.id for order in orders if order.shipped]
    return Found(
        orders=orders,
        parcels=find_of_orders(session, sent, timezone=timezone) if sent else {},
        customers=customers.find_options(session, question)[:MOST_SHOWN] if with_customers else [],
        products=find_products(session, ProductSearch(q=question)).rows[:MOST_SHOWN],
    )


def _order(session: Session, typed: str) -> Place | None:
    number = read_code(typed)
    found = number and session.scalar(select(Order.number).where(Order.number == number))
    return Place("order", found) if found else None


def _shipment(session: Session, typed: str) -> Place | None:
    reference = read_code(typed, "S")
    found = reference and session.scalar(select(Shipment.reference).where(Shipment.reference == reference))
    return Place("shipment", found) if found else None


def _tracked(session: Session, typed: str) -> Place | None:
    number = typed.replace(" ", "").upper()
    found = session.scalars(select(Shipment.reference).where(func.upper(Shipment.tracking_number) == number).limit(2)).all() if number else []
    return Place("shipment", found[0]) if len(found) == 1 else None


def _product(session: Session, typed: str) -> Place | None:
    digits = typed.replace(" ", "")
    is_it = func.lower(Product.sku) == typed.lower()
    if digits.isascii() and digits.isdigit() and len(digits) <= 14:
        is_it |= has_gtin(digits)
    found = session.scalars(select(Product.sku).where(is_it).limit(2)).all()
    return Place("product", found[0]) if len(found) == 1 else None


def _customer(session: Session, typed: str) -> Place | None:
    found = session.scalar(select(Customer.id).where(func.lower(Customer.reference) == typed.lower()))
    return Place("customer", str(found)) if found else None
