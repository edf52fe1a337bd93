"""Telling the customer where an order is, in words: the sentence on top, what comes next, the five steps. From plain values.

What a customer reads is made here from PublicOrder, which knows no street, no full name, no phone, no e-mail, no price and nobody
of the staff (SEC28): what is not in it cannot be shown.
"""

from dataclasses import dataclass
from typing import Any

from logistics.core.language import _, ngettext
from logistics.fulfilment.models import IN_HOUSE, ShipmentState
from logistics.orders.models import OrderStatus
from logistics.tracking.timeline import Moment

_S = ShipmentState
_PROBLEMS = (_S.LOST, _S.RETURNED_TO_SENDER, _S.RETURNING, _S.HELD_UP, _S.ATTEMPT_FAILED)
# What is said first when parcels of one order are in different states.
_URGENCY = (*_PROBLEMS, _S.READY_FOR_PICKUP, _S.OUT_FOR_DELIVERY, _S.IN_TRANSIT, _S.SHIPPED, _S.DELIVERED)


@dataclass(frozen=True)
class PublicParcel:
    """A parcel as its customer may know it; `number` counts the parcels of the order from 1."""

    number: int
    state: ShipmentState
    goods: tuple[tuple[str, int], ...]
    carrier: str = ""
    tracking_number: str = ""
    link: str = ""
    proof: str = ""

    @property
    def is_in_house(self) -> bool:
        """Whether it has not left yet."""
        return self.state in IN_HOUSE


@dataclass(frozen=True)
class PublicOrder:
    """An order as its customer may know it. `unsent` are goods that lie in no parcel yet; `can_pay`: by card; `is_paying`: a page for that
    stands open; `failure`: why nothing came of the last one, in words."""

    number: str
    status: str
    recipient: str
    city: str
    is_paid: bool
    parcels: tuple[PublicParcel, ...]
    unsent: tuple[tuple[str, int], ...]
    moments: tuple[Moment, ...]
    pays_on_delivery: bool = False
    can_pay: bool = False
    is_paying: bool = False
    failure: str = ""

    @property
    def on_the_road(self) -> list[PublicParcel]:
        """The parcels that have left, the most urgent news first."""
        gone = [parcel for parcel in self.parcels if parcel.state in _URGENCY]
        return sorted(gone, key=lambda parcel: _URGENCY.index(parcel.state))

    @property
    def problem(self) -> ShipmentState | None:
        """What went wrong, if anything did."""
        first = next(iter(self.on_the_road), None)
        return first.state if first and first.state in _PROBLEMS else None

    @property
    def is_packed(self) -> bool:
        """Whether all of it lies in closed parcels."""
        return bool(self.parcels) and not self.unsent and not any(parcel.state in IN_HOUSE[:-1] for parcel in self.parcels)


def mask_name(name: str) -> str:
    """A name that its owner recognises and nobody else can use: "Mina Park" is "M••• P•••", "张伟" is "张•"."""
    words = name.split()
    if not words:
        return ""
    if not words[0][0].isascii() and len(words) == 1:
        return words[0][0] + "•" * min(2, max(1, len(words[0]) - 1))
    return " ".join(f"{word[0]}•••" for word in words[:4])


def say(order: PublicOrder) -> str:
    """Where the order is, in one sentence."""
    return str(_sentence(order))


def advise(order: PublicOrder) -> str:
    """What happens next, or what the customer can do."""
    return str(_advice(order))


def steps(order: PublicOrder) -> list[dict[str, str]]:
    """The five steps: label, and whether it is done, current, todo or a problem."""
    labels = [_("Ordered"), _("Confirmed"), _("Packed"), _("On the way"), _("Delivered")]
    reached = _reached(order)
    states = ["done" if at < reached else "current" if at == reached else "todo" for at in range(len(labels))]
    if reached == len(labels) - 1:
        states[reached] = "done"
    if order.problem:
        states[3] = "problem"
    return [{"label": label, "state": state} for label, state in zip(labels, states, strict=True)]


def _sentence(order: PublicOrder) -> Any:
    if order.status == OrderStatus.CANCELLED:
        return _("This order was cancelled.")
    if order.status == OrderStatus.UNPAID:
        return _("We have your order and wait for your payment.")
    if order.status == OrderStatus.PAID:
        return _("Your order is packed and waits for its carrier.") if order.is_packed else _("We are preparing your order.")
    parcels = order.on_the_road
    if not parcels:
        return _("Your order came back to us.") if order.status == OrderStatus.RETURNED else _("We are preparing your order.")
    if order.status == OrderStatus.PARTIALLY_SHIPPED and not order.problem:
        return _("Part of your order is on its way, the rest follows.")
    same = [parcel for parcel in parcels if parcel.state is parcels[0].state]
    if len(same) < len(parcels):
        return _say_of_some(parcels[0].state, len(same), len(parcels))
    return _say_of_all(parcels[0].state, len(parcels))


def _advice(order: PublicOrder) -> Any:
    if order.status in (OrderStatus.CANCELLED, OrderStatus.RETURNED):
        return _("If you did not expect this, write to us and name the order number.")
    if order.status == OrderStatus.UNPAID:
        return _("As soon as it has arrived we pack your order.")
    parcels = order.on_the_road
    if not parcels:
        return _("As soon as it leaves, you see here where it is.")
    return {
        _S.LOST: _("Write to us and name the order number: we settle it with you."),
        _S.RETURNED_TO_SENDER: _("Write to us and name the order number: we settle with you how to go on."),
        _S.RETURNING: _("If you did not expect this, write to us and name the order number."),
        _S.HELD_UP: _("The carrier has to clear this up. If nothing moves for some days, write to us and name the order number."),
        _S.ATTEMPT_FAILED: _("The carrier’s page says when it tries again, or where the parcel waits for you."),
        _S.READY_FOR_PICKUP: _("The carrier’s page says where it waits, and how long."),
        _S.DELIVERED: _("Nothing there? Ask your household and your neighbours, then write to us."),
    }.get(parcels[0].state, _("Each step the carrier reports is shown below."))


def _reached(order: PublicOrder) -> int:
    if order.status == OrderStatus.DELIVERED:
        return 4
    if order.on_the_road:
        return 3
    if order.is_packed:
        return 2
    return 1 if order.is_paid else 0


def _say_of_all(state: ShipmentState, parcels: int) -> Any:
    said = {
        _S.SHIPPED: ngettext("Your parcel was handed to its carrier.", "Your %(num)d parcels were handed to their carrier.", parcels),
        _S.IN_TRANSIT: ngettext("Your parcel is on its way.", "Your %(num)d parcels are on their way.", parcels),
        _S.OUT_FOR_DELIVERY: ngettext("Your parcel is out for delivery.", "Your %(num)d parcels are out for delivery.", parcels),
        _S.READY_FOR_PICKUP: ngettext("Your parcel waits for you to pick it up.", "Your %(num)d parcels wait for you to pick them up.", parcels),
        _S.ATTEMPT_FAILED: ngettext(
            "The carrier could not deliver your parcel yet.", "The carrier could not deliver your %(num)d parcels yet.", parcels
        ),
        _S.HELD_UP: ngettext("Your parcel is held up on its way.", "Your %(num)d parcels are held up on their way.", parcels),
        _S.RETURNING: ngettext("Your parcel is on its way back to us.", "Your %(num)d parcels are on their way back to us.", parcels),
        _S.RETURNED_TO_SENDER: ngettext("Your parcel came back to us.", "Your %(num)d parcels came back to us.", parcels),
        _S.LOST: ngettext("The carrier reports your parcel as lost.", "The carrier reports your %(num)d parcels as lost.", parcels),
        _S.DELIVERED: _("Your order was delivered."),
    }
    return said[state]


def _say_of_some(state: ShipmentState, some: int, parcels: int) -> Any:
    given = {"some": some, "parcels": parcels}
    said = {
        _S.SHIPPED: _("Handed to the carrier: %(some)s of %(parcels)s parcels.", **given),
        _S.IN_TRANSIT: _("Still on the way: %(some)s of %(parcels)s parcels.", **given),
        _S.OUT_FOR_DELIVERY: _("Out for delivery: %(some)s of %(parcels)s parcels.", **given),
        _S.READY_FOR_PICKUP: _("Waiting for you to pick up: %(some)s of %(parcels)s parcels.", **given),
        _S.ATTEMPT_FAILED: _("Could not be delivered yet: %(some)s of %(parcels)s parcels.", **given),
        _S.HELD_UP: _("Held up on the way: %(some)s of %(parcels)s parcels.", **given),
        _S.RETURNING: _("On the way back to us: %(some)s of %(parcels)s parcels.", **given),
        _S.RETURNED_TO_SENDER: _("Came back to us: %(some)s of %(parcels)s parcels.", **given),
        _S.LOST: _("Reported lost by the carrier: %(some)s of %(parcels)s parcels.", **given),
    }
    return said[state]
