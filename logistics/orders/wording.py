"""What people call the things of orders."""

from typing import Any

from logistics.core.language import lazy
from logistics.orders.models import CancelReason, HoldReason

CANCEL_REASONS: dict[CancelReason, Any] = {
    CancelReason.CUSTOMER: lazy("The customer changed their mind"),
    CancelReason.OUT_OF_STOCK: lazy("It cannot be delivered"),
    CancelReason.STAFF: lazy("Our own mistake"),
    CancelReason.FRAUD: lazy("Suspected fraud"),
    CancelReason.PAYMENT_TIMEOUT: lazy("It was not paid in time"),
}
HOLD_REASONS: dict[HoldReason, Any] = {
    HoldReason.CUSTOMER: lazy("The customer asked for it"),
    HoldReason.ADDRESS: lazy("The address must be checked"),
    HoldReason.PAYMENT: lazy("The payment must be checked"),
    HoldReason.FRAUD: lazy("Suspected fraud"),
    HoldReason.STOCK: lazy("Something is wrong with the goods"),
    HoldReason.OTHER: lazy("Another reason"),
}
_CHANNELS: dict[str, Any] = {"desk": lazy("Desk"), "import": lazy("Import"), "api": lazy("API")}


def cancel_reason_text(reason: str) -> str:
    """Why an order was cancelled; an empty text where it was not."""
    return str(CANCEL_REASONS[CancelReason(reason)]) if reason else ""


def hold_reason_text(reason: str) -> str:
    """Why an order is on hold; an empty text where nobody holds it."""
    return str(HOLD_REASONS[HoldReason(reason)]) if reason else ""


def channel_text(code: str, name: str) -> str:
    """What a channel is called: the house's own in the reader's language, the others as they were named."""
    return str(_CHANNELS.get(code, name))
