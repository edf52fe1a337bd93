"""Keyset paging: a page begins after the last row of the one before, so page 1,000 costs what page 1 costs."""

import base64
import binascii
import json
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import UnionType
from typing import Any, Generic, TypeVar, get_args

from sqlalchemy import ScalarSelect, Select, func, select

from logistics.core.language import _
from logistics.core.parsing import parse_day, parse_instant
from logistics.core.refusals import Invalid

Row = TypeVar("Row")
# The longest names there are, 200 characters of four bytes, and an id.
LONGEST_CURSOR = 1200
_FIRST_YEAR = 1900


@dataclass(frozen=True)
class Slice(Generic[Row]):
    """One page of rows, and the cursor of the next one (None at the end)."""

    rows: Sequence[Row]
    next: str | None


def write_cursor(*values: str | int | None) -> str:
    """Where the next page begins, as an opaque word for the URL."""
    return base64.urlsafe_b64encode(json.dumps(values, separators=(",", ":"), ensure_ascii=False).encode()).decode().rstrip("=")


def read_cursor(text: str, *kinds: type | UnionType) -> list[Any]:
    """The values of a cursor, one of each kind given: str, int, bool, date, datetime, or one of them `| None`. Raises Invalid for anything else."""
    try:
        values = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if len(text) > LONGEST_CURSOR or len(values) != len(kinds):
            raise ValueError(text)
        return [_read(value, kind) for value, kind in zip(values, kinds, strict=True)]
    except (ValueError, TypeError, binascii.Error, RecursionError):
        raise Invalid(_("This page of the list does not exist. Start from its beginning.")) from None


def cut_page(rows: Sequence[Row], size: int, *keys: str) -> Slice[Row]:
    """Make a page of `size` from size + 1 rows that were read; `keys` name the columns the list is sorted by."""
    shown = rows[:size]
    more = len(rows) > size
    return Slice(shown, write_cursor(*(_plain(getattr(shown[-1], key)) for key in keys)) if more and shown else None)


def _plain(value: Any) -> str | int | None:
    return value if value is None or isinstance(value, (str, int)) else str(value.isoformat())


def count_to(most: int, rows: Select[*tuple[Any, ...]]) -> ScalarSelect[int]:
    """How many rows there are, counted to `most`: what is said beside a list's name costs the same however long the list is."""
    return select(func.count()).select_from(rows.limit(most).subquery()).scalar_subquery()


def _read(value: Any, kind: type | UnionType) -> Any:
    if isinstance(kind, UnionType):
        return None if value is None else _read(value, get_args(kind)[0])
    if kind is datetime:
        return parse_instant(_check(value, str), first=_FIRST_YEAR)
    if kind is date:
        return parse_day(_check(value, str), first=_FIRST_YEAR)
    return _check(value, kind)


def _check(value: Any, kind: type) -> Any:
    if type(value) is not kind or (isinstance(value, int) and abs(value) >= 2**63):
        raise ValueError(value)
    # What names may hold is welcome (hard spaces, joined emoji); control characters and halves of characters no text of ours has.
    if isinstance(value, str) and any(unicodedata.category(char) in ("Cc", "Cs") for char in value):
        raise ValueError(value)
    return value
