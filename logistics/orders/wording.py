"""What people call the things of orders."""

from collections.abc import Mapping
from typing import Any

from logistics.core.language import _, lazy, ngettext
from logistics.inventory.rules import SourcingRule
from logistics.orders.models import CancelReason, ChannelKind, HoldReason, IncidentKind, RefundReason, RefundTo
from logistics.orders.rules import in_units
from logistics.payments.models import DocumentKind

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
REFUND_REASONS: dict[RefundReason, Any] = {
    RefundReason.DAMAGED: lazy("Goods were damaged"),
    RefundReason.LATE: lazy("It came too late"),
    RefundReason.WRONG_ITEM: lazy("A wrong item was sent"),
    RefundReason.PRICE: lazy("The price was wrong"),
    RefundReason.GOODWILL: lazy("Goodwill"),
    RefundReason.DUPLICATE: lazy("It was paid twice"),
    RefundReason.OTHER: lazy("Another reason"),
}
REFUND_DESTINATIONS: dict[RefundTo, Any] = {
    RefundTo.AS_PAID: lazy("The way it was paid"),
    RefundTo.ACCOUNT: lazy("To the customer's account"),
}
INCIDENT_KINDS: dict[IncidentKind, Any] = {
    IncidentKind.MONEY_AFTER_CANCELLATION: lazy("Money came for a cancelled order"),
    IncidentKind.OVERPAID: lazy("More came than the order costs"),
    IncidentKind.CAPTURE_REFUSED: lazy("The card was refused when its money was taken"),
    IncidentKind.REFUND_REFUSED: lazy("The provider did not give the money back"),
    IncidentKind.AUTHORISATION_ENDING: lazy("A card's authorisation is about to end"),
    IncidentKind.SHIPPED_UNCOVERED: lazy("Goods are out that are not paid for"),
    IncidentKind.DISPUTED: lazy("The customer disputes the payment"),
}
# What to do about each.
INCIDENT_ADVICE: dict[IncidentKind, Any] = {
    IncidentKind.MONEY_AFTER_CANCELLATION: lazy("It is on the customer's account. Ask what they want: spend it, or have it back."),
    IncidentKind.OVERPAID: lazy("Put the surplus on the customer's account, or ask the customer."),
    IncidentKind.CAPTURE_REFUSED: lazy("Nothing of the order leaves until it is paid. Ask for another way to pay."),
    IncidentKind.REFUND_REFUSED: lazy("Look at the provider's own pages, and give the money back another way."),
    IncidentKind.AUTHORISATION_ENDING: lazy("Ship the order soon, or ask the customer to pay again."),
    IncidentKind.SHIPPED_UNCOVERED: lazy("Get the money from the customer or the carrier and record it, or give an allowance."),
    IncidentKind.DISPUTED: lazy("Answer the provider with what proves the delivery."),
}
CHANNEL_KINDS: dict[ChannelKind, Any] = {
    ChannelKind.DESK: lazy("Desk"),
    ChannelKind.IMPORT: lazy("Files"),
    ChannelKind.API: lazy("API"),
    ChannelKind.SHOPIFY: lazy("Shopify"),
    ChannelKind.WOOCOMMERCE: lazy("WooCommerce"),
}
DOCUMENT_KINDS: dict[str, Any] = {DocumentKind.INVOICE.value: lazy("Invoice"), DocumentKind.CREDIT_NOTE.value: lazy("Credit note")}
# The house's own as every installation has them; one that was given another name goes by that.
_CHANNELS: dict[tuple[str, str], Any] = {("desk", "Desk"): lazy("Desk"), ("import", "Import"): lazy("Import"), ("api", "API"): lazy("API")}
_TOGETHER = lazy("From %(warehouses)s: together they have everything.")
# Why these warehouses, where all was there.
_SOURCES: dict[str, Any] = {
    SourcingRule.ONLY_ONE: lazy("All from %(warehouses)s: the only one with everything."),
    SourcingRule.ONE_BY_PRIORITY: lazy("All from %(warehouses)s: the first in priority with everything."),
    SourcingRule.ONE_BY_NEARNESS: lazy("All from %(warehouses)s: the nearest with everything."),
    SourcingRule.ONE_OF_EQUALS: lazy("All from %(warehouses)s: others are as good."),
    SourcingRule.FEWEST: lazy("From %(warehouses)s: none has everything, and these are the fewest that do together."),
    SourcingRule.FEWEST_BY_PRIORITY: lazy("From %(warehouses)s: of the fewest that have everything together, the first in priority."),
    SourcingRule.FEWEST_BY_NEARNESS: lazy("From %(warehouses)s: of the fewest that have everything together, the nearest."),
    SourcingRule.FEWEST_OF_EQUALS: lazy("From %(warehouses)s: the fewest that have everything together; others are as good."),
    SourcingRule.FEW: _TOGETHER,
    SourcingRule.NONE_YET: _TOGETHER,
}
# And where only a part was.
_SOURCES_OF_PART: dict[str, Any] = {
    SourcingRule.ONLY_ONE: lazy("What was there comes from %(warehouses)s, the only one that had it."),
    SourcingRule.ONE_BY_PRIORITY: lazy("What was there comes from %(warehouses)s, the first in priority that had it."),
    SourcingRule.ONE_BY_NEARNESS: lazy("What was there comes from %(warehouses)s, the nearest that had it."),
    SourcingRule.NONE_YET: lazy("Nothing was there yet. It is to come from %(warehouses)s."),
}
_PART = lazy("What was there comes from %(warehouses)s.")


def sourcing_text(sourcing: Mapping[str, Any]) -> str:
    """Why an order's warehouses were chosen when it was placed (Order.sourcing); empty where nobody noted it."""
    if not sourcing:
        return ""
    reason = _SOURCES_OF_PART.get(sourcing["rule"], _PART) if sourcing["waiting"] else _SOURCES.get(sourcing["rule"], _TOGETHER)
    return str(reason) % {"warehouses": ", ".join(sourcing["warehouses"])}


def cancel_reason_text(reason: str) -> str:
    """Why an order was cancelled; an empty text where it was not."""
    return str(CANCEL_REASONS[CancelReason(reason)]) if reason else ""


def hold_reason_text(reason: str) -> str:
    """Why an order is on hold; an empty text where nobody holds it."""
    return str(HOLD_REASONS[HoldReason(reason)]) if reason else ""


def refund_reason_text(reason: str) -> str:
    """Why money is given back, or less is to be paid."""
    return str(REFUND_REASONS[RefundReason(reason)])


def incident_text(kind: str) -> str:
    """What happened to an order's money."""
    return str(INCIDENT_KINDS[IncidentKind(kind)])


def incident_advice(kind: str) -> str:
    """What to do about it."""
    return str(INCIDENT_ADVICE[IncidentKind(kind)])


def channel_text(code: str, name: str) -> str:
    """What a channel is called: the house's own in the reader's language, the others as they were named."""
    return str(_CHANNELS.get((code, name), name))


def timeout_text(minutes: int | None) -> str:
    """How long an unpaid order keeps its stock."""
    if minutes is None:
        return str(_("No time-out"))
    number, unit = in_units(minutes)
    if unit == "days":
        return str(ngettext("%(num)s day", "%(num)s days", number))
    return str(ngettext("%(num)s hour", "%(num)s hours", number) if unit == "hours" else ngettext("%(num)s minute", "%(num)s minutes", number))
