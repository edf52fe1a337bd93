"""Misbehaviour on demand, so that a test can see what the shop does about it. A fault is used up before it happens: it survives a
restart, but does not happen again after one.
"""

import os
import signal
import sqlite3
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from logistics.payments.gateways.simulator.books import Books
from logistics.payments.gateways.simulator.playing import Nonsense

# Where it may happen, and what: before anything is done, or when it is done and not yet answered.
PLACES = ("checkout", "authorise", "capture", "void", "refund", "look_up", "any", "hook")
BEFORE = ("hang_before", "die_before", "fail_before")
AFTER = ("hang_after", "die_after", "fail_after", "garble")
REFUSE = "refuse"
OF_HOOKS = ("lose", "twice", "late")


@dataclass(frozen=True)
class Fault:
    """What goes wrong: for how many seconds, or with which code."""

    what: str = ""
    seconds: float = 0
    code: str = ""


class Failed(Exception):
    """The provider answers 500."""


def order_fault(connection: sqlite3.Connection, asked: Mapping[str, Any]) -> None:
    """Note a fault: {at, what, seconds?, code?, times?}. Raises Nonsense."""
    at, what = asked.get("at"), asked.get("what")
    known = OF_HOOKS if at == "hook" else (*BEFORE, *AFTER, REFUSE)
    if at not in PLACES or what not in known:
        raise Nonsense(f"at must be one of {', '.join(PLACES)}; what must be one of {', '.join(known)}")
    try:
        seconds, times = float(asked.get("seconds", 0)), int(asked.get("times", 1))
    except (TypeError, ValueError):
        raise Nonsense("seconds and times must be numbers") from None
    row = (at, what, seconds, str(asked.get("code") or "card_declined"), times)
    connection.execute("INSERT INTO faults (at, what, seconds, code, times) VALUES (?, ?, ?, ?, ?)", row)


def take_fault(books: Books, at: str) -> Fault:
    """The next fault of this place, used up with that; none has no `what`."""
    with books.writing() as connection:
        row = connection.execute(
            "SELECT id, what, seconds, code FROM faults WHERE at IN (?, 'any') AND times > 0 ORDER BY id LIMIT 1", (at,)
        ).fetchone()
        if row is None:
            return Fault()
        connection.execute("UPDATE faults SET times = times - 1 WHERE id = ?", (row[0],))
    return Fault(*row[1:])


def suffer(fault: Fault, moments: tuple[str, ...]) -> None:
    """Let it happen if this is its moment (BEFORE or AFTER). Raises Failed; does not come back from dying."""
    if fault.what not in moments:
        return
    if fault.what.startswith("die"):
        os.kill(os.getpid(), signal.SIGKILL)
    if fault.what.startswith("fail"):
        raise Failed
    time.sleep(fault.seconds)
