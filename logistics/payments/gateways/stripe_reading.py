"""What Stripe says, in our words: intents, hosted pages and refusals as plain JSON objects. Nothing is called here.

Shapes: docs.stripe.com/api (payment_intents/object, checkout/sessions/object, errors) of the version that the SDK names.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any

from logistics.payments.gateways.gateway import Answer, GatewayUnreachable, Standing
from logistics.payments.gateways.stripe_units import from_stripe

Told = Mapping[str, Any]
# Where the card's scheme does not say when its authorisation ends: docs.stripe.com/payments/place-a-hold-on-a-payment-method.
USUAL_AUTHORISATION = timedelta(days=7)

# docs.stripe.com/declines/codes and docs.stripe.com/error-codes, in the few kinds that make a difference to a shop.
_FAILURES = {
    "insufficient_funds": ("insufficient_funds", "card_velocity_exceeded", "withdrawal_count_limit_exceeded"),
    "expired_card": ("expired_card",),
    "authentication_failed": ("authentication_required", "payment_intent_authentication_failure", "authentication_not_handled"),
    "suspected_fraud": ("fraudulent", "stolen_card", "lost_card", "pickup_card", "merchant_blacklist", "security_violation", "highest_risk_level"),
    "processing_error": ("processing_error", "issuer_not_available", "try_again_later", "reenter_transaction"),
    "invalid_token": ("resource_missing", "token_already_used", "payment_method_unexpected_state", "payment_method_invalid_parameter"),
    "amount_too_small": ("amount_too_small",),
    "amount_not_payable": ("amount_too_large",),
    "expired": ("charge_expired_for_capture", "capture_charge_authorization_expired"),
}
_FAILURE = {code: failure for failure, codes in _FAILURES.items() for code in codes}
FAILED = ("failed", "canceled")  # of a refund
_STANDINGS = {
    "requires_confirmation": Standing.WAITING,
    "requires_action": Standing.WAITING,
    "processing": Standing.WAITING,
    "requires_capture": Standing.AUTHORISED,
    "succeeded": Standing.CAPTURED,
}


def _understood(read: Callable[[Told], Answer]) -> Callable[[Told], Answer]:
    """Let what is not as it is documented, such as a status we have never heard of, be no answer."""

    @wraps(read)
    def careful(told: Told) -> Answer:
        try:
            return read(told)
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
            raise GatewayUnreachable(f"Stripe's answer cannot be understood: {type(error).__name__} {error}") from error

    return careful


@_understood
def read_intent(intent: Told) -> Answer:
    """A PaymentIntent with its latest charge, and that with its refunds."""
    standing, currency, charge = _standing(intent), str(intent["currency"]), _charge(intent)
    failure = "expired" if standing == Standing.EXPIRED else failure_of(intent.get("last_payment_error") or {})
    captured = _captured(intent, charge)
    return Answer(
        standing=standing,
        reference=str(intent["id"]),
        authorised=from_stripe(intent["amount"], currency) if charge.get("status") == "succeeded" else 0,
        captured=from_stripe(captured, currency),
        refunded=from_stripe(_refunded(charge, captured), currency) if captured else 0,
        pay_url=_next_address(intent) if standing == Standing.WAITING else "",
        failure=failure if standing in (Standing.FAILED, Standing.EXPIRED) else "",
        authorised_until=_until(intent, charge) if standing == Standing.AUTHORISED else None,
    )


@_understood
def read_page(session: Told) -> Answer:
    """A Checkout Session. Once it is complete, its intent is the payment; a decline before that is no end, for the page stays open."""
    status, intent = session.get("status"), session.get("payment_intent")
    if status == "complete" and isinstance(intent, Mapping):
        return read_intent(intent)
    if status == "expired":
        return Answer(Standing.EXPIRED, str(session["id"]), failure="expired")
    return Answer(Standing.WAITING, str(session["id"]), pay_url=str(session.get("url") or ""))


def failure_of(error: Told) -> str:
    """Our stable code for an error or a decline of Stripe's; empty for none."""
    code, decline = str(error.get("code") or ""), str(error.get("decline_code") or "")
    if not (code or decline or error.get("type")):
        return ""
    otherwise = "card_declined" if decline or code.startswith("card_") or error.get("type") == "card_error" else "provider_refused"
    return _FAILURE.get(decline) or _FAILURE.get(code) or otherwise


def has_refund(intent: Told, key: str) -> bool:
    """Whether a refund asked for under this key is among those of an intent, and did not fail."""
    return any((refund.get("metadata") or {}).get("key") == key for refund in _refunds(_charge(intent)) if refund.get("status") not in FAILED)


def _standing(intent: Told) -> Standing:
    status = str(intent["status"])
    if status == "requires_payment_method":
        return Standing.FAILED if intent.get("last_payment_error") else Standing.WAITING
    if status == "canceled":
        return Standing.EXPIRED if intent.get("cancellation_reason") in ("automatic", "expired") else Standing.VOIDED
    return _STANDINGS[status]


def _charge(intent: Told) -> Told:
    charge = intent.get("latest_charge")
    return charge if isinstance(charge, Mapping) else {}


def _captured(intent: Told, charge: Told) -> int:
    if intent["status"] != "succeeded":
        return 0
    received = intent.get("amount_received")
    return int(received if received is not None else charge.get("amount") or 0)


def _refunded(charge: Told, captured: int) -> int:
    """What went back to the customer. What a capture of less released may stand among the refunds: one without money behind it, and not ours."""
    released = int(charge.get("amount") or 0) - captured
    refunded = int(charge.get("amount_refunded") or 0)
    if not released or not refunded:
        return refunded
    given_back = [refund for refund in _refunds(charge) if refund.get("status") not in FAILED and not _is_release(refund, released)]
    return sum(int(refund["amount"]) for refund in given_back)


def _is_release(refund: Told, released: int) -> bool:
    ours = "key" in (refund.get("metadata") or {})
    return not ours and not refund.get("balance_transaction") and refund["amount"] == released


def _refunds(charge: Told) -> list[Told]:
    return list((charge.get("refunds") or {}).get("data") or [])


def _next_address(intent: Told) -> str:
    action = intent.get("next_action") or {}
    return str((action.get("redirect_to_url") or {}).get("url") or "")


def _until(intent: Told, charge: Told) -> datetime:
    card = (charge.get("payment_method_details") or {}).get("card") or {}
    made = charge.get("created") or intent["created"]
    ends = card.get("capture_before")
    return datetime.fromtimestamp(ends, UTC) if ends else datetime.fromtimestamp(made, UTC) + USUAL_AUTHORISATION
