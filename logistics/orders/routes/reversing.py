"""Taking back: lines of an order, money of it, what is still to be paid; and the second person who approves."""

from typing import Any

from flask import Response, request, url_for
from sqlalchemy.orm import Session

from logistics.core.actors import current_actor, may, needs
from logistics.core.database import session
from logistics.core.htmx import asks_for_part
from logistics.core.keys import writes_once
from logistics.core.language import _
from logistics.core.money import decimals
from logistics.core.pages import done, page
from logistics.core.refusals import Invalid
from logistics.core.second_person import REQUEST_STATES
from logistics.core.transactions import writes
from logistics.orders import queries, refunding, rules
from logistics.orders.cancelling import cancel_lines
from logistics.orders.forms import AllowanceForm, LinesCancellationForm, RefundForm
from logistics.orders.giving_back import most_allowed
from logistics.orders.models import CancelReason, Order, RefundKind, RefundRequest
from logistics.orders.refund_queries import find_requests, find_waiting
from logistics.orders.routes.blueprint import bp
from logistics.orders.routes.blueprint import refunds as requests_bp
from logistics.orders.routes.order_page import answer_change
from logistics.orders.wording import REFUND_REASONS
from logistics.payments.models import Method
from logistics.payments.queries import payments_of, refundable_amount

_FORMS: dict[RefundKind, type[AllowanceForm]] = {RefundKind.REFUND: RefundForm, RefundKind.ALLOWANCE: AllowanceForm}


@bp.get("/<number>/lines/cancellation")
@needs("orders.cancel")
def new_line_cancellation(number: str) -> Response:
    """How many units of each line are to be taken back; with `?all` all that is left stands there."""
    order = queries.find_order(session(), number)
    typed = {f"line-{line.id}": str(line.left) for line in order.lines if line.left} if "all" in request.args else {}
    return _ask_lines(session(), order, LinesCancellationForm(formdata=None, lines=order.lines, typed=typed))


@bp.post("/<number>/lines/cancellation")
@needs("orders.cancel")
@writes_once
def create_line_cancellation(session: Session, number: str) -> Response:
    """Take them back: their stock is free, what was paid for them goes back. Once they are picked, that is for a manager."""
    order = queries.find_order(session, number)
    form = LinesCancellationForm(lines=order.lines, typed=request.form)
    try:
        if not form.validate():
            raise Invalid(_("Please check what is marked below."))
        units, reason = form.read_units(), CancelReason(form.reason.data)
        picked = may("orders.cancel_picked")
        cancel_lines(session, number=order.number, units=units, reason=reason, note=form.note.data or "", by=current_actor(), even_if_picked=picked)
    except Invalid as refusal:
        session.rollback()
        form.add_errors(refusal)
        return _ask_lines(session, queries.find_order(session, number), form, refusal.status)
    return answer_change(session, number, _("What you named is cancelled."))


@bp.get("/<number>/refund")
@needs("refunds.ask")
def new_refund(number: str) -> Response:
    """How much is to be given back, why, and where it goes."""
    return _new(number, RefundKind.REFUND)


@bp.post("/<number>/refund")
@needs("refunds.ask")
@writes_once
def create_refund(session: Session, number: str) -> Response:
    """Give it back, or ask somebody else to."""
    return _give(session, number, RefundKind.REFUND)


@bp.get("/<number>/allowance")
@needs("refunds.ask")
def new_allowance(number: str) -> Response:
    """By how much less is to be paid, and why."""
    return _new(number, RefundKind.ALLOWANCE)


@bp.post("/<number>/allowance")
@needs("refunds.ask")
@writes_once
def create_allowance(session: Session, number: str) -> Response:
    """Let less be paid, or ask somebody else to."""
    return _give(session, number, RefundKind.ALLOWANCE)


@requests_bp.get("/")
@needs("refunds.read")
def list_requests() -> Response:
    """What waits for a second person; with `?tab=decided` what was decided or done at once."""
    return page("orders/refunds.html", fragment="refunds_table", **_listed(session()))


@requests_bp.post("/<int:request_id>/approval")
@needs("refunds.give")
@writes
def create_approval(session: Session, request_id: int) -> Response:
    """Agree to it, and do it. Not for who asked for it."""
    return _decided(session, refunding.approve(session, request_id=request_id, by=current_actor()), _("Approved and done."))


@requests_bp.post("/<int:request_id>/rejection")
@needs("refunds.give")
@writes
def create_rejection(session: Session, request_id: int) -> Response:
    """Do not agree to it."""
    return _decided(session, refunding.reject(session, request_id=request_id, by=current_actor()), _("The request is rejected."))


@requests_bp.post("/<int:request_id>/withdrawal")
@needs("refunds.ask")
@writes
def create_withdrawal(session: Session, request_id: int) -> Response:
    """Not want it any more. Only for who asked for it."""
    return _decided(session, refunding.withdraw(session, request_id=request_id, by=current_actor()), _("The request is withdrawn."))


def _new(number: str, kind: RefundKind) -> Response:
    order = queries.find_order(session(), number)
    return _ask_amount(session(), order, _FORMS[kind](formdata=None, currency=order.currency))


def _give(session: Session, number: str, kind: RefundKind) -> Response:
    order = queries.find_order(session, number)
    form = _FORMS[kind](currency=order.currency)
    try:
        if not form.validate():
            raise Invalid(_("Please check what is marked below."))
        given = refunding.give(session, number=order.number, asked=form.asked, by=current_actor(), alone=may("refunds.give"))
    except Invalid as refusal:
        session.rollback()
        if not form.errors:
            form.add_errors(refusal)
        return _ask_amount(session, queries.find_order(session, number), form, refusal.status)
    return answer_change(session, number, _said(given))


def _said(given: RefundRequest) -> str:
    if given.is_pending:
        return str(_("It is asked for: somebody else has to approve it."))
    return str(_("The money is given back.") if given.kind == RefundKind.REFUND else _("The customer has less to pay."))


def _ask_lines(session: Session, order: Order, form: LinesCancellationForm, status: int = 200) -> Response:
    return _ask("orders/cancel_lines.html", "cancel_lines", status, order=order, form=form, due=rules.due(order))


def _ask_amount(session: Session, order: Order, form: AllowanceForm, status: int = 200) -> Response:
    methods = {payment.method for payment in payments_of(session, order.id) if payment.refundable}
    refunds = form.kind == RefundKind.REFUND
    return _ask(
        "orders/give_back.html",
        "give_back",
        status,
        order=order,
        form=form,
        kind=form.kind,
        most=refundable_amount(session, order.id) if refunds else most_allowed(session, order),
        has_card=Method.CARD in methods,
        has_shop=Method.SHOP in methods,
        to_account=bool(methods - {Method.CARD, Method.SHOP}),
        limit=refunding.REFUND_LIMIT * 10 ** decimals(order.currency),
    )


def _ask(template: str, fragment: str, status: int, **context: Any) -> Response:
    answer = page(template, fragment=fragment, status=status, in_part=asks_for_part(), **context)
    if status >= 400 and asks_for_part():
        answer.headers["HX-Retarget"], answer.headers["HX-Reswap"] = "#asked", "innerHTML"
    return answer


def _decided(session: Session, decided: RefundRequest, message: str) -> Response:
    session.flush()
    if request.form.get("at") == "order":
        return answer_change(session, decided.order.number, message)
    return done(to=url_for("refunds.list_requests"), partial="orders/_refunds_table.html", message=message, **_listed(session))


def _listed(session: Session) -> dict[str, Any]:
    decided = request.args.get("tab") == "decided"
    found = find_requests(session, decided=decided, cursor=request.args.get("cursor", "") if request.method == "GET" else "")
    return {
        "decided": decided,
        "requests": found,
        "waiting": find_waiting(session),
        "me": current_actor().id,
        "reasons": REFUND_REASONS,
        "states": REQUEST_STATES,
    }
