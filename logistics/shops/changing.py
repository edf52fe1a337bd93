"""What a shop says about an order that we have: paid, cancelled, refunded, changed. Done where it is safe, asked where it is not."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from logistics.core.actors import Actor
from logistics.core.refusals import IllegalMove
from logistics.orders.cancelling import AlreadyPicked, cancel
from logistics.orders.models import CancelReason, Channel, Order, OrderStatus
from logistics.orders.paying import record_shop_payment, void_shop_payment
from logistics.payments.models import Method, MoveKind, Payment, PaymentMove
from logistics.shops.models import Reason
from logistics.shops.outcomes import Outcome, Story, parked, taken
from logistics.shops.translating import shop_money


def follow(session: Session, story: Story, channel: Channel, order: Order, *, by: Actor) -> Outcome:
    """Bring an order up to what the event says. Locks the order, and what the change itself locks.

    What only a person can decide is parked with its facts, once for each thing to decide; what is safe is done all the same.
    """
    if story.news.cancelled:
        return _cancel(session, story, order, story.news.cancelled, by)
    if _is_refunded_in_full(story, order):
        return _cancel(session, story, order, CancelReason.CUSTOMER, by)
    if order.status == OrderStatus.CANCELLED:
        return _after_cancelling(session, story, channel, order, by)
    money = _take_money(session, story, channel, order, by)
    return ask_about_refunds(story, order) or _change(story, order) or money


def _cancel(session: Session, story: Story, order: Order, reason: CancelReason, by: Actor) -> Outcome:
    if order.status == OrderStatus.CANCELLED:
        return _after_passing_on(session, story, order)
    try:
        with session.begin_nested():
            return taken(Reason.CANCELLED, cancel(session, number=order.number, reason=reason, by=by))
    except AlreadyPicked:
        return _ask(story, Reason.CANCELLED_AFTER_PICKING, order, "cancelled")
    except IllegalMove:
        return _ask(story, Reason.CANCELLED_AFTER_SHIPPING, order, "cancelled")


def _after_passing_on(session: Session, story: Story, order: Order) -> Outcome:
    """The shop gives back what came after we had cancelled, and the customer has it on their account: a person takes it off there."""
    on_account = (PaymentMove.kind == MoveKind.REFUND.value, PaymentMove.provider == "account", Payment.method == Method.SHOP.value)
    passed_on = select(func.sum(PaymentMove.amount)).join(Payment, Payment.id == PaymentMove.payment_id)
    amount = int(session.scalar(passed_on.where(PaymentMove.order_id == order.id, *on_account)) or 0)
    if not amount:
        return taken(Reason.NOTHING_NEW, order)
    return _ask(story, Reason.REFUNDED_AFTER_PASSING_ON, order, amount, amount=amount, currency=order.currency)


def _is_refunded_in_full(story: Story, order: Order) -> bool:
    """Whether the shop gave all of it back: as it says itself, or by adding up what it gave back one by one."""
    if story.news.order:
        return story.news.order.is_refunded
    refunds = {**story.settled_refunds(), **story.news.refunds}
    placed = story.placed.facts.get("total") if story.placed else None
    return bool(refunds) and sum(refunds.values()) >= (placed or order.total)


def _after_cancelling(session: Session, story: Story, channel: Channel, order: Order, by: Actor) -> Outcome:
    """We cancelled it, and the shop took money: that goes on to the customer's account. What was booked before went back already."""
    told = story.news.order
    booked = select(func.coalesce(func.sum(Payment.captured), 0)).where(Payment.order_id == order.id, Payment.method == Method.SHOP.value)
    if told is None or story.is_cancelled or min(told.captured, order.total) <= int(session.scalar(booked) or 0):
        return taken(Reason.NOTHING_NEW, order)
    record_shop_payment(session, number=order.number, money=shop_money(channel, told, story.event.external_id, authorised=0), by=by)
    return taken(Reason.PAID_AFTER_CANCELLATION, order, amount=told.captured, currency=order.currency)


def _take_money(session: Session, story: Story, channel: Channel, order: Order, by: Actor) -> Outcome:
    told, before = story.news.order, order.status
    if told is None:
        return taken(Reason.NOTHING_NEW, order)
    # What was promised may have been taken back since; what was captured was captured, however late we hear of it.
    authorised = 0 if story.is_overtaken else told.authorised
    if told.captured or authorised:
        money = shop_money(channel, told, story.event.external_id, authorised=authorised)
        record_shop_payment(session, number=order.number, money=money, by=by)
    elif told.is_voided and not story.is_overtaken:
        return _void(session, story, order, by)
    return taken(Reason.PAID if order.status != before else Reason.NOTHING_NEW, order)


def _void(session: Session, story: Story, order: Order, by: Actor) -> Outcome:
    if any(line.shipped for line in order.lines):
        return _ask(story, Reason.VOIDED_AFTER_SHIPPING, order, "voided")
    before = order.status
    void_shop_payment(session, number=order.number, by=by)
    return taken(Reason.VOIDED if order.status != before else Reason.NOTHING_NEW, order)


def ask_about_refunds(story: Story, order: Order) -> Outcome | None:
    """Part of the money went back, for goods that nobody has named to us: a person decides what it was for."""
    known = story.settled_refunds()
    fresh = {key: amount for key, amount in story.news.refunds.items() if key not in known}
    if not fresh:
        return None
    return parked(Reason.REFUNDED, order, amount=sum(fresh.values()), currency=order.currency, about=sorted(fresh))


def _change(story: Story, order: Order) -> Outcome | None:
    """Other goods, another address, another price than the order was placed with."""
    told, placed = story.news.order, story.placed
    if told is None or placed is None or story.is_overtaken or placed.facts["content"] == told.content:
        return None
    if placed.changed_at and story.event.changed_at and story.event.changed_at <= placed.changed_at:
        return None
    return _ask(story, Reason.CHANGED, order, told.content)


def _ask(story: Story, reason: Reason, order: Order, about: str | int, **facts: object) -> Outcome:
    """Ask a person, unless they were asked just this before."""
    if story.asked_before(reason, about):
        return taken(Reason.NOTHING_NEW, order)
    return parked(reason, order, about=about, **facts)
