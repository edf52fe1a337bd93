"""What is done to an order from its page: assigning what is in no shipment yet."""

from flask import Response, url_for
from sqlalchemy.orm import Session

from logistics.core.actors import current_actor, needs
from logistics.core.language import _, ngettext
from logistics.core.pages import done
from logistics.core.transactions import writes
from logistics.fulfilment import queries
from logistics.fulfilment.assigning import assign
from logistics.fulfilment.routes.blueprint import bp
from logistics.orders.queries import find_order


@bp.post("/orders/<number>/assignment")
@needs("shipments.work")
@writes
def create_assignment(session: Session, number: str) -> Response:
    """Make shipments of what is promised and in none yet."""
    order = find_order(session, number)
    made = assign(session, order_id=order.id, by=current_actor())
    said = ngettext("%(num)d shipment is ready to pick.", "%(num)d shipments are ready to pick.", len(made)) if made else _("Everything is assigned.")
    answer = done(
        to=url_for("orders.show_order", number=order.number),
        partial="fulfilment/_order_panel.html",
        message=said,
        panel=queries.order_panel(session, order),
    )
    answer.headers["HX-Trigger"] = "seen"  # what else the page shows of the order looks again
    return answer
