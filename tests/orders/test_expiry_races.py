"""Time-outs with real threads and commits: kept or released, never both, and each order once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

from flask import Flask
from sqlalchemy import func, select

from logistics.core import clock, jobs
from logistics.core.database import db
from logistics.core.events import EventLog
from logistics.core.refusals import Refusal
from logistics.customers.models import Entry
from logistics.inventory.models import StockLevel
from logistics.notifications.models import Message
from logistics.orders import tasks
from logistics.orders.expiring import expire
from logistics.orders.models import Order
from logistics.orders.paying import record_transfer
from tests.cast import Cast
from tests.races import race

ROUNDS = 100
UNPAID, SWEEPERS = 60, 4


def test_expiry_against_payment_keeps_or_releases_and_never_both(town: Flask) -> None:
    """P4, P28."""
    cast = Cast(town)
    cast.made(lambda: cast.stock("LAMP", 2 * ROUNDS))
    clerk = cast.made(cast.actor)
    kept = 0
    for round_number in range(ROUNDS):
        order = cast.made(lambda: _overdue(cast))
        expired, paid = race(
            town,
            lambda session, i=order.id: expire(session, order_id=i),
            lambda session, n=order.number, r=round_number: record_transfer(session, number=n, amount=3600, reference=f"BANK-{r}", by=clerk),
        )
        assert not isinstance(paid, Refusal)
        kept += not expired

        with town.app_context():
            assert db.session.get_one(Order, order.id).status == ("cancelled" if expired else "paid")
            # Money that came too late is the customer's.
            assert db.session.scalars(select(Entry.balance_delta).where(Entry.order_id == order.id)).all() == ([3600] if expired else [])
            assert db.session.scalar(select(StockLevel.reserved)) == 2 * kept


def test_each_of_many_unpaid_orders_is_released_once_by_many_sweepers(town: Flask) -> None:
    """P4."""
    jobs.init_app(town)
    cast = Cast(town)
    cast.made(lambda: cast.stock("LAMP", 2 * UNPAID))
    cast.made(lambda: [_overdue(cast) for _order in range(UNPAID)])
    start = Barrier(SWEEPERS)

    def sweep(_number: int) -> None:
        start.wait()
        tasks.expire_unpaid()

    with ThreadPoolExecutor(SWEEPERS) as threads:
        list(threads.map(sweep, range(SWEEPERS)))

    with town.app_context():
        assert set(db.session.scalars(select(Order.status))) == {"cancelled"}
        assert db.session.scalar(select(StockLevel.reserved)) == 0
        told = dict(db.session.execute(select(EventLog.name, func.count(EventLog.id.distinct())).group_by(EventLog.name)).all())  # type: ignore[arg-type]
        assert (told["StockReleased"], told["OrderStatusChanged"]) == (UNPAID, 2 * UNPAID)
        assert db.session.scalar(select(func.count()).where(Message.milestone == "cancelled")) == UNPAID


def _overdue(cast: Cast) -> Order:
    order: Order = cast.order()
    order.expires_at = clock.now() - timedelta(seconds=1)
    return order
