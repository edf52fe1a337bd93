"""The simulated provider as a small web server of its own, on loopback only."""

import hmac
import json
import re
import socket
import time
from collections.abc import Callable, Iterable, Mapping
from ipaddress import ip_address
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from urllib.parse import parse_qs, urlsplit
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from logistics.payments.gateways.gateway import Standing
from logistics.payments.gateways.simulated import hook_secret
from logistics.payments.gateways.simulator.answering import Keyed, answer_once
from logistics.payments.gateways.simulator.books import Books, find_ended, find_payment
from logistics.payments.gateways.simulator.hooks import HookSender, queue_hook
from logistics.payments.gateways.simulator.misbehaving import AFTER, BEFORE, Failed, order_fault, suffer, take_fault
from logistics.payments.gateways.simulator.pages import draw_page, read_style
from logistics.payments.gateways.simulator.playing import Nonsense, choose, end, told, unknown

LARGEST_BODY = 64 * 1024
DISPUTES = ("dispute_opened", "dispute_won", "dispute_lost")
Environ = dict[str, Any]


class Reply(Exception):
    """What is sent back; raised where nothing more is to be done."""

    def __init__(self, status: int, body: bytes | dict[str, Any] = b"", **headers: str) -> None:
        super().__init__(status)
        self.status, self.headers = status, {name.replace("_", "-"): value for name, value in headers.items()}
        self.body = body if isinstance(body, bytes) else json.dumps(body).encode()
        if isinstance(body, dict):
            self.headers["Content-Type"] = "application/json"


class Simulator:
    """The WSGI application. `pages`: the address under which customers find its pages."""

    def __init__(self, books: Books, *, secret: str, pages: str, shop: str) -> None:
        self._books, self._secret, self._pages, self._shop = books, secret, pages, shop
        self._routes: list[tuple[str, str, Callable[..., Reply]]] = [
            ("GET", r"/healthz", lambda _environ: Reply(200, b"alive")),
            ("GET", r"/pay/(\w+)", self._show_page),
            ("POST", r"/pay/(\w+)", self._take_choice),
            ("GET", r"/css/(\w+)\.css", lambda _environ, name: Reply(200, read_style(name), Content_Type="text/css")),
            ("POST", r"/v1/payments", self._open),
            ("GET", r"/v1/payments/(\w+)", self._look_up),
            ("POST", r"/v1/payments/(\w+)/(capture|void|refund)", self._act),
            ("POST", r"/v1/payments/(\w+)/end", self._end),
            ("POST", r"/v1/payments/(\w+)/(dispute_\w+)", self._dispute),
            ("POST", r"/misbehaviour", self._misbehave),
            ("GET", r"/books", self._show_books),
        ]

    def __call__(self, environ: Environ, start: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request."""
        try:
            self._end_what_is_over()
            reply = self._dispatch(environ)
        except Reply as told_no:
            reply = told_no
        except Nonsense as nonsense:
            reply = Reply(400, {"message": str(nonsense)})
        except Failed:
            reply = Reply(500, {"message": "simulated failure"})
        headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", **reply.headers}
        start(f"{reply.status} -", [*headers.items(), ("Content-Length", str(len(reply.body)))])
        return [reply.body]

    def _dispatch(self, environ: Environ) -> Reply:
        for method, pattern, view in self._routes:
            found = re.fullmatch(pattern, environ["PATH_INFO"], re.ASCII)
            if found and method == environ["REQUEST_METHOD"]:
                return view(environ, *found.groups())
        return Reply(404, unknown("") if environ["PATH_INFO"].startswith("/v1/") else b"Not found")

    # --- For the shop ---

    def _open(self, environ: Environ) -> Reply:
        question = self._read(environ)
        return self._answer(environ, "checkout" if question.get("hosted") else "authorise", "", question)

    def _act(self, environ: Environ, reference: str, verb: str) -> Reply:
        return self._answer(environ, verb, reference, self._read(environ))

    def _look_up(self, environ: Environ, reference: str) -> Reply:
        self._admit(environ)
        suffer(take_fault(self._books, "look_up"), (*BEFORE, *AFTER))
        with self._books.writing() as connection:
            payment = find_payment(connection, reference)
        return Reply(200, told(payment, pages=self._pages)) if payment else Reply(404, unknown(reference))

    def _answer(self, environ: Environ, verb: str, reference: str, question: Mapping[str, Any]) -> Reply:
        fault = take_fault(self._books, verb)
        suffer(fault, BEFORE)
        keyed = Keyed(environ.get("HTTP_IDEMPOTENCY_KEY", ""), verb, reference, question)
        status, body = answer_once(self._books, keyed, pages=self._pages, fault=fault)
        suffer(fault, AFTER)
        return Reply(200, b"<html>") if fault.what == "garble" else Reply(status, body)

    # --- For the customer ---

    def _show_page(self, _environ: Environ, reference: str) -> Reply:
        with self._books.writing() as connection:
            payment = find_payment(connection, reference)
        forms = f"'self' {_origin(payment.return_url)}" if payment else "'none'"
        policy = f"default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action {forms}"
        page = draw_page(payment, shop=self._shop).encode()
        return Reply(200 if payment else 404, page, Content_Type="text/html; charset=utf-8", Content_Security_Policy=policy)

    def _take_choice(self, environ: Environ, reference: str) -> Reply:
        form = parse_qs(_body(environ).decode(errors="replace"))
        with self._books.writing() as connection:
            if payment := find_payment(connection, reference):
                choose(connection, payment, form.get("choice", [""])[0], form.get("code", [""])[0])
        if payment is None:
            return self._show_page(environ, reference)
        done = payment.standing != Standing.WAITING and payment.return_url
        return Reply(303, Location=payment.return_url if done else f"{self._pages}/pay/{reference}")

    # --- For tests ---

    def _misbehave(self, environ: Environ) -> Reply:
        question = self._read(environ)
        with self._books.writing() as connection:
            order_fault(connection, question)
        return Reply(204)

    def _show_books(self, environ: Environ) -> Reply:
        self._admit(environ)
        return Reply(200, self._books.everything())

    def _end(self, environ: Environ, reference: str) -> Reply:
        self._admit(environ)
        with self._books.writing() as connection:
            if payment := find_payment(connection, reference):
                end(connection, payment)
        return Reply(204 if payment else 404)

    def _dispute(self, environ: Environ, reference: str, kind: str) -> Reply:
        question = self._read(environ)
        if kind not in DISPUTES:
            return Reply(404)
        with self._books.writing() as connection:
            if payment := find_payment(connection, reference):
                queue_hook(connection, kind, reference, int(question.get("amount") or payment.captured))
        return Reply(204 if payment else 404)

    # --- Reading requests ---

    def _end_what_is_over(self) -> None:
        with self._books.writing() as connection:
            for payment in find_ended(connection, time.time()):
                end(connection, payment)

    def _read(self, environ: Environ) -> dict[str, Any]:
        self._admit(environ)
        try:
            question = json.loads(_body(environ) or b"{}")
        except ValueError:
            raise Nonsense("the body is no JSON") from None
        if not isinstance(question, dict):
            raise Nonsense("the body is no object")
        return question

    def _admit(self, environ: Environ) -> None:
        given = environ.get("HTTP_AUTHORIZATION", "")
        if not hmac.compare_digest(given.encode(), f"Bearer {self._secret}".encode()):
            raise Reply(401, {"message": "the secret is wrong"})


def serve(*, host: str, port: int, books: Path, secret: str, hooks: str, shop: str) -> None:
    """Play the provider until a signal ends it. `hooks`: the address of the shop that is told what happens. Loopback only."""
    if not ip_address(host).is_loopback:
        raise ValueError("the simulated provider serves loopback only")
    kept = Books(books)
    pages = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    app = Simulator(kept, secret=secret, pages=pages, shop=shop)
    with make_server(host, port, app, server_class=_Server6 if ":" in host else _Server, handler_class=_Handler) as server:
        HookSender(kept, address=hooks, secret=hook_secret(secret)).start()
        server.serve_forever()


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    # More may knock at once than the five that Python lets wait.
    request_queue_size = 128


class _Server6(_Server):
    address_family = socket.AF_INET6


class _Handler(WSGIRequestHandler):
    def log_message(self, format: str, *arguments: Any) -> None:
        """Say nothing: what it did stands in its books."""

    def address_string(self) -> str:
        return str(self.client_address[0])


def _body(environ: Environ) -> bytes:
    length = int(environ.get("CONTENT_LENGTH") or 0)
    if length > LARGEST_BODY:
        raise Reply(413)
    raw: bytes = environ["wsgi.input"].read(length)
    return raw


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in ("http", "https") else ""
