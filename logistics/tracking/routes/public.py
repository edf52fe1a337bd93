"""What the customer sees of their order on its way, and paying for it."""

from typing import Any

from flask import Response, make_response, redirect, render_template, request, url_for
from sqlalchemy import select

from logistics.core import clock, jobs
from logistics.core.actors import CUSTOMER
from logistics.core.config import settings
from logistics.core.database import session
from logistics.core.limits import count_try
from logistics.core.refusals import IllegalMove
from logistics.core.transactions import in_transaction
from logistics.orders.card_tasks import settle_cards
from logistics.orders.charging import customer_of, make_page
from logistics.orders.models import Order
from logistics.payments.attempting import PaymentInFlight
from logistics.payments.by_card import CardsNotOffered
from logistics.tracking import public_queries
from logistics.tracking.arriving import say_arrival, say_promise
from logistics.tracking.disclosing import PublicOrder
from logistics.tracking.routes.blueprint import bp
from logistics.tracking.routes.visiting import Visit, for_visitors, nothing_here
from logistics.tracking.telling import advise, say, steps
from logistics.tracking.timeline import local_hour, local_time

PAYMENTS = "10/minute"


@bp.get("/track/<token>")
@for_visitors
def show_public(visit: Visit) -> Response:
    """Where is my order: for its customer, without a sign-in. It asks again by itself while it is looked at."""
    returned = "returned" in request.args
    tag = public_queries.public_tag(session(), visit.order_id, knows=visit.knows) + ("-returned" if returned else "")
    if request.if_none_match.contains(tag):
        answer = Response(status=304)
    else:
        told = public_queries.public_order(session(), visit.order_id, knows=visit.knows)
        answer = make_response(render_template("tracking/public.html", token=visit.token, tag=tag, returned=returned, **_words(told)))
    answer.set_etag(tag)
    answer.headers["X-Checked"] = local_hour(clock.now(), settings().timezone)
    return answer


@bp.get("/track/<token>/photos/<name>")
@for_visitors
def show_public_photo(visit: Visit, name: str) -> Response:
    """The photo of a delivery, for who knows a second fact."""
    photo = public_queries.find_photo(session(), visit.order_id, name) if visit.knows else None
    if photo is None:
        return nothing_here()
    return Response(photo, content_type="image/jpeg", headers={"Content-Disposition": "inline"})


@bp.post("/track/<token>/payment")
@for_visitors
def create_card_payment(visit: Visit) -> Response:
    """Pay by card: to the provider's page. Begin, call, finish: no transaction around the call."""
    whom = customer_of(session().scalars(select(Order).where(Order.id == visit.order_id)).one())
    _count_payment(visit.number)
    try:
        address = make_page(number=visit.number, whom=whom, by=CUSTOMER)
    except (IllegalMove, PaymentInFlight, CardsNotOffered):
        return make_response(redirect(url_for(".show_public", token=visit.token), 303))  # it says how the order stands
    answer = make_response(render_template("tracking/pay.html", address=address, back=url_for(".show_public", token=visit.token)))
    if address:
        # No redirect: the policy of our pages lets forms lead nowhere else.
        answer.headers["Refresh"] = f"0; url={address}"
    return answer


@bp.get("/track/<token>/payment")
@for_visitors
def show_card_payment(visit: Visit) -> Response:
    """The customer comes back from the provider's page: the worker asks how it went, and their page shows it."""
    order_id = visit.order_id
    _count_payment(visit.number)
    in_transaction(lambda session: jobs.enqueue(session, settle_cards, lock=f"cards {order_id}", order_id=order_id, now=True))
    return make_response(redirect(url_for(".show_public", token=visit.token, returned=""), 303))


def _words(order: PublicOrder) -> dict[str, Any]:
    """An order with all that is said of it."""
    said = {"sentence": say(order), "advice": advise(order), "steps": steps(order), "contact": settings().mail_from}
    ways = {"local_time": local_time, "say_arrival": say_arrival, "say_promise": say_promise}
    return {"order": order, "checked": local_hour(clock.now(), settings().timezone), **said, **ways}


def _count_payment(number: str) -> None:
    session().rollback()
    count_try(PAYMENTS, "card payment", number)
