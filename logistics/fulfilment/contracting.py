"""Contracting carriers: whom parcels are handed to, and where their tracking pages are."""

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from logistics.core.actors import Actor
from logistics.core.events import publish
from logistics.core.language import _
from logistics.core.refusals import FieldError, Invalid, NotFound, Stale
from logistics.fulfilment.events import CarrierSaved
from logistics.fulfilment.locks import lock_carrier
from logistics.fulfilment.models import Carrier


def add_carrier(session: Session, *, code: str, name: str, tracking_url: str, active: bool, by: Actor) -> Carrier:
    """Add a carrier. Its code is how files and the API name it, and stays. Raises Invalid where the code is taken, whatever the case."""
    taken = session.scalar(select(Carrier.code).where(func.lower(Carrier.code) == code.lower()))
    given = {"code": code, "name": name, "tracking_url": tracking_url, "active": active, "version": 1}
    # On conflict nothing: a rival who adds the same code at this moment gets the same clear answer.
    new = insert(Carrier).values(given).on_conflict_do_nothing().returning(Carrier)
    carrier: Carrier | None = None if taken else session.scalar(new)
    if carrier is None:
        message = _("There is a carrier with the code %(code)s already.", code=taken or code)
        raise Invalid(message, errors=[FieldError("code", "code_taken", message)])
    publish(session, CarrierSaved(carrier.id, carrier.code, carrier.active), by=by)
    return carrier


def change_carrier(session: Session, *, code: str, name: str, tracking_url: str, active: bool, version: int, by: Actor) -> Carrier:
    """Save a carrier as seen at `version`; one that is not active is not offered at dispatch any more. A no-op when nothing changes.

    Locks the carrier. Raises Stale and NotFound.
    """
    carrier = lock_carrier(session, code)
    if carrier is None:
        raise NotFound(_("There is no such carrier."))
    if (carrier.name, carrier.tracking_url, carrier.active) == (name, tracking_url, active):
        return carrier
    if carrier.version != version:
        raise Stale(_("Somebody else has changed this carrier meanwhile. Compare, then save again."))
    carrier.name, carrier.tracking_url, carrier.active = name, tracking_url, active
    carrier.version += 1
    publish(session, CarrierSaved(carrier.id, carrier.code, carrier.active), by=by)
    return carrier
