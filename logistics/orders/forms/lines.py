"""The lines of the order form, as they are typed: they come and go while one types, so they are read by hand."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from logistics.core import parsing
from logistics.core.language import _
from logistics.core.money import parse_money, plain
from logistics.core.refusals import BadValue, FieldError, Invalid
from logistics.orders.repeating import RepeatedLine
from logistics.orders.validating import LONGEST_LINE_NOTE, MOST_LINES, LineRequest

LINE = re.compile(r"lines-([0-9]{1,6})-(product|sku|quantity|unit_price|discount|note)")
# Longer than any part may be, so that what is too long is said and not cut off unseen.
LONGEST_TYPED = 1000


@dataclass
class LineInput:
    """A line of the form as it was typed, and what is wrong with it. `product` stands in the box, `sku` was picked from its list."""

    number: int
    product: str = ""
    sku: str = ""
    quantity: str = "1"
    unit_price: str = ""
    discount: str = ""
    note: str = ""
    errors: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, number: int, line: RepeatedLine, currency: str) -> "LineInput":
        """As somebody would have typed it."""
        price = "" if line.unit_price is None else plain(line.unit_price, currency)
        discount = f"{line.discount_bp / 100:.2f}".rstrip("0").rstrip(".") if line.discount_bp else ""
        return cls(number, line.product.name, line.product.sku, str(line.quantity), price, discount, line.note)

    @property
    def wanted(self) -> str:
        """The SKU: what was picked, or typed where nothing was."""
        return (self.sku or self.product).strip(" ")

    @property
    def is_blank(self) -> bool:
        """Whether nobody has begun this line."""
        return not (self.wanted or self.unit_price.strip() or self.discount.strip() or self.note.strip()) and self.quantity.strip() in ("", "1")

    def read(self, currency: str) -> tuple[LineRequest | None, dict[str, str]]:
        """The line as asked for, or None and what is wrong with each part of it."""
        wrong: dict[str, str] = {}
        sku = _read("sku", self.wanted, parsing.parse_code, wrong)
        quantity = _read("quantity", self.quantity, parsing.parse_quantity, wrong)
        price = _read("unit_price", self.unit_price, lambda text: parse_money(text, currency), wrong) if self.unit_price.strip() else None
        discount = _read("discount", self.discount, parsing.parse_percent, wrong) if self.discount.strip() else 0
        note = _read("note", self.note, lambda text: parsing.clean_line(text, longest=LONGEST_LINE_NOTE), wrong)
        if not self.wanted:
            wrong["sku"] = _("Choose a product.")
        elif "sku" in wrong and not self.sku:
            # What was typed is the name of a thing, not a code with a wrong sign in it.
            wrong["sku"] = _("There is no product “%(sku)s”.", sku=self.wanted[:80])
        return (None, wrong) if wrong else (LineRequest(sku, quantity, price, discount, note), wrong)

    def add_error(self, part: str, message: str) -> None:
        """Note what is wrong with a part of it."""
        self.errors.setdefault(part, []).append(message)


def read_lines(typed: Any) -> list[LineInput]:
    """The lines among the fields that were sent (a MultiDict), by their number. A field sent twice is an error, never a choice.

    Raises Invalid for more lines than an order may have.
    """
    lines: dict[int, LineInput] = {}
    for name in typed:
        if named := LINE.fullmatch(name):
            number, part = int(named[1]), named[2]
            line = lines.setdefault(number, LineInput(number, quantity=""))
            setattr(line, part, typed.getlist(name)[0][:LONGEST_TYPED])
            if len(typed.getlist(name)) > 1:
                line.add_error("sku" if part == "product" else part, _("This was sent twice. Reload the page and try again."))
    if len(lines) > MOST_LINES:
        message = _("An order has at most %(count)s lines.", count=MOST_LINES)
        raise Invalid(message, errors=[FieldError("lines", "too_many_lines", message)])
    return [lines[number] for number in sorted(lines)]


def _read(part: str, text: str, parse: Callable[[str], Any], wrong: dict[str, str]) -> Any:
    try:
        return parse(text)
    except BadValue as error:
        wrong[part] = error.message
        return None
