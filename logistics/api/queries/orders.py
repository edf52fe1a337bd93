"""Reads for programs: the orders of their channel, and what belongs to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, ColumnElement, Row, Select, any_, cast, func, literal, select, tuple_
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session, joinedload, selectinload

from logistics.api.schemas.orders import OrderQuery
from logistics.catalog.models import Product
from logistics.core import clock
from logistics.core.codes import read_code
from logistics.core.language import _
from logistics.core.paging import Slice, cut_page, read_cursor
from logistics.core.refusals import NotFound
from logistics.core.search import matches
from logistics.customers.models import Customer
from logistics.inventory.models import Reservation, ReservationState, StockLevel, Warehouse
from logistics.orders.models import Order, OrderLine
from logistics.payments.models import Payment

FEW = 1000
_LOADED = (joinedload(Order.customer), joinedload(Order.channel), selectinload(Order.lines))


@dataclass(frozen=True)
class Belongings:
    """What belongs to some orders.

    Products by id, promises by line id (code of the warehouse, state, quantity), the latest payment by order id (method, state, pay_url),
    with what all of the order's together have received and cover in minor units.
    """

    products: dict[int, Product]
    promises: dict[int, list[Row[int, str, str, int]]]
    payments: dict[int, Row[int, str, str, str, int, int]]


def find_order(session: Session, channel_id: int, typed: str) -> Order:
    """An order of this channel, with its lines, customer and channel. Raises NotFound, for those of others too."""
    order = session.scalar(select(Order).where(Order.number == (read_code(typed) or ""), Order.channel_id == channel_id).options(*_LOADED))
    if order is None:
        raise NotFound(_("There is no such order."))
    return order


def find_orders(session: Session, channel_id: int, query: OrderQuery, *, timezone: str) -> Slice[Order]:
    """The channel's orders, the newest first, as find_order gives them."""
    orders = select(Order).where(Order.channel_id == channel_id, *_conditions(query, timezone))
    if query.q:
        orders = _narrowed(session, orders)
    if query.cursor:
        orders = orders.where(tuple_(Order.placed_at, Order.id) < tuple_(*read_cursor(query.cursor, datetime, int)))
    orders = orders.order_by(Order.placed_at.desc(), Order.id.desc()).limit(query.limit + 1)
    return cut_page(session.scalars(orders.options(*_LOADED)).all(), query.limit, "placed_at", "id")


def find_belongings(session: Session, orders: Sequence[Order]) -> Belongings:
    """Products, promises and payments of these orders, by one statement each."""
    lines = [line for order in orders for line in order.lines]
    wanted = literal(sorted({line.product_id for line in lines}), ARRAY(BigInteger))
    products = {product.id: product for product in session.scalars(select(Product).where(Product.id == any_(wanted)))}
    return Belongings(products, _find_promises(session, [line.id for line in lines]), _find_payments(session, orders))


def _find_promises(session: Session, line_ids: list[int]) -> dict[int, list[Row[int, str, str, int]]]:
    is_open = Reservation.state.in_((ReservationState.ACTIVE.value, ReservationState.WAITING.value))
    rows = session.execute(
        select(Reservation.order_line_id, Warehouse.code, Reservation.state, func.sum(Reservation.quantity).label("quantity"))
        .join(StockLevel, StockLevel.id == Reservation.stock_level_id)
        .join(Warehouse, Warehouse.id == StockLevel.warehouse_id)
        .where(Reservation.order_line_id == any_(literal(line_ids, ARRAY(BigInteger))), is_open)
        .group_by(Reservation.order_line_id, Warehouse.code, Reservation.state)
        .order_by(Warehouse.code, Reservation.state)
    )
    promises: dict[int, list[Row[int, str, str, int]]] = {}
    for row in rows:
        promises.setdefault(row.order_line_id, []).append(row)
    return promises


def _find_payments(session: Session, orders: Sequence[Order]) -> dict[int, Row[int, str, str, str, int, int]]:
    ids = literal([order.id for order in orders], ARRAY(BigInteger))
    received, covered = Payment.captured - Payment.refunded, Payment.authorised - Payment.voided - Payment.refunded
    sums = [cast(func.sum(column).over(partition_by=Payment.order_id), BigInteger) for column in (received, covered)]
    shown = (Payment.order_id, Payment.method, Payment.state, Payment.pay_url, sums[0].label("received"), sums[1].label("covered"))
    latest = select(*shown).where(Payment.order_id == any_(ids)).order_by(Payment.id)
    return {row.order_id: row for row in session.execute(latest)}


def _conditions(query: OrderQuery, timezone: str) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if query.q:
        conditions.append(matches(Order.search, query.q))
    if query.status:
        conditions.append(Order.status == query.status)
    if query.external_id:
        conditions.append(Order.external_id == query.external_id)
    if query.customer:
        whose = select(Customer.id).where(func.lower(Customer.reference) == query.customer.lower()).scalar_subquery()
        conditions.append(Order.customer_id == whose)
    if query.sku:
        product = select(Product.id).where(func.lower(Product.sku) == query.sku.lower()).scalar_subquery()
        conditions.append(select(OrderLine.id).where(OrderLine.order_id == Order.id, OrderLine.product_id == product).exists())
    if query.first_day:
        conditions.append(Order.placed_at >= clock.start_of_day(query.first_day, timezone))
    if query.last_day:
        conditions.append(Order.placed_at < clock.start_of_day(query.last_day + timedelta(days=1), timezone))
    return conditions


def _narrowed(session: Session, orders: Select[Order]) -> Select[Order]:
    """The same orders, by id where they are few: for rare words the planner would walk through all orders by date (orders.queries)."""
    fitting = orders.with_only_columns(Order.id).cte("fitting").prefix_with("MATERIALIZED")
    few = session.scalars(select(fitting.c.id).limit(FEW + 1)).all()
    return orders if len(few) > FEW else select(Order).where(Order.id == any_(literal(few, ARRAY(BigInteger))))
