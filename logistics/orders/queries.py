"""Reads for the screens of orders: the list, one order, its history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Row, Select, and_, any_, func, literal, select, true, tuple_
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session, joinedload, selectinload

from logistics.catalog.models import Product
from logistics.core import clock, parsing
from logistics.core.codes import read_code
from logistics.core.events import EventLog
from logistics.core.language import _
from logistics.core.paging import Slice, cut_page, read_cursor
from logistics.core.refusals import BadValue, Invalid, NotFound
from logistics.core.search import matches
from logistics.customers.models import Account, Customer, CustomerAddress
from logistics.customers.queries import find_address
from logistics.orders.models import OPEN, Channel, Order, OrderLine, OrderStatus
from logistics.staff.models import Staff

PAGE = 50
NEWEST = 8
# Closed orders only ever become more: beyond this they are not counted on every page.
COUNTED_AT_MOST = 1000
FEW = 1000
SHOWN = tuple(status for status in OrderStatus if status != OrderStatus.DRAFT)


@dataclass(frozen=True)
class OrderSearch:
    """Which orders are wanted. An id of 0 and empty texts leave a filter open; days are the shop's, both included."""

    q: str = ""
    status: str = ""
    customer: int = 0
    channel: str = ""
    sku: str = ""
    first_day: date | None = None
    last_day: date | None = None
    cursor: str = ""

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> "OrderSearch":
        """As the URL says. Raises Invalid for what cannot be searched for."""
        status, customer = query.get("status", ""), query.get("customer", "")
        if status not in ("", *SHOWN) or not (customer == "" or (customer.isascii() and customer.isdigit() and len(customer) <= 18)):
            raise Invalid(_("This list cannot be shown in that way."))
        try:
            return cls(
                q=parsing.clean_line(query.get("q", ""), longest=120),
                status=status,
                customer=int(customer or 0),
                channel=parsing.clean_line(query.get("channel", ""), longest=40),
                sku=parsing.clean_line(query.get("sku", ""), longest=64),
                first_day=_day(query.get("from", "")),
                last_day=_day(query.get("to", "")),
                cursor=query.get("cursor", ""),
            )
        except BadValue as error:
            raise Invalid(error.message) from error

    @property
    def is_open(self) -> bool:
        """Whether nothing is filtered."""
        return replace(self, cursor="") == OrderSearch()

    @property
    def has_filters(self) -> bool:
        """Whether anything but the status and the typed words narrows the list."""
        return replace(self, cursor="", status="", q="") != OrderSearch()


def find_orders(session: Session, search: OrderSearch, *, timezone: str) -> Slice[Row[Any]]:
    """Orders, the newest first: the columns of _select_list."""
    wanted = _narrowed(session, _filtered(select(Order), search, timezone)) if search.q else _filtered(select(Order), search, timezone)
    wanted = wanted.order_by(Order.placed_at.desc(), Order.id.desc()).limit(PAGE + 1)
    if search.cursor:
        wanted = wanted.where(tuple_(Order.placed_at, Order.id) < tuple_(*_read_place(search.cursor)))
    return cut_page(session.execute(_select_list(wanted)).all(), PAGE, "placed_at", "id")


def find_orders_of(session: Session, customer_id: int) -> Sequence[Row[Any]]:
    """A customer's newest orders, as find_orders gives them."""
    wanted = select(Order).where(Order.customer_id == customer_id).order_by(Order.placed_at.desc(), Order.id.desc())
    return session.execute(_select_list(wanted.limit(NEWEST))).all()


def find_newest(session: Session) -> Sequence[Row[Any]]:
    """The newest orders of all, as find_orders gives them."""
    wanted = select(Order).order_by(Order.placed_at.desc(), Order.id.desc())
    return session.execute(_select_list(wanted.limit(NEWEST))).all()


def count_by_status(session: Session) -> dict[str, int]:
    """How many orders there are of each status: exact for open ones, at most COUNTED_AT_MOST + 1 for the others."""
    counts = [_count(status, capped=status not in OPEN).label(status.value) for status in SHOWN]
    return dict(session.execute(select(*counts)).one()._mapping)


def count_unpaid(session: Session) -> int:
    """How many orders wait for money, counted to COUNTED_AT_MOST."""
    return int(session.scalar(select(_count(OrderStatus.UNPAID, capped=True))) or 0)


def find_order(session: Session, typed: str) -> Order:
    """The order of a typed number, with its lines, products, customer and channel. Raises NotFound."""
    number = read_code(typed)
    order = number and session.scalar(
        select(Order)
        .where(Order.number == number)
        .options(joinedload(Order.customer), joinedload(Order.channel), selectinload(Order.lines).joinedload(OrderLine.product))
    )
    if not order:
        raise NotFound(_("There is no such order."))
    return order


def find_history(session: Session, order_id: int) -> Sequence[Row[Any]]:
    """What happened to an order, the latest first: at, name, data, actor_kind, actor (a name or None)."""
    log = EventLog
    return session.execute(
        select(log.at, log.name, log.data, log.actor_kind, Staff.name.label("actor"))
        .outerjoin(Staff, and_(Staff.id == log.actor_id, log.actor_kind == "staff"))
        .where(log.subject == "order", log.subject_id == order_id)
        .order_by(log.id.desc())
    ).all()


def names_of_staff(session: Session, ids: Sequence[int]) -> dict[int, str]:
    """The names of these members of staff, by id."""
    return {row.id: row.name for row in session.execute(select(Staff.id, Staff.name).where(Staff.id.in_(ids)))} if ids else {}


def spendable(session: Session, customer_id: int, currency: str) -> int:
    """What a customer can pay from their balance in this currency, in minor units; 0 without an account."""
    account = session.scalar(select(Account).where(Account.customer_id == customer_id, Account.currency == currency))
    return account.spendable if account else 0


def find_channels(session: Session) -> Sequence[Row[str, str, str]]:
    """The ways orders come in: code, name, kind."""
    return session.execute(select(Channel.code, Channel.name, Channel.kind).order_by(Channel.id)).all()


def find_channel(session: Session, code: str) -> Channel | None:
    """One way orders come in."""
    return session.scalar(select(Channel).where(Channel.code == code))


def find_customer(session: Session, customer_id: int) -> Customer | None:
    """One customer."""
    return session.get(Customer, customer_id) if customer_id else None


def find_address_of(session: Session, customer_id: int, address_id: int) -> CustomerAddress:
    """One of the addresses that this customer's orders went to. Raises NotFound, for somebody else's too."""
    address = find_address(session, customer_id, address_id)
    if address is None:
        raise NotFound(_("This address is not remembered any more."))
    return address


def find_customers_called(session: Session, text: str) -> Sequence[Customer]:
    """The customers, at most two, whose reference, e-mail address or whole name this is, in whatever case."""
    asked = text.lower()
    exactly = (func.lower(Customer.reference) == asked) | (func.lower(Customer.email) == asked) | (func.lower(Customer.name) == asked)
    # The search column narrows it down by its index first.
    return session.scalars(select(Customer).where(matches(Customer.search, text), exactly).limit(2)).all()


def load_customer_panel(session: Session, customer: Customer) -> dict[str, Any]:
    """For the page of a customer: their newest orders."""
    return {"customer": customer, "orders": find_orders_of(session, customer.id)}


def _select_list(wanted: Select[Order]) -> Select[*tuple[Any, ...]]:
    """Id, number, placed_at, status, version, name, city, country, currency, total, units, shipped, lines, goods (a product's name)."""
    order = wanted.subquery()
    sums = (
        select(func.sum(OrderLine.ordered).label("units"), func.sum(OrderLine.shipped).label("shipped"), func.count().label("lines"))
        .where(OrderLine.order_id == order.c.id)
        .lateral()
    )
    first = (
        select(Product.name.label("goods"))
        .join(OrderLine, OrderLine.product_id == Product.id)
        .where(OrderLine.order_id == order.c.id)
        .order_by(OrderLine.position)
        .limit(1)
        .lateral()
    )
    shown = ("id", "number", "placed_at", "status", "version", "name", "city", "country", "currency", "total")
    return (
        select(*(order.c[name] for name in shown), sums.c.units, sums.c.shipped, sums.c.lines, first.c.goods)
        .select_from(order)
        .join(sums, true())
        .outerjoin(first, true())
        .order_by(order.c.placed_at.desc(), order.c.id.desc())
    )


def _filtered(orders: Select[Order], search: OrderSearch, timezone: str) -> Select[Order]:
    conditions: list[ColumnElement[bool]] = []
    if search.q:
        conditions.append(matches(Order.search, search.q))
    if search.status:
        conditions.append(Order.status == search.status)
    if search.customer:
        conditions.append(Order.customer_id == search.customer)
    if search.channel:
        conditions.append(Order.channel_id == select(Channel.id).where(Channel.code == search.channel).scalar_subquery())
    if search.sku:
        product = select(Product.id).where(func.lower(Product.sku) == search.sku.lower()).scalar_subquery()
        conditions.append(select(OrderLine.id).where(OrderLine.order_id == Order.id, OrderLine.product_id == product).exists())
    if search.first_day:
        conditions.append(Order.placed_at >= clock.start_of_day(search.first_day, timezone))
    if search.last_day:
        conditions.append(Order.placed_at < clock.start_of_day(search.last_day + timedelta(days=1), timezone))
    return orders.where(*conditions)


def _narrowed(session: Session, orders: Select[Order]) -> Select[Order]:
    """The same orders, by id where they are few.

    How rare the beginning of a word is, the planner cannot know: for one that a single order has it would walk through all orders by date.
    Measured with 500,000 orders: 690 ms so, 7 ms by id; words that most orders have are the other way round, 340 ms by the index.
    """
    # Materialized, so that it is planned for all its rows and the limit only stops it.
    fitting = orders.with_only_columns(Order.id).cte("fitting").prefix_with("MATERIALIZED")
    few = session.scalars(select(fitting.c.id).limit(FEW + 1)).all()
    return orders if len(few) > FEW else select(Order).where(Order.id == any_(literal(few, ARRAY(BigInteger))))


def _count(status: OrderStatus, *, capped: bool) -> Any:
    found = select(literal(1)).where(Order.status == status.value)
    counted = found.limit(COUNTED_AT_MOST + 1) if capped else found
    return select(func.count()).select_from(counted.subquery()).scalar_subquery()


def _read_place(cursor: str) -> tuple[datetime, int]:
    moment, order_id = read_cursor(cursor, str, int)
    try:
        return parsing.parse_instant(moment, first=1900), order_id
    except BadValue as error:
        raise Invalid(_("This page of the list does not exist. Start from its beginning.")) from error


def _day(text: str) -> date | None:
    return parsing.parse_day(text, first=1990) if text else None
