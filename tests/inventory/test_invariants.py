"""Each invariant names the corruption that breaks it, and nothing else does."""

from collections.abc import Sequence

import pytest
from flask import Flask
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from logistics.core.transactions import in_transaction
from logistics.inventory.invariants import INVARIANTS
from tests.cast import Cast
from tests.inventory.promises import promise

MOVE = "INSERT INTO movements (stock_level_id, bucket, quantity, balance_after, kind, reason, reference, actor_kind, at)"

CORRUPTIONS = {
    "I-S1 on hand": ("I-S1", ["UPDATE stock_levels SET on_hand = on_hand + 1"]),
    "I-S1 quarantined": ("I-S1", ["UPDATE stock_levels SET quarantined = 2"]),
    "I-S1 a level whose ledger was emptied": ("I-S1", ["DELETE FROM movements"]),
    "I-S2 more promised than there is": (
        "I-S2",
        [
            "ALTER TABLE stock_levels DROP CONSTRAINT ck_stock_levels_reserved",
            "UPDATE stock_levels SET reserved = 11",
            "UPDATE reservations SET quantity = 11",
        ],
    ),
    "I-S3 promised without a reservation": ("I-S3", ["UPDATE stock_levels SET reserved = reserved + 1"]),
    "I-S3 a reservation that is not counted": ("I-S3", ["UPDATE stock_levels SET reserved = 0"]),
    "I-S3 units that wait without a reservation": (
        "I-S3",
        ["ALTER TABLE stock_levels DROP CONSTRAINT ck_stock_levels_waiting", "UPDATE stock_levels SET waiting = 2"],
    ),
    "I-R4 an order waits for what is there": (
        "I-R4",
        [
            "ALTER TABLE stock_levels DROP CONSTRAINT ck_stock_levels_waiting",
            "INSERT INTO reservations (stock_level_id, order_line_id, quantity, state, priority, placed_at, reference, picked) "
            "SELECT stock_level_id, order_line_id, 2, 'waiting', 0, placed_at, reference, 0 FROM reservations",
            "UPDATE stock_levels SET waiting = 2",
        ],
    ),
    "I-S4 a balance that is no sum": (
        "I-S4",
        [
            f"{MOVE} SELECT id, 'sellable', 1, 12, 'adjustment', 'found', '', 'system', now() FROM stock_levels",
            f"{MOVE} SELECT id, 'sellable', -1, 10, 'adjustment', 'lost', '', 'system', now() FROM stock_levels",
        ],
    ),
    "I-S5 a balance below nothing": (
        "I-S5",
        [
            "ALTER TABLE movements DROP CONSTRAINT ck_movements_balance_after",
            f"{MOVE} SELECT id, 'sellable', -15, -5, 'adjustment', 'lost', '', 'system', now() FROM stock_levels",
            f"{MOVE} SELECT id, 'sellable', 15, 10, 'adjustment', 'found', '', 'system', now() FROM stock_levels",
        ],
    ),
}


@pytest.mark.parametrize("corruption", CORRUPTIONS)
def test_a_planted_corruption_is_named_by_its_invariant_alone(session: Session, outer: Connection, cast: Cast, corruption: str) -> None:
    level = cast.stock("LAMP", 10)
    promise(session, cast, ("LAMP", 3))
    assert _broken(outer) == []
    code, statements = CORRUPTIONS[corruption]

    _plant(session, statements)

    assert _broken(outer) == [code]
    [invariant] = [invariant for invariant in INVARIANTS if invariant.code == code]
    assert [offender["stock_level_id"] for offender in invariant.offenders(outer)] == [level.id]


def test_the_command_says_that_all_is_well(town: Flask) -> None:
    _stock(town)

    result = town.test_cli_runner().invoke(args=["audit", "--strict"])

    assert (result.exit_code, result.output.splitlines()[-1].endswith("0 with offenders.")) == (0, True)


def test_the_command_prints_each_offender_and_fails(town: Flask) -> None:
    level_id = _stock(town)
    with town.app_context():
        in_transaction(lambda session: _plant(session, ["UPDATE stock_levels SET on_hand = on_hand + 1"]))

    result = town.test_cli_runner().invoke(args=["audit"])

    assert result.exit_code == 1
    lines = result.output.splitlines()
    assert lines[0].startswith("I-S1 On hand and quarantined are the sums")
    assert lines[1].startswith(f"  stock_level_id={level_id} on_hand=11 moved=10")


def _stock(town: Flask) -> int:
    return int(Cast(town).made(lambda: Cast(town).stock("LAMP", 10).id))


def _plant(session: Session, statements: Sequence[str]) -> None:
    """What triggers and constraints refuse, done behind their backs."""
    tables = ("stock_levels", "movements", "reservations")
    session.flush()
    session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    for table in tables:
        session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
    for statement in statements:
        session.execute(text(statement))
    for table in tables:
        session.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))


def _broken(connection: Connection) -> list[str]:
    return [invariant.code for invariant in INVARIANTS if invariant.offenders(connection)]
