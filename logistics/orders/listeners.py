"""What orders do when stock moves, when what they cost has changed, and when cards are to be asked for what follows from their life."""

from sqlalchemy import any_, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import BigInteger

from logistics.core import clock
from logistics.core.actors import Actor
from logistics.core.events import publish
from logistics.core.jobs import enqueue
from logistics.inventory.events import WaitingServed
from logistics.orders import tasks
from logistics.orders.billing import is_billed_otherwise
from logistics.orders.card_tasks import settle_cards
from logistics.orders.events import AllowanceGiven, OrderStatusChanged, StockCameIn
from logistics.orders.models import Order, OrderLine, OrderStatus
from logistics.payments import by_card
from logistics.payments.document_queries import documents_of
from logistics.payments.events import PaymentRefunded, RefundBegun
from logistics.payments.scheduling import look_after


def settle_when_closed(session: Session, event: OrderStatusChanged, _by: Actor) -> None:
    """A page on which nobody ought to pay any more is closed, and what a cancelled order's cards paid goes back: by a job (T6-T8)."""
    if event.before == OrderStatus.DRAFT or event.after not in (OrderStatus.PAID, OrderStatus.CANCELLED):
        return
    cards = by_card.cards_among(by_card.hold_payments(session, event.order_id))
    for payment in cards:
        look_after(session, payment, is_open=False, is_cancelled=event.after == OrderStatus.CANCELLED)
    if any(payment.settle_at and payment.settle_at <= clock.now() for payment in cards):
        enqueue(session, settle_cards, lock=f"cards {event.order_id}", order_id=event.order_id)


def ask_provider(session: Session, event: RefundBegun, _by: Actor) -> None:
    """The provider of a refund is asked by a job."""
    enqueue(session, settle_cards, lock=f"cards {event.order_id}", order_id=event.order_id)


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


def bill_changes(session: Session, event: OrderStatusChanged | PaymentRefunded | AllowanceGiven, _by: Actor) -> None:
    """An order that was invoiced and costs something else now gets its credit note, by a job: the series of numbers is the last lock of all."""
    # Whoever gives money back may count it as allowed only after that, so a refund is always looked at.
    if isinstance(event, (PaymentRefunded, AllowanceGiven)):
        changed = bool(documents_of(session, event.order_id))
    else:
        order = session.get(Order, event.order_id) if event.after not in (OrderStatus.UNPAID, OrderStatus.PAID) else None
        changed = order is not None and is_billed_otherwise(session, order)
    if changed:
        enqueue(session, tasks.bill, order_id=event.order_id)
