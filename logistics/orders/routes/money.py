"""Money of an order beside paying for it: too much of it, what was recorded by mistake, what is paid on delivery."""

from flask import Response
from sqlalchemy.orm import Session

from logistics.core.actors import current_actor, may, needs
from logistics.core.keys import writes_once
from logistics.core.language import _
from logistics.core.pages import page
from logistics.core.refusals import Invalid, Refusal
from logistics.core.transactions import writes
from logistics.customers.rules import OverRecordingLimit
from logistics.orders import queries
from logistics.orders.collecting import approve_cod, settle_cod
from logistics.orders.correcting import correct_transfer
from logistics.orders.forms import CorrectionForm, SettlementForm
from logistics.orders.routes.blueprint import bp
from logistics.orders.routes.order_page import answer_change, context_of
from logistics.orders.surplus import put_surplus_on_account
from logistics.payments.capturing import ReferenceUsed


@bp.post("/<number>/account-credit")
@needs("money.record")
@writes
def create_account_credit(session: Session, number: str) -> Response:
    """Put what it was overpaid by on its customer's account."""
    order = queries.find_order(session, number)
    put_surplus_on_account(session, number=order.number, by=current_actor())
    return answer_change(session, number, _("The surplus is on the customer's account."))


@bp.post("/<number>/payments/<int:payment_id>/correction")
@needs("money.correct")
@writes
def create_correction(session: Session, number: str, payment_id: int) -> Response:
    """Take a transfer off that was recorded by mistake."""
    order, form = queries.find_order(session, number), CorrectionForm()
    if not form.validate():
        raise Invalid(_("Say in at most 200 characters what was wrong."))
    correct_transfer(session, number=order.number, payment_id=payment_id, reason=form.reason.data or "", by=current_actor())
    return answer_change(session, number, _("The transfer is taken off."))


@bp.post("/<number>/cod")
@needs("money.approve_cod")
@writes
def create_cod(session: Session, number: str) -> Response:
    """Let it go out: what is open is paid on delivery."""
    order = queries.find_order(session, number)
    approve_cod(session, number=order.number, by=current_actor())
    return answer_change(session, number, _("It is paid on delivery."))


@bp.post("/<number>/cod/settlement")
@needs("money.record")
@writes_once
def create_cod_settlement(session: Session, number: str) -> Response:
    """Book what was handed over for it on delivery. Clerks record up to a limit."""
    order = queries.find_order(session, number)
    form = SettlementForm(currency=order.currency)
    try:
        _settle(session, order.number, form)
    except (Invalid, OverRecordingLimit, ReferenceUsed) as refusal:
        return _refused(session, number, form, refusal)
    return answer_change(session, number, _("The money is booked."))


def _settle(session: Session, number: str, form: SettlementForm) -> None:
    if not form.validate():
        raise Invalid(_("Please check what is marked below."))
    settle_cod(
        session,
        number=number,
        amount=form.amount.data or 0,
        reference=form.reference.data or "",
        rest_follows=form.rest_follows.data,
        with_surplus=form.with_surplus.data,
        any_amount=may("money.record_large"),
        by=current_actor(),
    )


def _refused(session: Session, number: str, form: SettlementForm, refusal: Refusal) -> Response:
    session.rollback()
    if not form.errors:
        form.add_errors(refusal)
    order = queries.find_order(session, number)
    return page("orders/order.html", fragment="order", status=refusal.status, **context_of(session, order, settlement_form=form))
