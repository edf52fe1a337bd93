"""Why an order is taken back, as it is chosen."""

from logistics.core.forms import Form, choice_field
from logistics.core.language import lazy
from logistics.orders.models import CancelReason
from logistics.orders.wording import CANCEL_REASONS

# A time-out is the system's own.
REASONS = [(reason.value, words) for reason, words in CANCEL_REASONS.items() if reason != CancelReason.PAYMENT_TIMEOUT]


class CancellationForm(Form):
    """Why an order is taken back."""

    reason = choice_field(lazy("Reason"), REASONS)
