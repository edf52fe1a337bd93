"""The words of parcel incidents."""

from typing import Any

from logistics.core.language import lazy
from logistics.tracking.models import ParcelIncidentKind

_K = ParcelIncidentKind

KINDS: dict[ParcelIncidentKind, Any] = {
    _K.NOT_RECEIVED: lazy("The customer did not get the parcel"),
    _K.MOVING_UNDISPATCHED: lazy("The parcel moves and was never dispatched"),
    _K.DELIVERED_AFTER_LOSS: lazy("A parcel that was declared lost has been delivered"),
    _K.COMING_BACK: lazy("The parcel comes back"),
}
# What to do about each.
_ADVICE: dict[ParcelIncidentKind, Any] = {
    _K.NOT_RECEIVED: lazy("Ask the customer about neighbours and hiding places, then the carrier for its proof. Found: record the delivery again."),
    _K.MOVING_UNDISPATCHED: lazy("The carrier has it already. Look whether it is still here, and dispatch it if it is not."),
    _K.DELIVERED_AFTER_LOSS: lazy("See whether it was paid back or sent again. If so, ask the customer: keep it and pay for it, or send it back."),
    _K.COMING_BACK: lazy("Find out why, and agree with the customer: send it again, or give the money back."),
}
_OPENED_BY: dict[str, Any] = {
    "customer": lazy("Reported by the customer"),
    "staff": lazy("Reported by staff"),
    "system": lazy("Noticed by the system"),
    "key": lazy("Reported by a program"),
}


def incident_text(kind: str) -> str:
    """What is wrong with a parcel."""
    return str(KINDS[ParcelIncidentKind(kind)])


def incident_advice(kind: str) -> str:
    """What to do about it."""
    return str(_ADVICE[ParcelIncidentKind(kind)])


def opened_by_text(kind: str) -> str:
    """Who noticed it."""
    return str(_OPENED_BY.get(kind, _OPENED_BY["system"]))
