"""Stripe (docs.stripe.com/api): PaymentIntents with manual capture, and Checkout for the hosted page.

A reference is the intent's (pi_...), but the page's (cs_...) as long as nobody has paid on it; every method takes either.
Stripe forgets a key after 24 hours at the earliest, and answers a question that failed on its side the same for as long as it knows it.
"""

import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, TypeVar

import stripe

from logistics.payments.gateways.calling import Caller
from logistics.payments.gateways.gateway import Answer, Ask, BadSignature, GatewayUnreachable, News, Standing
from logistics.payments.gateways.stripe_reading import Told, failure_of, has_refund, read_event, read_intent, read_page
from logistics.payments.gateways.stripe_units import to_stripe

NAME = "stripe"
# An authorisation travels to the card's bank and back. What takes longer is asked for again.
TIMEOUT_SECONDS = 20
WINDOW_SECONDS = 300
WHOLE: Any = {"expand": ["latest_charge.refunds"]}
WHOLE_PAGE: Any = {"expand": ["payment_intent.latest_charge.refunds"]}
Thing = TypeVar("Thing")


class _No(Exception):
    """Stripe said no, or failed and says so again and again under the key: it did not do it now. Why, and of which intent, if it says."""

    def __init__(self, failure: str, reference: str = "") -> None:
        super().__init__(failure)
        self.failure, self.reference = failure, reference


class StripeGateway:
    """A PaymentGateway."""

    name = NAME

    def __init__(self, api_key: str, *, api_base: str = "", webhook_secrets: Sequence[str] = (), timeout: float = TIMEOUT_SECONDS) -> None:
        """`api_base`: another address than Stripe's own, for tests. `webhook_secrets`: any of them may have signed a hook."""
        self._caller = Caller(timeout=timeout, through_proxies=not api_base.startswith("http://"))
        self._secrets = webhook_secrets
        addresses: Any = {"api": api_base} if api_base else None
        self._stripe = stripe.StripeClient(api_key, base_addresses=addresses, http_client=_Wire(self._caller), max_network_retries=0).v1

    def open_checkout(self, ask: Ask, *, key: str) -> Answer:
        """A Checkout Session."""
        amount = to_stripe(ask.amount, ask.currency)
        if amount is None:
            return _not_opened("amount_not_payable")
        try:
            return read_page(self._ask(lambda: self._stripe.checkout.sessions.create(params=_page_of(ask, amount, key), options=_under(key))))
        except _No as no:
            return _not_opened(no.failure)

    def authorise(self, ask: Ask, *, key: str) -> Answer:
        """An intent, confirmed at once by a payment method (pm_...) or a card token (tok_...). Anything else is not even sent."""
        amount = to_stripe(ask.amount, ask.currency)
        if amount is None or not re.fullmatch(r"(pm|tok)_\w{1,200}", ask.token, re.ASCII):
            return _not_opened("amount_not_payable" if amount is None else "invalid_token")
        with self._caller.question():
            try:
                return read_intent(self._ask(lambda: self._stripe.payment_intents.create(params=_intent_of(ask, amount, key), options=_under(key))))
            except _No as no:
                made = self._find(key) if no.failure == "replayed_failure" else None
                return read_intent(made) if made else _not_opened(no.failure, no.reference)

    def capture(self, reference: str, amount: int, *, currency: str, key: str) -> Answer:
        """Capture; Stripe releases what is left."""
        params: Any = {"amount_to_capture": to_stripe(amount, currency), **WHOLE}

        def is_done(now: Answer, _told: Told) -> bool:
            return now.standing == Standing.CAPTURED and now.captured == amount

        def take(intent: str) -> Told:
            told = self._ask(lambda: self._stripe.payment_intents.capture(intent, params=params, options=_under(key)))
            if told["status"] != "succeeded":
                raise _No("provider_refused")
            return told

        return self._act(reference, take if params["amount_to_capture"] else _refuse_amount, is_done)

    def void(self, reference: str, *, key: str) -> Answer:
        """Cancel the intent, or close the page."""

        def is_done(now: Answer, _told: Told) -> bool:
            return now.standing in (Standing.VOIDED, Standing.EXPIRED)

        def cancel(intent: str) -> Told:
            return self._ask(lambda: self._stripe.payment_intents.cancel(intent, params=WHOLE, options=_under(key)))

        with self._caller.question():
            if reference.startswith("cs_"):
                page = self.look_up(reference)
                if page.reference == reference:
                    return self._close(page, key)
                reference = page.reference
            return self._act(reference, cancel, is_done)

    def refund(self, reference: str, amount: int, *, currency: str, key: str) -> Answer:
        """A refund, and then the intent as it stands after it."""
        params: Any = {"amount": to_stripe(amount, currency), "metadata": {"key": key}}

        def is_done(_now: Answer, told: Told) -> bool:
            return has_refund(told, key)

        def give_back(intent: str) -> Told:
            params["payment_intent"] = intent
            refund = self._ask(lambda: self._stripe.refunds.create(params=params, options=_under(key)))
            if refund.get("status") in ("failed", "canceled"):
                raise _No(failure_of({"code": refund.get("failure_reason"), "type": "card_error"}))
            return self._retrieve(intent)

        return self._act(reference, give_back if params["amount"] else _refuse_amount, is_done)

    def look_up(self, reference: str) -> Answer:
        """The intent, or the page and its intent."""
        with suppress(_No):
            if reference.startswith("cs_"):
                return read_page(self._ask(lambda: self._stripe.checkout.sessions.retrieve(reference, params=WHOLE_PAGE)))
            if reference.startswith("pi_"):
                return read_intent(self._retrieve(reference))
        return Answer(Standing.FAILED, reference, failure="unknown_reference", refused=True)

    def read_hook(self, body: bytes, headers: Mapping[str, str]) -> News | None:
        """Verify and read a hook: Stripe-Signature, at most five minutes old or ahead. Raises BadSignature."""
        given = {name.lower(): value for name, value in headers.items()}.get("stripe-signature", "")
        if not any(_is_signed(body, given, secret) for secret in self._secrets):
            raise BadSignature
        event = json.loads(body)
        return read_event(event) if isinstance(event, dict) else None

    # --- Asking ---

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
            except _No as no:
                try:
                    told = self._retrieve(reference)
                except _No:
                    return Answer(Standing.FAILED, reference, failure="unknown_reference", refused=True)
                now = read_intent(told)
                vague = no.failure in ("provider_refused", "replayed_failure", "invalid_token")
                failure = (now.failure or "provider_refused") if vague else no.failure
                return now if is_done(now, told) else replace(now, refused=True, failure=failure)

    def _close(self, page: Answer, key: str) -> Answer:
        """Close a page nobody has paid on. Raises GatewayUnreachable where somebody does in this moment: asked again, it voids the intent."""
        if page.refused:
            return page
        if page.standing == Standing.WAITING:
            try:
                self._ask(lambda: self._stripe.checkout.sessions.expire(page.reference, options=_under(key)))
            except _No as no:
                raise GatewayUnreachable(f"the page cannot be closed: {no.failure}") from no
        return Answer(Standing.VOIDED, page.reference)

    def _find(self, key: str) -> Told | None:
        """The intent that was made under a key, for a question that Stripe failed to answer. Its index is a minute behind."""
        query: Any = {"query": f"metadata['key']:'{key}'", "limit": 1, "expand": ["data.latest_charge.refunds"]}
        found = self._ask(lambda: self._stripe.payment_intents.search(params=query))["data"] if re.fullmatch(r"[\w-]+", key) else []
        return found[0] if found else None

    def _retrieve(self, intent: str) -> Told:
        return self._ask(lambda: self._stripe.payment_intents.retrieve(intent, params=WHOLE))

    def _ask(self, call: Callable[[], Any]) -> Told:
        """Make one call; what it gives as a plain object. Raises _No and GatewayUnreachable."""
        try:
            told: Told = call().to_dict()
        except (stripe.CardError, stripe.InvalidRequestError) as error:
            raise _no(error) from error
        except stripe.StripeError as error:
            if (error.headers or {}).get("idempotent-replayed") == "true" and isinstance(error, stripe.APIError):
                raise _No("replayed_failure") from error
            raise GatewayUnreachable(f"Stripe: {type(error).__name__} {error.http_status}") from error
        return told


class _Wire(stripe.HTTPClient):
    """The SDK's way to the network: ours."""

    name = "logistics"

    def __init__(self, caller: Caller) -> None:
        super().__init__()
        self._caller = caller

    def request(
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None, *, _usage: list[str] | None = None
    ) -> tuple[str, int, Mapping[str, str]]:
        """One request, no repetition."""
        reply = self._caller.call(method.upper(), url, headers or {}, (post_data or "").encode())
        return reply.body.decode(errors="replace"), reply.status, reply.headers

    def close(self) -> None:
        """Nothing of its own is open."""


def _under(key: str) -> Any:
    return {"idempotency_key": key}


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
    means = {"payment_method": ask.token} if ask.token.startswith("pm_") else {"payment_method_data": {"type": "card", "card": {"token": ask.token}}}
    return {
        "amount": amount,
        "currency": ask.currency.lower(),
        "capture_method": "manual",
        "confirm": True,
        "payment_method_types": ["card"],
        "return_url": ask.return_url,
        "metadata": {"order": ask.order, "key": key},
        **means,
        **WHOLE,
    }


def _not_opened(failure: str, reference: str = "") -> Answer:
    known = "processing_error" if failure == "replayed_failure" else failure
    return Answer(Standing.FAILED, reference, failure=known, refused=True)


def _refuse_amount(_intent: str) -> Told:
    """For an amount that Stripe has not."""
    raise _No("amount_not_payable")


def _no(error: stripe.CardError | stripe.InvalidRequestError) -> _No:
    body = error.json_body if isinstance(error.json_body, dict) else {}
    told = body.get("error") or {}
    kind = "card_error" if isinstance(error, stripe.CardError) else told.get("type")
    return _No(failure_of({**told, "type": kind}), str((told.get("payment_intent") or {}).get("id") or ""))


def _is_signed(body: bytes, given: str, secret: str) -> bool:
    try:
        stripe.WebhookSignature.verify_header(body, given, secret, WINDOW_SECONDS)
    except (stripe.SignatureVerificationError, UnicodeDecodeError):
        return False
    stamp = dict(part.partition("=")[::2] for part in given.split(",")).get("t", "")
    # The SDK lets times to come pass.
    return stamp.isascii() and stamp.isdigit() and int(stamp) <= time.time() + WINDOW_SECONDS
