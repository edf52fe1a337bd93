"""What the customer sees of their order on its way."""

from flask import Response, make_response, redirect, render_template, request, url_for

from logistics.core import jobs
from logistics.core.actors import CUSTOMER
from logistics.core.config import settings
from logistics.core.database import session
from logistics.core.limits import count_try
from logistics.core.refusals import IllegalMove, NotFound
from logistics.core.transactions import in_transaction
from logistics.orders.card_tasks import settle_cards
from logistics.orders.charging import customer_of, make_page
from logistics.orders.models import Order
from logistics.payments.attempting import PaymentInFlight
from logistics.payments.by_card import CardsNotOffered
from logistics.tracking import queries
from logistics.tracking.routes.blueprint import bp
from logistics.tracking.telling import advise, say, steps
from logistics.tracking.timeline import local_time
from logistics.tracking.tokens import find_by_token

MISSES = "10/minute"
PAYMENTS = "10/minute"


@bp.get("/track/<token>")
def show_public(token: str) -> Response:
    """Where is my order: for its customer, without a sign-in. It asks again by itself while it is looked at."""
    order = _find_order(token)
    if order is None:
        return _public(make_response(render_template("tracking/no_parcel.html"), 404))
    returned = "returned" in request.args and order.can_pay
    tag = queries.public_tag(session(), order) + ("-returned" if returned else "")
    if request.if_none_match.contains(tag):
        answer = Response(status=304)
    else:
        told = queries.public_order(session(), order)
        context = {"order": told, "sentence": say(told), "advice": advise(told), "steps": steps(told), "local_time": local_time}
        context |= {"action": url_for(".create_card_payment", token=token), "returned": returned}
        answer = make_response(render_template("tracking/public.html", **context))
    answer.set_etag(tag)
    return _public(answer)


@bp.post("/track/<token>/payment")
def create_card_payment(token: str) -> Response:
    """Pay by card: to the provider's page. Begin, call, finish: no transaction around the call."""
    order = _find_order(token)
    if order is None:
        return _public(make_response(render_template("tracking/no_parcel.html"), 404))
    number, whom = order.number, customer_of(order)
    _count_payment(number)
    try:
        address = make_page(number=number, whom=whom, by=CUSTOMER)
    except (IllegalMove, PaymentInFlight, CardsNotOffered):
        return _public(make_response(redirect(url_for(".show_public", token=token), 303)))  # it says how the order stands
    answer = make_response(render_template("tracking/pay.html", address=address, back=url_for(".show_public", token=token)))
    if address:
        # No redirect: the policy of our pages lets forms lead nowhere else.
        answer.headers["Refresh"] = f"0; url={address}"
    return _public(answer)


@bp.get("/track/<token>/payment")
def show_card_payment(token: str) -> Response:
    """The customer comes back from the provider's page: the worker asks how it went, and their page shows it."""
    order = _find_order(token)
    if order is None:
        return _public(make_response(render_template("tracking/no_parcel.html"), 404))
    number, order_id = order.number, order.id
    _count_payment(number)
    in_transaction(lambda session: jobs.enqueue(session, settle_cards, lock=f"cards {order_id}", order_id=order_id, now=True))
    return _public(make_response(redirect(url_for(".show_public", token=token, returned=""), 303)))


def _find_order(token: str) -> Order | None:
    """The order of a token; None for a wrong one, which counts."""
    try:
        return find_by_token(session(), token, secret=settings().secret_key)
    except NotFound:
        # The count is a transaction of its own: holding this one's connection meanwhile, as many strangers as threads would wait for each other.
        session().rollback()
        count_try(MISSES, "track", request.remote_addr or "")
        return None


def _count_payment(number: str) -> None:
    session().rollback()
    count_try(PAYMENTS, "card payment", number)


def _public(answer: Response) -> Response:
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer
