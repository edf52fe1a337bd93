"""The page of one order, and what is done to it."""

import hashlib
import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, request, url_for
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import current_actor, may, needs
from logistics.core.addressing import address_lines
from logistics.core.config import settings
from logistics.core.database import session
from logistics.core.htmx import asks_for_part
from logistics.core.keys import writes_once
from logistics.core.language import _
from logistics.core.money import decimals
from logistics.core.pages import done, page, polled
from logistics.core.refusals import Invalid, Refusal
from logistics.core.transactions import writes
from logistics.customers.crediting import InsufficientBalance
from logistics.customers.rules import RECORDING_LIMIT, OverRecordingLimit
from logistics.inventory.queries import count_waiting
from logistics.orders import queries, rules
from logistics.orders.cancelling import cancel
from logistics.orders.card_queries import find_card_facts
from logistics.orders.forms import CancellationForm, CorrectionForm, DeadlineForm, HoldForm, PaymentForm, SettlementForm
from logistics.orders.incident_queries import open_incidents_of
from logistics.orders.models import CancelReason, Order, OrderStatus
from logistics.orders.paying import pay_from_balance, record_transfer
from logistics.orders.refund_queries import notes_of, requests_of
from logistics.orders.routes.blueprint import bp
from logistics.orders.terms_queries import read_terms
from logistics.orders.timeline import tell
from logistics.orders.wording import (
    REFUND_REASONS,
    REFUND_STATES,
    cancel_reason_text,
    channel_text,
    hold_reason_text,
    incident_advice,
    incident_text,
    sourcing_text,
)
from logistics.payments.capturing import ReferenceUsed
from logistics.payments.models import Method, Payment, PaymentState
from logistics.payments.on_account import ON_ACCOUNT
from logistics.payments.queries import payments_of

A_WEEK = timedelta(days=7)
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


def answer_change(session: Session, number: str, message: str) -> Response:
    """What follows a change of an order: its page as it is now, or what changed of it."""
    order = queries.find_order(session, number)
    address = url_for("orders.show_order", number=order.number)
    return done(to=address, partial="orders/_changed.html", message=message, **context_of(session, order))


def context_of(session: Session, order: Order, **shown: Any) -> dict[str, Any]:
    """What the templates of an order's page need; `shown` replaces what is known better, such as a form with its errors."""
    priced = may("prices.read")
    payments = payments_of(session, order.id) if priced else []
    actors = {move.actor_id for payment in payments for move in payment.moves if move.actor_kind == "staff" and move.actor_id}
    actors |= {order.held_by} if order.held_by else set()
    covered = sum(payment.authorised - payment.voided - payment.refunded for payment in payments)
    terms = read_terms(session, order, payments)
    notes = notes_of(session, order.id) if any(line.cancelled for line in order.lines) else {}
    due = rules.due(order)
    cod = sum(payment.open_authorisation for payment in payments if payment.method == Method.COD)
    unpaid, collect = max(0, due - covered), max(0, min(cod, due - (covered - cod)))
    at_shop = sum(payment.refundable for payment in payments if payment.method == Method.SHOP)
    to_card = sum(payment.refundable + payment.open_authorisation for payment in payments if payment.method == Method.CARD)
    refundable = sum(payment.refundable for payment in payments if payment.method not in (Method.SHOP, Method.CARD))
    promised = sum(payment.open_authorisation for payment in payments if payment.method in ON_ACCOUNT)
    account = queries.account_of(session, order.customer_id, order.currency) if order.can_pay and may("money.record") else None
    return {
        "order": order,
        "channel": channel_text(order.channel.code, order.channel.name),
        "cancel_reason": cancel_reason_text(order.cancel_reason),
        "address": address_lines(order.address, order.name),
        "payments": payments,
        "card": find_card_facts(session, order, payments),
        "actors": queries.names_of_staff(session, sorted(actors)),
        "money": {
            "due": due,
            "covered": covered,
            "open": unpaid,
            "collect": collect,
            "refundable": refundable,
            "at_shop": at_shop,
            "promised": promised,
            "to_card": to_card,
            **_reversible(order, payments, due),
        },
        "refunds": requests_of(session, order.id) if may("refunds.read") else [],
        "me": current_actor().id,
        "refund_reasons": REFUND_REASONS,
        "refund_states": REFUND_STATES,
        "balance": account.spendable if account else 0,
        "account": account,
        "terms": terms,
        "most": None if may("money.record_large") else RECORDING_LIMIT * 10 ** decimals(order.currency),
        "history": tell(queries.find_history(session, order.id), with_money=priced, sourcing=order.sourcing, notes=notes),
        "sourcing": sourcing_text(order.sourcing),
        "waiting": count_waiting(session, [line.id for line in order.lines]) if order.is_open else {},
        "hold_reason": hold_reason_text(order.hold_reason),
        "payment_form": PaymentForm(formdata=None, currency=order.currency, data={"amount": unpaid}),
        "settlement_form": SettlementForm(formdata=None, currency=order.currency, data={"amount": collect}),
        "correction_form": CorrectionForm(formdata=None),
        "incident_text": incident_text,
        "incident_advice": incident_advice,
        "incidents": open_incidents_of(session, order.id) if priced else [],
        "cancellation_form": CancellationForm(formdata=None),
        "hold_form": HoldForm(formdata=None),
        "deadline_form": DeadlineForm(formdata=None, data={"until": _next_day(order.deadline)}),
        "in_part": asks_for_part(),
        **shown,
    }


def _reversible(order: Order, payments: Sequence[Payment], due: int) -> dict[str, int]:
    """What can be given back, and by how much less can be asked for, in minor units."""
    returnable = sum(payment.refundable for payment in payments if payment.state != PaymentState.DISPUTED)
    return {"returnable": returnable, "allowable": max(0, due - returnable) if order.status != OrderStatus.CANCELLED else 0}


def _next_day(deadline: datetime | None) -> date | None:
    """The day offered for giving it more time: a week after its deadline, or after today."""
    return (max(deadline, clock.now()) + A_WEEK).astimezone(ZoneInfo(settings().timezone)).date() if deadline else None


def _tag(answer: Response) -> str:
    """Another one as soon as anything shown is another. Panels of features above are part of it, so the page itself is what is compared."""
    return hashlib.sha256(_TOKENS.sub(b"", answer.get_data())).hexdigest()[:16]
