"""What people type to cancel lines, to give money back, or to let a customer pay less."""

from collections.abc import Mapping, Sequence
from typing import Any

from logistics.core import parsing
from logistics.core.forms import Form, MoneyField, NoteField, choice_field
from logistics.core.language import _, lazy
from logistics.core.refusals import BadValue, Invalid, Refusal
from logistics.orders.forms.cancellation import REASONS
from logistics.orders.models import OrderLine, RefundKind, RefundReason, RefundTo
from logistics.orders.refunding import Asked
from logistics.orders.wording import REFUND_DESTINATIONS, REFUND_REASONS


class LinesCancellationForm(Form):
    """How many units of which lines are taken back (fields line-<id>), and why. `typed` and `wrong` are by line id."""

    # The dialog for cancelling all of it stands on the same page.
    reason = choice_field(lazy("Reason"), REASONS, id="lines-reason")
    note = NoteField(lazy("Note"), longest=500, id="lines-note")

    def __init__(self, *arguments: Any, lines: Sequence[OrderLine], typed: Mapping[str, str], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.typed = {line.id: typed.get(f"line-{line.id}", "").strip() for line in lines}
        self.wrong: dict[int, str] = {}

    def read_units(self) -> dict[int, int]:
        """The units by line id, for lines of which any are asked for. Raises Invalid, with what is wrong beside its line."""
        units = {line_id: self._read(line_id, text) for line_id, text in self.typed.items() if text not in ("", "0")}
        if self.wrong:
            raise Invalid(_("Please check what is marked below."))
        return units

    def add_errors(self, refusal: Refusal) -> None:
        """Put what is wrong with a line beside it."""
        known = {f"line-{line_id}": line_id for line_id in self.typed}
        self.wrong |= {known[error.pointer]: error.message for error in refusal.errors if error.pointer in known}
        if not self.wrong and not self.errors:
            self.form_errors.append(refusal.message)

    def _read(self, line_id: int, text: str) -> int:
        try:
            return parsing.parse_quantity(text)
        except BadValue as error:
            self.wrong[line_id] = error.message
            return 0


class AllowanceForm(Form):
    """By how much less is to be paid, and why."""

    kind = RefundKind.ALLOWANCE
    # The form for payments stands on the same page.
    amount = MoneyField(lazy("Amount"), required=True, id="refund-amount")
    reason = choice_field(lazy("Reason"), list(REFUND_REASONS.items()), id="refund-reason")
    note = NoteField(lazy("Note"), longest=500, id="refund-note")

    def __init__(self, *arguments: Any, currency: str, **options: Any) -> None:
        self.currency = currency
        super().__init__(*arguments, **options)

    def process(self, *arguments: Any, **options: Any) -> None:
        """Read the input; the amount needs the currency for that."""
        self.amount.currency = self.currency
        super().process(*arguments, **options)

    @property
    def asked(self) -> Asked:
        """What was asked for, once it is valid."""
        return Asked(self.amount.data or 0, RefundReason(self.reason.data), self.note.data or "", self.kind, self.destination)

    @property
    def destination(self) -> RefundTo:
        """Where the money goes; nothing moves by an allowance."""
        return RefundTo.AS_PAID


class RefundForm(AllowanceForm):
    """How much is given back, why, and where it goes."""

    kind = RefundKind.REFUND
    to = choice_field(lazy("Where it goes"), list(REFUND_DESTINATIONS.items()), default=RefundTo.AS_PAID.value, id="refund-to")

    @property
    def destination(self) -> RefundTo:
        """Where the money goes."""
        return RefundTo(self.to.data)
