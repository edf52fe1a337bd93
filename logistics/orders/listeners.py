"""What orders do when stock moves, and when what they cost has changed."""

from sqlalchemy import any_, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import BigInteger

from logistics.core.actors import Actor
from logistics.core.events import publish
from logistics.core.jobs import enqueue
from logistics.inventory.events import WaitingServed
from logistics.orders import tasks
from logistics.orders.billing import is_billed_otherwise
from logistics.orders.events import OrderStatusChanged, StockCameIn
from logistics.orders.models import Order, OrderLine, OrderStatus
from logistics.payments.document_queries import documents_of
from logistics.payments.events import PaymentRefunded


def note_stock(session: Session, event: WaitingServed, by: Actor) -> None:
    """Each order that waited has it in its history. Reads orders without a lock: stock rows are held, and orders come before them."""
    units: dict[int, int] = {}
    for line_id, _level_id, quantity in event.reservations:
        units[line_id] = units.get(line_id, 0) + quantity
    lines = select(OrderLine.id, Order.id.label("order_id"), Order.number).join(Order, Order.id == OrderLine.order_id)
    rows = session.execute(lines.where(OrderLine.id == any_(literal(list(units), ARRAY(BigInteger)))).order_by(Order.id)).all()
    came: dict[tuple[int, str], int] = {}
    for row in rows:
        came[row.order_id, row.number] = came.get((row.order_id, row.number), 0) + units[row.id]
    for (order_id, number), total in came.items():
        publish(session, StockCameIn(order_id, number, total), by=by)


def bill_changes(session: Session, event: OrderStatusChanged | PaymentRefunded, _by: Actor) -> None:
    """An order that was invoiced and costs something else now gets its credit note, by a job: the series of numbers is the last lock of all."""
    # Whoever gives money back may count it as allowed only after that, so a refund is always looked at.
    if isinstance(event, PaymentRefunded):
        changed = bool(documents_of(session, event.order_id))
    else:
        order = session.get(Order, event.order_id) if event.after not in (OrderStatus.UNPAID, OrderStatus.PAID) else None
        changed = order is not None and is_billed_otherwise(session, order)
    if changed:
        enqueue(session, tasks.bill, order_id=event.order_id)
