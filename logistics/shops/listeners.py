"""What the intake does when goods come in."""

from sqlalchemy.orm import Session

from logistics.core.actors import Actor
from logistics.core.jobs import enqueue
from logistics.inventory.events import StockReceived
from logistics.shops.tasks import retry_short_orders
from logistics.shops.waking import any_short


def retry_when_received(session: Session, event: StockReceived, _by: Actor) -> None:
    """Orders that were parked because this product was short are tried again. By a job: stock is locked here, and the inbox comes before it."""
    if any_short(session):
        enqueue(session, retry_short_orders, product_id=event.product_id)
