"""Keyset paging: a page begins after the last row of the one before, so page 1,000 costs what page 1 costs."""

import base64
import binascii
import json
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from logistics.core.language import _
from logistics.core.refusals import Invalid

Row = TypeVar("Row")
# The longest names there are, 200 characters of four bytes, and an id.
LONGEST_CURSOR = 1200


@dataclass(frozen=True)
class Slice(Generic[Row]):
    """One page of rows, and the cursor of the next one (None at the end)."""

    rows: Sequence[Row]
    next: str | None


def write_cursor(*values: str | int | None) -> str:
    """Where the next page begins, as an opaque word for the URL."""
    return base64.urlsafe_b64encode(json.dumps(values, separators=(",", ":"), ensure_ascii=False).encode()).decode().rstrip("=")


def read_cursor(text: str, *kinds: type) -> list[Any]:
    """The values of a cursor, one of each kind given. Raises Invalid for anything else."""
    try:
        values = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if len(text) > LONGEST_CURSOR or len(values) != len(kinds) or any(type(value) is not kind for value, kind in zip(values, kinds, strict=True)):
            raise ValueError(text)
        if any(isinstance(value, int) and abs(value) >= 2**63 for value in values):
            raise ValueError(text)
        # What names may hold is welcome (hard spaces, joined emoji); control characters and halves of characters no text of ours has.
        if any(unicodedata.category(char) in ("Cc", "Cs") for value in values if isinstance(value, str) for char in value):
            raise ValueError(text)
    except (ValueError, TypeError, binascii.Error, RecursionError):
        raise Invalid(_("This page of the list does not exist. Start from its beginning.")) from None
    return list(values)


def cut_page(rows: Sequence[Row], size: int, *keys: str) -> Slice[Row]:
    """Make a page of `size` from size + 1 rows that were read; `keys` name the columns the list is sorted by."""
    shown = rows[:size]
    more = len(rows) > size
    return Slice(shown, write_cursor(*(_plain(getattr(shown[-1], key)) for key in keys)) if more and shown else None)


def _plain(value: Any) -> str | int | None:
    return value if value is None or isinstance(value, (str, int)) else str(value.isoformat())
