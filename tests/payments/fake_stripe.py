"""Stripe as its API reference and its testing page describe it, as far as our gateway asks it: a small server inside the test.

It plays what localstripe cannot: hosted pages, 3-D Secure by redirect, decline codes, idempotency with replayed errors, releases, time-outs.
"""

import json
import re
import secrets
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import stripe

KEY = "sk_test_fake_stripe"
SECRET = "whsec_fake_stripe_secret"
CAPTURE_DAYS = 5
DECLINED = {
    "pm_card_visa_chargeDeclined": "generic_decline",
    "pm_card_visa_chargeDeclinedInsufficientFunds": "insufficient_funds",
    "pm_card_chargeDeclinedExpiredCard": "expired_card",
    "pm_card_chargeDeclinedFraudulent": "fraudulent",
    "pm_card_chargeDeclinedProcessingError": "processing_error",
}
APPROVED = ("pm_card_visa", "tok_visa", "pm_card_captureRefused", "pm_card_refundFail")
SECURE = "pm_card_authenticationRequired"
STATUSES = {"busy": 429, "html": 200, "odd": 400}
Thing = dict[str, Any]


class Refused(Exception):
    """An error of the API."""

    def __init__(self, status: int, **error: Any) -> None:
        super().__init__(status)
        self.status, self.body = status, {"error": {"type": "invalid_request_error", "message": "no", **error}}


@dataclass
class FakeStripe:
    """The server. `asked` is every request it got. `lists_releases`: whether a capture of less leaves a refund behind, as it did once."""

    lists_releases: bool = False
    asked: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    things: dict[str, Thing] = field(default_factory=dict)
    answers: dict[str, tuple[str, int, Thing]] = field(default_factory=dict)
    faults: list[tuple[str, str, float]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    address: str = ""

    def __enter__(self) -> "FakeStripe":
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                fake._serve(self, "GET")

            def do_POST(self) -> None:
                fake._serve(self, "POST")

            def log_message(self, format: str, *arguments: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        return self

    def __exit__(self, *_error: Any) -> None:
        self._server.shutdown()
        self._server.server_close()

    # --- What a test does ---

    def misbehave(self, path: str, what: str, seconds: float = 0) -> None:
        """At the next request whose path ends like this: hang, cut (do it, then hang up), fail_before, fail_after (500, kept), busy (429), html,
        odd (400).
        """
        self.faults.append((path, what, seconds))

    def pay(self, session_id: str, token: str) -> None:
        """What the customer does on the hosted page with this card. A decline leaves the page open."""
        session = self.things[session_id]
        marks = {name.removeprefix("payment_intent_data[").rstrip("]"): value for name, value in session["_params"].items()}
        intent = self._make_intent(session["amount_total"], session["currency"], {"order": marks.get("metadata][order", "")})
        session["payment_intent"] = intent["id"]
        if token in DECLINED:
            self._decline(intent, DECLINED[token])
            return
        self._charge(intent, token)
        session.update(status="complete", url=None)

    def authenticate(self, intent_id: str, *, ok: bool) -> None:
        """What the customer answers to their bank."""
        intent = self.things[intent_id]
        intent["next_action"] = None
        if ok:
            self._charge(intent, SECURE)
        else:
            error = {"type": "card_error", "code": "payment_intent_authentication_failure"}
            intent.update(status="requires_payment_method", last_payment_error=error)

    def end(self, reference: str) -> None:
        """Time is over for a page or an authorisation."""
        thing = self.things[reference]
        if reference.startswith("cs_"):
            thing.update(status="expired", url=None)
        else:
            thing.update(status="canceled", cancellation_reason="automatic")

    def hook(self, kind: str, thing: Thing, *, secret: str = SECRET, at: float | None = None) -> tuple[bytes, dict[str, str]]:
        """An event as Stripe sends it: body and headers."""
        event = {"id": f"evt_{secrets.token_hex(8)}", "object": "event", "type": kind, "data": {"object": _seen(thing)}, "livemode": False}
        body = json.dumps(event, indent=2)
        signed = stripe.WebhookSignature.generate_signature_header(body, secret, int(at or time.time()))
        return body.encode(), {"Stripe-Signature": signed, "Content-Type": "application/json; charset=utf-8"}

    # --- The API ---

    def _serve(self, request: BaseHTTPRequestHandler, method: str) -> None:
        path, query = urlsplit(request.path).path, urlsplit(request.path).query
        body = request.rfile.read(int(request.headers.get("Content-Length") or 0)).decode()
        params = dict(parse_qsl(body if method == "POST" else query, keep_blank_values=True))
        key = request.headers.get("Idempotency-Key", "") if method == "POST" else ""
        with self.lock:
            self.asked.append((method, path, params))
            fault = next((fault for fault in self.faults if path.endswith(fault[0])), ("", "", 0.0))
            if fault[1]:
                self.faults.remove(fault)
        if fault[1] == "hang":
            time.sleep(fault[2])
        headers: dict[str, str] = {}
        if fault[1] in STATUSES:
            status, answer = STATUSES[fault[1]], {"error": {"type": "invalid_request_error", "code": "no_code_of_ours"}}
        elif request.headers.get("Authorization") != f"Bearer {KEY}":
            status, answer = 401, {"error": {"type": "invalid_request_error", "message": "Invalid API Key provided"}}
        else:
            with self.lock:
                status, answer, headers = self._once(key, method, path, params, fails=fault[1])
        if fault[1] == "cut":
            request.connection.shutdown(socket.SHUT_RDWR)
            return
        said = b"<html>" if fault[1] == "html" else json.dumps(answer).encode()
        request.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(said)), "Request-Id": "req_1", **headers}.items():
            request.send_header(name, value)
        with suppress(BrokenPipeError, ConnectionResetError):  # who did not wait has hung up
            request.end_headers()
            request.wfile.write(said)

    def _once(self, key: str, method: str, path: str, params: dict[str, str], *, fails: str) -> tuple[int, Thing, dict[str, str]]:
        question = json.dumps([method, path, params], sort_keys=True)
        if key in self.answers:
            asked, status, answer = self.answers[key]
            if asked != question:
                return (
                    400,
                    {"error": {"type": "idempotency_error", "message": "Keys can only be used with the same parameters"}},
                    {},
                )
            return status, answer, {"Idempotent-Replayed": "true"}
        try:
            if fails != "fail_before":
                status, answer = 200, self._do(method, path, params)
            if fails.startswith("fail"):
                status, answer = 500, {"error": {"type": "api_error", "message": "An unknown error occurred"}}
        except Refused as refused:
            status, answer = refused.status, refused.body
        answer = json.loads(json.dumps(answer))
        if key:
            self.answers[key] = (question, status, answer)
        return status, answer, {}

    def _do(self, method: str, path: str, params: dict[str, str]) -> Thing:
        routes: list[tuple[str, str, Callable[..., Thing]]] = [
            ("POST", r"/v1/payment_intents", self._create_intent),
            ("GET", r"/v1/payment_intents/search", self._search),
            ("GET", r"/v1/payment_intents/(pi_\w+)", lambda params, name: _seen(self._get(name, "payment_intent"))),
            ("POST", r"/v1/payment_intents/(pi_\w+)/capture", self._capture),
            ("POST", r"/v1/payment_intents/(pi_\w+)/cancel", self._cancel),
            ("POST", r"/v1/refunds", self._refund),
            ("POST", r"/v1/checkout/sessions", self._create_session),
            ("GET", r"/v1/checkout/sessions/(cs_\w+)", self._show_session),
            ("POST", r"/v1/checkout/sessions/(cs_\w+)/expire", self._expire_session),
        ]
        for verb, pattern, view in routes:
            if verb == method and (found := re.fullmatch(pattern, path)):
                return view(params, *found.groups())
        raise Refused(404, code="resource_missing")

    def _create_intent(self, params: dict[str, str]) -> Thing:
        token = params.get("payment_method") or params.get("payment_method_data[card][token]", "")
        if token not in (*APPROVED, *DECLINED, SECURE):
            raise Refused(400, code="resource_missing", param="payment_method", message=f"No such PaymentMethod: '{token}'")
        if int(params["amount"]) < 50 and params["currency"] == "usd":
            raise Refused(400, code="amount_too_small", param="amount")
        assert (params["confirm"], params["capture_method"], params["payment_method_types[0]"]) == ("true", "manual", "card")
        marks = {name[len("metadata[") : -1]: value for name, value in params.items() if name.startswith("metadata[")}
        intent = self._make_intent(int(params["amount"]), params["currency"], marks)
        if token in DECLINED:
            raise Refused(402, payment_intent=_seen(intent), **self._decline(intent, DECLINED[token]))
        if token == SECURE:
            address = f"https://hooks.stripe.com/redirect/authenticate/{intent['id']}"
            action = {"type": "redirect_to_url", "redirect_to_url": {"url": address, "return_url": params["return_url"]}}
            intent.update(status="requires_action", next_action=action)
        else:
            self._charge(intent, token)
        return _seen(intent)

    def _search(self, params: dict[str, str]) -> Thing:
        wanted = re.fullmatch(r"metadata\['key'\]:'([\w-]+)'", params["query"])
        intents = [thing for thing in self.things.values() if thing["object"] == "payment_intent"]
        found = [intent for intent in intents if wanted and intent["metadata"].get("key") == wanted[1]]
        return {"object": "search_result", "data": [_seen(intent) for intent in found], "has_more": False, "url": "/v1/payment_intents/search"}

    def _capture(self, params: dict[str, str], name: str) -> Thing:
        intent = self._get(name, "payment_intent")
        amount = int(params["amount_to_capture"])
        if intent["status"] != "requires_capture" or amount > intent["amount"]:
            raise Refused(400, code="payment_intent_unexpected_state", payment_intent=_seen(intent))
        charge = intent["latest_charge"]
        if charge["_token"] == "pm_card_captureRefused":
            raise Refused(402, type="card_error", code="card_declined", decline_code="generic_decline")
        intent.update(status="succeeded", amount_received=amount, amount_capturable=0)
        charge.update(captured=True, amount_captured=amount)
        if self.lists_releases and amount < intent["amount"]:
            self._note_refund(charge, intent["amount"] - amount, balance_transaction=None, metadata={})
        return _seen(intent)

    def _cancel(self, _params: dict[str, str], name: str) -> Thing:
        intent = self._get(name, "payment_intent")
        if intent["status"] in ("succeeded", "canceled"):
            raise Refused(400, code="payment_intent_unexpected_state", payment_intent=_seen(intent))
        intent.update(status="canceled", cancellation_reason=None, amount_capturable=0, next_action=None)
        return _seen(intent)

    def _refund(self, params: dict[str, str]) -> Thing:
        intent = self._get(params["payment_intent"], "payment_intent")
        charge = intent["latest_charge"] or {}
        given_back = sum(refund["amount"] for refund in charge.get("refunds", {"data": []})["data"] if refund["balance_transaction"])
        if int(params["amount"]) > intent["amount_received"] - given_back:
            raise Refused(400, message="Refund amount is greater than unrefunded amount on charge")
        marks = {"key": params.get("metadata[key]", "")}
        if charge["_token"] == "pm_card_refundFail":
            failed = {"id": "re_failed", "status": "failed", "failure_reason": "expired_or_canceled_card", "balance_transaction": None}
            charge["refunds"]["data"].insert(0, {"object": "refund", "amount": int(params["amount"]), "metadata": marks, **failed})
            return dict(charge["refunds"]["data"][0])
        return self._note_refund(charge, int(params["amount"]), balance_transaction="txn_1", metadata=marks)

    def _create_session(self, params: dict[str, str]) -> Thing:
        assert (params["mode"], params["payment_intent_data[capture_method]"], params["payment_method_types[0]"]) == ("payment", "manual", "card")
        name = f"cs_test_{secrets.token_hex(8)}"
        session = {
            "id": name,
            "object": "checkout.session",
            "status": "open",
            "payment_status": "unpaid",
            "url": f"https://checkout.stripe.com/c/pay/{name}",
            "payment_intent": None,
            "amount_total": int(params["line_items[0][price_data][unit_amount]"]),
            "currency": params["line_items[0][price_data][currency]"],
            "_params": params,
        }
        self.things[name] = session
        return _seen(session)

    def _show_session(self, params: dict[str, str], name: str) -> Thing:
        session = self._get(name, "checkout.session")
        intent = self.things.get(session["payment_intent"] or "")
        return {**_seen(session), "payment_intent": _seen(intent) if intent and "expand[0]" in params else session["payment_intent"]}

    def _expire_session(self, _params: dict[str, str], name: str) -> Thing:
        session = self._get(name, "checkout.session")
        if session["status"] != "open":
            raise Refused(400, message='Only Checkout Sessions with a status in ["open"] can be expired.')
        session.update(status="expired", url=None)
        return _seen(session)

    # --- Its books ---

    def _get(self, name: str, kind: str) -> Thing:
        thing = self.things.get(name)
        if thing is None or thing["object"] != kind:
            raise Refused(404, code="resource_missing", param="id", message=f"No such {kind}: '{name}'")
        return thing

    def _make_intent(self, amount: int, currency: str, metadata: dict[str, str]) -> Thing:
        intent: Thing = {
            "id": f"pi_{secrets.token_hex(8)}",
            "object": "payment_intent",
            "amount": amount,
            "amount_capturable": 0,
            "amount_received": 0,
            "currency": currency,
            "created": int(time.time()),
            "status": "requires_payment_method",
            "cancellation_reason": None,
            "last_payment_error": None,
            "latest_charge": None,
            "next_action": None,
            "metadata": metadata,
        }
        self.things[intent["id"]] = intent
        return intent

    def _charge(self, intent: Thing, token: str) -> None:
        before = int(time.time()) + CAPTURE_DAYS * 24 * 3600
        charge: Thing = {
            "id": f"ch_{secrets.token_hex(8)}",
            "object": "charge",
            "amount": intent["amount"],
            "amount_captured": 0,
            "amount_refunded": 0,
            "captured": False,
            "created": int(time.time()),
            "currency": intent["currency"],
            "payment_intent": intent["id"],
            "payment_method_details": {"type": "card", "card": {"brand": "visa", "last4": "4242", "capture_before": before}},
            "refunds": {"object": "list", "data": [], "has_more": False, "url": "/v1/refunds"},
            "status": "succeeded",
            "_token": token,
        }
        intent.update(status="requires_capture", amount_capturable=intent["amount"], latest_charge=charge, last_payment_error=None)

    def _decline(self, intent: Thing, code: str) -> Thing:
        known = code in ("expired_card", "processing_error")
        error = {"type": "card_error", "code": code if known else "card_declined", "decline_code": code, "message": "Your card was declined."}
        intent.update(status="requires_payment_method", last_payment_error=error)
        return error

    def _note_refund(self, charge: Thing, amount: int, **more: Any) -> Thing:
        refund: Thing = {"id": f"re_{secrets.token_hex(8)}", "object": "refund", "amount": amount, "status": "succeeded", **more}
        charge["refunds"]["data"].insert(0, refund)
        charge["amount_refunded"] += amount
        return refund


def _seen(thing: Thing | None) -> Any:
    """A thing without what only we know of it."""
    if isinstance(thing, dict):
        return {name: _seen(value) for name, value in thing.items() if not name.startswith("_")}
    return thing
