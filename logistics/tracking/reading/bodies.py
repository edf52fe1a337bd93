"""Walking through a body: what is needed is there or the body is Unreadable, under its path; texts that nothing hangs on are tidied."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from typing import Any, NoReturn

from logistics.core.language import _
from logistics.core.parsing import parse_instant
from logistics.core.refusals import BadValue, FieldError
from logistics.fulfilment.rules import read_tracking_number
from logistics.tracking.reading.saying import Expected, Unreadable

LONGEST_TEXT, LONGEST_PLACE, LONGEST_SIGNER, LONGEST_CODE = 500, 200, 200, 60
_LONGEST_TIME = 40
_LARGEST = 10**LONGEST_CODE
_BASIC_OFFSET = re.compile(r"([+-][0-9]{2})([0-9]{2})$")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_FINE_FRACTION = re.compile(r"(\.[0-9]{6})[0-9]+")
_UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}


@dataclass(frozen=True)
class Node:
    """A value of a body, and the path under which it stands there ("output/0/date")."""

    value: Any
    path: str = ""

    def has(self, name: str) -> bool:
        """Whether it is an object with something under this name."""
        return isinstance(self.value, Mapping) and self.value.get(name) is not None

    def at(self, name: str) -> "Node":
        """What stands under this name; a node of None where there is nothing."""
        return Node(self.value.get(name) if isinstance(self.value, Mapping) else None, f"{self.path}/{name}" if self.path else name)

    def object(self, name: str) -> "Node":
        """The object under this name. Raises Unreadable."""
        return self.at(name).as_object()

    def as_object(self) -> "Node":
        """Itself. Raises Unreadable unless it is an object."""
        if not isinstance(self.value, Mapping):
            self.refuse(_("An object is missing here."))
        return self

    def each(self, name: str) -> list["Node"]:
        """The objects of the list under this name. Raises Unreadable where there is no list of objects."""
        return self.at(name).as_list()

    def as_list(self) -> list["Node"]:
        """Its own objects. Raises Unreadable unless it is a list of objects."""
        if not isinstance(self.value, list):
            self.refuse(_("A list is missing here."))
        return [Node(one, f"{self.path}/{row}".lstrip("/")).as_object() for row, one in enumerate(self.value)]

    def some(self, name: str) -> list["Node"]:
        """As each, where the list may be missing."""
        return self.each(name) if self.has(name) else []

    def text(self, name: str, longest: int = LONGEST_TEXT) -> str:
        """One line of text under this name, tidied; empty where there is none."""
        return tidy(self.at(name).value, longest)

    def code(self, name: str) -> str:
        """A code under this name; empty where there is none."""
        return self.text(name, LONGEST_CODE)

    def number(self, name: str) -> str:
        """The tracking number under this name. Raises Unreadable."""
        found = self.at(name)
        try:
            return read_tracking_number(_written(found.value))
        except BadValue as error:
            found.refuse(error.message)

    def moment(self, name: str, zone: tzinfo) -> datetime:
        """The time under this name, in `zone` where it tells no offset. Raises Unreadable."""
        found = self.at(name)
        return found.read_moment(_written(found.value), zone)

    def read_moment(self, written: str, zone: tzinfo) -> datetime:
        """The time that this text is, in `zone` where it tells no offset. Raises Unreadable under this node's path."""
        try:
            return read_moment(written, zone)
        except BadValue as error:
            self.refuse(error.message)

    def day(self, name: str) -> date | None:
        """The day of the time or date under this name, as it is told; None where there is none that can be read."""
        return read_day(write_day(_written(self.at(name).value)))

    def refuse(self, message: str) -> NoReturn:
        """Say that the body is unreadable because of this."""
        place = self.path or "/"
        raise Unreadable(f"{place}: {message}", errors=[FieldError(place, Unreadable.code, message)])


def tidy(value: Any, longest: int) -> str:
    """A text or number as one line without what cannot be seen, at most so long; empty for anything else."""
    seen = "".join(" " if unicodedata.category(char) in _UNSEEN else char for char in _written(value)[: 8 * longest])
    line = " ".join(unicodedata.normalize("NFC", seen).split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


def place_of(parts: Iterable[str]) -> str:
    """Where something was, from what is told of it, smallest first: "Wayne, NJ, 07470, US"."""
    return tidy(", ".join(part for part in parts if part), LONGEST_PLACE)


def read_moment(written: str, zone: tzinfo) -> datetime:
    """A time of ISO 8601, its offset with or without colon; in `zone` where it tells none. Raises BadValue."""
    text = _FINE_FRACTION.sub(r"\1", written.strip()[:_LONGEST_TIME])
    if ":" in text:
        text = _BASIC_OFFSET.sub(r"\1:\2", text)
    try:
        return parse_instant(text)
    except BadValue as error:
        if error.code != "no_offset":
            raise
        return parse_instant(text + "Z").replace(tzinfo=zone)


def read_day(written: str) -> date | None:
    """The day of a date or a time, as it is told there; None for what is neither."""
    text = written.strip()
    if _DAY.fullmatch(text):
        text += "T00:00"
    try:
        return read_moment(text, UTC).date()
    except BadValue:
        return None


def write_day(digits: str) -> str:
    """A day written 20261122 as 2026-11-22; anything else as it is."""
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:]}" if len(digits) == 8 and digits.isascii() and digits.isdigit() else digits


def fault_of(errors: Iterable[Node], *, code: str = "code", message: str = "message") -> str:
    """What the carrier says is wrong, all of it: "TV1002: Invalid inquiry number"."""
    told = (": ".join(part for part in (error.code(code), error.text(message)) if part) for error in errors)
    return tidy("; ".join(dict.fromkeys(one for one in told if one)), LONGEST_TEXT)


def between(number: str, days: Iterable[date | None], **told: str) -> tuple[Expected, ...]:
    """That a parcel is expected between the first and the last of these days; nothing where there is none."""
    known = sorted(day for day in days if day is not None)
    return (Expected(number, known[0], known[-1], **told),) if known else ()


def _written(value: Any) -> str:
    if isinstance(value, str):
        return value
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < _LARGEST
    return str(value) if is_number else ""
