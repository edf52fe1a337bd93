"""Many hands on the same shelf: real threads, real commits."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import SYSTEM
from logistics.core.database import db
from logistics.core.refusals import Refusal
from logistics.core.transactions import in_transaction
from logistics.inventory.adjusting import adjust, count
from logistics.inventory.invariants import INVARIANTS
from logistics.inventory.keeping import Take, consume
from logistics.inventory.models import Place, Reason, Reservation, StockLevel
from logistics.inventory.moving import move_waiting
from logistics.inventory.receiving import receive
from logistics.inventory.reserving import release, reserve
from logistics.inventory.rules import Demand
from tests.cast import Cast
from tests.inventory.promises import LEEDS, demands, promise

Work = Callable[[Session], Any]
TERMS: dict[str, Any] = {"reference": "K7M2-9QXF", "placed_at": clock.now(), "destination": LEEDS, "by": SYSTEM}


def test_the_last_ten_units_go_to_exactly_ten_of_twenty(town: Flask) -> None:
    """P1, at the level of the capability."""
    cast = Cast(town)
    for _round in range(3):
        cast.made(lambda: _leave(cast, 10))
        orders = cast.made(lambda: [demands(cast.session, cast, ("LAMP", 1)) for _number in range(20)])

        said = _all_at_once(town, [_reserving(order) for order in orders])

        assert Counter(said) == {"done": 10, "insufficient_stock": 10}
        assert _broken(town) == []


def test_five_of_eight_products_in_any_order_never_meet_a_deadlock(town: Flask) -> None:
    """P2: all or nothing, and nobody hears of a deadlock."""
    cast, dice = Cast(town), random.Random(2)
    skus = [f"P{number}" for number in range(8)]
    cast.made(lambda: [cast.stock(sku, 36, at=at) for sku in skus for at in ("LEEDS", "HANGZHOU")])
    baskets = [[(sku, dice.randint(1, 4)) for sku in dice.sample(skus, 5)] for _order in range(60)]
    orders = cast.made(lambda: [demands(cast.session, cast, *basket) for basket in baskets])

    said = _all_at_once(town, [_reserving(order) for order in orders], hands=16)

    assert set(said) == {"done", "insufficient_stock"}
    units = select(Reservation.order_line_id, func.sum(Reservation.quantity)).group_by(Reservation.order_line_id)
    with town.app_context():
        promised = {line: int(total) for line, total in db.session.execute(units)}
    for order, answer in zip(orders, said, strict=True):
        assert [promised.get(line.order_line_id, 0) for line in order] == [line.quantity if answer == "done" else 0 for line in order]
    assert _broken(town) == []


def test_changes_and_counts_lose_nothing(town: Flask) -> None:
    """P5: what is on hand is what was there plus every change that was acknowledged."""
    level_id = Cast(town).made(lambda: Cast(town).stock("LAMP", 500).id)
    jobs = [_changing(level_id, number) for number in range(96)]

    changes = _all_at_once(town, jobs, hands=8)

    assert {change for change in changes if isinstance(change, str)} <= {"stale_version", "invalid"}
    assert any(isinstance(change, int) for change in changes)
    with town.app_context():
        assert db.session.get_one(StockLevel, level_id).on_hand == 500 + sum(change for change in changes if isinstance(change, int))
    assert _broken(town) == []


def test_goods_are_either_handed_out_or_released_and_never_both(town: Flask) -> None:
    cast = Cast(town)
    cast.made(lambda: cast.stock("LAMP", 100))
    for _round in range(10):
        line, reservation = cast.made(lambda: _promise_one(cast))
        take = Take(reservation, 1, shipment_line_id=None)  # type: ignore[arg-type]

        said = _all_at_once(
            town,
            [
                lambda session, take=take: consume(session, takes=[take], reference="S", by=SYSTEM),  # type: ignore[misc]
                lambda session, line=line: len(release(session, order_line_ids=[line], by=SYSTEM)),  # type: ignore[misc]
            ],
        )

        assert said in ([None, 0], ["not_reserved", 1])
    assert _broken(town) == []


def test_the_first_goods_of_a_product_make_one_row_whoever_brings_them(town: Flask) -> None:
    place = Cast(town).made(lambda: Place(Cast(town).warehouse().id, Cast(town).product("LAMP").id))

    _all_at_once(town, [lambda session: receive(session, place=place, quantity=1, by=SYSTEM).id] * 12)

    with town.app_context():
        assert db.session.scalars(select(StockLevel.on_hand)).all() == [12]
    assert _broken(town) == []


def test_goods_that_come_in_go_to_who_waits_while_others_try_to_take_them(town: Flask) -> None:
    """Rows that wait, receipts at both warehouses, releases and new orders at once: never past those that wait."""
    cast = Cast(town)
    places = cast.made(lambda: [cast.stock("LAMP", 5, at=at).place for at in ("LEEDS", "HANGZHOU")])
    waiting, patient, hasty, leaving = (
        cast.made(lambda count=count: [demands(cast.session, cast, ("LAMP", 2)) for _order in range(count)]) for count in (14, 6, 12, 3)
    )
    assert set(_all_at_once(town, [_reserving(order) for order in leaving])) == {"done"}
    _all_at_once(town, [_reserving(order, may_wait=True) for order in waiting])
    jobs: list[Work] = [_reserving(order, may_wait=True) for order in patient] + [_reserving(order) for order in hasty]
    jobs += [lambda session, at=at: receive(session, place=places[at], quantity=3, by=SYSTEM).id for at in (0, 1, 0, 1)]  # type: ignore[misc]
    jobs += [lambda session, order=order: len(release(session, order_line_ids=[order[0].order_line_id], by=SYSTEM)) for order in leaving]  # type: ignore[misc]
    jobs += [lambda session: move_waiting(session, places[0].product_id, by=SYSTEM)] * 4
    random.Random(5).shuffle(jobs)

    said = _all_at_once(town, jobs, hands=12)

    # 22 units, and more were waited for before anybody in a hurry came: they get none.
    cast.made(lambda: move_waiting(cast.session, places[0].product_id, by=SYSTEM))
    assert said.count("insufficient_stock") == len(hasty)
    with town.app_context():
        levels = db.session.scalars(select(StockLevel)).all()
        assert sum(level.available for level in levels) == 0
        assert sum(level.waiting for level in levels) == 2 * len(waiting + patient) - 22
    assert _broken(town) == []


def test_a_line_is_released_whole_while_its_waiting_row_moves(town: Flask) -> None:
    """The row is gone from the level that was looked at, and there is another elsewhere."""
    cast = Cast(town)
    leeds, hangzhou = cast.made(lambda: [cast.stock("LAMP", 1, at=at).place for at in ("LEEDS", "HANGZHOU")])
    for _round in range(15):
        [order] = cast.made(lambda: [demands(cast.session, cast, ("LAMP", 4))])
        cast.made(lambda order=order: reserve(cast.session, demands=order, **TERMS, may_wait=True))  # type: ignore[misc]

        said = _all_at_once(
            town,
            [
                lambda session: receive(session, place=hangzhou, quantity=2, by=SYSTEM).id,
                lambda session: move_waiting(session, leeds.product_id, by=SYSTEM),
                lambda session, order=order: len(release(session, order_line_ids=[order[0].order_line_id], by=SYSTEM)),  # type: ignore[misc]
            ],
        )

        assert said[2] >= 2
        with town.app_context():
            assert {(level.reserved, level.waiting) for level in db.session.scalars(select(StockLevel))} == {(0, 0)}
        cast.made(lambda: _leave(cast, 1))
        cast.made(lambda: _leave(cast, 1, at="HANGZHOU"))
    assert _broken(town) == []


def _all_at_once(town: Flask, jobs: Sequence[Work], hands: int = 20) -> list[Any]:
    """Do each job in a transaction of its own, many at a time; what each gave, or the code of its refusal."""
    hands = min(hands, len(jobs))
    together = Barrier(hands)

    def work(first: int) -> dict[int, Any]:
        said = {}
        with town.app_context():
            together.wait(timeout=240)
            for number in range(first, len(jobs), hands):
                try:
                    said[number] = in_transaction(jobs[number])
                except Refusal as refusal:
                    said[number] = refusal.code
            db.session.remove()
        return said

    with ThreadPoolExecutor(hands) as pool:
        answers: dict[int, Any] = {}
        for said in pool.map(work, range(hands)):
            answers.update(said)
    return [answers[number] for number in range(len(jobs))]


def _reserving(order: Sequence[Demand], *, may_wait: bool = False) -> Work:
    def run(session: Session) -> str:
        reserve(session, demands=order, **TERMS, may_wait=may_wait)
        return "done"

    return run


def _changing(level_id: int, number: int) -> Work:
    """A change by +n, by -n, or a count based on what was seen before the lock; gives by how much it changed."""
    change = random.Random(number).randint(1, 9) * (1 if number % 3 else -1)

    def run(session: Session) -> int:
        seen = session.execute(select(StockLevel.on_hand, StockLevel.version).where(StockLevel.id == level_id)).one()
        if number % 3 == 2:
            counted, version = seen.on_hand + 1, seen.version
            count(session, level_id=level_id, counted=counted, version=version, reason=Reason.COUNTED, by=SYSTEM, beyond_limit=True)
        else:
            adjust(session, level_id=level_id, change=change, reason=Reason.CORRECTION, by=SYSTEM, beyond_limit=True)
        own = "SELECT coalesce(sum(quantity), 0) FROM movements WHERE xmin = pg_current_xact_id()::xid"
        return int(session.scalar(text(own)) or 0)

    return run


def _promise_one(cast: Cast) -> tuple[int, int]:
    [reservation] = promise(cast.session, cast, ("LAMP", 1))
    return reservation.order_line_id, reservation.id


def _leave(cast: Cast, units: int, *, at: str = "LEEDS") -> None:
    """Take every promise back and leave this many lamps there."""
    level = cast.stock("LAMP", units, at=at)
    release(cast.session, order_line_ids=list(cast.session.scalars(select(Reservation.order_line_id))), by=SYSTEM)
    count(cast.session, level_id=level.id, counted=units, version=level.version, reason=Reason.COUNTED, by=SYSTEM, beyond_limit=True)


def _broken(town: Flask) -> list[str]:
    with town.app_context(), db.engine.connect() as connection:
        return [invariant.code for invariant in INVARIANTS if invariant.offenders(connection)]
