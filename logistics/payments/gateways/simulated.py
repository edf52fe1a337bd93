"""The client of the simulated provider (gateways/simulator): for demo, training and tests. It moves no money.

Its protocol: JSON over http on loopback, `Authorization: Bearer SECRET`, `Idempotency-Key` on every POST. Whatever it decided comes as
200 with how the payment stands; 404 is an unknown reference; everything else decided nothing that we could know of.
Hooks carry a Standard Webhooks signature.
"""

import base64
import hmac
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from standardwebhooks import Webhook

from logistics.core import clock
from logistics.payments.gateways.calling import Caller
from logistics.payments.gateways.gateway import Answer, Ask, BadSignature, GatewayUnreachable, News, NewsKind, Standing

NAME = "simulated"
TIMEOUT_SECONDS = 10
WINDOW = timedelta(minutes=5)


class SimulatedGateway:
    """A PaymentGateway whose provider is our own simulator."""

    name = NAME

    def __init__(self, address: str, *, timeout: float = TIMEOUT_SECONDS) -> None:
        """`address`: http://SECRET@127.0.0.1:PORT."""
        self._base, self._secret = split_address(address)
        self._caller = Caller(timeout=timeout, through_proxies=False)

    def open_checkout(self, ask: Ask, *, key: str) -> Answer:
        """A page on which the customer says how the simulated card behaves."""
        return self._post("/v1/payments", {**_asked(ask), "hosted": True, "token": ""}, key)

    def authorise(self, ask: Ask, *, key: str) -> Answer:
        """By one of the simulator's tokens (simulator/playing.py)."""
        return self._post("/v1/payments", {**_asked(ask), "hosted": False, "token": ask.token}, key)

    def capture(self, reference: str, amount: int, *, currency: str, key: str) -> Answer:
        """Take so much; the rest is released."""
        return self._post(f"{_path(reference)}/capture", {"amount": amount, "currency": currency}, key)

    def void(self, reference: str, *, key: str) -> Answer:
        """Give up an authorisation or a page."""
        return self._post(f"{_path(reference)}/void", {}, key)

    def refund(self, reference: str, amount: int, *, currency: str, key: str) -> Answer:
        """Give back so much."""
        return self._post(f"{_path(reference)}/refund", {"amount": amount, "currency": currency}, key)

    def look_up(self, reference: str) -> Answer:
        """How it stands."""
        return self._ask("GET", _path(reference), b"", {})

    def read_hook(self, body: bytes, headers: Mapping[str, str]) -> News | None:
        """Verify and read a hook. Raises BadSignature."""
        check_signature(body, {name.lower(): value for name, value in headers.items()}, hook_secret(self._secret))
        told = json.loads(body)
        kind = told.get("kind")
        if kind not in set(NewsKind):
            return None
        return News(str(told.get("id", "")), NewsKind(kind), str(told.get("reference", "")), int(told.get("amount") or 0))

    def _post(self, path: str, question: dict[str, Any], key: str) -> Answer:
        headers = {"Content-Type": "application/json", "Idempotency-Key": key}
        return self._ask("POST", path, json.dumps(question).encode(), headers)

    def _ask(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        reply = self._caller.call(method, self._base + path, {**headers, "Authorization": f"Bearer {self._secret}"}, body)
        if reply.status not in (200, 404):
            raise GatewayUnreachable(f"the simulated provider answered {reply.status}")
        return _read(reply.body)


def split_address(address: str) -> tuple[str, str]:
    """http://SECRET@127.0.0.1:PORT as the address without the secret, and the secret."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}", unquote(parts.username or "")


def hook_secret(secret: str) -> str:
    """The key that signs hooks, as Standard Webhooks writes them: made from the secret of the provider."""
    return "whsec_" + base64.b64encode(hmac.new(secret.encode(), b"hooks", sha256).digest()).decode()


def check_signature(body: bytes, headers: Mapping[str, str], secret: str) -> None:
    """Standard Webhooks: the signature over id, time and body, letter for letter; at most five minutes old or ahead. Raises BadSignature."""
    identity, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not identity or not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12):
        raise BadSignature
    moment = datetime.fromtimestamp(int(stamp), clock.now().tzinfo)
    if abs(clock.now() - moment) > WINDOW:
        raise BadSignature
    try:
        expected = Webhook(secret).sign(identity, moment, body.decode())
    except UnicodeDecodeError:
        raise BadSignature from None
    given = headers.get("webhook-signature", "").split(" ")
    if not any(hmac.compare_digest(one.encode(), expected.encode()) for one in given[:10]):
        raise BadSignature


def _asked(ask: Ask) -> dict[str, Any]:
    return {
        "order": ask.order,
        "amount": ask.amount,
        "currency": ask.currency,
        "return_url": ask.return_url,
        "language": ask.language,
        "page_until": int(ask.page_until.timestamp()) if ask.page_until else 0,
    }


def _path(reference: str) -> str:
    return f"/v1/payments/{quote(reference, safe='')}"


def _read(body: bytes) -> Answer:
    told = _object(body)
    try:
        until = told.get("authorised_until")
        return Answer(
            standing=Standing(told["standing"]),
            reference=str(told["reference"]),
            authorised=int(told["authorised"]),
            captured=int(told["captured"]),
            refunded=int(told["refunded"]),
            pay_url=str(told["pay_url"]),
            failure=str(told["failure"]),
            authorised_until=datetime.fromisoformat(until) if until else None,
            refused=bool(told["refused"]),
        )
    except (KeyError, ValueError, TypeError) as error:
        raise GatewayUnreachable("the simulated provider's answer cannot be understood") from error


def _object(body: bytes) -> dict[str, Any]:
    try:
        told = json.loads(body)
    except ValueError as error:
        raise GatewayUnreachable("the simulated provider's answer is no JSON") from error
    if not isinstance(told, dict):
        raise GatewayUnreachable("the simulated provider's answer is no object")
    return told
