"""Promising stock, all or nothing; taking promises back; handing promised goods out."""

import random
from itertools import permutations

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.events import EventLog
from logistics.inventory.adjusting import adjust
from logistics.inventory.keeping import NotReserved, Take, consume, lock_reserved_levels, split
from logistics.inventory.models import Movement, Reason, Reservation, StockLevel
from logistics.inventory.reserving import OutOfStock, release, reserve
from tests.cast import Cast
from tests.inventory.promises import LEEDS, demands, line_ids, promise


def test_a_shortfall_promises_nothing_and_says_what_is_missing(session: Session, cast: Cast) -> None:
    lamps = cast.stock("LAMP", 1)

    with pytest.raises(OutOfStock) as refusal:
        promise(session, cast, ("LAMP", 3))

    assert refusal.value.missing == {lamps.product_id: 2}
    assert refusal.value.errors[0].facts == {"sku": "LAMP", "product_id": lamps.product_id, "requested": 3, "available": 1}
    assert lamps.reserved == 0


def test_one_short_product_leaves_the_others_of_the_order_unpromised(session: Session, cast: Cast) -> None:
    lamps, shades = cast.stock("LAMP", 5), cast.stock("SHADE", 1)

    with pytest.raises(OutOfStock) as refusal:
        promise(session, cast, ("LAMP", 5), ("SHADE", 2))

    assert refusal.value.missing == {shades.product_id: 1}
    assert (lamps.reserved, shades.reserved) == (0, 0)
    assert session.scalar(select(func.count(Reservation.id))) == 0


def test_stock_of_a_warehouse_that_is_closed_is_not_promised(session: Session, cast: Cast) -> None:
    cast.stock("LAMP", 5)
    cast.warehouse("LEEDS").active = False
    session.flush()

    with pytest.raises(OutOfStock):
        promise(session, cast, ("LAMP", 1))


def test_a_product_without_any_stock_row_is_simply_out_of_stock(session: Session, cast: Cast) -> None:
    with pytest.raises(OutOfStock) as refusal:
        promise(session, cast, ("LAMP", 1))

    assert refusal.value.missing == {cast.product("LAMP").id: 1}


def test_lines_of_one_product_are_summed_whatever_their_order(session: Session, cast: Cast) -> None:
    """P3: stock 5 and two lines of 3 are refused in every order, among any other lines."""
    cast.stock("LAMP", 5)
    cast.stock("SHADE", 50)
    cast.stock("BULB", 50)
    wanted = demands(session, cast, ("LAMP", 3), ("LAMP", 3), ("SHADE", 2), ("BULB", 1), ("BULB", 4))
    orders = random.Random(3).sample(list(permutations(wanted)), 100)

    for order in orders:
        with pytest.raises(OutOfStock) as refusal:
            reserve(session, demands=order, reference="K7M2-9QXF", placed_at=clock.now(), destination=LEEDS, by=cast.actor())
        assert list(refusal.value.missing.values()) == [1]

    assert session.scalar(select(func.sum(StockLevel.reserved))) == 0


def test_what_is_promised_is_one_row_a_line_and_warehouse_and_is_told(session: Session, cast: Cast) -> None:
    leeds, hangzhou = cast.stock("LAMP", 4), cast.stock("LAMP", 4, at="HANGZHOU")

    made = promise(session, cast, ("LAMP", 3), ("LAMP", 3))

    assert [(row.stock_level_id, row.quantity) for row in made] == [(leeds.id, 3), (leeds.id, 1), (hangzhou.id, 2)]
    assert {row.state for row in made} == {"active"}
    assert (leeds.reserved, hangzhou.reserved) == (4, 2)
    told = session.scalars(select(EventLog).where(EventLog.name == "StockReserved")).one()
    assert told.data["reservations"] == [[row.order_line_id, row.stock_level_id, row.quantity] for row in made]


def test_one_warehouse_that_has_everything_is_taken_before_the_first_in_priority(session: Session, cast: Cast) -> None:
    cast.stock("LAMP", 5)
    lamps, shades = cast.stock("LAMP", 5, at="HANGZHOU"), cast.stock("SHADE", 5, at="HANGZHOU")

    made = promise(session, cast, ("LAMP", 1), ("SHADE", 1))

    assert {row.stock_level_id for row in made} == {lamps.id, shades.id}


def test_demanding_nothing_promises_nothing(session: Session, cast: Cast) -> None:
    assert promise(session, cast) == []


def test_a_promise_leaves_the_version_that_a_count_relies_on(session: Session, cast: Cast) -> None:
    lamps = cast.stock("LAMP", 5)
    version = lamps.version

    promise(session, cast, ("LAMP", 2))

    assert lamps.version == version


def test_released_units_can_be_promised_again_and_a_second_release_does_nothing(session: Session, cast: Cast) -> None:
    lamps = cast.stock("LAMP", 5)
    made = promise(session, cast, ("LAMP", 5))

    assert len(release(session, order_line_ids=line_ids(made), by=cast.actor())) == 1
    assert release(session, order_line_ids=line_ids(made), by=cast.actor()) == []

    assert (lamps.reserved, made[0].state) == (0, "released")
    assert session.scalar(select(func.count(EventLog.id)).where(EventLog.name == "StockReleased")) == 1
    promise(session, cast, ("LAMP", 5))


def test_releasing_takes_waiting_rows_along_without_touching_what_is_reserved(session: Session, cast: Cast) -> None:
    lamps = cast.stock("LAMP", 5)
    made = promise(session, cast, ("LAMP", 5))
    waiting = promise(session, cast, ("LAMP", 2), may_wait=True)

    release(session, order_line_ids=line_ids(waiting), by=cast.actor())

    assert (lamps.reserved, lamps.waiting, waiting[0].state, made[0].state) == (5, 0, "released", "active")


def test_releasing_many_lines_costs_the_same_few_statements(session: Session, cast: Cast, queries) -> None:
    for number in range(12):
        cast.stock(f"P{number}", 5)
    made = promise(session, cast, *((f"P{number}", 1) for number in range(12)))
    ids = line_ids(made)
    session.expire_all()
    by = cast.actor()
    del made
    before = queries.count

    release(session, order_line_ids=ids, by=by)

    assert queries.count - before <= 8


def test_goods_that_leave_are_a_movement_and_no_longer_reserved(session: Session, cast: Cast) -> None:
    lamps = cast.stock("LAMP", 5)
    made = promise(session, cast, ("LAMP", 3))

    _consume(session, cast, made[0], 3)

    assert (lamps.on_hand, lamps.reserved, made[0].state) == (2, 0, "consumed")
    out = session.scalars(select(Movement).where(Movement.kind == "dispatch")).one()
    assert (out.quantity, out.balance_after, out.reference) == (-3, 2, "S-K7M2-9QXF")


def test_a_part_that_leaves_splits_the_promise(session: Session, cast: Cast) -> None:
    lamps = cast.stock("LAMP", 5)
    made = promise(session, cast, ("LAMP", 5))
    made[0].picked = 4

    _consume(session, cast, made[0], 2)

    rows = session.execute(select(Reservation.quantity, Reservation.state, Reservation.picked).order_by(Reservation.id)).all()
    assert [tuple(row) for row in rows] == [(2, "consumed", 2), (3, "active", 2)]
    assert (lamps.on_hand, lamps.reserved) == (3, 3)


def test_more_than_was_promised_cannot_leave(session: Session, cast: Cast) -> None:
    lamps = cast.stock("LAMP", 5)
    made = promise(session, cast, ("LAMP", 2))

    with pytest.raises(NotReserved):
        _consume(session, cast, made[0], 3)

    assert (lamps.on_hand, lamps.reserved) == (5, 2)


def test_released_goods_cannot_leave(session: Session, cast: Cast) -> None:
    cast.stock("LAMP", 5)
    made = promise(session, cast, ("LAMP", 2))
    release(session, order_line_ids=line_ids(made), by=cast.actor())

    with pytest.raises(NotReserved):
        _consume(session, cast, made[0], 2)


def test_a_split_keeps_the_sum_and_says_which_row_is_the_rest(session: Session, cast: Cast) -> None:
    cast.stock("LAMP", 5)
    made = promise(session, cast, ("LAMP", 5))
    held = lock_reserved_levels(session, order_line_ids=line_ids(made))

    rest = split(session, held[0], 2)

    assert (held[0].quantity, rest.quantity, rest.state) == (2, 3, "active")


def test_coming_down_to_the_reorder_point_is_told_once(session: Session, cast: Cast) -> None:
    cast.stock("LAMP", 10, reorder_point=4)

    promise(session, cast, ("LAMP", 5))
    assert _warnings(session) == []
    promise(session, cast, ("LAMP", 1))
    promise(session, cast, ("LAMP", 1))

    assert [(told["available"], told["reorder_point"]) for told in _warnings(session)] == [(4, 4)]


def test_what_rose_again_is_told_again_when_it_falls(session: Session, cast: Cast) -> None:
    lamps = cast.stock("LAMP", 10, reorder_point=4)
    made = promise(session, cast, ("LAMP", 6))
    release(session, order_line_ids=line_ids(made), by=cast.actor())

    adjust(session, level_id=lamps.id, change=-7, reason=Reason.DAMAGED, by=cast.actor("manager"))

    assert [told["available"] for told in _warnings(session)] == [4, 3]


def test_what_is_not_to_be_bought_again_gives_no_warning(session: Session, cast: Cast) -> None:
    cast.stock("LAMP", 10, reorder_point=4, discontinued=True)

    promise(session, cast, ("LAMP", 10))

    assert _warnings(session) == []


def test_a_dispatch_changes_nothing_that_is_available_so_it_gives_no_warning(session: Session, cast: Cast) -> None:
    cast.stock("LAMP", 10, reorder_point=4)
    made = promise(session, cast, ("LAMP", 6))

    _consume(session, cast, made[0], 6)

    assert len(_warnings(session)) == 1


def test_a_lost_promise_is_found_by_the_lock_and_not_by_what_the_session_remembers(session: Session, cast: Cast) -> None:
    lamps = cast.stock("LAMP", 5)
    session.execute(update(StockLevel).where(StockLevel.id == lamps.id).values(reserved=5), execution_options={"synchronize_session": False})

    with pytest.raises(OutOfStock):
        promise(session, cast, ("LAMP", 1))


def _consume(session: Session, cast: Cast, reservation: Reservation, quantity: int) -> None:
    """Hand out without a shipment: its line is the business of the rooms above."""
    take = Take(reservation.id, quantity, shipment_line_id=None)  # type: ignore[arg-type]
    consume(session, takes=[take], reference="S-K7M2-9QXF", by=cast.actor("picker"))


def _warnings(session: Session) -> list[dict[str, int]]:
    return list(session.scalars(select(EventLog.data).where(EventLog.name == "StockRanLow").order_by(EventLog.id)))
