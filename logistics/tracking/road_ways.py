"""The orders in which parcels on their way can stand, and where a page of their list begins."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, and_, func, literal, or_, tuple_
from sqlalchemy.orm import QueryableAttribute

from logistics.core.paging import read_cursor
from logistics.fulfilment.models import Shipment
from logistics.tracking.road_search import RoadSearch, Sort, View

Parcels = Select[*tuple[Any, ...]]
Condition = ColumnElement[bool]

LAST_HEARD = func.greatest(Shipment.last_event_at, Shipment.dispatched_at)


@dataclass(frozen=True)
class Way:
    """A way of sorting, by a moment or a day; the id makes sure that no two are the same."""

    key: ColumnElement[Any] | QueryableAttribute[Any]
    down: bool = False

    def sort(self, parcels: Parcels, key: Any = None, number: Any = None) -> Parcels:
        """Put them into order; `key` and `number` are the values as they are called in a subquery."""
        by, last = self.key if key is None else key, Shipment.id if number is None else number
        return parcels.order_by(by.desc(), last.desc()) if self.down else parcels.order_by(by, last)

    def after(self, cursor: str) -> Condition:
        """What comes after the page before. Raises Invalid."""
        moment, last = read_cursor(cursor, datetime, int)
        here, there = tuple_(self.key, Shipment.id), tuple_(literal(moment), literal(last, BigInteger))
        return here < there if self.down else here > there


@dataclass(frozen=True)
class _ByDay(Way):
    """By the day on which they are expected, as the index has them; those of which nobody knows come last."""

    def after(self, cursor: str) -> Condition:
        """What comes after the page before. Raises Invalid."""
        day, last = read_cursor(cursor, date | None, int)
        unknown = Shipment.expected_to.is_(None)
        if day is None:
            return and_(unknown, Shipment.id > last)
        return or_(tuple_(Shipment.expected_to, Shipment.id) > tuple_(literal(day), literal(last, BigInteger)), unknown)


WAYS: dict[Sort, Way] = {
    Sort.EXPECTED: _ByDay(Shipment.expected_to),
    Sort.OLDEST: Way(Shipment.dispatched_at),
    Sort.QUIETEST: Way(LAST_HEARD),
    Sort.NEWEST: Way(Shipment.dispatched_at, down=True),
}
_ARRIVED = Way(Shipment.delivered_at, down=True)


def way_of(search: RoadSearch) -> Way:
    """The way a search wants them sorted: those that have arrived the last first, whatever else was asked for."""
    return _ARRIVED if search.view == View.DELIVERED else WAYS[search.sort]
