"""What is done to a customer's money by hand: deposits, corrections, credit."""

from flask import Response
from sqlalchemy.orm import Session

from logistics.core.actors import current_actor, may, needs
from logistics.core.config import settings
from logistics.core.keys import writes_once
from logistics.core.language import _
from logistics.core.refusals import Invalid, Stale
from logistics.customers import queries
from logistics.customers.adjusting import adjust
from logistics.customers.crediting import account_for, deposit
from logistics.customers.forms import AdjustmentForm, CreditForm, DepositForm
from logistics.customers.granting import CreditInUse, credit_of, grant_credit
from logistics.customers.routes.blueprint import bp
from logistics.customers.routes.customer_page import currencies_of, found, money_moved, show
from logistics.customers.rules import OverRecordingLimit


@bp.post("/<int:customer_id>/deposits")
@needs("money.record")
@writes_once
def create_deposit(session: Session, customer_id: int) -> Response:
    """Book money that came in. Clerks up to a limit (rules.RECORDING_LIMIT)."""
    customer = found(queries.find_customer(session, customer_id))
    form = DepositForm(first=currencies_of(queries.find_accounts(session, customer.id)))
    if not form.validate():
        return show(session, customer, "customer_money", 422, deposit_form=form)
    money = {"amount": form.amount.data, "currency": form.currency.data, "reference": form.reference.data or ""}
    try:
        deposit(session, customer_id=customer.id, **money, by=current_actor(), any_amount=may("money.record_large"))
    except (Invalid, OverRecordingLimit) as refusal:
        form.add_errors(refusal)
        return show(session, customer, "customer_money", refusal.status, deposit_form=form)
    return money_moved(session, customer, _("The deposit is booked."))


@bp.post("/<int:customer_id>/adjustments")
@needs("money.adjust")
@writes_once
def create_adjustment(session: Session, customer_id: int) -> Response:
    """Correct a balance, with a reason, or ask somebody else to approve that."""
    customer = found(queries.find_customer(session, customer_id))
    form = AdjustmentForm(first=currencies_of(queries.find_accounts(session, customer.id)))
    if not form.validate():
        return show(session, customer, "customer_money", 422, adjustment_form=form)
    try:
        asked = {"currency": form.currency.data, "change": form.change, "reason": form.reason.data or ""}
        adjusted = adjust(session, customer_id=customer.id, **asked, by=current_actor())
    except Invalid as refusal:
        form.add_errors(refusal)
        return show(session, customer, "customer_money", refusal.status, adjustment_form=form)
    waits = _("It is asked for: somebody else has to approve it.")
    return money_moved(session, customer, waits if adjusted.is_pending else _("The balance is corrected."))


@bp.post("/<int:customer_id>/credit")
@needs("money.grant_credit")
@writes_once
def update_credit(session: Session, customer_id: int) -> Response:
    """Set how far below zero an account may go, and the terms; a save that comes too late shows what is there now."""
    customer = found(queries.find_customer(session, customer_id))
    form = CreditForm.sent_for(queries.find_accounts(session, customer.id), first=settings().currency)
    if not form.validate():
        return show(session, customer, "customer_money", 422, credit_form=form)
    asked = {"customer_id": customer.id, "currency": form.currency.data}
    try:
        grant_credit(session, **asked, credit=form.credit, seen=form.seen, by=current_actor())
    except (Invalid, CreditInUse) as refusal:
        form.add_errors(refusal)
        return show(session, customer, "customer_money", refusal.status, credit_form=form)
    except Stale as refusal:
        differences = form.compare(credit_of(account_for(session, **asked)))
        return show(session, customer, "customer_money", refusal.status, credit_form=form, credit_differences=differences)
    return money_moved(session, customer, _("The credit is saved."))
