"""The page of one order: all that its templates need, part by part, and what follows a change."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, url_for
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import current_actor, may
from logistics.core.addressing import address_lines
from logistics.core.config import settings
from logistics.core.htmx import asks_for_part
from logistics.core.money import decimals
from logistics.core.pages import done
from logistics.core.second_person import REQUEST_STATES
from logistics.customers.rules import RECORDING_LIMIT
from logistics.inventory.queries import count_waiting
from logistics.orders import queries
from logistics.orders.card_queries import find_card_facts
from logistics.orders.forms import CancellationForm, CorrectionForm, DeadlineForm, HoldForm, PaymentForm, SettlementForm
from logistics.orders.incident_queries import open_incidents_of
from logistics.orders.models import Order
from logistics.orders.order_money import OrderMoney, read_money
from logistics.orders.refund_queries import notes_of, requests_of
from logistics.orders.terms_queries import read_terms
from logistics.orders.timeline import tell
from logistics.orders.wording import (
    REFUND_REASONS,
    cancel_reason_text,
    channel_text,
    hold_reason_text,
    incident_advice,
    incident_text,
    sourcing_text,
)
from logistics.payments.models import Payment
from logistics.payments.queries import payments_of

A_WEEK = timedelta(days=7)


def answer_change(session: Session, number: str, message: str) -> Response:
    """What follows a change of an order: its page as it is now, or what changed of it."""
    order = queries.find_order(session, number)
    address = url_for("orders.show_order", number=order.number)
    return done(to=address, partial="orders/_changed.html", message=message, **context_of(session, order))


def context_of(session: Session, order: Order, **shown: Any) -> dict[str, Any]:
    """What the templates of an order's page need; `shown` replaces what is known better, such as a form with its errors."""
    payments = payments_of(session, order.id) if may("prices.read") else []
    money = read_money(order, payments)
    return {
        "order": order,
        "channel": channel_text(order.channel.code, order.channel.name),
        "cancel_reason": cancel_reason_text(order.cancel_reason),
        "hold_reason": hold_reason_text(order.hold_reason),
        "address": address_lines(order.address, order.name),
        "sourcing": sourcing_text(order.sourcing),
        "waiting": count_waiting(session, [line.id for line in order.lines]) if order.is_open else {},
        "in_part": asks_for_part(),
        **_paying(session, order, payments, money),
        **_giving_back(session, order),
        **_history(session, order, payments),
        **_forms(order, money),
        **shown,
    }


def _paying(session: Session, order: Order, payments: Sequence[Payment], money: OrderMoney) -> dict[str, Any]:
    """How it is paid: what came, what could come, and what went wrong with it."""
    account = queries.account_of(session, order.customer_id, order.currency) if order.can_pay and may("money.record") else None
    return {
        "payments": payments,
        "money": money,
        "card": find_card_facts(session, order, payments),
        "account": account,
        "balance": account.spendable if account else 0,
        "terms": read_terms(session, order, payments),
        "most": None if may("money.record_large") else RECORDING_LIMIT * 10 ** decimals(order.currency),
        "incidents": open_incidents_of(session, order.id) if may("prices.read") else [],
        "incident_text": incident_text,
        "incident_advice": incident_advice,
    }


def _giving_back(session: Session, order: Order) -> dict[str, Any]:
    """Its refunds and allowances, and who looks at them."""
    refunds = requests_of(session, order.id) if may("refunds.read") else []
    return {"refunds": refunds, "me": current_actor().id, "refund_reasons": REFUND_REASONS, "refund_states": REQUEST_STATES}


def _history(session: Session, order: Order, payments: Sequence[Payment]) -> dict[str, Any]:
    """What happened, in words, and the names of who moved money or holds it."""
    notes = notes_of(session, order.id) if any(line.cancelled for line in order.lines) else {}
    actors = {move.actor_id for payment in payments for move in payment.moves if move.actor_kind == "staff" and move.actor_id}
    actors |= {order.held_by} if order.held_by else set()
    found = queries.find_history(session, order.id)
    return {
        "actors": queries.names_of_staff(session, sorted(actors)),
        "history": tell(found, with_money=may("prices.read"), sourcing=order.sourcing, notes=notes),
    }


def _forms(order: Order, money: OrderMoney) -> dict[str, Any]:
    """The forms as they stand before anybody types."""
    return {
        "payment_form": PaymentForm(formdata=None, currency=order.currency, data={"amount": money.open}),
        "settlement_form": SettlementForm(formdata=None, currency=order.currency, data={"amount": money.collect}),
        "correction_form": CorrectionForm(formdata=None),
        "cancellation_form": CancellationForm(formdata=None),
        "hold_form": HoldForm(formdata=None),
        "deadline_form": DeadlineForm(formdata=None, data={"until": _next_day(order.deadline)}),
    }


def _next_day(deadline: datetime | None) -> date | None:
    """The day offered for giving it more time: a week after its deadline, or after today."""
    return (max(deadline, clock.now()) + A_WEEK).astimezone(ZoneInfo(settings().timezone)).date() if deadline else None
