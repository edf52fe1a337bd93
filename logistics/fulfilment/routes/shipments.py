"""One shipment, and the work on it: picking, packing, dispatch."""

from typing import Any

from flask import Response, make_response, render_template, request, url_for
from sqlalchemy.orm import Session

from logistics.core.actors import current_actor, needs
from logistics.core.database import session
from logistics.core.htmx import vary
from logistics.core.keys import writes_once
from logistics.core.language import _
from logistics.core.pages import done, page
from logistics.core.refusals import Invalid
from logistics.core.transactions import writes
from logistics.fulfilment import queries
from logistics.fulfilment.charging import CardRefused, charge_for_dispatch
from logistics.fulfilment.dispatching import NumberInUse, dispatch
from logistics.fulfilment.forms import DispatchForm, PackingForm, PickingForm, ScanForm
from logistics.fulfilment.models import IN_HOUSE, Shipment
from logistics.fulfilment.numbering.recognising import guess_carrier
from logistics.fulfilment.packing import pack
from logistics.fulfilment.picking import WrongItem, pick, pick_one, pick_scanned
from logistics.fulfilment.routes.blueprint import bp
from logistics.fulfilment.rules import LONGEST_NUMBER
from logistics.orders.queries import names_of_staff
from logistics.orders.wording import hold_reason_text

_STEPS = {"plus": 1, "minus": -1}


@bp.get("/shipments/<reference>")
@needs("shipments.read")
def show_shipment(reference: str) -> Response:
    """A shipment with what is to be done with it next."""
    shipment = queries.find_shipment(session(), reference)
    return page("fulfilment/shipment.html", fragment="shipment", **_context(session(), shipment))


@bp.post("/shipments/<reference>/picking")
@needs("shipments.work")
@writes
def create_picking(session: Session, reference: str) -> Response:
    """Note what lies in the tote of one line now: `step` plus, minus or all, else the number typed."""
    shipment, form = queries.find_shipment(session, reference), PickingForm()
    if not form.validate():
        raise Invalid(next((str(error) for errors in form.errors.values() for error in errors), ""))
    _pick(session, shipment, form)
    return _changed(session, shipment)


@bp.post("/shipments/<reference>/scans")
@needs("shipments.work")
@writes
def create_scan(session: Session, reference: str) -> Response:
    """Count the unit that was scanned; anything that does not belong into the tote sounds the alarm and counts nothing."""
    shipment, form = queries.find_shipment(session, reference), ScanForm()
    if not form.validate():
        return _again(session, shipment, 422, scan_form=form)
    try:
        line = pick_scanned(session, reference=shipment.reference, code=form.code.data or "", by=current_actor())
    except WrongItem as refusal:
        return _again(session, shipment, refusal.status, alarm=refusal.message)
    return _changed(session, shipment, scanned=line.id)


@bp.post("/shipments/<reference>/packing")
@needs("shipments.work")
@writes
def create_packing(session: Session, reference: str) -> Response:
    """Close the parcel; what was not picked becomes a shipment of its own."""
    shipment, form = queries.find_shipment(session, reference), PackingForm()
    if not form.validate():
        return _again(session, shipment, 422, packing_form=form)
    pack(session, reference=shipment.reference, weight_grams=form.weight_grams.data, by=current_actor())
    return _changed(session, shipment, _("Shipment %(reference)s is packed.", reference=shipment.reference))


@bp.get("/carriers/suggestion")
@needs("shipments.work")
def show_suggestion() -> Response:
    """Whose number it may be, while it is being typed."""
    carriers = list(queries.find_carriers(session(), active=True))
    guessed = guess_carrier(request.args.get("tracking_number", "")[:LONGEST_NUMBER], carriers)
    return vary(make_response(render_template("fulfilment/_number_hint.html", guessed=guessed)))


@bp.post("/shipments/<reference>/dispatch")
@needs("shipments.work")
def create_dispatch(reference: str) -> Response:
    """Hand the parcel to its carrier. The order's cards are charged first: begin, call, finish, and no transaction around the call."""
    shipment, form = queries.find_shipment(session(), reference), DispatchForm(list(queries.find_carriers(session(), active=True)))
    if form.validate():
        carrier, number = form.carrier.data or "", form.tracking_number.data or ""
        try:
            charge_for_dispatch(reference=shipment.reference, carrier_code=carrier, tracking_number=number, by=current_actor())
        except (Invalid, NumberInUse, CardRefused) as refusal:
            form.add_errors(refusal)
            return _again(session(), shipment, refusal.status, dispatch_form=form)
    return _create_dispatch(reference)


@writes_once
def _create_dispatch(session: Session, reference: str) -> Response:
    shipment, form = queries.find_shipment(session, reference), DispatchForm(list(queries.find_carriers(session, active=True)))
    if not form.validate():
        return _again(session, shipment, 422, dispatch_form=form)
    carrier, number = form.carrier.data or "", form.tracking_number.data or ""
    try:
        chosen = {"carrier_code": carrier, "tracking_number": number, "service_code": form.service_code}
        dispatch(session, reference=shipment.reference, by=current_actor(), at=None, **chosen)
    except (Invalid, NumberInUse) as refusal:
        form.add_errors(refusal)
        return _again(session, shipment, refusal.status, dispatch_form=form)
    return _changed(session, shipment, _("Shipment %(reference)s is on its way.", reference=shipment.reference))


def _pick(session: Session, shipment: Shipment, form: PickingForm) -> None:
    step, line_id, by = form.step.data, form.line.data or 0, current_actor()
    if step in _STEPS:
        pick_one(session, reference=shipment.reference, line_id=line_id, change=_STEPS[step], by=by)
        return
    wanted = {line.id: line.quantity for line in shipment.lines}
    units = wanted.get(line_id, 0) if step == "all" else form.picked.data or 0
    pick(session, reference=shipment.reference, picked={line_id: units}, by=by)


def _changed(session: Session, shipment: Shipment, message: str = "", *, scanned: int | None = None) -> Response:
    address = url_for("fulfilment.show_shipment", reference=shipment.reference)
    return done(to=address, partial="fulfilment/_shipment.html", message=message, **_context(session, shipment, scanned=scanned))


def _again(session: Session, shipment: Shipment, status: int, **shown: Any) -> Response:
    session.rollback()  # before the page is made: others wait for the stock rows
    shipment = queries.find_shipment(session, shipment.reference)
    return page("fulfilment/shipment.html", fragment="shipment", status=status, **_context(session, shipment, **shown))


def _context(session: Session, shipment: Shipment, **shown: Any) -> dict[str, Any]:
    carriers = list(queries.find_carriers(session, active=True))
    lines = queries.find_lines(session, shipment.id)
    return {
        "shipment": shipment,
        "lines": lines,
        "rest": sum(line.quantity - line.picked for line in lines),
        "picked": sum(line.picked for line in lines),
        "weight": sum(line.picked * line.weight_grams for line in lines),
        "siblings": [parcel for parcel in queries.find_parcels(session, shipment.order_id) if parcel.id != shipment.id],
        "people": names_of_staff(session, _workers(shipment)),
        "hold_reason": hold_reason_text(shipment.order.hold_reason) if shipment.state in IN_HOUSE else "",
        "carriers": carriers,
        "scan_form": ScanForm(formdata=None),
        "packing_form": PackingForm(formdata=None),
        "dispatch_form": DispatchForm(carriers, formdata=None),
        "guessed": None,
        "alarm": "",
        "scanned": None,
        **shown,
    }


def _workers(shipment: Shipment) -> list[int]:
    return [person for person in (shipment.picked_by, shipment.packed_by, shipment.dispatched_by) if person is not None]
