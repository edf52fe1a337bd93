"""What the warehouse does to many orders of the list at once: assigning them, and printing their papers."""

from flask import Response, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from logistics.core.actors import current_actor, needs
from logistics.core.bulk import do_each
from logistics.core.database import session
from logistics.core.forms import Form
from logistics.core.language import _, current_locale, each_in_its_language, ngettext
from logistics.core.pages import done, page
from logistics.core.refusals import IllegalMove
from logistics.fulfilment.assigning import assign
from logistics.fulfilment.queries import count_unassigned
from logistics.fulfilment.routes.blueprint import bp
from logistics.fulfilment.sheet_queries import STATES, find_sheets
from logistics.orders.lifecycle import open_order
from logistics.orders.models import OrderStatus
from logistics.orders.queries import id_of
from logistics.orders.selecting import read_numbers


@bp.post("/orders/assignments")
@needs("shipments.work")
def create_assignments() -> Response:
    """Make shipments of what is promised to the ticked orders; those that are assigned already stay as they are."""
    outcomes = do_each(read_numbers(request.form.getlist("order")), _assign)
    answer = page(
        "orders/report.html",
        fragment="report",
        outcomes=outcomes,
        said=lambda count: ngettext("%(num)s order is ready to pick.", "%(num)s orders are ready to pick.", count),
        action=url_for("fulfilment.create_assignments"),
        fields={},
        again=Form(formdata=None),
    )
    answer.headers["HX-Trigger"] = "seen"
    return answer


@bp.get("/fulfilment/sheets")
@needs("shipments.work")
def show_sheets() -> str | AnyResponse:
    """The papers of the orders named by `order`, one after the other: `what` is slips (in the language of each order) or lists (to pick by)."""
    what, ticked = request.args.get("what", ""), request.args.getlist("order")
    if what not in STATES or not ticked:
        return done(to=url_for("orders.list_orders"), message=_("Tick orders in the list first, then choose what to do with them."))
    found = find_sheets(session(), read_numbers(ticked), what)
    here = current_locale()
    sheets = each_in_its_language(found, lambda sheet: sheet.shipment.order.language if what == "slips" else here)
    return render_template("fulfilment/sheets.html", what=what, sheets=sheets, count=len(found))


def _assign(session: Session, number: str) -> bool:
    order = open_order(session, id_of(session, number))
    if order.status == OrderStatus.UNPAID:
        raise IllegalMove(_("It is not paid yet."))
    if order.status == OrderStatus.CANCELLED:
        raise IllegalMove(_("It is cancelled."))
    made = assign(session, order_id=order.id, by=current_actor())
    _promised, waiting = count_unassigned(session, order)
    if waiting and not made:
        raise IllegalMove(_("Goods of this order wait for stock."))
    return bool(made)
