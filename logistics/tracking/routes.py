"""Pages about parcels on their way: what staff record, and what the customer sees."""

from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from logistics.core import jobs
from logistics.core.actors import CUSTOMER, current_actor, needs
from logistics.core.config import settings
from logistics.core.database import session
from logistics.core.htmx import asks_for_part
from logistics.core.keys import writes_once
from logistics.core.language import _
from logistics.core.limits import count_try
from logistics.core.pages import done, page
from logistics.core.refusals import IllegalMove, Invalid, NotFound
from logistics.core.transactions import in_transaction
from logistics.fulfilment.models import Shipment
from logistics.fulfilment.queries import find_shipment
from logistics.orders.card_tasks import settle_cards
from logistics.orders.charging import customer_of, make_page
from logistics.orders.models import Order
from logistics.payments.attempting import PaymentInFlight
from logistics.payments.by_card import CardsNotOffered
from logistics.tracking import queries
from logistics.tracking.forms import DeliveryForm, EventForm
from logistics.tracking.models import ProofKind
from logistics.tracking.recording import record, record_delivery
from logistics.tracking.telling import advise, say, steps
from logistics.tracking.timeline import local_time
from logistics.tracking.tokens import find_by_token

bp = Blueprint("tracking", __name__)
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


@bp.get("/shipments/<reference>/tracking-events/new")
@needs("tracking.record")
def new_event(reference: str) -> Response:
    """The form for what a carrier said."""
    return _form("tracking/new_event.html", find_shipment(session(), reference), EventForm.of_now(settings().timezone))


@bp.post("/shipments/<reference>/tracking-events")
@needs("tracking.record")
@writes_once
def create_event(session: Session, reference: str) -> Response:
    """Keep what a carrier said."""
    shipment, form = find_shipment(session, reference), EventForm()
    if not form.validate():
        return _form("tracking/new_event.html", shipment, form, status=422)
    record(session, reference=shipment.reference, report=form.report, by=current_actor())
    return _changed(session, shipment, _("The event is recorded."))


@bp.get("/shipments/<reference>/delivery/new")
@needs("tracking.record")
def new_delivery(reference: str) -> Response:
    """The form for who took the parcel in."""
    return _form("tracking/new_delivery.html", find_shipment(session(), reference), DeliveryForm.of_now(settings().timezone))


@bp.post("/shipments/<reference>/delivery")
@needs("tracking.record")
@writes_once
def create_delivery(session: Session, reference: str) -> Response:
    """Note that the parcel was delivered, and who signed."""
    shipment, form = find_shipment(session, reference), DeliveryForm()
    if not form.validate():
        return _form("tracking/new_delivery.html", shipment, form, status=422)
    signer, kind, by = form.signer.data or "", ProofKind(form.kind.data), current_actor()
    try:
        record_delivery(session, reference=shipment.reference, signer=signer, kind=kind, occurred_at=form.moment, by=by)
    except Invalid as refusal:
        session.rollback()
        form.add_errors(refusal)
        return _form("tracking/new_delivery.html", find_shipment(session, reference), form, status=refusal.status)
    return _changed(session, shipment, _("Shipment %(reference)s is delivered.", reference=shipment.reference))


def _form(template: str, shipment: Shipment, form: Any, *, status: int = 200) -> Response:
    return page(template, fragment="tracking_form", status=status, shipment=shipment, form=form, in_part=asks_for_part())


def _changed(session: Session, shipment: Shipment, message: str) -> Response:
    answer = done(
        to=url_for("fulfilment.show_shipment", reference=shipment.reference),
        partial="tracking/_order_panel.html",
        message=message,
        panel=queries.order_panel(session, shipment.order),
    )
    # The panel takes the place of the panel, not of the form in it; what else the page shows of the order looks again.
    answer.headers.update({"HX-Retarget": "#tracking", "HX-Reswap": "outerMorph", "HX-Trigger": "seen"})
    return answer


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
