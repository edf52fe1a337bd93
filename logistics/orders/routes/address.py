"""Correcting where an order goes, for staff: from its page, as long as nothing of it is packed."""

from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from logistics.core.actors import current_actor, needs
from logistics.core.countries import country_name
from logistics.core.database import session
from logistics.core.htmx import asks_for_part
from logistics.core.language import _
from logistics.core.pages import page
from logistics.core.refusals import Invalid, Stale
from logistics.core.transactions import writes
from logistics.orders import queries
from logistics.orders.forms import AddressForm
from logistics.orders.models import Order
from logistics.orders.readdressing import correct_address, mark_of
from logistics.orders.routes.blueprint import bp
from logistics.orders.routes.order_page import answer_change


@bp.get("/<number>/address")
@needs("orders.write")
def new_address(number: str) -> Response:
    """The address as it is, to be corrected: in the dialog, or a page of its own."""
    order = queries.find_order(session(), number)
    return _ask(order, AddressForm.of(order))


@bp.post("/<number>/address")
@needs("orders.write")
@writes
def update_address(session: Session, number: str) -> Response:
    """Send the order there (T10); a save that comes too late shows what is there now beside what was typed."""
    order, form = queries.find_order(session, number), AddressForm()
    if not form.validate():
        return _ask(order, form, 422)
    try:
        address = form.address_in(order.country)
        correct_address(session, number=order.number, address=address, by=current_actor(), seen=form.seen.data or "")
    except Invalid as refusal:
        session.rollback()
        form.add_errors(refusal)
        return _ask(queries.find_order(session, number), form, refusal.status)
    except Stale as refusal:
        session.rollback()
        return _compare(queries.find_order(session, number), form, refusal.status)
    return answer_change(session, number, _("The address is corrected."))


def _compare(order: Order, form: AddressForm, status: int) -> Response:
    differences = form.differences(order)
    form.seen.typed = mark_of(order.address)
    return _ask(order, form, status, differences=differences)


def _ask(order: Order, form: AddressForm, status: int = 200, **more: Any) -> Response:
    given = {"differences": [], "country": country_name(order.country), **more}
    answer = page("orders/address.html", fragment="address_form", status=status, order=order, form=form, in_part=asks_for_part(), **given)
    if status >= 400 and asks_for_part():
        answer.headers["HX-Retarget"], answer.headers["HX-Reswap"] = "#asked", "innerHTML"
    return answer
