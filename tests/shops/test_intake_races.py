"""Deliveries at once, twice, out of order and across a restart: one event, one order (P7, P8). Real commits, real threads."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from logistics.core.actors import SYSTEM
from logistics.core.auditing import audit
from logistics.core.database import db
from logistics.core.jobs import init_app
from logistics.core.refusals import IllegalMove, Refusal
from logistics.core.transactions import in_transaction
from logistics.orders.models import Order
from logistics.orders.placing import place
from logistics.orders.validating import LineRequest, OrderRequest
from logistics.shops.deciding import retry
from logistics.shops.mapping import map_product
from logistics.shops.models import CodeKind, InboxEvent, InboxState
from logistics.shops.tasks import work_event
from logistics.shops.working import hand_over, work
from tests.cast import Cast
from tests.shops.platforms import Shop, in_town, open_shop, shopify_order


@pytest.fixture
def shop(town: Flask) -> Iterator[Shop]:
    init_app(town)

    def furnish() -> Shop:
        cast = Cast(town)
        cast.stock("LAMP", 500)
        return open_shop(cast)

    yield in_town(town, furnish)
    with town.app_context():
        assert [(finding.invariant.code, finding.offenders) for finding in audit(db.engine) if finding.offenders] == []


def seen(town: Flask) -> tuple[list[tuple[str, int]], list[str]]:
    """State and repeats of each event, and the states of the orders."""

    def look() -> tuple[list[tuple[str, int]], list[str]]:
        events = db.session.execute(select(InboxEvent.state, InboxEvent.repeats).order_by(InboxEvent.id))
        return [tuple(row) for row in events], list(db.session.scalars(select(Order.status)))  # type: ignore[misc]

    return in_town(town, look)  # type: ignore[no-any-return]


def work_all(town: Flask, workers: int = 4) -> None:
    """Several workers take whatever waits, whichever way they get hold of it."""

    def waiting() -> list[int]:
        return list(db.session.scalars(select(InboxEvent.id).where(InboxEvent.state == InboxState.WAITING.value).order_by(InboxEvent.id)))

    def take(event_id: int) -> None:
        with town.app_context():
            in_transaction(lambda session: work(session, event_id, by=SYSTEM))

    while ids := in_town(town, waiting):
        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(take, [*ids, *ids]))


def test_ten_deliveries_at_once_are_one_event_and_one_order(town: Flask, shop: Shop) -> None:
    raw = json.dumps(shopify_order()).encode()
    headers = shop.headers(raw, "orders/create")
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _try: shop.post(raw, headers), range(10)))
    work_all(town)
    later = [shop.post(raw, headers).json["outcome"] for _try in range(3)]
    work_all(town)

    assert [answer.status_code for answer in answers] == [200] * 10
    assert sorted(answer.json["outcome"] for answer in answers) == ["received", *["repeated"] * 9]
    assert later == ["repeated"] * 3
    assert seen(town) == ([("taken", 12)], ["paid"])


def test_ten_events_about_one_order_at_once_are_one_order(town: Flask, shop: Shop) -> None:
    def send(turn: int) -> int:
        body = shopify_order(financial_status="paid" if turn % 2 else "pending", updated_at=f"2026-11-20T10:{turn:02}:00+00:00", note=str(turn))
        return int(shop.send(body, "orders/updated").status_code)

    with ThreadPoolExecutor(10) as pool:
        assert set(pool.map(send, range(10))) == {200}
    work_all(town)
    states, orders = seen(town)

    assert {state for state, _repeats in states} == {"taken"}
    assert orders == ["paid"]


def test_the_hook_and_the_capability_at_once_are_one_order(town: Flask, shop: Shop) -> None:
    def by_hand(_try: int) -> str:
        def run(session: Any) -> str:
            cast = Cast(town)
            customer = cast.customer()
            given = {"channel": "web", "customer_id": customer.id, "name": customer.name, "currency": "USD", "external_id": "5001"}
            return place(session, OrderRequest(address=cast.address_of(customer), lines=[LineRequest("LAMP", 2)], **given), by=SYSTEM).number

        with town.app_context():
            try:
                return in_transaction(run)
            except Refusal as refusal:
                return refusal.code

    in_town(town, lambda: Cast(town).customer())
    shop.send(shopify_order(), "orders/create")
    with ThreadPoolExecutor(12) as pool:
        working = pool.submit(work_all, town, 2)
        answers = list(pool.map(by_hand, range(10)))
        working.result()
    states, orders = seen(town)

    assert [state for state, _repeats in states] == ["taken"]
    assert orders == ["paid"]
    assert len({answer for answer in answers if answer != "already_placed"}) <= 1


def test_a_worker_that_was_lost_is_replaced_and_the_order_is_one(town: Flask, shop: Shop) -> None:
    """The work of one is rolled back as by kill -9; the next finds the event waiting."""
    shop.send(shopify_order(), "orders/create")
    with town.app_context():
        session = db.session()
        work(session, session.scalars(select(InboxEvent.id)).one(), by=SYSTEM)
        session.rollback()
        db.session.remove()
    before = seen(town)
    work_all(town)

    assert before == ([("waiting", 0)], [])
    assert seen(town) == ([("taken", 0)], ["paid"])


def test_each_waiting_event_gets_one_job_in_the_stream_of_its_order(town: Flask, shop: Shop) -> None:
    for number in (1, 1, 2):
        shop.send(shopify_order(id=number, note=str(number)) | {"tags": str(id(object()))}, "orders/updated")
    handed = [in_town(town, lambda: hand_over(db.session(), work_event, limit=200)) for _try in range(2)]

    def jobs() -> list[tuple[str, int]]:
        rows = db.session.execute(text("SELECT lock, count(*) FROM procrastinate_jobs WHERE task_name = 'shops.work_event' GROUP BY 1 ORDER BY 1"))
        return [tuple(row) for row in rows]  # type: ignore[misc]

    assert handed[1] == 0
    assert sum(count for _lock, count in in_town(town, jobs)) == handed[0]
    assert {lock.split()[-1] for lock, _count in in_town(town, jobs)} == {"1", "2"}


def test_mapping_and_trying_again_at_once_places_each_order_once(town: Flask, shop: Shop) -> None:
    for number in range(6):
        shop.send(shopify_order(("XL-9", 1, "2.00"), id=number + 1), "orders/create")
    work_all(town)
    ids = in_town(town, lambda: list(db.session.scalars(select(InboxEvent.id))))

    def decide(event_id: int) -> None:
        with town.app_context():
            given = {"channel_id": shop.channel.id, "kind": CodeKind.SKU, "code": "xl-9", "sku": "LAMP"}
            in_transaction(lambda session: map_product(session, **given, by=SYSTEM))
            in_transaction(lambda session: _retry(session, event_id))

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(decide, [*ids, *ids]))
    work_all(town)

    assert seen(town) == ([("taken", 0)] * 6, ["paid"] * 6)


def _retry(session: Any, event_id: int) -> None:
    # Where the mapping has woken it already, there is nothing to be tried again.
    with suppress(IllegalMove):
        retry(session, event_id=event_id, by=SYSTEM)


def test_a_mistake_of_ours_parks_the_event_after_some_tries(town: Flask, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.send(shopify_order(), "orders/create")
    (event_id,) = in_town(town, lambda: list(db.session.scalars(select(InboxEvent.id))))
    monkeypatch.setattr("logistics.shops.starting.place_for_somebody_new", lambda *_given, **_named: 1 / 0)
    ends = []
    for _try in range(7):
        try:
            work_event(event_id=event_id)
            ends.append("done")
        except ZeroDivisionError:
            ends.append("again")
    reason = in_town(town, lambda: db.session.scalar(select(InboxEvent.reason)))

    assert ends == [*["again"] * 5, "done", "done"]
    assert (seen(town)[0], reason) == ([("parked", 0)], "our_mistake")
