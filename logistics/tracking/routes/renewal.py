"""What staff do about a customer's link: another one, where the first went astray."""

from flask import Response, url_for
from sqlalchemy.orm import Session

from logistics.core.actors import current_actor, needs
from logistics.core.language import _
from logistics.core.pages import done
from logistics.core.transactions import writes
from logistics.orders.linking import renew_link
from logistics.orders.queries import find_order
from logistics.tracking import queries
from logistics.tracking.routes.blueprint import bp


@bp.post("/orders/<number>/link")
@needs("tracking.renew_link")
@writes
def create_link(session: Session, number: str) -> Response:
    """Give the customer's page another link; the one before shows nothing any more."""
    order = renew_link(session, number=find_order(session, number).number, by=current_actor())
    message = _("The customer’s page has a new link. Send it to the customer: the old one shows nothing any more.")
    here = url_for("orders.show_order", number=order.number)
    return done(to=here, partial="tracking/_order_panel.html", message=message, panel=queries.order_panel(session, order))
