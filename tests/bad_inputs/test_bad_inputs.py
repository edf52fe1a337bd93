"""Every bad input gets the answer that the table promises: never a 500, nothing half written, the field named (B1-B84)."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from logistics.core.limits import DatabaseStorage
from tests.bad_inputs.rows import Bad, Told
from tests.bad_inputs.table import ROWS, SURFACES
from tests.cast import Cast
from tests.doors import fingerprints

_OURS_ALONE = re.compile(r"Traceback|psycopg|sqlalchemy|SELECT [a-z]|\.py\b")
_ALIVE = re.compile(r"<script>alert|<img src=x|>49<| hx-get=./x")
# Nobody types these.
_HIDDEN = {"form_key", "customer_id"}
# What a page shows of a field stands in another box there.
_BOXES = {"lines-0-sku": "lines-0-product"}
_REPEATED = re.compile(r"(.)\1{80}")
GROUPS: dict[tuple[str, str], list[Bad]] = {}
for _row in ROWS:
    GROUPS.setdefault((_row.number, _row.surface), []).append(_row)


# As in logistics/tracking/drawing.py, whose filter pytest puts aside.
@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
@pytest.mark.parametrize(("number", "surface"), GROUPS, ids=["-".join(group) for group in GROUPS])
def test_bad_inputs_are_answered_as_promised(app: Flask, outer: Connection, session: Session, cast: Cast, number: str, surface: str) -> None:
    send = SURFACES[surface](cast)
    untouched = _look(session)
    for row in GROUPS[number, surface]:
        DatabaseStorage().reset()
        with _undone(outer, session):
            before = untouched
            if row.before is not None:
                assert send(row.before).status < 400, str(row)
                before = _look(session)

            told = send(row.sent)

            _check(told, row)
            if row.may_write is not None:
                after = _look(session)
                assert {table for table in after if after[table] != before[table]} <= row.may_write, str(row)


def _check(told: Told, row: Bad) -> None:
    assert told.status == row.status, (str(row), told.text[:600], told.wrong)
    assert not (leak := _OURS_ALONE.search(told.text)), (str(row), leak)
    assert not (told.is_page and (alive := _ALIVE.search(told.text))), (str(row), alive)
    assert row.says in told.text, (str(row), told.text[:2000])
    assert len(told.wrong) <= 100, "nobody reads more than that"
    for error in told.wrong:
        assert error.message
        assert len(error.message) < 400
        assert not _REPEATED.search(error.message), "what was sent is repeated up to 80 characters"
    # Most forms say what is wrong on their page alone.
    if (row.code or row.pointer) and (told.wrong or not told.form):
        _check_errors(told, row)
    if told.form and row.status == 422 and isinstance(row.sent, dict):
        _check_form(told, row)


def _check_errors(told: Told, row: Bad) -> None:
    fits = [error for error in told.wrong if (error.pointer, error.row) == (row.pointer, row.row) and row.code in ("", error.code)]
    if row.pointer or row.row:
        assert fits, (str(row), told.code, told.wrong)
    assert not row.code or row.code in {told.code, *(error.code for error in told.wrong)}, (str(row), told.code, told.wrong)
    if told.is_all:
        assert len(told.wrong) <= 1, (str(row), told.wrong)


def _check_form(told: Told, row: Bad) -> None:
    """The field is marked, and what was typed stands there again; a choice that is none cannot be shown."""
    assert told.form is not None
    if row.pointer:
        assert 'class="errors"' in told.text, str(row)
        assert _BOXES.get(row.pointer, row.pointer) in told.form.marked, (str(row), told.form.marked)
    for name, typed in row.sent.items():
        if name in told.form.values and name not in told.form.choices | _HIDDEN:
            shown = told.form.values[name]
            assert shown == typed or (len(shown) > 80 and typed.startswith(shown)), (str(row), shown[:200])


def _look(session: Session) -> dict[str, str | None]:
    """What stands in each table; and nothing of it is held."""
    found = fingerprints(session)
    session.commit()
    return found


@contextmanager
def _undone(outer: Connection, session: Session) -> Iterator[None]:
    """What happens inside is taken back, so that each row meets the same house."""
    session.commit()
    point = outer.begin_nested()
    try:
        yield
    finally:
        session.rollback()
        session.expire_all()
        point.rollback()
