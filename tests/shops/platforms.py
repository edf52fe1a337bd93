"""Shops that sign and send, for tests: bodies as the platforms write them, and the worker that works them."""

import base64
import hashlib
import hmac
import itertools
import json
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from standardwebhooks import Webhook

from logistics.core import clock
from logistics.core.actors import SYSTEM
from logistics.core.database import db
from logistics.core.signatures import new_secret
from logistics.orders.models import Channel, Order
from logistics.shops.models import InboxEvent, InboxState
from logistics.shops.sharing_secrets import share_secret
from logistics.shops.working import work
from tests.cast import Cast

SECRET = "a secret that both of us know"
ADDRESS = {
    "first_name": "Mina",
    "last_name": "Park",
    "name": "Mina Park",
    "company": None,
    "address1": "12 Park Row",
    "address2": None,
    "city": "Leeds",
    "zip": "LS1 5HD",
    "province": None,
    "country_code": "GB",
    "phone": "+44 113 496 0001",
}
_counter = itertools.count(1)


@dataclass
class Shop:
    """A channel with its secret, and a program that signs what it sends."""

    app: Flask
    channel: Channel
    secret: str
    client: FlaskClient = field(init=False)

    def __post_init__(self) -> None:
        self.client = self.app.test_client()

    @property
    def door(self) -> str:
        """Where it sends to."""
        return f"/hooks/channels/{self.channel.code}"

    def headers(self, raw: bytes, topic: str, event: str | None = None, secret: str | None = None) -> dict[str, str]:
        """What this kind of shop writes beside a body."""
        known, event = secret or self.secret, event or f"event-{next(_counter)}"
        if self.channel.kind == "api":
            moment = clock.now()
            sign = Webhook(known).sign(event, moment, raw.decode())
            return {"webhook-id": event, "webhook-timestamp": str(int(moment.timestamp())), "webhook-signature": sign}
        digest = base64.b64encode(hmac.new(known.encode(), raw, hashlib.sha256).digest()).decode()
        if self.channel.kind == "shopify":
            return {"X-Shopify-Hmac-Sha256": digest, "X-Shopify-Topic": topic, "X-Shopify-Webhook-Id": f"hook-{event}", "X-Shopify-Event-Id": event}
        return {"X-WC-Webhook-Signature": digest, "X-WC-Webhook-Topic": topic, "X-WC-Webhook-Delivery-ID": event}

    def send(self, body: Any, topic: str = "", event: str | None = None, **options: Any) -> Any:
        """Sign it and send it; the answer."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.post(raw, self.headers(raw, topic, event, **options))

    def post(self, raw: bytes, headers: dict[str, str], content_type: str = "application/json") -> Any:
        """Send just this."""
        return self.client.post(self.door, data=raw, headers=headers, content_type=content_type)


def open_shop(cast: Cast, kind: str = "shopify", *, code: str = "web", **values: Any) -> Shop:
    """A channel of this kind with a secret."""
    channel = cast.channel(code, kind=kind, **values)
    secret = new_secret() if kind == "api" else SECRET
    share_secret(cast.session, channel_id=channel.id, secret=secret, overlap=timedelta(0), by=SYSTEM)
    cast.session.commit()
    return Shop(cast.app, channel, secret)


def work_off(session: Session) -> list[InboxEvent]:
    """What the worker does: everything that waits, in order; all events there are."""
    while waiting := session.scalars(select(InboxEvent.id).where(InboxEvent.state == InboxState.WAITING.value).order_by(InboxEvent.id)).all():
        for event_id in waiting:
            work(session, event_id, by=SYSTEM)
    session.commit()
    return list(session.scalars(select(InboxEvent).order_by(InboxEvent.id).execution_options(populate_existing=True)))


def orders(session: Session) -> list[Order]:
    """All orders there are."""
    return list(session.scalars(select(Order).order_by(Order.id).execution_options(populate_existing=True)))


def shopify_order(*lines: tuple[str, int, str], id: int = 5001, **values: Any) -> dict[str, Any]:
    """A Shopify order for these (sku, quantity, price), paid, whose total adds up."""
    lines = lines or (("LAMP", 2, "18.00"),)
    rows = [
        {
            "id": 900 + at,
            "variant_id": 700 + at,
            "product_id": 600 + at,
            "sku": sku,
            "title": f"{sku.title()} thing",
            "name": f"{sku.title()} thing",
            "quantity": quantity,
            "price": price,
            "total_discount": "0.00",
            "discount_allocations": [],
            "tax_lines": [],
            "requires_shipping": True,
            "gift_card": False,
        }
        for at, (sku, quantity, price) in enumerate(lines)
    ]
    total = sum(round(float(price) * 100) * quantity for _sku, quantity, price in lines)
    return {
        "id": id,
        "name": f"#{id - 4000}",
        "email": "mina@example.com",
        "created_at": "2026-11-20T10:00:00+00:00",
        "updated_at": "2026-11-20T10:00:00+00:00",
        "cancelled_at": None,
        "cancel_reason": None,
        "currency": "USD",
        "financial_status": "paid",
        "fulfillment_status": None,
        "taxes_included": False,
        "total_price": f"{total / 100:.2f}",
        "total_outstanding": "0.00",
        "test": False,
        "note": None,
        "line_items": rows,
        "shipping_lines": [],
        "shipping_address": deepcopy(ADDRESS),
        "billing_address": deepcopy(ADDRESS),
        "customer": {"id": 1, "email": "mina@example.com", "first_name": "Mina", "last_name": "Park"},
        "refunds": [],
        **values,
    }


def woo_order(*lines: tuple[str, int, str], id: int = 727, **values: Any) -> dict[str, Any]:
    """A WooCommerce order for these (sku, quantity, total of the line), processing, whose total adds up."""
    lines = lines or (("LAMP", 2, "36.00"),)
    rows = [
        {
            "id": at,
            "name": f"{sku.title()} thing",
            "product_id": 90 + at,
            "variation_id": 0,
            "quantity": quantity,
            "subtotal": total,
            "subtotal_tax": "0.00",
            "total": total,
            "total_tax": "0.00",
            "sku": sku,
        }
        for at, (sku, quantity, total) in enumerate(lines, 1)
    ]
    total = sum(round(float(total) * 100) for _sku, _quantity, total in lines)
    place = {
        "first_name": "Mina",
        "last_name": "Park",
        "company": "",
        "address_1": "12 Park Row",
        "address_2": "",
        "city": "Leeds",
        "state": "",
        "postcode": "LS1 5HD",
        "country": "GB",
    }
    return {
        "id": id,
        "number": str(id),
        "status": "processing",
        "currency": "USD",
        "date_modified_gmt": "2026-11-20T10:00:00",
        "date_paid_gmt": "2026-11-20T10:00:00",
        "payment_method": "stripe",
        "total": f"{total / 100:.2f}",
        "customer_note": "",
        "billing": {**place, "email": "mina@example.com", "phone": "+44 113 496 0001"},
        "shipping": place,
        "line_items": rows,
        "shipping_lines": [],
        "fee_lines": [],
        "refunds": [],
        **values,
    }


def own_event(*lines: tuple[str, int], id: str = "W-1", type: str = "order.placed", **values: Any) -> dict[str, Any]:
    """An event of our own format."""
    data = {
        "external_id": id,
        "customer": {"name": "Mina Park", "email": "mina@example.com"},
        "ship_to": {"name": "Mina Park", "line1": "12 Park Row", "city": "Leeds", "postcode": "LS1 5HD", "country": "GB"},
        "lines": [{"sku": sku, "quantity": quantity} for sku, quantity in lines or (("LAMP", 2),)],
        "payment": {"method": "shop"},
    }
    return {"type": type, "data": {**data, **values} if type == "order.placed" else {"external_id": id, **values}}


def in_town(town: Flask, run: Callable[[], Any]) -> Any:
    """Run something in a session of its own, committed."""
    with town.app_context():
        try:
            answer = run()
            db.session.commit()
            return answer
        finally:
            db.session.remove()
