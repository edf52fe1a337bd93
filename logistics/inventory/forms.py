"""What people type about stock."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import wtforms
from wtforms import BooleanField, FieldList, FormField, HiddenField, SelectField
from wtforms.fields.choices import SelectChoice

from logistics.core.addresses import Address
from logistics.core.countries import countries
from logistics.core.forms import ChangeField, CodeField, Form, LineField, QuantityField, VersionField, choice_field
from logistics.core.language import _, current_locale, lazy
from logistics.core.parsing import MAX_QUANTITY
from logistics.core.refusals import Refusal
from logistics.inventory.housing import House
from logistics.inventory.models import Reason, Warehouse, WarehouseKind
from logistics.inventory.receiving import Goods
from logistics.inventory.words import REASONS, WAREHOUSES

MOST_LINES = 200


def _countries() -> list[SelectChoice]:
    return [SelectChoice(value=code, label=name) for code, name in (("", _("Choose a country")), *countries(current_locale()))]


class AdjustmentForm(Form):
    """A correction: by how much, or what was counted; and why. A count without a reason is one because it was counted."""

    change = ChangeField(lazy("Change by"))
    counted = QuantityField(lazy("Counted"), lowest=0)
    reason = choice_field(lazy("Reason"), [("", lazy("Why?")), *REASONS.items()], default="")
    version = VersionField()

    def validate(self, *arguments: Any, **options: Any) -> bool:
        """Whether exactly one of both numbers was typed, with a reason."""
        good = super().validate(*arguments, **options)
        if self.change.errors or self.counted.errors:
            return False
        if (self.change.data is None) == (self.counted.data is None):
            self.change.errors = [_("Type either the change, like -2, or what you counted.")]
            return False
        if self.change.data is not None and not self.reason.data:
            self.reason.errors = [_("Say why.")]
            return False
        return bool(good)

    @property
    def why(self) -> Reason:
        """The reason, once the form is valid."""
        return Reason(self.reason.data or Reason.COUNTED)


class ArrangementForm(Form):
    """Where a product lies in its warehouse and when to warn; beside each value the one that the person saw."""

    reorder_point = QuantityField(lazy("Reorder point"), lowest=0, required=True)
    bin = CodeField(lazy("Bin"), longest=20)
    seen_reorder_point = VersionField()
    seen_bin = HiddenField(default="")


class ReceiptLine(wtforms.Form):
    """One product of a delivery note."""

    product_id = VersionField()
    quantity = QuantityField(lazy("Quantity"), required=True)


class NumberedLines(FieldList):
    """Lines of a form by their number; what is no plain number is no line, where the library would fail on it."""

    def _extract_indices(self, prefix: str, formdata: Iterable[str]) -> Iterator[int]:
        for name in formdata:
            if numbered := re.fullmatch(rf"{re.escape(prefix)}-([0-9]{{1,6}})-.*", name):
                yield int(numbered[1])


class ReceiptForm(Form):
    """Goods that came in."""

    warehouse = choice_field(lazy("Warehouse"), [])
    reference = LineField(lazy("Reference"), longest=64)
    lines = NumberedLines(FormField(ReceiptLine))

    def __init__(self, *arguments: Any, warehouses: Sequence[Warehouse], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.warehouse.choices = [SelectChoice(value=str(one.id), label=f"{one.code} {one.name}") for one in warehouses]

    def validate(self, *arguments: Any, **options: Any) -> bool:
        """Whether all of it can be read."""
        good = super().validate(*arguments, **options)
        if not self.lines.entries:
            self.form_errors.append(_("Add what came in, at least one product."))
        if len(self.lines.entries) > MOST_LINES:
            self.form_errors.append(_("At most %(count)s lines at once. Receive the rest on a second form.", count=MOST_LINES))
        return bool(good) and not self.form_errors

    def add_errors(self, refusal: Refusal) -> None:
        """As for other forms; "lines/0/product" goes to its line."""
        for error in refusal.errors:
            part, _slash, rest = error.pointer.partition("/")
            if part == "lines" and rest:
                line = self.lines.entries[int(rest.partition("/")[0])].form
                line.quantity.errors = [*line.quantity.errors, error.message]
        refusal.errors = [error for error in refusal.errors if not error.pointer.startswith("lines/")]
        if refusal.errors:
            super().add_errors(refusal)

    @property
    def goods(self) -> list[Goods]:
        """What was typed, once it is valid."""
        return [Goods(entry.form.product_id.data, entry.form.quantity.data) for entry in self.lines.entries]

    def put(self, product_id: int) -> None:
        """One more unit of this product: on the line it has, or on one of its own."""
        for entry in self.lines.entries:
            quantity = entry.form.quantity
            if entry.form.product_id.data == product_id and quantity.data is not None:
                quantity.typed = str(min(MAX_QUANTITY, quantity.data + 1))
                return
        self.lines.append_entry({"product_id": product_id, "quantity": 1})


class WarehouseForm(Form):
    """What is known of a warehouse."""

    code = CodeField(lazy("Code"), longest=20, required=True)
    name = LineField(lazy("Name"), required=True)
    kind = choice_field(lazy("Kind"), list(WAREHOUSES.items()))
    line1 = LineField(lazy("Street and number"))
    postcode = LineField(lazy("Postcode"), longest=20)
    city = LineField(lazy("City"), longest=100)
    region = LineField(lazy("Region"), longest=100)
    country = SelectField(lazy("Country"), choices=_countries)
    priority = QuantityField(lazy("Priority"), lowest=0, required=True, default=100)
    active = BooleanField(lazy("Open"), default=True)
    version = VersionField()

    @property
    def house(self) -> House:
        """What was typed, once it is valid."""
        address = Address(**{part: self[part].data or "" for part in ("line1", "postcode", "city", "region", "country")})
        return House(
            code=self.code.data or "",
            name=self.name.data or "",
            kind=WarehouseKind(self.kind.data),
            address=address,
            priority=self.priority.data or 0,
            active=bool(self.active.data),
        )
