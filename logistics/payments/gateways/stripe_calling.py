"""Calling Stripe through its SDK: our own way to the network, one try, and only three ends: an answer, a no, or no answer."""

import re
from collections.abc import Callable, Mapping
from typing import Any

import stripe

from logistics.payments.gateways.calling import Caller
from logistics.payments.gateways.gateway import GatewayUnreachable
from logistics.payments.gateways.stripe_reading import Told, failure_of

WHOLE: Any = {"expand": ["latest_charge.refunds"]}
WHOLE_PAGE: Any = {"expand": ["payment_intent.latest_charge.refunds"]}
# Stripe failed at a question, and says so again and again under its key: whether it was done has to be looked up.
REPLAYED = "replayed_failure"


class No(Exception):
    """Stripe said no and did nothing: why, of which intent, and whether what was asked about is not there at all."""

    def __init__(self, failure: str, *, reference: str = "", missing: bool = False) -> None:
        super().__init__(failure)
        self.failure, self.reference, self.missing = failure, reference, missing


class StripeCaller:
    """The few calls we make. All raise GatewayUnreachable; those that change something raise No, those that read give None for what is not there."""

    def __init__(self, api_key: str, caller: Caller, *, api_base: str) -> None:
        addresses: Any = {"api": api_base} if api_base else None
        self._api = stripe.StripeClient(api_key, base_addresses=addresses, http_client=_Wire(caller), max_network_retries=0).v1

    def create_page(self, params: Any, key: str) -> Told:
        """A Checkout Session."""
        return _ask(lambda: self._api.checkout.sessions.create(params=params, options=_under(key)))

    def expire_page(self, page: str, key: str) -> Told:
        """Nobody can pay on it any more."""
        return _ask(lambda: self._api.checkout.sessions.expire(page, options=_under(key)))

    def find_page(self, page: str) -> Told | None:
        """The page with its intent, and that whole."""
        return _found(lambda: self._api.checkout.sessions.retrieve(page, params=WHOLE_PAGE))

    def create_intent(self, params: Any, key: str) -> Told:
        """An intent, confirmed."""
        whole: Any = {**params, **WHOLE}
        return _ask(lambda: self._api.payment_intents.create(params=whole, options=_under(key)))

    def capture_intent(self, intent: str, amount: int, key: str) -> Told:
        """The intent after a capture of `amount` of Stripe's units."""
        params: Any = {"amount_to_capture": amount, **WHOLE}
        return _ask(lambda: self._api.payment_intents.capture(intent, params=params, options=_under(key)))

    def cancel_intent(self, intent: str, key: str) -> Told:
        """The intent without its authorisation."""
        return _ask(lambda: self._api.payment_intents.cancel(intent, params=WHOLE, options=_under(key)))

    def find_intent(self, intent: str) -> Told | None:
        """The intent with its latest charge and its refunds."""
        return _found(lambda: self._api.payment_intents.retrieve(intent, params=WHOLE))

    def search_intent(self, key: str) -> Told | None:
        """The intent that was made under a key. Stripe's index is a minute behind."""
        if not re.fullmatch(r"[\w-]+", key, re.ASCII):
            return None
        query: Any = {"query": f"metadata['key']:'{key}'", "limit": 1, "expand": ["data.latest_charge.refunds"]}
        found = _ask(lambda: self._api.payment_intents.search(params=query)).get("data")
        return found[0] if found else None

    def create_refund(self, intent: str, amount: int, key: str) -> Told:
        """A refund of `amount` of Stripe's units; the key stands in it, for telling it from others."""
        params: Any = {"payment_intent": intent, "amount": amount, "metadata": {"key": key}}
        return _ask(lambda: self._api.refunds.create(params=params, options=_under(key)))


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


def _ask(call: Callable[[], Any]) -> Told:
    """Make one call; what it gives as a plain object. Raises No and GatewayUnreachable."""
    try:
        told: Told = call().to_dict()
    except (stripe.CardError, stripe.InvalidRequestError) as error:
        raise _no(error) from error
    except stripe.StripeError as error:
        if isinstance(error, stripe.APIError) and (error.headers or {}).get("idempotent-replayed") == "true":
            raise No(REPLAYED) from error
        raise GatewayUnreachable(f"Stripe: {type(error).__name__} {error.http_status}") from error
    return told


def _found(call: Callable[[], Any]) -> Told | None:
    """Read one thing; None where it is not there. A question that Stripe does not take is our mistake and tells nothing of the thing."""
    try:
        return _ask(call)
    except No as no:
        if no.missing:
            return None
        raise GatewayUnreachable(f"Stripe: the question was not taken: {no.failure}") from no


def _no(error: stripe.CardError | stripe.InvalidRequestError) -> No:
    body = error.json_body if isinstance(error.json_body, dict) else {}
    told = body.get("error") or {}
    kind = "card_error" if isinstance(error, stripe.CardError) else told.get("type")
    reference = str((told.get("payment_intent") or {}).get("id") or "")
    return No(failure_of({**told, "type": kind}), reference=reference, missing=error.http_status == 404)


def _under(key: str) -> Any:
    return {"idempotency_key": key}
