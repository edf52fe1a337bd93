"""What the mail says in which somebody gets the links to all their orders."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import BigInteger, Row, any_, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from logistics.catalog.models import Product
from logistics.core import clock
from logistics.core.language import ngettext
from logistics.core.search import is_called
from logistics.core.templating import day_text
from logistics.notifications.models import Message
from logistics.orders.linking import token_of
from logistics.orders.models import Order, OrderLine, OrderStatus

REACH = timedelta(days=90)
MOST = 50
# How they are grouped in the mail.
_GROUPS = {
    "open": (OrderStatus.UNPAID, OrderStatus.PAID, OrderStatus.PARTIALLY_SHIPPED, OrderStatus.SHIPPED),
    "delivered": (OrderStatus.DELIVERED,),
    "over": (OrderStatus.CANCELLED, OrderStatus.RETURNED),
}


def find_orders_of(session: Session, email: str) -> Sequence[Row[*tuple[Any, ...]]]:
    """The orders of an address, the newest first, MOST at most: id, number, token_version, status, language, placed_at."""
    shown = (Order.id, Order.number, Order.token_version, Order.status, Order.language, Order.placed_at)
    theirs = (is_called(Order.search, email), func.lower(Order.email) == email.lower(), Order.placed_at > clock.now() - REACH)
    orders = select(*shown).where(*theirs, Order.status != OrderStatus.DRAFT.value)
    return session.execute(orders.order_by(Order.placed_at.desc(), Order.id.desc()).limit(MOST)).all()


def gather_links(session: Session, message: Message) -> dict[str, Any]:
    """What the mail says: per group the orders, the newest first: number, day, goods. Their links are made anew each time and never kept."""
    orders = find_orders_of(session, message.recipient)
    names = _find_goods(session, [order.id for order in orders])
    told = [(order.status, {"number": order.number, "day": day_text(order.placed_at), "goods": _goods(names[order.id])}) for order in orders]
    return {name: [one for status, one in told if status in statuses] for name, statuses in _GROUPS.items()}


def links_of(session: Session, message: Message, secret: str) -> dict[str, str]:
    """The tokens of the orders' pages, by number."""
    return {order.number: token_of(order.number, order.token_version, secret=secret) for order in find_orders_of(session, message.recipient)}


def _find_goods(session: Session, ids: list[int]) -> dict[int, list[str]]:
    lines = select(OrderLine.order_id, Product.name).join(Product, Product.id == OrderLine.product_id)
    lines = lines.where(OrderLine.order_id == any_(literal(ids, ARRAY(BigInteger)))).order_by(OrderLine.order_id, OrderLine.position)
    names: dict[int, list[str]] = {order_id: [] for order_id in ids}
    for order_id, name in session.execute(lines):
        names[order_id].append(name)
    return names


def _goods(names: list[str]) -> str:
    """The first two of an order's goods, and how many more there are."""
    shown = ", ".join(names[:2])
    more = len(names) - 2
    return str(ngettext("%(goods)s and %(num)s more", "%(goods)s and %(num)s more", more, goods=shown)) if more > 0 else shown
