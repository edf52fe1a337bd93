"""What people type about keys."""

from typing import Any

from wtforms import SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import CheckboxInput, ListWidget

from logistics.api.issuing import LONGEST_DAYS
from logistics.api.models import Scope
from logistics.api.wording import SCOPES
from logistics.core.forms import Form, LineField, ReadField, choice_field
from logistics.core.language import _, lazy
from logistics.core.refusals import BadValue


class DaysField(ReadField):
    """A number of days; empty for no end."""

    def read(self, text: str) -> int:
        """The days."""
        written = text.strip(" ")
        if not (written.isascii() and written.isdigit() and len(written) <= 4 and 1 <= int(written) <= LONGEST_DAYS):
            raise BadValue("bad_days", _("A key lets in for 1 to %(most)s days, or until it is revoked.", most=LONGEST_DAYS))
        return int(written)


class KeyForm(Form):
    """A key for a program."""

    channel = choice_field(lazy("Channel"), [])
    label = LineField(lazy("What it is for"), longest=100, required=True)
    scopes = SelectMultipleField(
        lazy("Good for"),
        choices=[SelectChoice(value=scope.value, label=text) for scope, text in SCOPES.items()],
        default=[Scope.ORDERS.value],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    days = DaysField(lazy("Lets in for"))

    def __init__(self, *arguments: Any, channels: list[tuple[str, str]], **options: Any) -> None:
        self.channels = channels
        super().__init__(*arguments, **options)

    def process(self, *arguments: Any, **options: Any) -> None:
        """Read the input; which channels there are, the database says."""
        self.channel.choices = [SelectChoice(value=code, label=name) for code, name in self.channels]
        super().process(*arguments, **options)

    @property
    def chosen_scopes(self) -> list[Scope]:
        """What was ticked."""
        return [Scope(value) for value in self.scopes.data or []]
