"""An order of a shop that we do not have yet: placed, or parked with the reason why it cannot be."""

from dataclasses import replace

from sqlalchemy import BigInteger, any_, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from logistics.catalog.models import Product
from logistics.core.actors import Actor
from logistics.core.refusals import Invalid
from logistics.customers.crediting import InsufficientBalance
from logistics.inventory.reserving import OutOfStock
from logistics.orders.models import Channel, Order
from logistics.orders.placing import place, place_for_somebody_new
from logistics.shops.models import InboxEvent, InboxState, Reason
from logistics.shops.outcomes import Outcome, Story, ignored, is_newer, parked, taken
from logistics.shops.shop_orders import ShopOrder
from logistics.shops.translating import NOBODY, Translation, code_of, translate

# What a person may take all the same.
ACCEPTING = (Reason.TEST_ORDER, Reason.ALREADY_FULFILLED, Reason.REOPENED)


def start(session: Session, story: Story, channel: Channel, *, by: Actor) -> Outcome | Order:
    """Place the order if it can be: the order (its money is the caller's), or what becomes of the event instead.

    Takes the locks of place. Raises AlreadyPlaced when the order came in by another way in this moment.
    """
    order = story.news.order
    if story.is_cancelled or (order and order.is_refunded):
        return taken(Reason.CANCELLED_BEFORE)
    if order is None:
        return parked(Reason.ORDER_UNKNOWN)
    if outcome := _not_to_be_placed(story, order) or _doubtful(story, order):
        return outcome
    if story.is_overtaken:
        # What was promised may have been taken back since.
        order = replace(order, authorised=0)
    translation = translate(session, channel, order, story.event.external_id, story.event.corrections)
    return _incomplete(translation, order) or _try(session, translation, by)


def _not_to_be_placed(story: Story, order: ShopOrder) -> Outcome | None:
    if order.is_draft:
        return ignored(Reason.NOT_PLACED_YET)
    if order.lines and not order.goods:
        return ignored(Reason.NOTHING_TO_SHIP)
    if any(_was_discarded(other) for other in story.others):
        return taken(Reason.DISCARDED_BEFORE)
    if any(is_newer(other, story.event) and _waits_for_placing(other) for other in story.others):
        return taken(Reason.SUPERSEDED)
    return None


def _waits_for_placing(event: InboxEvent) -> bool:
    return event.state in (InboxState.PARKED, InboxState.WAITING) and event.order_id is None


def _was_discarded(event: InboxEvent) -> bool:
    return event.state == InboxState.DISCARDED and event.order_id is None and event.reason != Reason.ORDER_UNKNOWN


def _doubtful(story: Story, order: ShopOrder) -> Outcome | None:
    """What is placed only once a person has said so."""
    if story.event.corrections.get("accepted"):
        return None
    if story.is_reopened:
        return parked(Reason.REOPENED)
    if order.is_test:
        return parked(Reason.TEST_ORDER)
    return parked(Reason.ALREADY_FULFILLED) if order.is_fulfilled else None


def _incomplete(translation: Translation, order: ShopOrder) -> Outcome | None:
    if translation.unknown:
        rows = [{"row": line.row, "kind": code_of(line)[0].value, "code": code_of(line)[1], "sku": line.sku} for line in translation.unknown]
        return parked(Reason.UNKNOWN_PRODUCT, unknown=rows)
    if order.total is not None and (order.reckoned != order.total or order.charges < 0):
        return parked(Reason.TOTALS_DIFFER, theirs=order.total, ours=order.reckoned, charges=order.charges, currency=order.currency)
    return None


def _try(session: Session, translation: Translation, by: Actor) -> Outcome | Order:
    try:
        # What a refusal leaves behind half done goes; the event stays, with the reason.
        with session.begin_nested():
            if translation.request.customer_id == NOBODY:
                return place_for_somebody_new(session, translation.request, details=translation.details, by=by)
            return place(session, translation.request, by=by)
    except OutOfStock as refusal:
        return parked(Reason.OUT_OF_STOCK, missing=_missing(session, refusal))
    except InsufficientBalance as refusal:
        return parked(Reason.INSUFFICIENT_BALANCE, **refusal.facts)
    except Invalid as refusal:
        return parked(Reason.INVALID, fields=[[error.pointer, error.code] for error in refusal.errors])


def _missing(session: Session, refusal: OutOfStock) -> list[list[object]]:
    """SKU and units short, of each product."""
    short = Product.id == any_(literal(list(refusal.missing), ARRAY(BigInteger)))
    skus = session.execute(select(Product.id, Product.sku).where(short).order_by(Product.sku))
    return [[sku, refusal.missing[product_id]] for product_id, sku in skus]
