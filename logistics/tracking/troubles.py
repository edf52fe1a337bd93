"""What went wrong with a parcel, in words for its customer: why, what happens next, and the one thing to do about it. From plain values."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from logistics.core.language import _, lazy
from logistics.fulfilment.models import ShipmentState
from logistics.tracking.arriving import AWAITED, say_reason
from logistics.tracking.models import Problem

_S, _P = ShipmentState, Problem
# The gravest first.
TROUBLED = (_S.LOST, _S.RETURNED_TO_SENDER, _S.RETURNING, _S.HELD_UP, _S.ATTEMPT_FAILED)


class Action(StrEnum):
    """What the customer can do: look at the carrier's page, write to the shop, say that the parcel has come after all."""

    CARRIER = "carrier"
    WRITE = "write"
    RECEIPT = "receipt"


@dataclass(frozen=True)
class Trouble:
    """`why` is empty where nobody knows; `parcel` is the number of the parcel that it is about, `tone` how grave it is."""

    why: str
    next: str
    action: Action
    parcel: int
    link: str = ""
    tone: str = "warning"


_BY_STATE: dict[ShipmentState, tuple[Any, Action]] = {
    _S.LOST: (lazy("Write to us and name the order number: we settle it with you."), Action.WRITE),
    _S.RETURNED_TO_SENDER: (lazy("Write to us and name the order number: we settle with you how to go on."), Action.WRITE),
    _S.RETURNING: (lazy("If you did not expect this, write to us and name the order number."), Action.WRITE),
    _S.HELD_UP: (
        lazy("The carrier has to clear this up. If nothing moves for some days, write to us and name the order number."),
        Action.CARRIER,
    ),
    _S.ATTEMPT_FAILED: (lazy("The carrier’s page says when it tries again, or where the parcel waits for you."), Action.CARRIER),
}
_BY_PROBLEM: dict[Problem, tuple[Any, Action]] = {
    _P.ADDRESS: (lazy("Write to us what is missing or wrong in the address: we tell the carrier."), Action.WRITE),
    _P.ABSENT: (lazy("The carrier tries again or leaves it at a pickup point near you. Its page says when and where."), Action.CARRIER),
    _P.REFUSED: (lazy("It comes back to us. If you did not refuse it, write to us."), Action.WRITE),
    _P.CUSTOMS: (lazy("They usually let it go on after some days. If they need something of you, the carrier’s page says so."), Action.CARRIER),
    _P.WEATHER: (lazy("It goes on as soon as the roads are clear. You have nothing to do."), Action.CARRIER),
    _P.DAMAGED: (lazy("We look into it with the carrier. Write to us whether it should be sent again."), Action.WRITE),
    _P.PAYMENT: (lazy("The carrier’s page says what is to be paid, and how."), Action.CARRIER),
    _P.NOT_COLLECTED: (lazy("It comes back to us. If you still want it, write to us."), Action.WRITE),
    _P.DELAYED: (lazy("It goes on by itself. You have nothing to do."), Action.CARRIER),
    _P.NOT_RECEIVED: (lazy("We ask the carrier where it is and write to you. If it turns up after all, tell us here."), Action.RECEIPT),
}
# Nothing that a carrier names as the reason changes what follows from these.
_SETTLED = (_S.LOST, _S.RETURNED_TO_SENDER)


def trouble_of(state: ShipmentState, problem: str, *, parcel: int, link: str) -> Trouble | None:
    """What is wrong with a parcel in this state, of which the latest report named this problem (or none); `link` is its carrier's page."""
    if state not in TROUBLED and not (state in AWAITED and problem in _BY_PROBLEM):
        return None
    told = None if state in _SETTLED or problem not in _BY_PROBLEM else _BY_PROBLEM[Problem(problem)]
    text, action = told or _BY_STATE[state]
    if action is Action.CARRIER and not link:
        action = Action.WRITE
    return Trouble(_why(problem), str(text), action, parcel, link, "danger" if state in _SETTLED else "warning")


def _why(problem: str) -> str:
    if problem == _P.NOT_RECEIVED:
        return str(_("It was reported as not received."))
    return say_reason(problem)
