"""Stripe's hooks: whether Stripe signed them, and what they are about. Nothing else in them is believed."""

import json
import time
from collections.abc import Mapping
from typing import Any

import stripe

from logistics.payments.gateways.gateway import News, NewsKind
from logistics.payments.gateways.stripe_units import from_stripe

WINDOW_SECONDS = 300
_OF_PAGES = ("checkout.session.completed", "checkout.session.expired")
# A refund may fail days after it was made.
_OF_REFUNDS = ("charge.refunded", "charge.refund.updated", "refund.failed")
# warning_closed: a bank's question that came to nothing. prevented: settled by a refund, which is told by itself.
_DISPUTES = {"won": NewsKind.DISPUTE_WON, "warning_closed": NewsKind.DISPUTE_WON, "prevented": NewsKind.DISPUTE_WON, "lost": NewsKind.DISPUTE_LOST}


def is_signed(body: bytes, given: str, secret: str) -> bool:
    """Whether the header Stripe-Signature fits the body, at most five minutes old or ahead."""
    try:
        stripe.WebhookSignature.verify_header(body, given, secret, WINDOW_SECONDS)
    except (stripe.SignatureVerificationError, UnicodeDecodeError):
        return False
    stamp = dict(part.partition("=")[::2] for part in given.split(",")).get("t", "")
    # The SDK lets times to come pass.
    return stamp.isascii() and stamp.isdigit() and int(stamp) <= time.time() + WINDOW_SECONDS


def read_event(body: bytes) -> News | None:
    """What a signed event is about; None where it is no payment."""
    try:
        event = json.loads(body)
    except ValueError:
        return None
    if not isinstance(event, dict):
        return None
    kind, thing = str(event.get("type") or ""), (event.get("data") or {}).get("object") or {}
    told, reference = _named(kind, thing)
    if told is None or not reference:
        return None
    amount = 0 if told == NewsKind.PAYMENT else from_stripe(thing.get("amount") or 0, str(thing.get("currency") or "usd"))
    return News(str(event.get("id") or ""), told, reference, amount)


def _named(kind: str, thing: Mapping[str, Any]) -> tuple[NewsKind | None, str]:
    if kind.startswith("payment_intent.") or kind in _OF_PAGES:
        return NewsKind.PAYMENT, str(thing.get("id") or "")
    intent = str(thing.get("payment_intent") or "")
    if kind in _OF_REFUNDS:
        return NewsKind.PAYMENT, intent
    if kind == "charge.dispute.created":
        return NewsKind.DISPUTE_OPENED, intent
    return (_DISPUTES.get(str(thing.get("status"))), intent) if kind == "charge.dispute.closed" else (None, "")
