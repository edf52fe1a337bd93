"""Paying by card, from an order's page: the page of the provider is made and its link shown, or sent to the customer."""

from flask import Response
from sqlalchemy.orm import Session

from logistics.core.actors import current_actor, needs
from logistics.core.database import session
from logistics.core.language import _
from logistics.core.transactions import writes
from logistics.orders import queries
from logistics.orders.charging import customer_of, make_page
from logistics.orders.requesting import request_payment
from logistics.orders.routes.blueprint import bp
from logistics.orders.routes.order_page import answer_change


@bp.post("/<number>/payment-page")
@needs("orders.write")
def create_payment_page(number: str) -> Response:
    """Have the provider make a page to pay on, or find the one that stands. Begin, call, finish: no transaction around the call."""
    order = queries.find_order(session(), number)
    address = make_page(number=order.number, whom=customer_of(order), by=current_actor())
    made, silent = _("The customer can pay on this page now."), _("The provider has not answered yet. It is being settled: look again in a minute.")
    return answer_change(session(), number, made if address else silent)


@bp.post("/<number>/payment-message")
@needs("orders.write")
@writes
def create_payment_message(session: Session, number: str) -> Response:
    """Ask the customer by e-mail to pay by card, by the link to their own page. Once told they are not told again."""
    order = queries.find_order(session, number)
    request_payment(session, number=order.number, by=current_actor())
    return answer_change(session, number, _("The customer is asked by e-mail to pay."))
