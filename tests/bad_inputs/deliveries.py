"""What shops send to their hooks, or others in their name, and what comes of it."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import time_machine
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import SYSTEM
from logistics.core.signatures import new_secret
from logistics.shops.sharing_secrets import share_secret
from tests.api.programs import JSON
from tests.bad_inputs.rows import Open, Send, Told
from tests.cast import Cast
from tests.shops.platforms import SECRET, Shop, open_shop, own_event, shopify_order, woo_order, work_off

KINDS = {"shopify": shopify_order, "woocommerce": woo_order, "api": own_event}
TOPIC = {"shopify": "orders/create", "woocommerce": "order.created", "api": ""}
NOW, REVOKED, ANOTHERS = "ours", "revoked", "another channel's"
Headers = dict[str, str]


@dataclass(frozen=True)
class Delivery:
    """A body, signed as its kind of shop does with one of the secrets, this long after now; then changed on its way.

    `body` are fields that are other than in a good order, or bytes as they are.
    """

    body: dict[str, Any] | bytes = field(default_factory=dict)
    event: str = "event-1"
    topic: str | None = None
    secret: str = NOW
    after: timedelta = timedelta(0)
    headers: Callable[[Headers], Headers] = dict
    respaced: bool = False
    content_type: str = JSON
    to: str = ""


def _delivering(kind: str) -> Open:
    """A shop of this kind, another one with a secret of its own, and a secret that held before."""

    def open_hook(cast: Cast) -> Send:
        cast.stock("LAMP", 100)
        first, another = open_shop(cast, kind), open_shop(cast, kind, code="other")
        fresh = new_secret() if kind == "api" else "the next one of us two"
        share_secret(cast.session, channel_id=first.channel.id, secret=fresh, overlap=timedelta(0), by=SYSTEM)
        others = "a secret of somebody else" if another.secret == SECRET else another.secret
        share_secret(cast.session, channel_id=another.channel.id, secret=others, overlap=timedelta(0), by=SYSTEM)
        cast.session.commit()
        secrets = {NOW: fresh, REVOKED: first.secret, ANOTHERS: others}
        shop, reader = Shop(cast.app, first.channel, fresh), cast.client("admin")
        return lambda sent: _send(cast.session, shop, reader, secrets, sent)

    return open_hook


def _send(session: Session, shop: Shop, reader: FlaskClient, secrets: dict[str, str], sent: Delivery) -> Told:
    body = sent.body if isinstance(sent.body, bytes) else KINDS[shop.channel.kind](**sent.body)
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    topic = TOPIC[shop.channel.kind] if sent.topic is None else sent.topic
    moment = clock.now()
    with time_machine.travel(moment + sent.after, tick=False):
        headers = sent.headers(shop.headers(raw, topic, sent.event, secrets[sent.secret]))
    raw = json.dumps(body, indent=1).encode() if sent.respaced else raw
    with time_machine.travel(moment, tick=False):
        answer = shop.client.post(sent.to or shop.door, data=raw, headers=headers, content_type=sent.content_type)
    if answer.status_code >= 400:
        return Told.by(answer)
    return Told(answer.status_code, _shown(session, reader), answer.json["outcome"])


def _shown(session: Session, reader: FlaskClient) -> str:
    """What came of the newest event once the worker was there: its page, and when the shop says that it was changed."""
    event = work_off(session)[-1]
    page = reader.get(f"/channels/inbox/{event.id}")
    assert page.status_code == 200
    return f"{page.text} changed at {event.changed_at}."


SURFACES: dict[str, Open] = {
    "W shopify": _delivering("shopify"),
    "W woocommerce": _delivering("woocommerce"),
    "W own": _delivering("api"),
}
