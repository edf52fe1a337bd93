"""What is short waits, and what comes in goes to whoever waits, before anybody else."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import SYSTEM
from logistics.core.addresses import Address
from logistics.core.events import EventLog
from logistics.inventory.adjusting import adjust, count
from logistics.inventory.housing import House, change_warehouse
from logistics.inventory.invariants import INVARIANTS
from logistics.inventory.locks import lock_or_make_levels
from logistics.inventory.models import Place, Reason, Reservation, StockLevel
from logistics.inventory.moving import find_products_to_move, move_waiting
from logistics.inventory.receiving import Goods, receive, receive_goods
from logistics.inventory.reserving import OutOfStock, release
from logistics.inventory.rules import SourcingRule
from logistics.inventory.tasks import dispatch_moves
from tests.cast import Cast
from tests.inventory.promises import demands, line_ids, promise, source


@pytest.fixture(autouse=True)
def _nothing_is_broken(session: Session) -> Any:
    """After each test every invariant of stock holds."""
    yield
    session.flush()
    assert [broken.code for broken in INVARIANTS if broken.offenders(session.connection())] == []


def test_what_is_there_is_promised_and_the_rest_waits_where_the_order_is_served(session: Session, cast: Cast) -> None:
    cast.warehouse("YORK", priority=30)
    cast.stock("LAMP", 1, at="YORK")
    lamps = cast.stock("LAMP", 3, at="HANGZHOU")

    sourcing = source(session, cast, ("LAMP", 6), may_wait=True)

    assert [(row.stock_level_id == lamps.id, row.quantity, row.state) for row in sourcing.reservations] == [
        (True, 3, "active"),
        (False, 1, "active"),
        (True, 2, "waiting"),
    ]
    assert (sourcing.rule, sourcing.warehouses) == (SourcingRule.FEWEST, ["HANGZHOU", "YORK"])
    assert sourcing.waiting == {lamps.product_id: 2}
    assert sourcing.as_facts() == {"rule": "fewest", "warehouses": ["HANGZHOU", "YORK"], "waiting": 2}
    assert (lamps.reserved, lamps.waiting, lamps.available) == (3, 2, 0)
    assert told(session, "StockAwaited")[0]["reservations"] == [[sourcing.reservations[0].order_line_id, lamps.id, 2]]


def test_what_never_came_in_waits_at_the_warehouse_that_is_asked_first(session: Session, cast: Cast) -> None:
    cast.warehouse("LEEDS", priority=10, country="GB")
    cast.warehouse("UTRECHT", priority=10, country="NL")

    sourcing = source(session, cast, ("LAMP", 2), may_wait=True, destination=Address(country="NL"))

    assert (sourcing.rule, sourcing.warehouses) == (SourcingRule.NONE_YET, ["UTRECHT"])
    level = session.scalars(select(StockLevel)).one()
    assert (level.warehouse.code, level.on_hand, level.waiting) == ("UTRECHT", 0, 2)


def test_the_nearest_of_equals_serves(session: Session, cast: Cast) -> None:
    for code, country in (("LEEDS", "GB"), ("UTRECHT", "NL")):
        cast.warehouse(code, priority=10, country=country)
        cast.stock("LAMP", 5, at=code)

    sourcing = source(session, cast, ("LAMP", 2), destination=Address(country="NL"))

    assert (sourcing.rule, sourcing.warehouses) == (SourcingRule.ONE_BY_NEARNESS, ["UTRECHT"])


@pytest.mark.parametrize("reason", ["nobody lets it wait", "no warehouse is open", "it is never bought again"])
def test_what_cannot_wait_is_refused(session: Session, cast: Cast, reason: str) -> None:
    lamps = cast.stock("LAMP", 1, discontinued=reason == "it is never bought again")
    cast.warehouse("LEEDS").active = reason != "no warehouse is open"
    session.flush()

    with pytest.raises(OutOfStock) as refusal:
        promise(session, cast, ("SHADE", 1), ("LAMP", 2), may_wait=reason != "nobody lets it wait")

    assert lamps.product_id in refusal.value.missing
    assert session.scalar(select(func.count(Reservation.id))) == 0


@pytest.mark.parametrize("how", ["receipt", "paper", "adjustment", "count", "release"])
def test_whatever_rises_goes_to_who_waits_there(session: Session, cast: Cast, how: str) -> None:
    lamps = cast.stock("LAMP", 3)
    earlier = promise(session, cast, ("LAMP", 3))
    waiting = promise(session, cast, ("LAMP", 2), may_wait=True)
    by = cast.actor("manager")

    if how == "receipt":
        receive(session, place=lamps.place, quantity=3, by=by)
    elif how == "paper":
        receive_goods(session, warehouse_id=lamps.warehouse_id, goods=[Goods(lamps.product_id, 1), Goods(lamps.product_id, 2)], reference="", by=by)
    elif how == "adjustment":
        adjust(session, level_id=lamps.id, change=3, reason=Reason.FOUND, by=by)
    elif how == "count":
        count(session, level_id=lamps.id, counted=6, version=lamps.version, reason=Reason.COUNTED, by=by)
    else:
        release(session, order_line_ids=line_ids(earlier), by=by)

    assert waiting[0].state == "active"
    assert (lamps.waiting, lamps.available) == (0, 1)
    assert told(session, "WaitingServed") == [
        {"reservation_id": waiting[0].id, "reservations": [[waiting[0].order_line_id, lamps.id, 2]]},
    ]


def test_the_urgent_are_served_first_then_the_oldest_and_the_last_in_part(session: Session, cast: Cast) -> None:
    lamps = cast.stock("LAMP", 1)
    promise(session, cast, ("LAMP", 1))
    late, early = clock.now(), clock.now() - timedelta(days=1)
    younger = promise(session, cast, ("LAMP", 2), may_wait=True, placed_at=late)
    older = promise(session, cast, ("LAMP", 2), may_wait=True, placed_at=early)
    urgent = promise(session, cast, ("LAMP", 2), may_wait=True, placed_at=late, priority=9)

    receive(session, place=lamps.place, quantity=3, by=SYSTEM)

    assert [(row.state, row.quantity) for row in (*urgent, *older, *younger)] == [("active", 2), ("active", 1), ("waiting", 2)]
    rest = session.scalars(select(Reservation).where(Reservation.order_line_id == older[0].order_line_id, Reservation.state == "waiting")).one()
    assert (rest.quantity, rest.placed_at, rest.priority) == (1, early, 0)
    receive(session, place=lamps.place, quantity=1, by=SYSTEM)
    assert (rest.state, younger[0].state) == ("active", "waiting")


def test_nobody_who_comes_later_is_promised_what_others_wait_for(session: Session, cast: Cast) -> None:
    lamps = cast.stock("LAMP", 1)
    promise(session, cast, ("LAMP", 3), may_wait=True)
    receive(session, place=lamps.place, quantity=1, by=SYSTEM)

    with pytest.raises(OutOfStock) as refusal, session.begin_nested():
        promise(session, cast, ("LAMP", 1), priority=9)

    assert refusal.value.errors[0].facts["available"] == 0
    receive(session, place=lamps.place, quantity=2, by=SYSTEM)
    assert promise(session, cast, ("LAMP", 1))[0].state == "active"


def test_who_waits_elsewhere_is_served_before_a_new_order_takes_what_came_in_here(session: Session, cast: Cast) -> None:
    """The job that moves rows has not run yet; the new order does its work."""
    leeds = cast.stock("LAMP", 1)
    waiting = promise(session, cast, ("LAMP", 3), may_wait=True)[-1]
    hangzhou = cast.stock("LAMP", 5, at="HANGZHOU")
    assert (leeds.waiting, hangzhou.available, waiting.state) == (2, 5, "waiting")

    made = promise(session, cast, ("LAMP", 2))

    assert (leeds.waiting, hangzhou.reserved, hangzhou.available) == (0, 4, 1)
    assert (waiting.state, made[0].stock_level_id) == ("released", hangzhou.id)
    served = session.scalars(select(Reservation).where(Reservation.order_line_id == waiting.order_line_id, Reservation.state == "active")).all()
    assert [(row.stock_level_id, row.quantity) for row in served] == [(leeds.id, 1), (hangzhou.id, 2)]


def test_stock_that_came_in_elsewhere_asks_for_the_job_that_moves_who_waits(session: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    leeds = cast.stock("LAMP", 1)
    cast.stock("SHADE", 1)
    promise(session, cast, ("LAMP", 5), may_wait=True)
    asked: list[Any] = []
    monkeypatch.setattr("logistics.inventory.offering.enqueue_once", lambda _session, job: asked.append(job))

    cast.stock("SHADE", 1, at="HANGZHOU")
    assert (asked, find_products_to_move(session)) == ([], [])
    cast.stock("LAMP", 3, at="HANGZHOU")

    assert asked == [dispatch_moves]
    assert find_products_to_move(session) == [leeds.product_id]


def test_rows_that_wait_are_split_over_what_there_is_elsewhere_and_keep_their_place_in_the_line(session: Session, cast: Cast) -> None:
    leeds = cast.stock("LAMP", 1)
    first, second = (promise(session, cast, ("LAMP", 4), may_wait=True, priority=priority)[-1] for priority in (3, 7))
    hangzhou, york = cast.stock("LAMP", 2, at="HANGZHOU"), cast.stock("LAMP", 3, at="YORK")

    move_waiting(session, leeds.product_id, by=SYSTEM)

    assert (leeds.waiting, hangzhou.available, york.available) == (2, 0, 0)
    rows = select(Reservation.stock_level_id, Reservation.quantity, Reservation.priority).where(Reservation.state == "active")
    urgent = session.execute(rows.where(Reservation.order_line_id == second.order_line_id).order_by(Reservation.id)).all()
    assert [tuple(row) for row in urgent] == [(hangzhou.id, 2, 7), (york.id, 2, 7)]
    assert first.reference == second.reference
    assert find_products_to_move(session) == []
    move_waiting(session, leeds.product_id, by=SYSTEM)
    assert leeds.waiting == 2


def test_who_waits_at_a_warehouse_that_closes_waits_at_an_open_one_and_is_served_there(session: Session, cast: Cast) -> None:
    lamps = cast.stock("LAMP", 1)
    cast.warehouse("HANGZHOU")
    waiting = promise(session, cast, ("LAMP", 3), may_wait=True)[-1]
    close(session, cast, "LEEDS")
    assert find_products_to_move(session) == [lamps.product_id]

    move_waiting(session, lamps.product_id, by=SYSTEM)

    assert (lamps.waiting, lamps.reserved, waiting.state) == (0, 1, "released")
    assert find_products_to_move(session) == []
    hangzhou = receive(session, place=Place(cast.warehouse("HANGZHOU").id, lamps.product_id), quantity=2, by=SYSTEM)
    assert (hangzhou.reserved, hangzhou.waiting) == (2, 0)


def test_closing_or_opening_a_warehouse_asks_for_the_job_and_renaming_one_does_not(
    session: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    monkeypatch.setattr("logistics.inventory.housing.enqueue_once", lambda _session, job: asked.append(job))
    leeds = cast.warehouse("LEEDS", city="Leeds", line1="Unit 4", postcode="LS9 0PX")

    house = House("LEEDS", "North", address=Address("Unit 4", city="Leeds", postcode="LS9 0PX", country="GB"), priority=10)
    change_warehouse(session, house, warehouse_id=leeds.id, version=leeds.version, by=SYSTEM)
    assert asked == []
    close(session, cast, "LEEDS")

    assert asked == [dispatch_moves]


def test_a_release_gives_back_what_waits_and_serves_the_next_with_what_was_promised(session: Session, cast: Cast) -> None:
    lamps = cast.stock("LAMP", 2)
    first = promise(session, cast, ("LAMP", 3), may_wait=True)
    second = promise(session, cast, ("LAMP", 1), may_wait=True)

    release(session, order_line_ids=line_ids(first), by=SYSTEM)

    assert ({row.state for row in first}, second[0].state) == ({"released"}, "active")
    assert (lamps.reserved, lamps.waiting, lamps.available) == (1, 0, 1)


@pytest.mark.parametrize("door", ["reserving", "moving"])
def test_the_first_units_that_come_in_while_a_level_is_made_to_wait_at_are_given_out_at_once(
    session: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch, door: str
) -> None:
    """A rival receives them between our look at the levels and the making of ours."""
    cast.stock("LAMP", 1, at="HANGZHOU")

    def make_late(session: Session, places: Any) -> Any:
        for place in places:
            receive(session, place=place, quantity=2, by=SYSTEM)
        return lock_or_make_levels(session, places)

    if door == "moving":
        promise(session, cast, ("LAMP", 4), may_wait=True)
        cast.warehouse("LEEDS")
        close(session, cast, "HANGZHOU")
        monkeypatch.setattr("logistics.inventory.moving.lock_or_make_levels", make_late)
        move_waiting(session, cast.product("LAMP").id, by=SYSTEM)
    else:
        promise(session, cast, ("LAMP", 1))
        cast.warehouse("LEEDS")
        monkeypatch.setattr("logistics.inventory.reserving.lock_or_make_levels", make_late)
        sourcing = source(session, cast, ("LAMP", 3), may_wait=True)
        assert (sourcing.rule, sourcing.warehouses, list(sourcing.waiting.values())) == (SourcingRule.ONLY_ONE, ["LEEDS"], [1])

    leeds = session.scalars(select(StockLevel).where(StockLevel.warehouse_id == cast.warehouse("LEEDS").id)).one()
    assert (leeds.on_hand, leeds.reserved, leeds.waiting) == (2, 2, 1)


def test_the_table_refuses_a_level_where_something_is_available_and_rows_wait(session: Session, cast: Cast) -> None:
    lamps = cast.stock("LAMP", 1)
    promise(session, cast, ("LAMP", 3), may_wait=True)

    with pytest.raises(IntegrityError, match="ck_stock_levels_waiting"), session.begin_nested():
        lamps.reserved -= 1


def test_a_rise_reads_only_the_rows_whose_turn_it_is(session: Session, cast: Cast, queries: Any) -> None:
    lamps = cast.stock("LAMP", 1)
    promise(session, cast, ("LAMP", 1))
    for _order in range(12):
        promise(session, cast, ("LAMP", 2), may_wait=True)
    session.expire_all()
    before = queries.count

    receive(session, place=lamps.place, quantity=4, by=SYSTEM)

    assert queries.count - before <= 12
    assert lamps.waiting == 20


def test_the_hot_path_costs_as_many_statements_for_ten_lines_as_for_one(session: Session, cast: Cast, queries: Any) -> None:
    for at in ("LEEDS", "HANGZHOU"):
        for number in range(11):
            cast.stock(f"P{number}", 5, at=at)
    one, ten = demands(session, cast, ("P0", 1)), demands(session, cast, *((f"P{number}", 1) for number in range(1, 11)))

    assert statements_of(session, cast, queries, one) == statements_of(session, cast, queries, ten)


def statements_of(session: Session, cast: Cast, queries: Any, order: Any) -> int:
    """How many statements it takes to promise this."""
    from logistics.inventory.reserving import reserve
    from tests.inventory.promises import LEEDS

    by = cast.actor()
    before = queries.count
    reserve(session, demands=order, reference="K7M2-9QXF", placed_at=clock.now(), destination=LEEDS, by=by)
    return int(queries.count) - before


def close(session: Session, cast: Cast, code: str) -> None:
    """Close a warehouse, as a manager does."""
    warehouse = cast.warehouse(code)
    address = Address("Unit 4", city="Leeds", postcode="LS9 0PX", country="GB")
    house = House(code, warehouse.name, address=address, priority=warehouse.priority, active=False)
    change_warehouse(session, house, warehouse_id=warehouse.id, version=warehouse.version, by=SYSTEM)


def told(session: Session, name: str) -> list[dict[str, Any]]:
    """The facts of every event of this name."""
    return list(session.scalars(select(EventLog.data).where(EventLog.name == name).order_by(EventLog.id)))
