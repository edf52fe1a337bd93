"""What people type beside the list: names of views, and why many orders are held or cancelled."""

from wtforms import BooleanField, HiddenField

from logistics.core.forms import Form, LineField, NoteField, VersionField, choice_field
from logistics.core.language import lazy
from logistics.orders.models import CancelReason
from logistics.orders.models.views import LONGEST_NAME
from logistics.orders.wording import CANCEL_REASONS, HOLD_REASONS


class ViewForm(Form):
    """A view of the list, as it is kept."""

    name = LineField(lazy("Name"), longest=LONGEST_NAME, required=True)
    query = HiddenField()
    shared = BooleanField(lazy("Everybody can open it"))
    first = BooleanField(lazy("Show it first when I open the orders"))
    instead = BooleanField(lazy("Replace my view of this name"))
    version = VersionField()


class ManyHoldForm(Form):
    """Why orders are held."""

    reason = choice_field(lazy("Reason"), [(reason.value, text) for reason, text in HOLD_REASONS.items()])
    note = NoteField(lazy("Note"), longest=500)


class ManyResumptionForm(Form):
    """Nothing has to be said to let orders go on."""


class ManyCancellationForm(Form):
    """Why orders are taken back. A time-out is the system's own."""

    reason = choice_field(lazy("Reason"), [(reason.value, text) for reason, text in CANCEL_REASONS.items() if reason != CancelReason.PAYMENT_TIMEOUT])
