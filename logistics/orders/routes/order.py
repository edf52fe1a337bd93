"""Looking at one order, paying for it, taking it back."""

import hashlib
import re

from flask import Response, request
from sqlalchemy.orm import Session

from logistics.core.actors import current_actor, may, needs
from logistics.core.database import session
from logistics.core.keys import writes_once
from logistics.core.language import _
from logistics.core.pages import page, polled
from logistics.core.refusals import Invalid, Refusal
from logistics.core.transactions import writes
from logistics.customers.crediting import InsufficientBalance
from logistics.customers.rules import OverRecordingLimit
from logistics.orders import queries
from logistics.orders.cancelling import cancel
from logistics.orders.forms import CancellationForm, PaymentForm
from logistics.orders.models import CancelReason, Order, OrderStatus
from logistics.orders.paying import pay_from_balance, record_transfer
from logistics.orders.routes.blueprint import bp
from logistics.orders.routes.order_page import answer_change, context_of
from logistics.payments.capturing import ReferenceUsed

# They are other ones in each answer, and nothing that anybody sees.
_TOKENS = re.compile(rb'name="(csrf_token|form_key)"[^>]*>')


@bp.get("/<number>")
@needs("orders.read")
def show_order(number: str) -> Response:
    """One order, kept up to date while somebody looks at it; with `?preview` the panel beside the list."""
    order = queries.find_order(session(), number)
    template, fragment = ("orders/preview.html", "preview") if "preview" in request.args else ("orders/order.html", "order")
    answer = page(template, fragment=fragment, **context_of(session(), order))
    return polled(_tag(answer), answer)


@bp.post("/<number>/payment")
@needs("money.record")
@writes_once
def create_payment(session: Session, number: str) -> Response:
    """Take money for it: `method` balance, or transfer with amount and reference. Clerks record transfers up to a limit."""
    order = queries.find_order(session, number)
    form = PaymentForm(currency=order.currency)
    try:
        _pay(session, order, form)
    except (Invalid, InsufficientBalance, OverRecordingLimit, ReferenceUsed) as refusal:
        return _refused(session, number, form, refusal)
    return answer_change(session, number, _("The money is booked."))


@bp.post("/<number>/cancellation")
@needs("orders.cancel")
@writes
def create_cancellation(session: Session, number: str) -> Response:
    """Take it back, or what was not shipped of it: stock is free, money goes back. Once goods are picked, that is for a manager."""
    order = queries.find_order(session, number)
    form = CancellationForm()
    if not form.validate():
        raise Invalid(_("Say why the order is cancelled."))
    reason, picked = CancelReason(form.reason.data), may("orders.cancel_picked")
    taken = cancel(session, number=order.number, reason=reason, by=current_actor(), even_if_picked=picked, or_rest=True)
    if taken.status != OrderStatus.CANCELLED:
        return answer_change(session, number, _("What was left of order %(number)s is cancelled.", number=order.number))
    return answer_change(session, number, _("Order %(number)s is cancelled.", number=order.number))


def _pay(session: Session, order: Order, form: PaymentForm) -> None:
    if form.method.data == "balance":
        pay_from_balance(session, number=order.number, by=current_actor())
        return
    if not form.validate():
        raise Invalid(_("Please check what is marked below."))
    amount, reference = form.amount.data or 0, form.reference.data or ""
    any_amount = may("money.record_large")
    record_transfer(
        session,
        number=order.number,
        amount=amount,
        reference=reference,
        by=current_actor(),
        any_amount=any_amount,
        with_surplus=form.with_surplus.data,
    )


def _refused(session: Session, number: str, form: PaymentForm, refusal: Refusal) -> Response:
    session.rollback()
    if not form.errors:
        form.add_errors(refusal)
    order = queries.find_order(session, number)
    return page("orders/order.html", fragment="order", status=refusal.status, **context_of(session, order, payment_form=form))


def _tag(answer: Response) -> str:
    """Another one as soon as anything shown is another. Panels of features above are part of it, so the page itself is what is compared."""
    return hashlib.sha256(_TOKENS.sub(b"", answer.get_data())).hexdigest()[:16]
