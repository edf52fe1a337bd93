"""Forms: Flask-WTF with fields that read strictly (core.parsing) and keep what was typed."""

from collections.abc import Callable, Sequence
from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field, HiddenField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError
from wtforms.widgets import HiddenInput, TextArea, TextInput

from logistics.core import parsing
from logistics.core.contacts import check_email
from logistics.core.keys import new_key
from logistics.core.language import _
from logistics.core.money import parse_currency, parse_money, plain
from logistics.core.refusals import BadValue, Refusal


class Form(FlaskForm):
    """A form with its protection against forgery and its one-time key. Subclasses name their fields."""

    form_key = HiddenField(default=new_key)

    def add_errors(self, refusal: Refusal) -> None:
        """Put a capability's field errors beside the fields they name; those of no field stand above the form."""
        for error in refusal.errors:
            field = self._fields.get(error.pointer)
            if field is None:
                self.form_errors.append(error.message)
            else:
                field.errors = [*field.errors, error.message]
        if not refusal.errors:
            self.form_errors.append(refusal.message)

    def differences(self, thing: Any) -> list[tuple[str, str, str]]:
        """Where this form and the thing as it is now disagree: label, how it is now, what was typed. For saves that came too late."""
        fields = [field for field in self if getattr(field.widget, "input_type", "") != "hidden" and hasattr(thing, field.name)]
        return [
            (str(field.label.text), _shown(field, getattr(thing, field.name)), _shown(field, field.data))
            for field in fields
            if field.data != getattr(thing, field.name)
        ]


class ReadField(StringField):
    """A text box whose text is read by a parser; `data` is what was read, and what was typed stays in the box."""

    read: Callable[[str], Any]
    widget = TextInput()

    def __init__(self, label: Any = None, validators: Sequence[Any] = (), *, required: bool = False, **options: Any) -> None:
        super().__init__(label, list(validators), **options)
        self.required = required
        self.typed: str | None = None
        if required:
            self.flags.required = True

    def _value(self) -> str:
        return self.typed if self.typed is not None else self.write(self.data)

    def write(self, value: Any) -> str:
        """How a value stands in the box before anybody typed."""
        return "" if value is None else str(value)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was sent."""
        if not valuelist:
            return
        self.typed = valuelist[0]
        self.data = None
        if not self.typed.strip():
            if self.required:
                raise ValueError(_("This is needed."))
            self.data = self.empty()
            return
        try:
            self.data = self.read(self.typed)
        except BadValue as error:
            raise ValueError(error.message) from error

    def empty(self) -> Any:
        """What an empty box means."""
        return None

    def pre_validate(self, form: Any) -> None:
        """A field that was not sent at all is an empty one, and missing if it is needed."""
        if self.typed is None and not self.process_errors:
            if self.required:
                raise ValidationError(_("This is needed."))
            self.data = self.empty() if self.data is None else self.data


class VersionField(ReadField):
    """The version of what a form was filled from. Without one, or with nonsense, it is 0, which is always stale."""

    widget = HiddenInput()

    def read(self, text: str) -> int:
        """The version."""
        return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else 0

    def empty(self) -> int:
        """No version is an old one."""
        return 0


class QuantityField(ReadField):
    """A number of units, `lowest` to 999,999."""

    def __init__(self, *args: Any, lowest: int = 1, **options: Any) -> None:
        super().__init__(*args, **options)
        self.lowest = lowest

    def read(self, text: str) -> int:
        """The number of units."""
        return parsing.parse_quantity(text, lowest=self.lowest)


class ChangeField(ReadField):
    """A signed change of a quantity."""

    def read(self, text: str) -> int:
        """The change, never 0."""
        return parsing.parse_change(text)


class PercentField(ReadField):
    """A discount in percent, held as basis points."""

    def read(self, text: str) -> int:
        """Basis points."""
        return parsing.parse_percent(text)

    def write(self, value: Any) -> str:
        """As percent, without needless zeros."""
        return "" if not value else f"{value / 100:.2f}".rstrip("0").rstrip(".")


class MoneyField(ReadField):
    """An amount in the form's currency (attribute `currency`, set by the form or the view), held in minor units."""

    currency = "USD"

    def read(self, text: str) -> int:
        """Minor units."""
        return parse_money(text, self.currency)

    def write(self, value: Any) -> str:
        """With the currency's decimals."""
        return "" if value is None else plain(value, self.currency)


class CurrencyField(ReadField):
    """An ISO 4217 code."""

    def read(self, text: str) -> str:
        """The code."""
        return parse_currency(text.strip(" "))


class CodeField(ReadField):
    """A code people type, such as a SKU."""

    def __init__(self, *args: Any, longest: int = 64, **options: Any) -> None:
        super().__init__(*args, **options)
        self.longest = longest

    def read(self, text: str) -> str:
        """The code, trimmed."""
        return parsing.parse_code(text, longest=self.longest)


class LineField(ReadField):
    """One line of free text."""

    def __init__(self, *args: Any, longest: int = 200, **options: Any) -> None:
        super().__init__(*args, **options)
        self.longest = longest

    def read(self, text: str) -> str:
        """The text, trimmed and in NFC."""
        return parsing.clean_line(text, longest=self.longest)

    def empty(self) -> str:
        """No text."""
        return ""


class NoteField(LineField):
    """Free text of several lines."""

    widget = TextArea()

    def __init__(self, *args: Any, longest: int = 2000, **options: Any) -> None:
        super().__init__(*args, longest=longest, **options)

    def read(self, text: str) -> str:
        """The text, with its line breaks."""
        return parsing.clean_note(text, longest=self.longest)


class EmailField(LineField):
    """An e-mail address, kept as typed and checked without asking the network."""

    def read(self, text: str) -> str:
        """The address as typed, trimmed."""
        written = parsing.clean_line(text, longest=254)
        if error := check_email(written):
            raise BadValue(error.code, error.message)
        return written


class DayField(ReadField):
    """A calendar day."""

    def read(self, text: str) -> Any:
        """The day."""
        return parsing.parse_day(text)


class InstantField(ReadField):
    """A time with its offset."""

    def read(self, text: str) -> Any:
        """The time, aware."""
        return parsing.parse_instant(text)


def choice_field(label: Any, choices: Sequence[tuple[str, Any]], **options: Any) -> Field:
    """A select box over (value, label) pairs."""
    return SelectField(label, choices=[SelectChoice(value=value, label=text) for value, text in choices], **options)


def _shown(field: Field, value: Any) -> str:
    """A value in words, as its field shows it."""
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(field, SelectField):
        return next((str(choice.label) for choice in field.iter_choices() if choice.value == value), str(value or ""))
    return str(field.write(value) if isinstance(field, ReadField) else value or "")
