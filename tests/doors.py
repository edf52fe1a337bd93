"""Every door of the application: its routes with arguments filled in, and what the database holds before and after knocking."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session
from werkzeug.routing import AnyConverter, BaseConverter, IntegerConverter, Rule

from logistics.core.actors import needed_function, needed_scopes
from logistics.core.database import Base

# Looking in leaves a trace there, and is meant to: when a session was last used, how often something was tried.
_TRACES = {"staff_sessions", "rate_counts"}
# The same of a key: the row counts but for that.
_TRACE_IN = {"api_keys": "last_used_at"}


@dataclass(frozen=True)
class Door:
    """One route as it can be asked for. `bare` is one without arguments.

    `function` is what somebody's role must have there, `scopes` what a program's key must have one of; it is public without either.
    """

    endpoint: str
    method: str
    url: str
    function: str | None
    scopes: frozenset[str] | None
    bare: bool

    @property
    def is_page(self) -> bool:
        """Whether it shows something to whoever just asks for it."""
        return self.method == "GET" and self.bare

    def __str__(self) -> str:
        return f"{self.method} {self.url}"


def doors(app: Flask, *methods: str) -> list[Door]:
    """Every route that answers one of these methods."""
    return [door for rule in app.url_map.iter_rules() for door in _open(app, rule) if door.method in methods]


def fingerprints(session: Session) -> dict[str, str | None]:
    """What stands in each table, as a digest (None where nothing does), but for traces of looking in."""
    return dict(session.execute(text(_digests())).all())


def _open(app: Flask, rule: Rule) -> Iterator[Door]:
    values = {name: _something(rule._converters[name]) for name in rule.arguments}
    url = app.url_map.bind("localhost").build(rule.endpoint, values, method=next(iter(rule.methods or {"GET"})))
    view = app.view_functions[rule.endpoint]
    for method in sorted(rule.methods or ()):
        yield Door(rule.endpoint, method, url, needed_function(view), needed_scopes(view), bare=not rule.arguments)


def _something(converter: BaseConverter) -> int | str:
    if isinstance(converter, AnyConverter):
        return min(converter.items)
    return 1 if isinstance(converter, IntegerConverter) else "x"


@cache
def _digests() -> str:
    """One statement for all tables: it is asked hundreds of times."""
    tables = [table.name for table in Base.metadata.sorted_tables if table.name not in _TRACES]
    return " UNION ALL ".join(
        f"SELECT '{table}', md5(string_agg(row, '' ORDER BY row)) FROM (SELECT md5({_row(table)}) AS row FROM \"{table}\" t) t" for table in tables
    )


def _row(table: str) -> str:
    return f"(to_jsonb(t) - '{_TRACE_IN[table]}')::text" if table in _TRACE_IN else "t::text"
