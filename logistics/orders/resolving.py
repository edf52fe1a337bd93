"""What every list of incidents does with one: find the open one, hold it with its order, and note how it was settled."""

from typing import TypeVar

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import Actor
from logistics.core.language import _
from logistics.core.refusals import FieldError, Invalid, NotFound
from logistics.orders.locks import lock_order
from logistics.orders.models import Incident

LONGEST = 500
AnyIncident = TypeVar("AnyIncident", bound=Incident)


def find_open(session: Session, incidents: type[AnyIncident], kind: str, *which: ColumnElement[bool]) -> AnyIncident | None:
    """The open incident of a kind of which this holds too, if there is one. Its order must be locked."""
    return session.scalar(select(incidents).where(*which, incidents.kind == kind, incidents.resolved_at.is_(None)))


def hold_incident(session: Session, incidents: type[AnyIncident], incident_id: int) -> AnyIncident:
    """An incident, re-read, with its order locked. Raises NotFound."""
    order_id = session.scalar(select(incidents.order_id).where(incidents.id == incident_id))
    if order_id is None:
        raise NotFound(_("There is no such incident."))
    lock_order(session, order_id=order_id)
    return session.get_one(incidents, incident_id, populate_existing=True)


def check_resolution(resolution: str) -> None:
    """Raises Invalid where it is no sentence of at most LONGEST characters."""
    if not resolution or len(resolution) > LONGEST:
        message = _("Say in at most 500 characters how it was settled.")
        raise Invalid(message, errors=[FieldError("resolution", "required", message)])


def note_resolution(incident: Incident, resolution: str, *, by: Actor) -> None:
    """Note how an incident of a locked order was settled. Whoever asked says so to the others."""
    incident.resolved_at, incident.resolution = clock.now(), resolution
    incident.resolved_by = by.id if by.kind == "staff" else None
