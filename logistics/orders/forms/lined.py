"""The part of a form that has lines: reading them, and putting what is wrong beside them."""

import re
from collections.abc import Sequence
from typing import Any

from logistics.core.forms import Form
from logistics.core.language import _
from logistics.core.refusals import FieldError, Invalid, Refusal
from logistics.inventory.reserving import OutOfStock
from logistics.orders.forms.lines import LineInput


class LinedForm(Form):
    """A form with lines. They are read by hand: they come and go while one types."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self.lines: list[LineInput] = []
        super().__init__(*arguments, **options)

    @property
    def chosen_currency(self) -> str:
        """The currency that the prices of the lines are in."""
        raise NotImplementedError

    @property
    def begun_lines(self) -> list[LineInput]:
        """The lines somebody has begun, in the order of the form."""
        return [line for line in self.lines if not line.is_blank]

    @property
    def readable_lines(self) -> list[LineInput]:
        """The begun lines that can be asked for: what the capability counts."""
        return [line for line in self.begun_lines if line.read(self.chosen_currency)[0]]

    @property
    def half_read_lines(self) -> list[LineInput]:
        """The begun lines that say of which product, and something else that nobody can read. The form must have been validated."""
        return [line for line in self.begun_lines if line.wanted and line.errors and "sku" not in line.errors]

    def add_lines(self, count: int) -> None:
        """Put blank lines at the end."""
        first = max((line.number for line in self.lines), default=-1) + 1
        self.lines += [LineInput(number) for number in range(first, first + count)]

    def validate(self, *arguments: Any, **options: Any) -> bool:
        """Whether all of it can be read. What is wrong stands beside its field."""
        good = bool(super().validate(*arguments, **options))
        for line in self.begun_lines:
            for part, message in line.read(self.chosen_currency)[1].items():
                line.add_error(part, message)
        return good and not any(line.errors for line in self.lines)

    def as_refusal(self) -> Invalid:
        """What is wrong with it, for programs. The form must have been validated."""
        fields = [FieldError(name, "invalid", str(text)) for name, texts in self.errors.items() if name for text in texts]
        lines = [
            FieldError(f"lines-{line.number}-{part}", "invalid", text) for line in self.lines for part, texts in line.errors.items() for text in texts
        ]
        return Invalid(_("The order cannot be placed yet. Mend the marked fields."), errors=fields + lines)

    def add_problems(self, problems: Sequence[FieldError]) -> None:
        """Put what is wrong as well beside its field, where nothing is said of that field yet."""
        news = [problem for problem in problems if problem.pointer in self._fields and not self[problem.pointer].errors]
        lines = [problem for problem in problems if problem.pointer.startswith("lines-")]
        if news or lines:
            self.add_errors(Refusal("", errors=[*news, *lines]))

    def add_errors(self, refusal: Refusal) -> None:
        """Put a refusal beside the lines and fields it is about."""
        others = [error for error in refusal.errors if not self._add_to_line(error, is_shortage=isinstance(refusal, OutOfStock))]
        if others or not refusal.errors:
            super().add_errors(Refusal(refusal.message, errors=others))

    def _add_to_line(self, error: FieldError, *, is_shortage: bool) -> bool:
        if is_shortage:
            short = [line for line in self.begun_lines if line.wanted.lower() == str(error.facts["sku"]).lower()]
            message = _("%(requested)s wanted, %(available)s available.", **error.facts)
            for line in short:
                line.add_error("stock", message)
            return bool(short)
        named = re.fullmatch(r"lines-([0-9]+)-(\w+)", error.pointer)
        if not named:
            return False
        # The capability counts the lines it was given.
        self.readable_lines[int(named[1])].add_error(named[2], error.message)
        return True
