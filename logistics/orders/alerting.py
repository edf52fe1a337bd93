"""Payment incidents: something about an order's money that a person has to look into."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import Actor
from logistics.core.events import publish
from logistics.orders.events import PaymentIncidentOpened
from logistics.orders.models import IncidentKind, Order, PaymentIncident


def open_incident(session: Session, order: Order, kind: IncidentKind, amount: int, *, by: Actor) -> PaymentIncident:
    """Put what happened to a locked order on the list; `amount` in minor units. One that is open already takes the amount in."""
    open_one = select(PaymentIncident).where(PaymentIncident.order_id == order.id, PaymentIncident.kind == kind.value)
    incident = session.scalar(open_one.where(PaymentIncident.resolved_at.is_(None)))
    if incident is None:
        incident = PaymentIncident(order_id=order.id, kind=kind.value, amount=0, opened_at=clock.now(), resolution="")
        session.add(incident)
    incident.amount += amount
    session.flush()
    publish(session, PaymentIncidentOpened(order.id, order.number, kind.value, amount), by=by)
    return incident
