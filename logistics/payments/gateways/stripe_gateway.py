"""Stripe (docs.stripe.com/api): PaymentIntents with manual capture, and Checkout for the hosted page.

A reference is the intent's (pi_...), but the page's (cs_...) as long as nobody has paid on it; every method takes either.
Stripe forgets a key after 24 hours at the earliest.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from logistics.payments.gateways.calling import Caller
from logistics.payments.gateways.gateway import Answer, Ask, BadSignature, GatewayUnreachable, News, Standing
from logistics.payments.gateways.stripe_calling import REPLAYED, No, StripeCaller
from logistics.payments.gateways.stripe_hooks import is_signed, read_event
from logistics.payments.gateways.stripe_reading import Told, failure_of, has_refund, read_intent, read_page
from logistics.payments.gateways.stripe_units import to_stripe

NAME = "stripe"
# An authorisation travels to the card's bank and back. What takes longer is asked for again.
TIMEOUT_SECONDS = 20
TOKEN = re.compile(r"(pm|tok)_\w{1,200}", re.ASCII)
# Noes that do not say what is wrong: how the payment stands says more.
VAGUE = ("provider_refused", "invalid_token", REPLAYED)


class StripeGateway:
    """A PaymentGateway."""

    name = NAME

    def __init__(self, api_key: str, *, api_base: str = "", webhook_secrets: Sequence[str] = (), timeout: float = TIMEOUT_SECONDS) -> None:
        """`api_base`: another address than Stripe's own, for tests. `webhook_secrets`: any of them may have signed a hook."""
        self._caller = Caller(timeout=timeout, through_proxies=not api_base.startswith("http://"))
        self._stripe = StripeCaller(api_key, self._caller, api_base=api_base)
        self._secrets = webhook_secrets

    def open_checkout(self, ask: Ask, *, key: str) -> Answer:
        """A Checkout Session."""
        amount = to_stripe(ask.amount, ask.currency)
        if amount is None:
            return _not_opened(No("amount_not_payable"))
        try:
            return read_page(self._stripe.create_page(_page_of(ask, amount, key), key))
        except No as no:
            return _not_opened(no)

    def authorise(self, ask: Ask, *, key: str) -> Answer:
        """An intent, confirmed at once by a payment method (pm_...) or a card token (tok_...). Anything else is not even sent."""
        amount = to_stripe(ask.amount, ask.currency)
        if amount is None or not TOKEN.fullmatch(ask.token):
            return _not_opened(No("amount_not_payable" if amount is None else "invalid_token"))
        with self._caller.question():
            try:
                return read_intent(self._stripe.create_intent(_intent_of(ask, amount, key), key))
            except No as no:
                made = self._stripe.search_intent(key) if no.failure == REPLAYED else None
                return read_intent(made) if made else _not_opened(no)

    def capture(self, reference: str, amount: int, *, currency: str, key: str) -> Answer:
        """Capture; Stripe releases what is left."""
        units = to_stripe(amount, currency)

        def take(intent: str) -> Told:
            told = self._stripe.capture_intent(intent, _payable(units), key)
            if told["status"] != "succeeded":
                raise No("provider_refused")
            return told

        return self._act(reference, take, lambda now, _told: now.standing == Standing.CAPTURED and now.captured == amount)

    def void(self, reference: str, *, key: str) -> Answer:
        """Cancel the intent, or close the page."""
        with self._caller.question():
            if reference.startswith("cs_"):
                page = self.look_up(reference)
                if page.reference == reference:
                    return self._close(page, key)
                reference = page.reference
            is_void = (Standing.VOIDED, Standing.EXPIRED)
            return self._act(reference, lambda intent: self._stripe.cancel_intent(intent, key), lambda now, _told: now.standing in is_void)

    def refund(self, reference: str, amount: int, *, currency: str, key: str) -> Answer:
        """A refund, and then the intent as it stands after it."""
        units = to_stripe(amount, currency)

        def give_back(intent: str) -> Told:
            refund = self._stripe.create_refund(intent, _payable(units), key)
            if refund.get("status") in ("failed", "canceled"):
                raise No(failure_of({"code": refund.get("failure_reason"), "type": "card_error"}))
            return self._intent(intent)

        return self._act(reference, give_back, lambda _now, told: has_refund(told, key))

    def look_up(self, reference: str) -> Answer:
        """The intent, or the page and its intent."""
        if reference.startswith("cs_"):
            page = self._stripe.find_page(reference)
            return read_page(page) if page else _unknown(reference)
        intent = self._stripe.find_intent(reference) if reference.startswith("pi_") else None
        return read_intent(intent) if intent else _unknown(reference)

    def read_hook(self, body: bytes, headers: Mapping[str, str]) -> News | None:
        """Verify and read a hook: Stripe-Signature, at most five minutes old or ahead. Raises BadSignature."""
        given = {name.lower(): value for name, value in headers.items()}.get("stripe-signature", "")
        if not any(is_signed(body, given, secret) for secret in self._secrets):
            raise BadSignature
        return read_event(body)

    def _act(self, reference: str, do: Callable[[str], Told], is_done: Callable[[Answer, Told], bool]) -> Answer:
        """Do something with an intent. Where Stripe says no, what counts is whether the intent is as it was to become."""
        with self._caller.question():
            if reference.startswith("cs_"):
                page = self.look_up(reference)
                if page.reference == reference:
                    return replace(page, refused=True, failure=page.failure or "provider_refused")
                reference = page.reference
            try:
                return read_intent(do(reference))
            except No as no:
                told = self._stripe.find_intent(reference)
                if told is None:
                    return _unknown(reference)
                now = read_intent(told)
                failure = (now.failure or "provider_refused") if no.failure in VAGUE else no.failure
                return now if is_done(now, told) else replace(now, refused=True, failure=failure)

    def _close(self, page: Answer, key: str) -> Answer:
        """Close a page nobody has paid on. Raises GatewayUnreachable where somebody does in this moment: asked again, it voids the intent."""
        if page.refused:
            return page
        if page.standing == Standing.WAITING:
            try:
                self._stripe.expire_page(page.reference, key)
            except No as no:
                raise GatewayUnreachable(f"the page cannot be closed: {no.failure}") from no
        return Answer(Standing.VOIDED, page.reference)

    def _intent(self, reference: str) -> Told:
        told = self._stripe.find_intent(reference)
        if told is None:
            raise GatewayUnreachable("the intent that was just changed is not there")
        return told


def _page_of(ask: Ask, amount: int, key: str) -> Any:
    """The same for the same question: other parameters under one key are refused."""
    marks = {"order": ask.order, "key": key}
    price = {"currency": ask.currency.lower(), "unit_amount": amount, "product_data": {"name": ask.order}}
    return {
        "mode": "payment",
        "payment_method_types": ["card"],
        "line_items": [{"quantity": 1, "price_data": price}],
        "payment_intent_data": {"capture_method": "manual", "metadata": marks, "description": ask.order},
        "client_reference_id": ask.order,
        "metadata": marks,
        "locale": "zh" if ask.language.startswith("zh") else "en",
        "success_url": ask.return_url,
        "cancel_url": ask.return_url,
        **({"customer_email": ask.email} if ask.email else {}),
        **({"expires_at": int(ask.page_until.timestamp())} if ask.page_until else {}),
    }


def _intent_of(ask: Ask, amount: int, key: str) -> Any:
    by_method = {"payment_method": ask.token}
    by_token = {"payment_method_data": {"type": "card", "card": {"token": ask.token}}}
    return {
        "amount": amount,
        "currency": ask.currency.lower(),
        "capture_method": "manual",
        "confirm": True,
        "payment_method_types": ["card"],
        "return_url": ask.return_url,
        "metadata": {"order": ask.order, "key": key},
        **(by_token if ask.token.startswith("tok_") else by_method),
    }


def _payable(units: int | None) -> int:
    """An amount that Stripe has. Raises No."""
    if units is None:
        raise No("amount_not_payable")
    return units


def _not_opened(no: No) -> Answer:
    return Answer(Standing.FAILED, no.reference, failure="processing_error" if no.failure == REPLAYED else no.failure, refused=True)


def _unknown(reference: str) -> Answer:
    return Answer(Standing.FAILED, reference, failure="unknown_reference", refused=True)
