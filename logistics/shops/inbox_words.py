"""What people call the states of what came in, and the reasons."""

from typing import Any

from logistics.core.language import _, lazy
from logistics.shops.models import InboxState, Reason

STATES: dict[InboxState, tuple[str, Any]] = {
    InboxState.WAITING: ("info", lazy("Being worked")),
    InboxState.TAKEN: ("success", lazy("Taken")),
    InboxState.PARKED: ("warning", lazy("To decide")),
    InboxState.IGNORED: ("neutral", lazy("Not for us")),
    InboxState.QUARANTINED: ("danger", lazy("Kept apart")),
    InboxState.DISCARDED: ("neutral", lazy("Discarded")),
}
REASONS: dict[Reason, Any] = {
    Reason.UNREADABLE: lazy("Something an order needs is missing or wrong in what the shop sent."),
    Reason.UNKNOWN_PRODUCT: lazy("The shop sold something that we do not know by this code."),
    Reason.TOTALS_DIFFER: lazy("The lines do not add up to the shop's total."),
    Reason.INVALID: lazy("The recipient or a line cannot be right."),
    Reason.OUT_OF_STOCK: lazy("There is not enough stock."),
    Reason.INSUFFICIENT_BALANCE: lazy("The customer's balance does not cover it."),
    Reason.TEST_ORDER: lazy("It is a test order of the shop's."),
    Reason.ALREADY_FULFILLED: lazy("The shop says it was fulfilled already, before we knew of it."),
    Reason.REOPENED: lazy("The shop had cancelled it, and goes on with it now."),
    Reason.ORDER_UNKNOWN: lazy("It is about an order that has not come yet."),
    Reason.OUR_MISTAKE: lazy("Something went wrong on our side. It has been noted; try again."),
    Reason.CHANGED: lazy("The shop has changed the order since it was placed here."),
    Reason.REFUNDED: lazy("The shop gave part of the money back. Decide what that means for the goods."),
    Reason.CANCELLED_AFTER_PICKING: lazy("The shop cancelled it, and goods are picked already."),
    Reason.CANCELLED_AFTER_SHIPPING: lazy("The shop cancelled it or gave all the money back, and goods were shipped already."),
    Reason.VOIDED_AFTER_SHIPPING: lazy("The money that was promised will not come, and goods were shipped already."),
    Reason.PAID_AFTER_CANCELLATION: lazy("The shop took money for an order that is cancelled here. It is on the customer's account now."),
    Reason.REFUNDED_AFTER_PASSING_ON: lazy("The shop gave money back that is on the customer's account here. Take it off the account."),
    Reason.ALTERED: lazy("The shop signed something else under an id that it had used before. Nothing was done with it."),
    Reason.PLACED: lazy("The order was placed."),
    Reason.NOTHING_NEW: lazy("It said nothing new."),
    Reason.PAID: lazy("The money was booked."),
    Reason.VOIDED: lazy("The promised money was taken back."),
    Reason.CANCELLED: lazy("The order was cancelled."),
    Reason.CANCELLED_BEFORE: lazy("The shop cancelled it before it was placed here."),
    Reason.SUPERSEDED: lazy("Later news has replaced it."),
    Reason.DISCARDED_BEFORE: lazy("Somebody had decided not to take this order."),
    Reason.OTHER_TOPIC: lazy("It is not about an order."),
    Reason.NOT_PLACED_YET: lazy("Nobody has bought it yet."),
    Reason.NOTHING_TO_SHIP: lazy("Nothing of it is to be shipped."),
}


def reason_text(reason: str) -> str:
    """A reason as a sentence; an empty text where there is none yet."""
    return str(REASONS[Reason(reason)]) if reason else ""


def state_words(state: str, order: object = None) -> tuple[str, str]:
    """A state's tone and word. What somebody decided about an order that is there was settled, not discarded."""
    if state == InboxState.DISCARDED and order:
        return "success", str(_("Settled"))
    tone, word = STATES[InboxState(state)]
    return tone, str(word)
