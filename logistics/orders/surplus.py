"""Money that is more than an order costs: it stays on the order, or goes on to the customer's account."""

from sqlalchemy.orm import Session

from logistics.core.actors import Actor
from logistics.core.language import _
from logistics.core.money import plain
from logistics.core.refusals import FieldError, IllegalMove, Invalid
from logistics.orders.alerting import close_incident, open_incident
from logistics.orders.lifecycle import recompute
from logistics.orders.locks import lock_order
from logistics.orders.models import IncidentKind, Order
from logistics.payments.attempting import refuse_if_in_flight
from logistics.payments.giving_back import give_latest_to_account, give_to_account
from logistics.payments.models import Payment


def put_surplus_on_account(session: Session, *, number: str, by: Actor) -> Order:
    """Give what an order was overpaid by to its customer's account, the latest money first. Locks the order, the account, the payments.

    A no-op where nothing is too much. Raises IllegalMove where the surplus came by card or at a shop, and goes back there;
    PaymentInFlight; NotFound.
    """
    order = lock_order(session, number=number)
    if not order.surplus:
        return order
    refuse_if_in_flight(session, order.id)
    whose = {"order_id": order.id, "customer_id": order.customer_id}
    if give_latest_to_account(session, **whose, currency=order.currency, amount=order.surplus, reference=order.number, by=by):
        raise IllegalMove(_("This money did not come by a way from which it can go to the account. Give it back where it was paid."))
    recompute(session, order, by=by)
    close_incident(session, order, IncidentKind.OVERPAID, _("The surplus is on the customer's account."), by=by)
    return order


def pass_on(session: Session, order: Order, payment: Payment, *, by: Actor) -> None:
    """Money that came for a locked, cancelled order goes to the customer's account, locked too, and an incident asks somebody to look."""
    amount = payment.refundable
    give_to_account(session, payment, amount, customer_id=order.customer_id, reference=order.number, by=by)
    open_incident(session, order, IncidentKind.MONEY_AFTER_CANCELLATION, amount, by=by)


def note_surplus(session: Session, order: Order, *, before: int, by: Actor) -> None:
    """Ask somebody to look at what a locked order's surplus rose by, where nobody of the staff has seen it when it came."""
    if order.surplus > before and by.kind != "staff":
        open_incident(session, order, IncidentKind.OVERPAID, order.surplus - before, by=by)


def check_recorded(order: Order, amount: int, reference: str, *, still_open: int | None, least: int = 1) -> None:
    """Raise Invalid for too little, for no reference, and for more than is open; minor units. `still_open`: None lets any amount pass."""
    errors = []
    if amount < least:
        errors.append(FieldError("amount", "bad_amount", _("The amount must be more than 0.")))
    if still_open is not None and amount > still_open:
        text = f"{order.currency} {plain(still_open, order.currency)}"
        facts = {"open": still_open, "surplus": amount - still_open}
        errors.append(FieldError("amount", "more_than_open", _("Only %(amount)s is still to be paid.", amount=text), facts))
    if not reference and amount > 0:
        errors.append(FieldError("reference", "required", _("Give the reference from the bank statement.")))
    if errors:
        raise Invalid(errors[0].message, errors=errors)
