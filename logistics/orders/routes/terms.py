"""Letting an order leave before it is paid."""

from flask import Response
from sqlalchemy.orm import Session

from logistics.core.actors import current_actor, needs
from logistics.core.language import _
from logistics.core.transactions import writes
from logistics.orders import queries
from logistics.orders.paying import approve_terms
from logistics.orders.routes.blueprint import bp
from logistics.orders.routes.order_page import answer_change


@bp.post("/<number>/terms")
@needs("money.approve_terms")
@writes
def create_terms(session: Session, number: str) -> Response:
    """Put all that is open on the customer's credit (T5)."""
    order = queries.find_order(session, number)
    approve_terms(session, number=order.number, by=current_actor())
    return answer_change(session, number, _("Order %(number)s leaves on terms.", number=order.number))
