"""Dispatching: a packed parcel leaves the house, its stock leaves the ledger."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import Actor
from logistics.core.events import publish
from logistics.core.language import _
from logistics.core.refusals import FieldError, Invalid, Refusal
from logistics.fulfilment.events import ShipmentDispatched
from logistics.fulfilment.handling import Parcel, take_in_hand
from logistics.fulfilment.lifecycle import check, move
from logistics.fulfilment.models import IN_HOUSE, LIVE, Carrier, CarrierService, Shipment, ShipmentState
from logistics.inventory.keeping import Take, consume
from logistics.orders.holding import refuse_if_held
from logistics.orders.lifecycle import advance, is_covered, recompute
from logistics.orders.models import Order
from logistics.orders.paying import capture_for_dispatch
from logistics.orders.searching import add_search_words
from logistics.payments.by_card import refuse_if_uncharged


class NumberInUse(Refusal):
    """Another parcel on its way carries this tracking number."""

    code = "tracking_number_in_use"


class NotCovered(Refusal):
    """The order is not paid, so nothing of it leaves."""

    code = "not_covered"


def dispatch(
    session: Session, *, reference: str, carrier_code: str, tracking_number: str, by: Actor, at: datetime | None = None, service_code: str = ""
) -> Shipment:
    """Hand a packed parcel to the carrier (T11), by one of its services or none. With the first one, what is authorised is captured.

    `at` is for imported history.

    Locks the order, the account, the payments, the stock rows and the shipment. A no-op when it left already under this number. Raises
    IllegalMove unless it is packed, and where a card is to be charged first (charging.py); PaymentInFlight, OrderOnHold, NotCovered,
    NumberInUse, NotReserved; Invalid for an unknown carrier or a service that it does not offer, NotFound.
    """
    parcel = take_in_hand(session, reference, with_stock=True, money_first=lambda order: _take_money(session, order, reference, by, at))
    shipment, carrier = parcel.shipment, find_carrier(session, carrier_code)
    if shipment.state not in IN_HOUSE and (shipment.carrier_id, shipment.tracking_number) == (carrier.id, tracking_number):
        return shipment
    refuse_unless_ready(session, parcel)
    refuse_if_uncharged(session, parcel.order.id)
    shipment.service_id = _find_service(session, carrier, service_code)
    _give_number(session, shipment, carrier, tracking_number)
    shipment.dispatched_at, shipment.dispatched_by = at or clock.now(), by.id if by.kind == "staff" else None
    if tracking_number:
        add_search_words(session, order_id=parcel.order.id, numbers=[tracking_number])
    _send_stock(session, parcel, by, at)
    move(session, shipment, ShipmentState.SHIPPED, by=by, at=at)
    units = sum(line.packed for line in shipment.lines)
    recompute(session, parcel.order, by=by, at=at)
    publish(session, ShipmentDispatched(shipment.id, parcel.order.id, carrier.id, units), by=by, at=at)
    return shipment


def refuse_unless_ready(session: Session, parcel: Parcel) -> None:
    """Raise unless a locked parcel may leave as far as itself and its order are concerned: IllegalMove, OrderOnHold, NotCovered."""
    check(parcel.shipment, ShipmentState.SHIPPED)
    refuse_if_held(parcel.order)
    if not is_covered(session, parcel.order):
        raise NotCovered(_("Order %(number)s is not paid.", number=parcel.order.number))


def find_carrier(session: Session, code: str) -> Carrier:
    """The active carrier of this code, if it takes parcels. Raises Invalid."""
    carrier = session.scalar(select(Carrier).where(Carrier.code == code, Carrier.active, Carrier.takes_parcels))
    if carrier is None:
        message = _("Choose a carrier.")
        raise Invalid(message, errors=[FieldError("carrier", "unknown_carrier", message)])
    return carrier


def _find_service(session: Session, carrier: Carrier, code: str) -> int | None:
    if not code:
        return None
    offered = select(CarrierService.id).where(CarrierService.carrier_id == carrier.id, CarrierService.active)
    found = session.scalar(offered.where(func.lower(CarrierService.code) == code.lower()))
    if found is None:
        message = _("%(carrier)s does not offer this service. Choose one of its own, or none.", carrier=carrier.name)
        raise Invalid(message, errors=[FieldError("service", "unknown_service", message)])
    return found


def refuse_number_in_use(session: Session, shipment: Shipment, carrier_id: int | None, number: str) -> None:
    """Raise NumberInUse when another parcel on its way carries this number of this carrier."""
    if not number:
        return
    other = session.scalar(
        select(Shipment.reference).where(
            Shipment.carrier_id == carrier_id,
            Shipment.tracking_number == number,
            Shipment.id != shipment.id,
            Shipment.state.in_([state.value for state in LIVE]),
        )
    )
    if other:
        message = _("Tracking number %(number)s is already on shipment %(other)s.", number=number, other=other)
        raise NumberInUse(message, errors=[FieldError("tracking_number", NumberInUse.code, message)], other=other)


def _take_money(session: Session, order: Order, reference: str, by: Actor, at: datetime | None) -> None:
    """Capture what is promised for the order, unless its parcel has left already. A refusal that follows takes it back."""
    # Under its order's lock nobody moves it, so it need not be locked before its stock rows.
    state = session.scalar(select(Shipment.state).where(Shipment.reference == reference))
    if state in IN_HOUSE:
        capture_for_dispatch(session, order, by=by, at=at)


def _give_number(session: Session, shipment: Shipment, carrier: Carrier, number: str) -> None:
    refuse_number_in_use(session, shipment, carrier.id, number)
    try:
        with session.begin_nested():
            shipment.carrier_id, shipment.tracking_number = carrier.id, number
            session.flush()
    except IntegrityError:
        # A rival took the number between the look and the write: now he can be named.
        refuse_number_in_use(session, shipment, carrier.id, number)
        raise


def _send_stock(session: Session, parcel: Parcel, by: Actor, at: datetime | None) -> None:
    lines = parcel.shipment.lines
    takes = [Take(line.reservation_id, line.packed, line.id) for line in lines]
    consume(session, takes=takes, reference=parcel.shipment.reference, by=by, at=at)
    for line in lines:
        advance(parcel.order_line(line.order_line_id), shipped=line.packed)
    session.flush()
