"""Payment incidents: something about an order's money that a person has to look into."""

from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import Actor
from logistics.core.events import publish
from logistics.core.language import _
from logistics.core.refusals import IllegalMove
from logistics.orders import rules
from logistics.orders.events import PaymentIncidentOpened, PaymentIncidentResolved
from logistics.orders.lifecycle import is_covered
from logistics.orders.models import IncidentKind, Order, PaymentIncident
from logistics.orders.resolving import check_resolution, find_open, hold_incident, note_resolution
from logistics.payments.queries import covered_amount


def open_incident(session: Session, order: Order, kind: IncidentKind, amount: int, *, by: Actor) -> PaymentIncident:
    """Put what happened to a locked order on the list; `amount` in minor units. One that is open already takes the amount in."""
    incident = _find_open(session, order, kind)
    if incident is None:
        incident = PaymentIncident(order_id=order.id, kind=kind.value, amount=0, opened_at=clock.now(), resolution="")
        session.add(incident)
    incident.amount += amount
    session.flush()
    publish(session, PaymentIncidentOpened(order.id, order.number, kind.value, amount), by=by)
    return incident


def resolve_incident(session: Session, *, incident_id: int, resolution: str, by: Actor) -> PaymentIncident:
    """Note how somebody settled what happened, in a sentence of at most 500 characters. Locks the order. A no-op when it is resolved.

    Raises Invalid without that sentence, IllegalMove while goods are out that nobody has paid for, NotFound.
    """
    incident = hold_incident(session, PaymentIncident, incident_id)
    if incident.resolved_at:
        return incident
    check_resolution(resolution)
    order = incident.order
    is_out = any(line.shipped for line in order.lines)
    if incident.kind == IncidentKind.SHIPPED_UNCOVERED and is_out and not is_covered(session, order):
        raise IllegalMove(_("Goods of this order are out and not paid for. Record the money, or give an allowance, first."))
    _resolve(session, order, incident, resolution, by)
    return incident


def watch_cover(session: Session, order: Order, *, by: Actor) -> None:
    """Open an incident where goods of a locked order are out and not paid for, bring its amount up to date, or close it. After recompute."""
    if not any(line.shipped for line in order.lines):
        return
    missing = rules.due(order) - covered_amount(session, order.id)
    incident = _find_open(session, order, IncidentKind.SHIPPED_UNCOVERED)
    if missing > 0 and incident:
        incident.amount = missing
    elif missing > 0:
        open_incident(session, order, IncidentKind.SHIPPED_UNCOVERED, missing, by=by)
    elif incident:
        _resolve(session, order, incident, _("What was missing is there."), by)


def close_incident(session: Session, order: Order, kind: IncidentKind, resolution: str, *, by: Actor) -> None:
    """Resolve the open incident of a kind of a locked order, because what was done settles it. A no-op where none is open."""
    if incident := _find_open(session, order, kind):
        _resolve(session, order, incident, resolution, by)


def _find_open(session: Session, order: Order, kind: IncidentKind) -> PaymentIncident | None:
    return find_open(session, PaymentIncident, kind.value, PaymentIncident.order_id == order.id)


def _resolve(session: Session, order: Order, incident: PaymentIncident, resolution: str, by: Actor) -> None:
    note_resolution(incident, resolution, by=by)
    session.flush()
    publish(session, PaymentIncidentResolved(order.id, order.number, incident.id, incident.kind), by=by)
