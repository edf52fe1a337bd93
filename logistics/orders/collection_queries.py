"""Reads for the list of orders that are paid on delivery, until the money was handed over."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Row, Select, and_, any_, func, literal, literal_column, select, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import String

from logistics.core.events import EventLog
from logistics.core.language import _
from logistics.core.paging import Slice, cut_page, read_cursor
from logistics.core.refusals import Invalid
from logistics.orders.models import Order, OrderStatus
from logistics.payments.models import Payment

PAGE = 50
# Nothing of these is on its way any more: whoever delivered them has the money.
ENDED = (OrderStatus.DELIVERED.value, OrderStatus.RETURNED.value)


@dataclass(frozen=True)
class CollectionSearch:
    """Which of them are wanted: those that were handed over already, or all."""

    everything: bool = False
    cursor: str = ""

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> "CollectionSearch":
        """As the URL says. Raises Invalid for what cannot be searched for."""
        if query.get("which", "") not in ("", "delivered", "all"):
            raise Invalid(_("This list cannot be shown in that way."))
        return cls(query.get("which") == "all", query.get("cursor", ""))

    def url(self, **changes: Any) -> str:
        """The query for a link, with some of it changed; it starts from the first page unless `cursor` is given."""
        wanted = replace(self, **{"cursor": "", **changes})
        named = {"which": "all" if wanted.everything else "delivered", "cursor": wanted.cursor}
        return "?" + urlencode({name: value for name, value in named.items() if value})


def find_collections(session: Session, search: CollectionSearch) -> Slice[Row[Any]]:
    """Orders of which money is still to be handed over, the longest approved first.

    Columns: id (of the payment), number, name, status, owed, currency, amount (minor units promised), since (when it got its status).
    """
    rows = _rows()
    if not search.everything:
        rows = rows.where(Order.status.in_(ENDED))
    if search.cursor:
        (payment_id,) = read_cursor(search.cursor, int)
        rows = rows.where(Payment.id > payment_id)
    return cut_page(session.execute(rows.order_by(Payment.id).limit(PAGE + 1)).all(), PAGE, "id")


def find_chosen(session: Session, numbers: Sequence[str]) -> Sequence[Row[Any]]:
    """Those of these orders of which money is still to be handed over; columns as find_collections."""
    chosen = Order.number == any_(literal(list(numbers), ARRAY(String)))
    return session.execute(_rows().where(chosen).order_by(Payment.id)).all()


def sum_collections(session: Session, search: CollectionSearch) -> list[Row[Any]]:
    """How much is still to be handed over, of how many of those orders: currency, amount in minor units, orders."""
    open_amount = func.sum(Payment.authorised - Payment.captured - Payment.voided).label("amount")
    sums = select(Payment.currency, open_amount, func.count(Payment.order_id.distinct()).label("orders"))
    waiting = sums.where(Payment.method == literal_column("'cod'"), Payment.state == literal_column("'authorised'"))
    if not search.everything:
        waiting = waiting.join(Order, Order.id == Payment.order_id).where(Order.status.in_(ENDED))
    return list(session.execute(waiting.group_by(Payment.currency).order_by(Payment.currency)))


def _rows() -> Select[*tuple[Any, ...]]:
    log = EventLog
    reached = and_(log.subject == "order", log.subject_id == Order.id, log.name == "OrderStatusChanged")
    since = select(func.max(log.at).label("since")).where(reached).correlate(Order).lateral()
    return (
        select(Payment.id, Order.number, Order.name, Order.status, Order.owed, Order.currency, since.c.since)
        .add_columns((Payment.authorised - Payment.captured - Payment.voided).label("amount"))
        .join(Order, Order.id == Payment.order_id)
        .join(since, true())
        # Written out, or the plan of a prepared statement could not know that the partial index holds them.
        .where(Payment.method == literal_column("'cod'"), Payment.state == literal_column("'authorised'"))
    )
