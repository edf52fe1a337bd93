"""What no code may do: rewrite the ledger, or change a quantity on hand without a movement."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests.cast import Cast
from tests.inventory.promises import promise


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE movements SET quantity = 99",
        "DELETE FROM movements",
        "TRUNCATE movements CASCADE",
        "UPDATE event_log SET name = 'Nothing'",
        "DELETE FROM event_log",
        "TRUNCATE event_log",
    ],
)
def test_the_ledger_and_the_log_cannot_be_rewritten(session: Session, cast: Cast, statement: str) -> None:
    cast.stock("LAMP", 10)
    session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))

    with pytest.raises(IntegrityError, match="append-only"):
        session.execute(text(statement))


@pytest.mark.parametrize("change", ["on_hand = on_hand + 1", "quarantined = 1"])
def test_a_quantity_cannot_change_without_its_movement(session: Session, cast: Cast, change: str) -> None:
    cast.stock("LAMP", 10)
    session.execute(text(f"UPDATE stock_levels SET {change}"))

    with pytest.raises(IntegrityError, match="without its movement"):
        session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))


def test_a_movement_cannot_stand_without_its_quantity(session: Session, cast: Cast) -> None:
    level = cast.stock("LAMP", 10)
    session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    session.execute(text("SET CONSTRAINTS ALL DEFERRED"))
    session.execute(
        text(
            "INSERT INTO movements (stock_level_id, bucket, quantity, balance_after, kind, reason, reference, actor_kind, at)"
            " VALUES (:level, 'sellable', 1, 11, 'adjustment', 'found', '', 'system', now())"
        ),
        {"level": level.id},
    )

    with pytest.raises(IntegrityError, match="without its movement"):
        session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))


@pytest.mark.parametrize("change", ["reserved = 11", "reserved = -1", "on_hand = -1", "reorder_point = -1"])
def test_impossible_quantities_are_refused_by_the_table(session: Session, cast: Cast, change: str) -> None:
    cast.stock("LAMP", 10)

    with pytest.raises(IntegrityError, match="check constraint"):
        session.execute(text(f"UPDATE stock_levels SET {change}"))


@pytest.mark.parametrize(
    ("before", "statement"),
    [
        ("active", "DELETE FROM reservations"),
        ("active", "UPDATE reservations SET order_line_id = order_line_id + 1"),
        ("consumed", "UPDATE reservations SET state = 'waiting'"),
    ],
)
def test_promises_are_split_and_closed_but_never_moved_or_deleted(session: Session, cast: Cast, before: str, statement: str) -> None:
    cast.stock("LAMP", 10)
    promise(session, cast, ("LAMP", 3))
    session.execute(text("UPDATE reservations SET state = :state"), {"state": before})

    with pytest.raises(IntegrityError, match="never moved or deleted"):
        session.execute(text(statement))
