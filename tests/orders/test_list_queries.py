"""The list of orders against what is plainly right: whichever way a page is found, it holds the same orders in the same order."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.search import cut
from logistics.inventory.models import Reservation, StockLevel
from logistics.orders import list_queries
from logistics.orders.cancelling import cancel
from logistics.orders.filtering import Flag, OrderSearch, Sort
from logistics.orders.holding import hold
from logistics.orders.list_queries import find_orders, read_list
from logistics.orders.models import OPEN, CancelReason, HoldReason, Order
from logistics.orders.paying import record_transfer
from tests.cast import Cast

SIZE = 10
FAR = clock.now() + timedelta(days=9999)

# How each order would be sorted, said again in Python.
KEYS: dict[Sort, Callable[[Order], Any]] = {
    Sort.NEWEST: lambda order: (-order.placed_at.timestamp(), -order.id),
    Sort.OLDEST: lambda order: (order.placed_at, order.id),
    Sort.PRIORITY: lambda order: (order.status not in OPEN, -order.priority, order.placed_at, order.id),
    Sort.EXPIRES: lambda order: (order.status != "unpaid", order.expires_at or FAR, order.id),
    Sort.TOTAL: lambda order: (order.currency, -order.total, order.id),
    Sort.NAME: lambda order: (order.name.lower(), order.id),
}


@pytest.fixture
def shop(session: Session, cast: Cast) -> dict[str, list[Order]]:
    """A small shop in which every filter leaves some orders; the orders each leaves, by its query."""
    jo, xi = cast.customer("Jo Blank"), cast.customer("习文三", phone="")
    cast.channel("web", payment_timeout_minutes=600)
    cast.stock("LAMP", 60)
    cast.stock("SHADE", 40, at="HANGZHOU")
    made = [
        cast.order(
            lines=[("SHADE" if at % 4 == 0 else "LAMP", 1 + at % 3)],
            customer=(cast.customer(), jo, xi)[at % 3],
            channel="web" if at % 5 == 0 else "desk",
            priority=5 if at % 6 == 0 else 0,
            note="Ring twice" if at % 7 == 0 else "",
        )
        for at in range(24)
    ]
    moment = clock.now()
    for at, order in enumerate(made):
        # Some were placed in the same instant: the id decides.
        session.execute(update(Order).where(Order.id == order.id).values(placed_at=moment - timedelta(days=at // 2)))
    by: dict[str, list[Order]] = {
        "flags=held": [hold(session, number=made[at].number, reason=HoldReason.FRAUD, by=cast.actor()) for at in (1, 5, 9)],
        "flags=part_paid": [record_transfer(session, number=made[at].number, amount=100, reference="P", by=cast.actor()) for at in (2, 3)],
        "status=paid": [record_transfer(session, number=made[at].number, amount=made[at].total, reference="T", by=cast.actor()) for at in (4, 8, 12)],
        "status=cancelled": [cancel(session, number=made[at].number, reason=CancelReason.STAFF, by=cast.actor()) for at in (6, 7)],
        "flags=waiting": [_let_wait(session, made[at]) for at in (10, 11)],
    }
    session.execute(update(Order).where(Order.id.in_([made[13].id, made[14].id])).values(imported_at=moment))
    session.expire_all()
    by["status=unpaid"] = [order for order in made if order not in by["status=paid"] + by["status=cancelled"]]
    by["flags=expiring"] = [order for order in made if order.channel.code == "web" and order.status == "unpaid" and not order.is_held]
    by["flags=urgent"] = [order for order in made if order.priority]
    by["flags=note"] = [order for order in made if order.note]
    by["flags=imported"] = [made[13], made[14]]
    by["flags=attention"] = [order for order in made if order in by["flags=held"] + by["flags=waiting"] + by["flags=expiring"]]
    by["channel=web"] = [order for order in made if order.channel.code == "web"]
    by[f"customer={jo.id}"] = [order for order in made if order.customer_id == jo.id]
    by["q=文三"] = [order for order in made if order.customer_id == xi.id]
    by["sku=shade"] = [order for order in made if order.lines[0].product.sku == "SHADE"]
    by["warehouse=HANGZHOU"] = [order for order in by["sku=shade"] if order.status != "cancelled"]
    by["days=7"] = [order for order in made if order.placed_at > moment - timedelta(days=7)]
    by["sort=newest"] = made
    return by


def test_every_filter_leaves_its_orders_in_every_order_on_pages_without_gap_or_repeat(session: Session, shop: dict[str, list[Order]]) -> None:
    for query, orders in shop.items():
        assert orders, query
        for sort in Sort:
            expected = [order.number for order in sorted(orders, key=KEYS[meant(query, sort)])]
            assert _walk(session, query, sort) == expected, (query, sort)


@pytest.mark.parametrize(("few", "walked"), [(0, 2), (3, 5)])
def test_the_way_a_page_is_found_changes_nothing(
    session: Session, shop: dict[str, list[Order]], monkeypatch: pytest.MonkeyPatch, few: int, walked: int
) -> None:
    monkeypatch.setattr(list_queries, "FEW", few)
    monkeypatch.setattr(list_queries, "WALKED_AT_MOST", walked)
    for query, orders in shop.items():
        for sort in Sort:
            expected = [order.number for order in sorted(orders, key=KEYS[meant(query, sort)])]
            assert _walk(session, query, sort) == expected, (query, sort)


@pytest.mark.parametrize("few", [1000, 0])
def test_filters_are_narrowed_by_each_other(session: Session, shop: dict[str, list[Order]], monkeypatch: pytest.MonkeyPatch, few: int) -> None:
    monkeypatch.setattr(list_queries, "FEW", few)
    queries = [query for query in shop if not query.startswith("sort")]
    for at, one in enumerate(queries):
        for other in queries[at + 1 :: 3]:
            if one.partition("=")[0] == other.partition("=")[0]:
                continue
            both = [order for order in shop[one] if order in shop[other]]
            assert _walk(session, f"{one}&{other}", Sort.NEWEST) == [order.number for order in sorted(both, key=KEYS[Sort.NEWEST])], (one, other)


def test_several_flags_have_to_hold_together(session: Session, shop: dict[str, list[Order]]) -> None:
    both = [order for order in shop["flags=held"] if order in shop["flags=attention"]]

    assert len(both) == 3
    assert _walk(session, "flags=held,attention", Sort.NEWEST) == [order.number for order in sorted(both, key=KEYS[Sort.NEWEST])]
    assert _walk(session, "flags=held,imported", Sort.NEWEST) == []


def test_rows_say_what_is_remarkable_about_them(session: Session, shop: dict[str, list[Order]]) -> None:
    rows = {row.number: row for row in find_orders(session, OrderSearch(), timezone="UTC").rows}

    for flag in (Flag.PART_PAID, Flag.WAITING, Flag.EXPIRING):
        marked = {number for number, row in rows.items() if getattr(row, flag.value)}
        assert marked == {order.number for order in shop[f"flags={flag}"]}, flag
    assert {number for number, row in rows.items() if row.hold_reason} == {order.number for order in shop["flags=held"]}


def test_counts_are_those_of_the_filters_or_none(session: Session, shop: dict[str, list[Order]], monkeypatch: pytest.MonkeyPatch) -> None:
    for query in ("channel=web", "q=文三", "warehouse=HANGZHOU", "flags=attention"):
        counts = read_list(session, OrderSearch.from_text(query + "&status=paid"), timezone="UTC").counts
        assert counts
        statuses = [order.status for order in shop[query]]
        assert {status: count for status, count in counts.items() if count} == {status: statuses.count(status) for status in statuses}
    monkeypatch.setattr(list_queries, "FEW", 2)
    assert read_list(session, OrderSearch(channel="desk"), timezone="UTC").counts is None
    assert read_list(session, OrderSearch(sort=Sort.NAME), timezone="UTC").counts is not None


def test_words_of_many_orders_are_found_in_every_order(session: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "rare" in cut("rare")
    cast.stock("RARE", 9)
    numbers = [cast.order(lines=[("RARE", 1)]).number for _order in range(5)]
    monkeypatch.setattr(list_queries, "FEW", 1)

    assert _walk(session, "q=rare", Sort.OLDEST) == numbers


def meant(query: str, sort: Sort) -> Sort:
    """Only what is unpaid expires: of another status the newest come first then."""
    return Sort.NEWEST if sort == Sort.EXPIRES and query in ("status=paid", "status=cancelled") else sort


def _walk(session: Session, query: str, sort: Sort) -> list[str]:
    """The numbers of all pages, one after the other."""
    numbers: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        assert len(numbers) < 100, "it goes in circles"
        search = OrderSearch.from_query({**_pairs(query), "sort": sort.value, "cursor": cursor})
        page = find_orders(session, search, timezone="UTC", size=SIZE)
        assert len(page.rows) <= SIZE
        numbers += [row.number for row in page.rows]
        cursor = page.next
    return numbers


def _pairs(query: str) -> dict[str, str]:
    return dict(pair.split("=", 1) for pair in query.split("&"))


def _let_wait(session: Session, order: Order) -> Order:
    """Its first promise waits for stock, as if it had been damaged."""
    promise = session.scalars(select(Reservation).where(Reservation.order_line_id == order.lines[0].id)).one()
    session.execute(update(Reservation).where(Reservation.id == promise.id).values(state="waiting"))
    session.execute(update(StockLevel).where(StockLevel.id == promise.stock_level_id).values(reserved=StockLevel.reserved - promise.quantity))
    return order
