"""The simulated provider's own books: payments, answers by key, moves of money and hooks to send, in one SQLite file.

Everything that one question changes is one transaction, so that a killed provider has either done it, and knows its answer, or not.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

WAIT_SECONDS = 10
SCHEMA = """
PRAGMA journal_mode = WAL;
CREATE TABLE IF NOT EXISTS payments (reference TEXT PRIMARY KEY, standing TEXT NOT NULL, ends REAL NOT NULL, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS payments_ending ON payments (standing, ends);
CREATE TABLE IF NOT EXISTS answers (key TEXT PRIMARY KEY, question TEXT NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS moves (
    id INTEGER PRIMARY KEY, reference TEXT NOT NULL, kind TEXT NOT NULL, amount INTEGER NOT NULL CHECK (amount > 0), at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS hooks (
    id INTEGER PRIMARY KEY, event TEXT NOT NULL, body TEXT NOT NULL, due REAL NOT NULL, tries INTEGER NOT NULL DEFAULT 0, sent REAL
);
CREATE INDEX IF NOT EXISTS hooks_waiting ON hooks (due) WHERE sent IS NULL;
CREATE TABLE IF NOT EXISTS faults (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, what TEXT NOT NULL, seconds REAL NOT NULL, code TEXT NOT NULL, times INTEGER NOT NULL
);
"""


@dataclass
class SimulatedPayment:
    """A payment as the provider keeps it: amounts in minor units, times in seconds since 1970. `ends`: when page or authorisation end."""

    reference: str
    order: str
    amount: int
    currency: str
    token: str
    return_url: str
    language: str
    standing: str
    ends: float
    step: str = ""
    failure: str = ""
    authorised: int = 0
    captured: int = 0
    refunded: int = 0


class Books:
    """The file. Every thread opens it for itself."""

    def __init__(self, file: Path) -> None:
        """Open the books, or begin new ones."""
        self._file = file
        with closing(self._connect()) as connection:
            connection.executescript(SCHEMA)

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction, alone: all of it is kept, or nothing."""
        with closing(self._connect()) as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    def everything(self) -> dict[str, Any]:
        """All payments and moves, for comparing with the shop's."""
        with self.writing() as connection:
            payments = [json.loads(row[0]) for row in connection.execute("SELECT body FROM payments ORDER BY rowid")]
            rows = connection.execute("SELECT reference, kind, amount, at FROM moves ORDER BY id")
            moves = [dict(zip(("reference", "kind", "amount", "at"), row, strict=True)) for row in rows]
            waiting = connection.execute("SELECT count(*) FROM hooks WHERE sent IS NULL").fetchone()[0]
        return {"payments": payments, "moves": moves, "hooks_waiting": waiting}

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self._file, timeout=WAIT_SECONDS, isolation_level=None)


def find_payment(connection: sqlite3.Connection, reference: str) -> SimulatedPayment | None:
    """The payment of this reference."""
    row = connection.execute("SELECT body FROM payments WHERE reference = ?", (reference,)).fetchone()
    return SimulatedPayment(**json.loads(row[0])) if row else None


def find_ended(connection: sqlite3.Connection, now: float) -> list[SimulatedPayment]:
    """Pages and authorisations whose time is over, a hundred at most."""
    rows = connection.execute("SELECT body FROM payments WHERE standing IN ('waiting', 'authorised') AND ends <= ? ORDER BY ends LIMIT 100", (now,))
    return [SimulatedPayment(**json.loads(row[0])) for row in rows]


def keep_payment(connection: sqlite3.Connection, payment: SimulatedPayment) -> None:
    """Write a payment as it is now."""
    connection.execute(
        "INSERT INTO payments (reference, standing, ends, body) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (reference) DO UPDATE SET standing = excluded.standing, ends = excluded.ends, body = excluded.body",
        (payment.reference, payment.standing, payment.ends, json.dumps(asdict(payment))),
    )


def note_move(connection: sqlite3.Connection, payment: SimulatedPayment, kind: str, amount: int, now: float) -> None:
    """Append what happened to money, `amount` in minor units."""
    connection.execute("INSERT INTO moves (reference, kind, amount, at) VALUES (?, ?, ?, ?)", (payment.reference, kind, amount, now))
