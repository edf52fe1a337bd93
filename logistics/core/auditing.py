"""`flask audit`: every invariant is one query whose rows are the offenders, all read in one snapshot."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app
from sqlalchemy import Connection, Engine, text

TIMEOUT_MS = 600_000


@dataclass(frozen=True)
class Invariant:
    """Something that always holds. `find` is SQL, or a function of the connection, that gives the offenders."""

    code: str
    title: str
    find: str | Callable[[Connection], Iterable[Any]]
    warning: bool = False

    def offenders(self, connection: Connection) -> list[dict[str, Any]]:
        """The rows that break it, none when it holds."""
        rows = self.find(connection) if callable(self.find) else connection.execute(text(self.find)).mappings()
        return [dict(row) for row in rows]


@dataclass(frozen=True)
class Finding:
    """What one check found."""

    invariant: Invariant
    offenders: list[dict[str, Any]]


def init_app(app: Flask, *lists: Sequence[Invariant]) -> None:
    """Name what is to be checked, feature by feature."""
    app.extensions["invariants"] = [invariant for invariants in lists for invariant in invariants]


def audit(engine: Engine) -> list[Finding]:
    """Check every invariant in one REPEATABLE READ, READ ONLY transaction with its own statement time-out."""
    invariants: list[Invariant] = current_app.extensions["invariants"]
    with engine.connect().execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True) as connection:
        connection.execute(text(f"SET LOCAL statement_timeout = {TIMEOUT_MS}"))
        return [Finding(invariant, invariant.offenders(connection)) for invariant in invariants]
