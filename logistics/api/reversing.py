"""Taking orders back for programs, by the same capabilities as the desk: whole, by line, and money of them."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from logistics.api.admitting import Caller
from logistics.api.reading import pointing
from logistics.api.schemas.money import RefundBody
from logistics.api.schemas.orders import CancellationBody, CancelledLineBody
from logistics.core.language import _
from logistics.core.money import parse_money
from logistics.core.refusals import BadValue, FieldError, Invalid
from logistics.orders.cancelling import cancel, cancel_lines
from logistics.orders.lifecycle import open_order
from logistics.orders.models import CancelReason, Order, RefundRequest
from logistics.orders.refunding import Asked, give


def take_back(session: Session, order: Order, body: CancellationBody, *, caller: Caller) -> Order:
    """Cancel a channel's order, what is left of it, or the units that are named. Never what is picked.

    Locks the order and raises as orders.cancelling does; Invalid points at the line of the body.
    """
    reason, note, by = CancelReason(body.reason), body.note or "", caller.actor
    if body.lines is None:
        return cancel(session, number=order.number, reason=reason, note=note, by=by, or_rest=True)
    locked = open_order(session, order.id)
    if not locked.is_open:
        return cancel_lines(session, number=order.number, units={}, reason=reason, by=by)
    units = choose_units(locked, body.lines)
    return cancel_lines(session, number=order.number, units=units, reason=reason, note=note, by=by)


def give_back(session: Session, order: Order, body: RefundBody, *, caller: Caller) -> RefundRequest:
    """Give money of a channel's order back, within the limit for programs. Raises as orders.refunding.give; Invalid points into the body."""
    try:
        amount = parse_money(body.amount, order.currency)
    except BadValue as error:
        raise Invalid(error.message, errors=[FieldError("/amount", error.code, error.message)]) from error
    with pointing(lambda error: f"/{error.pointer}"):
        return give(session, number=order.number, asked=Asked(amount, body.reason, body.note or ""), by=caller.actor)


def choose_units(order: Order, wanted: Sequence[CancelledLineBody]) -> dict[int, int]:
    """How many units of which line of a locked order that is, by line id: of lines with one SKU the last ones go first.

    Raises Invalid for a SKU that the order does not have, and for more than is left of it.
    """
    if not wanted:
        message = _("Name the lines that are to be cancelled, or leave “lines” out to cancel all of it.")
        raise Invalid(message, errors=[FieldError("/lines", "required", message)])
    units: dict[int, int] = {}
    errors = [error for at, asked in enumerate(wanted) if (error := _choose(order, asked, units, f"/lines/{at}"))]
    if errors:
        raise Invalid(errors[0].message, errors=errors)
    return units


def _choose(order: Order, asked: CancelledLineBody, units: dict[int, int], pointer: str) -> FieldError | None:
    lines = [line for line in order.lines if line.product.sku.lower() == asked.sku.lower()]
    if not lines:
        return FieldError(f"{pointer}/sku", "not_in_order", _("The order has no “%(sku)s”.", sku=asked.sku))
    missing = asked.quantity
    for line in reversed(lines):
        if part := min(missing, line.left - units.get(line.id, 0)):
            units[line.id] = units.get(line.id, 0) + part
            missing -= part
    if missing:
        left = asked.quantity - missing
        return FieldError(
            f"{pointer}/quantity", "more_than_left", _("Of this line %(left)s units can still be cancelled.", left=left), {"left": left}
        )
    return None
