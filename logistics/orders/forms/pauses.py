"""What people type to pause an order, or to give it more time."""

from datetime import datetime, timedelta
from typing import Any

from wtforms.widgets import DateInput

from logistics.core.clock import start_of_day
from logistics.core.forms import DayField, Form, NoteField, choice_field
from logistics.core.language import lazy
from logistics.orders.wording import HOLD_REASONS


class HoldForm(Form):
    """Why an order is put on hold."""

    # The dialog for cancelling stands on the same page.
    reason = choice_field(lazy("Reason"), list(HOLD_REASONS.items()), id="hold-reason")
    note = NoteField(lazy("Note"), longest=500, id="hold-note")


class DeadlineForm(Form):
    """Until the end of which day an unpaid order keeps its stock."""

    until = DayField(lazy("Keep its stock until"), required=True, widget=DateInput())

    def moment(self, timezone: str) -> datetime:
        """The last minute of the day that was read, in the shop's time zone."""
        day: Any = self.until.data
        return start_of_day(day + timedelta(days=1), timezone) - timedelta(minutes=1)
