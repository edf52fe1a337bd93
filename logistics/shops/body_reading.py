"""Reading fields of a body one by one; what is wrong with them is gathered, all at once, each under its path ("line_items/0/price")."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, TypeVar

from logistics.core import parsing
from logistics.core.language import _
from logistics.core.money import MAX_MINOR, decimals, parse_currency
from logistics.core.refusals import BadValue, FieldError

Value = TypeVar("Value")
_FEWEST_DECIMALS = Decimal("1e-12")


@dataclass
class Fields:
    """An object of a body. Readers give a harmless value where one is wrong, and note the problem."""

    values: Mapping[str, Any]
    problems: list[FieldError] = field(default_factory=list)
    path: str = ""

    def at(self, name: str) -> "Fields":
        """The object under this name; an empty one where there is none."""
        value = self.values.get(name)
        if value is not None and not isinstance(value, dict):
            self._note(name, "bad_type", _("This must be an object."))
        return Fields(value if isinstance(value, dict) else {}, self.problems, f"{self.path}{name}/")

    def each(self, name: str) -> list["Fields"]:
        """The objects of the list under this name; none where there is no list."""
        value = self.values.get(name)
        if value is not None and not (isinstance(value, list) and all(isinstance(one, dict) for one in value)):
            self._note(name, "bad_type", _("This must be a list of objects."))
            return []
        return [Fields(one, self.problems, f"{self.path}{name}/{at}/") for at, one in enumerate(value or [])]

    def text(self, name: str, *, longest: int = 200) -> str:
        """One line of text; a number is written out, nothing is an empty text."""
        value = self.values.get(name)
        if isinstance(value, bool) or not isinstance(value, (str, int, type(None))):
            return self._wrong(name, "bad_type", _("This must be a text."), "")
        try:
            return parsing.clean_line("" if value is None else str(value), longest=longest)
        except BadValue as error:
            return self._wrong(name, error.code, error.message, "")

    def words(self, name: str, *, longest: int = 200) -> str:
        """Text that nothing hangs on: what cannot be kept is left out, and too much is cut off."""
        value = self.values.get(name)
        written = value if isinstance(value, str) else ""
        kept = "".join(char if char.isprintable() or char == "\n" else " " for char in written).strip()
        return kept if len(kept) <= longest else kept[: longest - 1] + "…"

    def flag(self, name: str, *, default: bool = False) -> bool:
        """True or false, the default where nothing is said."""
        value = self.values.get(name)
        return value if isinstance(value, bool) else default

    def quantity(self, name: str) -> int:
        """Whole units, 0 to 999,999."""
        value = self.values.get(name)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= parsing.MAX_QUANTITY:
            return self._wrong(name, "bad_quantity", _("Quantity must be 1 to 999,999."), 0)
        return value

    def currency(self, name: str, default: str = "") -> str:
        """An ISO 4217 code."""
        try:
            return parse_currency(self.text(name) or default)
        except BadValue as error:
            return self._wrong(name, error.code, error.message, "USD")

    def amount(self, name: str, currency: str) -> Decimal:
        """An amount in minor units, exact: shops reckon in fractions of them. Nothing is 0. May be negative."""
        value = self.values.get(name)
        if value is None or value == "":
            return Decimal(0)
        if isinstance(value, bool) or not isinstance(value, (str, int, float)):
            return self._wrong(name, "bad_amount", _("This must be an amount, like “18.00”."), Decimal(0))
        return self._decimal(name, str(value)).scaleb(decimals(currency))

    def money(self, name: str, currency: str) -> int:
        """An amount in minor units, rounded half up where the shop writes fractions of them; 0 or more."""
        minor = int(self.amount(name, currency).to_integral_value(ROUND_HALF_UP))
        return minor if minor >= 0 else self._wrong(name, "bad_amount", _("The amount must be 0 or more."), 0)

    def instant(self, name: str, *, zone: str = "") -> datetime | None:
        """A time; None where there is none. `zone` is added to times written without one."""
        return read_instant(self.values.get(name), zone=zone)

    def refuse(self, name: str, code: str, message: str) -> None:
        """Note that a field is wrong."""
        self._note(name, code, message)

    def _decimal(self, name: str, written: str) -> Decimal:
        try:
            number = Decimal(written) if len(written) <= 40 and written.isascii() and "_" not in written else Decimal("nan")
        except InvalidOperation:
            number = Decimal("nan")
        if not number.is_finite() or abs(number) > MAX_MINOR or (number and abs(number) < _FEWEST_DECIMALS):
            return self._wrong(name, "bad_amount", _("This must be an amount, like “18.00”."), Decimal(0))
        return number

    def _wrong(self, name: str, code: str, message: str, instead: Value) -> Value:
        self._note(name, code, message)
        return instead

    def _note(self, name: str, code: str, message: str) -> None:
        self.problems.append(FieldError(f"{self.path}{name}", code, message))


def read_instant(value: Any, *, zone: str = "") -> datetime | None:
    """A time as shops write it; None for anything else. `zone` is added to times written without one."""
    if not isinstance(value, str):
        return None
    for written in (value, value + zone):
        try:
            return parsing.parse_instant(written)
        except BadValue:
            continue
    return None


def round_to(parts: Sequence[Decimal], total: int) -> list[int]:
    """Whole minor units for these exact ones, so that they add up to `total` wherever they do so but for rounding.

    Shops round each line, or only the sum: up to half a unit for each part is rounding. More is not, and then the difference shows.
    """
    whole = [int(part.to_integral_value(ROUND_HALF_UP)) for part in parts]
    counted = [at for at, part in enumerate(parts) if part]
    left = total - sum(whole)
    if abs(sum(parts, Decimal(0)) - total) * 2 > len(counted) or abs(left) > len(counted):
        return whole
    step = 1 if left > 0 else -1
    # Where rounding went the other way, and most so, it is made good first.
    for at in sorted(counted, key=lambda at: step * (whole[at] - parts[at]))[: abs(left)]:
        whole[at] += step
    return whole
