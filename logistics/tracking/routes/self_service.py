"""What a customer who knows a second fact does by themselves: confirm a receipt, miss a parcel, correct the address."""

from typing import Any

from flask import Response, flash, make_response, redirect, render_template, url_for
from sqlalchemy.orm import Session

from logistics.core.actors import CUSTOMER
from logistics.core.address_forms import AddressForm
from logistics.core.countries import country_name
from logistics.core.database import session
from logistics.core.keys import writes_once
from logistics.core.language import _
from logistics.core.limits import count_try
from logistics.core.refusals import IllegalMove, Invalid
from logistics.orders.models import Order
from logistics.orders.readdressing import correct_address
from logistics.tracking.confirming import confirm_receipt
from logistics.tracking.disputing import dispute
from logistics.tracking.forms import ParcelForm, ProblemForm
from logistics.tracking.models import EventSource
from logistics.tracking.public_queries import find_parcel, public_order
from logistics.tracking.routes.blueprint import bp
from logistics.tracking.routes.visiting import Visit, for_customers

CHANGES = "20/hour"


@bp.get("/track/<token>/receipt")
@for_customers
def new_receipt(visit: Visit) -> Response:
    """Ask whether it has come."""
    return _receipt(visit, session())


@bp.post("/track/<token>/receipt")
@for_customers
def create_receipt(visit: Visit) -> Response:
    """Note that a parcel has come."""
    _count(visit)
    return _create_receipt(visit)


@bp.get("/track/<token>/problem")
@for_customers
def new_problem(visit: Visit) -> Response:
    """Ask which delivered parcel did not come."""
    return _problem(visit, session(), ProblemForm(formdata=None))


@bp.post("/track/<token>/problem")
@for_customers
def create_problem(visit: Visit) -> Response:
    """Note that a delivered parcel did not come (T14): somebody looks into it."""
    _count(visit)
    return _create_problem(visit)


@bp.get("/track/<token>/address")
@for_customers
def new_address(visit: Visit) -> Response:
    """Ask for the whole address anew: the one there is, is not shown."""
    return _address(visit, session(), AddressForm(formdata=None))


@bp.post("/track/<token>/address")
@for_customers
def update_address(visit: Visit) -> Response:
    """Send the order to another address (T10)."""
    _count(visit)
    return _update_address(visit)


@writes_once
def _create_receipt(session: Session, visit: Visit) -> Response:
    reference = _parcel(session, visit, ParcelForm())
    if reference is None:
        return _receipt(visit, session, status=422)
    confirm_receipt(session, reference=reference, by=CUSTOMER)
    return _back(visit, _("Thank you. We have noted that it has come."))


@writes_once
def _create_problem(session: Session, visit: Visit) -> Response:
    form = ProblemForm()
    reference = _parcel(session, visit, form) if form.validate() else None
    if reference is None:
        return _problem(visit, session, form, status=422)
    dispute(session, reference=reference, reason=form.note.data or "", source=EventSource.CUSTOMER, by=CUSTOMER)
    return _back(visit, _("Thank you. We look into it and write to you."))


@writes_once
def _update_address(session: Session, visit: Visit) -> Response:
    form = AddressForm()
    told = public_order(session, visit.order_id, knows=True)
    if not told.can_readdress:
        raise IllegalMove(_("Your order is packed already, so its address cannot be changed any more. Write to us."))
    if form.validate():
        try:
            correct_address(session, number=visit.number, address=form.address_in(_country(session, visit)), by=CUSTOMER)
            return _back(visit, _("The address is corrected."))
        except Invalid as refusal:
            session.rollback()
            form.add_errors(refusal)
    return _address(visit, session, form, status=422)


def _parcel(session: Session, visit: Visit, form: Any) -> str | None:
    """The reference of the parcel that was chosen."""
    return find_parcel(session, visit.order_id, form.parcel.data or 0)


def _receipt(visit: Visit, session: Session, *, status: int = 200) -> Response:
    told = public_order(session, visit.order_id, knows=True)
    return make_response(render_template("tracking/receipt.html", visit=visit, order=told, form=ParcelForm(formdata=None)), status)


def _problem(visit: Visit, session: Session, form: ProblemForm, *, status: int = 200) -> Response:
    told = public_order(session, visit.order_id, knows=True)
    return make_response(render_template("tracking/problem.html", visit=visit, order=told, form=form), status)


def _address(visit: Visit, session: Session, form: AddressForm, *, status: int = 200) -> Response:
    told = public_order(session, visit.order_id, knows=True)
    country = country_name(_country(session, visit))
    return make_response(render_template("tracking/address.html", visit=visit, order=told, form=form, country=country), status)


def _country(session: Session, visit: Visit) -> str:
    return session.get_one(Order, visit.order_id).country


def _count(visit: Visit) -> None:
    session().rollback()
    count_try(CHANGES, "track changes", visit.number)


def _back(visit: Visit, message: str) -> Response:
    flash(message, "success")
    return make_response(redirect(url_for(".show_public", token=visit.token), 303))
