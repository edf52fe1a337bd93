"""Sending packed parcels for programs: by the same capabilities as the desk, the money first."""

from sqlalchemy.orm import Session

from logistics.api.admitting import Caller
from logistics.api.reading import pointing
from logistics.api.schemas.shipments import DispatchBody
from logistics.fulfilment.charging import charge_for_dispatch
from logistics.fulfilment.dispatching import dispatch, find_carrier
from logistics.fulfilment.models import Shipment
from logistics.fulfilment.numbering.judging import warn_of_number
from logistics.fulfilment.numbering.recognising import known_number
from logistics.fulfilment.queries import find_carriers


def charge(session: Session, shipment: Shipment, body: DispatchBody, *, caller: Caller) -> None:
    """Take what is due for a parcel's order from its cards (charge_for_dispatch), in transactions of its own: `session` is only read before.

    Raises as charge_for_dispatch, its errors pointing into the body.
    """
    with pointing(lambda error: f"/{error.pointer}"):
        reference, number = shipment.reference, _number(session, body)
        session.rollback()
        charge_for_dispatch(reference=reference, carrier_code=body.carrier, tracking_number=number, by=caller.actor)


def send(session: Session, shipment: Shipment, body: DispatchBody, *, caller: Caller) -> str:
    """Hand a packed parcel to the carrier that a program names; what speaks against its number, or an empty text. Locks and raises as dispatch.

    Its errors point into the body.
    """
    with pointing(lambda error: f"/{error.pointer}"):
        number = _number(session, body)
        dispatch(session, reference=shipment.reference, carrier_code=body.carrier, tracking_number=number, by=caller.actor)
    return warn_of_number(number, find_carrier(session, body.carrier), find_carriers(session, active=True))


def _number(session: Session, body: DispatchBody) -> str:
    """The number that its carrier knows the parcel by."""
    return known_number(body.tracking_number, find_carrier(session, body.carrier))
