"""The first dispatch takes the money: what is due is captured from the order's cards before its stock leaves (T11)."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.core.actors import Actor
from logistics.core.language import _
from logistics.core.refusals import Refusal
from logistics.core.transactions import in_transaction
from logistics.fulfilment.dispatching import find_carrier, refuse_number_in_use, refuse_unless_ready
from logistics.fulfilment.handling import take_in_hand
from logistics.fulfilment.models import IN_HOUSE, Shipment
from logistics.orders.charging import begin_capture
from logistics.orders.finishing import carry_out
from logistics.orders.lifecycle import open_order
from logistics.payments.asking import Question
from logistics.payments.attempting import PaymentInFlight
from logistics.payments.by_card import hold_payments, is_uncharged
from logistics.payments.models import AttemptKind

TURNS = 5


class CardRefused(Refusal):
    """The card was refused when the money was to be taken, so nothing leaves."""

    code = "card_refused"


def charge_for_dispatch(*, reference: str, carrier_code: str, tracking_number: str, by: Actor) -> None:
    """Take what is due for the order of a packed parcel from its cards, so that dispatch finds nothing to be taken.

    Owns its transactions: begin, call the provider, finish, one card after the other. A no-op for a parcel that has left, and for an order
    without open authorisations. Raises all that dispatch raises, PaymentInFlight where the provider does not answer, CardRefused.
    """
    given = {"reference": reference, "carrier_code": carrier_code, "tracking_number": tracking_number}
    for _turn in range(TURNS):
        question = in_transaction(lambda session: begin_charge(session, **given, by=by))
        if question is None:
            return
        answer = carry_out(question, by=by)
        if answer is None:
            raise PaymentInFlight(_("The provider of the card has not answered yet. It is being settled: try again in a minute."))
        if answer.refused and question.kind is AttemptKind.CAPTURE and not answer.captured:
            raise CardRefused(_("The card was refused, so the order is not paid any more. The parcel stays packed."))


def begin_charge(session: Session, *, reference: str, carrier_code: str, tracking_number: str, by: Actor) -> Question | None:
    """Check all that can be checked before any money is taken, then begin to take it. Locks the order, its payments, then the shipment."""
    order_id = session.scalar(select(Shipment.order_id).where(Shipment.reference == reference))
    # Most orders have no card; whether this one got one meanwhile dispatch finds out under its locks.
    if order_id is None or not is_uncharged(session, order_id):
        return None
    open_order(session, order_id)
    hold_payments(session, order_id)
    parcel = take_in_hand(session, reference)
    carrier = find_carrier(session, carrier_code)
    if parcel.shipment.state not in IN_HOUSE:
        return None
    refuse_unless_ready(session, parcel)
    refuse_number_in_use(session, parcel.shipment, carrier.id, tracking_number)
    return begin_capture(session, parcel.order, by=by)
