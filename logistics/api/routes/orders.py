"""Orders: placed and read by programs, put on hold, taken back."""

from collections.abc import Callable

from flask import Response, url_for
from sqlalchemy.orm import Session

from logistics.api.document import documented
from logistics.api.paying import take_money
from logistics.api.queries import orders as queries
from logistics.api.representing import order_answer, refund_answer
from logistics.api.reversing import give_back, take_back
from logistics.api.routes.blueprint import bp
from logistics.api.routes.guarding import GoOn, answer, caller, reads, scope, writes_json
from logistics.api.schemas.money import MoneyBody, RefundAnswer, RefundBody
from logistics.api.schemas.orders import CancellationBody, HoldBody, OrderAnswer, OrderBody, OrderPage, OrderQuery
from logistics.api.taking import check_card, take_order
from logistics.core.config import settings
from logistics.core.database import session
from logistics.core.transactions import writes
from logistics.orders.charging import begin_card, customer_of
from logistics.orders.holding import hold, resume
from logistics.orders.lifecycle import open_order
from logistics.orders.models import Order
from logistics.orders.paying import is_paid
from logistics.orders.placing import AlreadyPlaced
from logistics.payments.models import Method
from logistics.payments.queries import refundable_amount


@bp.post("/api/v1/orders")
@documented("Orders", {201: OrderAnswer, 200: OrderAnswer})
@scope("orders")
@writes_json(OrderBody, once_more_after=AlreadyPlaced)
def create_order(session: Session, body: OrderBody) -> Response | GoOn:
    """Place an order: all of it, with its stock reserved, or nothing.

    With an `external_id` that the channel has sent before, nothing is written: 200 with the order it became where this asks for the
    same, else 409 `already_placed` with its number.

    Too little stock is 409 `insufficient_stock`, too little balance 409 `insufficient_balance`. A card
    that is declined is 201 all the same: the order is unpaid, its payment `failed`.
    """
    order, is_new = take_order(session, body, caller=caller())
    if is_new and body.payment and body.payment.method == Method.CARD:
        return _charge(session, order, body.payment.card_token or "", _placed)
    return _placed(session, order) if is_new else _told(session, order, Location=url_for(".show_order", number=order.number))


@bp.get("/api/v1/orders")
@documented("Orders", {200: OrderPage})
@scope("orders")
@reads(OrderQuery)
def list_orders(query: OrderQuery) -> Response:
    """The channel's orders, the newest first."""
    found = queries.find_orders(session(), caller().channel_id, query, timezone=settings().timezone)
    belongings = queries.find_belongings(session(), found.rows)
    return answer(OrderPage(items=[order_answer(order, belongings) for order in found.rows], next=found.next))


@bp.get("/api/v1/orders/<number>")
@documented("Orders", {200: OrderAnswer})
@scope("orders")
def show_order(number: str) -> Response:
    """One order of the channel. Another channel's is not found."""
    return _told(session(), queries.find_order(session(), caller().channel_id, number))


@bp.post("/api/v1/orders/<number>/hold")
@documented("Orders", {200: OrderAnswer})
@scope("orders")
@writes_json(HoldBody)
def create_hold(session: Session, body: HoldBody, number: str) -> Response:
    """Let an order wait: nothing of it leaves, and it does not expire, until it is resumed."""
    order = queries.find_order(session, caller().channel_id, number)
    return _told(session, hold(session, number=order.number, reason=body.reason, note=body.note or "", by=caller().actor))


@bp.delete("/api/v1/orders/<number>/hold")
@documented("Orders", {200: OrderAnswer})
@scope("orders")
@writes
def destroy_hold(session: Session, number: str) -> Response:
    """Let a held order go on. One that is not held stays as it is."""
    order = queries.find_order(session, caller().channel_id, number)
    return _told(session, resume(session, number=order.number, by=caller().actor))


@bp.post("/api/v1/orders/<number>/payment")
@documented("Orders", {200: OrderAnswer})
@scope("orders")
@writes_json(MoneyBody)
def create_payment(session: Session, body: MoneyBody, number: str) -> Response | GoOn:
    """Pay an order. More than is open stays on it as a surplus; money for a cancelled order goes on to the customer's account.

    What was paid before stays as it is. Too little balance is 409 `insufficient_balance`; a cancelled order takes no card and no balance:
    409 `illegal_move`.
    """
    order = queries.find_order(session, caller().channel_id, number)
    if body.method == Method.CARD:
        check_card(body.card_token or "", by_card=True)
        return _charge(session, open_order(session, order.id), body.card_token or "", _told)
    return _told(session, take_money(session, order, body, by=caller().actor))


@bp.post("/api/v1/orders/<number>/cancellation")
@documented("Orders", {200: OrderAnswer})
@scope("orders")
@writes_json(CancellationBody)
def create_cancellation(session: Session, body: CancellationBody, number: str) -> Response:
    """Take an order back, or the units named in `lines`: their stock is free again, what was paid for them goes back.

    What was paid from the balance or by transfer is on the customer's balance at once. Without `lines` all of it is cancelled; when a part
    was shipped, all the rest. An order that is cancelled already stays so. What is picked is 403 `already_picked`, what was shipped 409
    `illegal_move`, and 409 `payment_in_flight` while a card payment of it is worked on.
    """
    order = queries.find_order(session, caller().channel_id, number)
    return _told(session, take_back(session, order, body, caller=caller()))


@bp.post("/api/v1/orders/<number>/refunds")
@documented("Orders", {201: RefundAnswer})
@scope("orders")
@writes_json(RefundBody)
def create_refund(session: Session, body: RefundBody, number: str) -> Response:
    """Give money of an order back, the way it was paid; balance and transfers go to the customer's balance. Not for goods: cancel those.

    All programs together give back up to 200 whole units of its currency of one order in 24 hours: more is 403 `over_refund_limit` with
    `limit` and `given` in minor units. Where nothing was taken it is 409 `illegal_move`, for more than was taken 422.
    """
    order = queries.find_order(session, caller().channel_id, number)
    given = give_back(session, order, body, caller=caller())
    return answer(refund_answer(order, given, refundable=refundable_amount(session, order.id)), 201)


def _charge(session: Session, order: Order, token: str, tell: Callable[[Session, Order], Response]) -> Response | GoOn:
    """Authorise what is open of an order by a token, or without one have a page made to pay on (`payment.pay_url`)."""
    open_order(session, order.id)
    if is_paid(order):
        return tell(session, order)
    question = begin_card(session, order, token=token, whom=customer_of(order), by=caller().actor)
    channel, number = caller().channel_id, order.number
    return GoOn(tell(session, order), question, lambda later: tell(later, queries.find_order(later, channel, number)))


def _placed(session: Session, order: Order) -> Response:
    return _told(session, order, 201, Location=url_for(".show_order", number=order.number))


def _told(session: Session, order: Order, status: int = 200, **headers: str) -> Response:
    return answer(order_answer(order, queries.find_belongings(session, [order])), status, **headers)
