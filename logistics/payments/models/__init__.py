"""Payments of orders, the moves that make their amounts, what was asked of providers for them, and the documents about them."""

from logistics.payments.models.attempts import AttemptKind, AttemptState, PaymentAttempt
from logistics.payments.models.documents import Company, Document, DocumentKind, DocumentSeries
from logistics.payments.models.news import PaymentNews
from logistics.payments.models.payments import Method, MoveKind, Payment, PaymentMove, PaymentState

__all__ = [
    "AttemptKind",
    "AttemptState",
    "Company",
    "Document",
    "DocumentKind",
    "DocumentSeries",
    "Method",
    "MoveKind",
    "Payment",
    "PaymentAttempt",
    "PaymentMove",
    "PaymentNews",
    "PaymentState",
]
