"""What lets an order wait, from its page: holding it, letting it go on, giving it more time to be paid."""

from flask import Response
from sqlalchemy.orm import Session

from logistics.core.actors import current_actor, needs
from logistics.core.config import settings
from logistics.core.language import _
from logistics.core.pages import page
from logistics.core.refusals import Invalid
from logistics.core.transactions import writes
from logistics.orders import queries
from logistics.orders.expiring import extend
from logistics.orders.forms import DeadlineForm, HoldForm
from logistics.orders.holding import hold, resume
from logistics.orders.models import HoldReason
from logistics.orders.routes.blueprint import bp
from logistics.orders.routes.order_page import answer_change, context_of


@bp.post("/<number>/hold")
@needs("orders.hold")
@writes
def create_hold(session: Session, number: str) -> Response:
    """Put it on hold: nothing of it leaves, its stock stays reserved, its time to pay stands still."""
    order, form = queries.find_order(session, number), HoldForm()
    if not form.validate():
        raise Invalid(_("Say why the order is put on hold, in at most 500 characters."))
    hold(session, number=order.number, reason=HoldReason(form.reason.data), note=form.note.data or "", by=current_actor())
    return answer_change(session, number, _("Order %(number)s is on hold.", number=order.number))


@bp.post("/<number>/hold/resumption")
@needs("orders.hold")
@writes
def create_resumption(session: Session, number: str) -> Response:
    """Let it go on."""
    order = queries.find_order(session, number)
    resume(session, number=order.number, by=current_actor())
    return answer_change(session, number, _("Order %(number)s goes on.", number=order.number))


@bp.post("/<number>/deadline")
@needs("orders.write")
@writes
def update_deadline(session: Session, number: str) -> Response:
    """Let it keep its stock until the end of a later day."""
    order, form = queries.find_order(session, number), DeadlineForm()
    if form.validate():
        try:
            extend(session, number=order.number, until=form.moment(settings().timezone), by=current_actor())
            return answer_change(session, number, _("The order has more time to be paid."))
        except Invalid as refusal:
            form.add_errors(refusal)
    session.rollback()
    order = queries.find_order(session, number)
    return page("orders/order.html", fragment="order", status=422, **context_of(session, order, deadline_form=form))
