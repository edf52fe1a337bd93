"""What people call the states of what carriers sent, the reasons, and the problems of parcels."""

from typing import Any

from logistics.core.language import lazy
from logistics.fulfilment.models import HookFormat
from logistics.tracking.lifecycle import Reason
from logistics.tracking.models import DeliveryState, Problem

STATES: dict[DeliveryState, tuple[str, Any]] = {
    DeliveryState.WAITING: ("info", lazy("Being worked")),
    DeliveryState.WORKED: ("success", lazy("Taken")),
    DeliveryState.IGNORED: ("neutral", lazy("Not for us")),
    DeliveryState.UNREADABLE: ("warning", lazy("To decide")),
    DeliveryState.QUARANTINED: ("danger", lazy("Kept apart")),
    DeliveryState.DISCARDED: ("neutral", lazy("Discarded")),
}
REASONS: dict[Reason, Any] = {
    Reason.UNREADABLE: lazy("It does not look like what this carrier's format says. Nothing of it was taken."),
    Reason.OUR_MISTAKE: lazy("Something went wrong on our side. It has been noted; try again."),
    Reason.ALTERED: lazy("The carrier signed something else under an id that it had used before. Nothing was done with it."),
    Reason.NOT_OURS: lazy("It is not about a parcel on its way."),
    Reason.TOLD: lazy("It told something new of a parcel."),
    Reason.NOTHING_NEW: lazy("It said nothing new."),
    Reason.KNOWS_NOTHING: lazy("The carrier says that it knows nothing of this parcel."),
}
PROBLEMS: dict[str, Any] = {
    Problem.ADDRESS: lazy("The address is wrong or incomplete"),
    Problem.ABSENT: lazy("Nobody was there to take it in"),
    Problem.REFUSED: lazy("It was not accepted"),
    Problem.CUSTOMS: lazy("Held by customs"),
    Problem.WEATHER: lazy("Weather"),
    Problem.DAMAGED: lazy("Damaged"),
    Problem.PAYMENT: lazy("Something has to be paid first"),
    Problem.NOT_COLLECTED: lazy("Not picked up in time"),
    Problem.DELAYED: lazy("Delayed"),
    Problem.NOT_RECEIVED: lazy("Not received"),
    Problem.OTHER: lazy("Something else"),
}
FORMATS: dict[str, Any] = {
    HookFormat.OWN: lazy("Our own format"),
    HookFormat.AFTERSHIP: "AfterShip",
    HookFormat.EASYPOST: "EasyPost",
    HookFormat.SEVENTEEN_TRACK: "17TRACK",
    HookFormat.KUAIDI100: lazy("Kuaidi100"),
}
# What has to be done at the other side, format by format.
HINTS: dict[str, Any] = {
    HookFormat.OWN: lazy("The carrier signs each body by Standard Webhooks with the secret, and sends our own format: see docs/carrier-hooks.md."),
    HookFormat.AFTERSHIP: lazy("In AfterShip: Settings, Notifications, Webhooks. Add this address; the webhook secret stands there as well."),
    HookFormat.EASYPOST: lazy("In EasyPost: add a webhook with this address, and give it the secret that is made here."),
    HookFormat.SEVENTEEN_TRACK: lazy("In 17TRACK's API settings: enter this address as webhook. The secret is the API key of the account."),
    HookFormat.KUAIDI100: lazy("When subscribing a number, give this address as callbackurl and the secret that is made here as salt."),
}


def reason_text(reason: str) -> str:
    """A reason as a sentence; an empty text where there is none yet."""
    return str(REASONS[Reason(reason)]) if reason else ""


def state_words(state: str) -> tuple[str, str]:
    """A state's tone and word."""
    tone, word = STATES[DeliveryState(state)]
    return tone, str(word)


def problem_text(problem: str) -> str:
    """A problem in words; an empty text for none."""
    return str(PROBLEMS[problem]) if problem else ""
