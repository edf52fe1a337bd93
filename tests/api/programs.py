"""Programs that use the API, and the orders they send."""

import json
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from logistics.api.issuing import issue_key
from logistics.api.models import Scope
from logistics.core.actors import SYSTEM
from logistics.core.keys import new_key
from tests.cast import Cast

JSON = "application/json"


class Program:
    """A program with a key of its own."""

    def __init__(self, app: Flask, key: str) -> None:
        self.client: FlaskClient = app.test_client()
        self.key = key

    def get(self, path: str, **headers: str) -> TestResponse:
        """Read something below /api/v1."""
        return self.client.get(f"/api/v1{path}", headers={"Authorization": f"Bearer {self.key}", **_named(headers)})

    def post(self, path: str, body: Any, *, once: str | None = None, **headers: str) -> TestResponse:
        """Send a body: as JSON, or bytes as they are. `once` is the one-time key, a fresh one where none is given."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.send("POST", path, raw, {"Idempotency-Key": once or new_key(), "Content-Type": JSON, **_named(headers)})

    def delete(self, path: str) -> TestResponse:
        """Take something away."""
        return self.send("DELETE", path, b"", {})

    def send(self, method: str, path: str, raw: bytes, headers: dict[str, str]) -> TestResponse:
        """Send anything, with the key."""
        return self.client.open(f"/api/v1{path}", method=method, data=raw, headers={"Authorization": f"Bearer {self.key}", **headers})


def make_key(cast: Cast, *scopes: str, channel: str = "api", **values: Any) -> str:
    """A key of a channel, good for orders unless told."""
    _row, key = issue_key(cast.session, channel=channel, scopes=[Scope(scope) for scope in scopes or ("orders",)], by=SYSTEM, **values)
    return key


def program(cast: Cast, *scopes: str, channel: str = "api", **values: Any) -> Program:
    """A program of a channel, from outside an application context."""
    return Program(cast.app, cast.made(lambda: make_key(cast, *scopes, channel=channel, **values)))


def order_body(*lines: tuple[str, int], **changes: Any) -> dict[str, Any]:
    """An order of Mina Park's, two lamps unless told."""
    wanted = lines or (("LAMP", 2),)
    return {
        "customer": {"name": "Mina Park", "email": "mina@example.com", "phone": "+44 113 496 0001"},
        "ship_to": {"name": "Mina Park", "line1": "12 Park Row", "city": "Leeds", "postcode": "LS1 5HD", "country": "GB"},
        "lines": [{"sku": sku, "quantity": quantity} for sku, quantity in wanted],
        **changes,
    }


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
