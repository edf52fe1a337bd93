"""What is printed for a parcel: the slip that goes into it, the label that goes onto it."""

from flask import Response, render_template

from logistics.core.actors import needs
from logistics.core.addresses import Address
from logistics.core.addressing import address_lines
from logistics.core.database import session
from logistics.core.language import speaking
from logistics.fulfilment import queries
from logistics.fulfilment.labelling import draw_code
from logistics.fulfilment.models import Shipment
from logistics.fulfilment.routes.blueprint import bp


@bp.get("/shipments/<reference>/slip")
@needs("shipments.read")
def show_slip(reference: str) -> str:
    """The list of what lies in the parcel, for whoever opens it: in the language of the order, and without prices."""
    shipment = queries.find_shipment(session(), reference)
    lines = queries.find_lines(session(), shipment.id)
    with speaking(shipment.order.language):
        return render_template("fulfilment/slip.html", shipment=shipment, lines=lines, recipient=_recipient(shipment))


@bp.get("/shipments/<reference>/label")
@needs("shipments.read")
def show_label(reference: str) -> str:
    """The address label: whom it is for, with the phone number the driver rings, and our code to scan."""
    shipment = queries.find_shipment(session(), reference)
    # Not in the language of whoever prints it: the carrier reads the country's name.
    with speaking(shipment.order.language):
        return render_template("fulfilment/label.html", shipment=shipment, recipient=_recipient(shipment))


@bp.get("/shipments/<reference>/code.svg")
@needs("shipments.read")
def show_code(reference: str) -> Response:
    """The shipment's reference as a QR code."""
    return Response(draw_code(queries.find_shipment(session(), reference).reference), mimetype="image/svg+xml")


def _recipient(shipment: Shipment) -> list[str]:
    order = shipment.order
    address = Address(order.line1, order.line2, order.district, order.city, order.region, order.postcode, order.country)
    return address_lines(address, order.name)
