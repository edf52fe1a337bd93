"""What people type about orders."""

from logistics.orders.forms.address import AddressForm
from logistics.orders.forms.cancellation import CancellationForm
from logistics.orders.forms.drafts import content_of, form_of
from logistics.orders.forms.lines import LineInput, read_lines
from logistics.orders.forms.message import fill_in
from logistics.orders.forms.money import CorrectionForm, ManySettlementForm, PaymentForm, ResolutionForm, SettlementForm
from logistics.orders.forms.order import BLANK_LINES, Desk, OrderForm, wants_more
from logistics.orders.forms.pauses import DeadlineForm, HoldForm
from logistics.orders.forms.refunds import AllowanceForm, LinesCancellationForm, RefundForm

__all__ = [
    "BLANK_LINES",
    "AddressForm",
    "AllowanceForm",
    "CancellationForm",
    "CorrectionForm",
    "DeadlineForm",
    "Desk",
    "HoldForm",
    "LineInput",
    "LinesCancellationForm",
    "ManySettlementForm",
    "OrderForm",
    "PaymentForm",
    "RefundForm",
    "ResolutionForm",
    "SettlementForm",
    "content_of",
    "fill_in",
    "form_of",
    "read_lines",
    "wants_more",
]
