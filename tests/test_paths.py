"""One order of a channel, sent by every way there is at once: by its program, its webhook, a file, and by hand (P7)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.core.actors import SYSTEM
from logistics.core.auditing import audit
from logistics.core.database import db
from logistics.core.jobs import init_app
from logistics.core.taking_in import import_file
from logistics.core.transactions import in_transaction
from logistics.inventory.models import StockLevel
from logistics.orders.importing import NEW_ORDERS
from logistics.orders.models import Order
from logistics.shops.models import InboxEvent
from logistics.shops.working import work
from tests.api.programs import Program, order_body, program
from tests.cast import Cast
from tests.imports.uploads import csv_file
from tests.imports.uploads import order as row_of
from tests.races import until_served
from tests.shops.platforms import in_town, open_shop

NAME = "WEB-1"


def test_one_order_of_a_channel_by_every_way_at_once_is_one_order(town: Flask) -> None:
    init_app(town)
    cast = Cast(town)
    cast.made(lambda: cast.stock("LAMP", 500))
    shop = in_town(town, lambda: open_shop(cast, kind="api", code="market"))
    programs = [program(cast, channel="market") for _program in range(2)]
    body = order_body(external_id=NAME)
    news = {"type": "order.placed", "data": body}
    file = csv_file([row_of(NAME, name="Mina Park", email="mina@example.com", quantity="2")])

    def by_webhook() -> bool:
        answer = shop.send(news)
        in_town(town, lambda: until_served(lambda: in_transaction(_work_everything)))
        return bool(answer.status_code == 200)

    def by_file() -> bool:
        brought = NEW_ORDERS.given(channel="market")
        report = in_town(town, lambda: until_served(lambda: import_file(brought, file, by=SYSTEM)))
        return not report.refused or {error.code for error in report.refused} == {"already_placed"}

    def by_program(one: Program) -> bool:
        while (answer := one.post("/orders", body)).status_code == 503:
            pass  # somebody else is at it
        return answer.status_code in (200, 201, 409)

    ways: list[Callable[[], bool]] = [
        *(partial(by_program, one) for one in programs),
        by_webhook,
        by_file,
    ]
    outcomes = _all_at_once([ways[at % len(ways)] for at in range(20)])

    assert outcomes == [True] * 20
    with town.app_context():
        order = db.session.scalars(select(Order)).one()
        assert order.external_id == NAME
        assert db.session.scalars(select(StockLevel.reserved)).all() == [2]
        assert [(finding.invariant.code, finding.offenders) for finding in audit(db.engine) if finding.offenders] == []


def _work_everything(session: Session) -> None:
    for event_id in session.scalars(select(InboxEvent.id).order_by(InboxEvent.id)).all():
        work(session, event_id, by=SYSTEM)


def _all_at_once(acts: list[Callable[[], bool]]) -> list[bool]:
    start = Barrier(len(acts))

    def run(act: Callable[[], bool]) -> bool:
        start.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))
