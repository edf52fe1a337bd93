"""Payments of orders, the moves that make their amounts, and what was asked of providers for them."""

from logistics.payments.models.attempts import AttemptKind, AttemptState, PaymentAttempt
from logistics.payments.models.news import PaymentNews
from logistics.payments.models.payments import Method, MoveKind, Payment, PaymentMove, PaymentState

__all__ = ["AttemptKind", "AttemptState", "Method", "MoveKind", "Payment", "PaymentAttempt", "PaymentMove", "PaymentNews", "PaymentState"]
