"""Telling the customer where an order is, in words: the sentence on top, what comes next, the five steps. From plain values."""

from typing import Any

from logistics.core.language import _, ngettext
from logistics.fulfilment.models import ShipmentState
from logistics.orders.models import OrderStatus
from logistics.tracking.disclosing import PublicOrder
from logistics.tracking.models import Problem

_S = ShipmentState


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
    if parcels[0].problem == Problem.NOT_RECEIVED and parcels[0].state is _S.HELD_UP:
        return _("Your parcel was reported as not received.")
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
    if trouble := order.trouble:
        return trouble.next
    return {
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


def say_of_parcel(state: ShipmentState) -> str:
    """Where a parcel is, in one sentence."""
    return str(_("Your parcel was delivered.") if state is _S.DELIVERED else _say_of_all(state, 1))


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
