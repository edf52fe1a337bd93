"""A parcel's life inside the house. From `shipped` on, its state is the fold of its tracking events (tracking.rules)."""

from datetime import datetime

from sqlalchemy.orm import Session

from logistics.core.actors import Actor
from logistics.core.events import publish
from logistics.core.lifecycle import check_move
from logistics.fulfilment.events import ShipmentMoved
from logistics.fulfilment.models import Shipment, ShipmentState

_S = ShipmentState

MOVES: dict[ShipmentState, frozenset[ShipmentState]] = {
    _S.PENDING: frozenset({_S.PICKING, _S.PICKED, _S.CANCELLED}),
    _S.PICKING: frozenset({_S.PICKED, _S.PACKED, _S.CANCELLED}),
    _S.PICKED: frozenset({_S.PICKING, _S.PACKED, _S.CANCELLED}),
    # Opened again, because something of it was cancelled.
    _S.PACKED: frozenset({_S.PICKED, _S.SHIPPED, _S.CANCELLED}),
}


def check(shipment: Shipment, to: ShipmentState) -> None:
    """Raise IllegalMove unless the parcel can take this step now."""
    check_move({state: MOVES.get(state, frozenset()) for state in ShipmentState}, ShipmentState(shipment.state), to)


def move(session: Session, shipment: Shipment, to: ShipmentState, *, by: Actor, at: datetime | None = None) -> None:
    """Take one step. The shipment must be locked. A no-op when it is there already. Publishes ShipmentMoved; raises IllegalMove."""
    if shipment.state == to:
        return
    check(shipment, to)
    before, shipment.state = shipment.state, to.value
    shipment.version += 1
    session.flush()
    publish(session, ShipmentMoved(shipment.id, shipment.order_id, before, to.value), by=by, at=at)
