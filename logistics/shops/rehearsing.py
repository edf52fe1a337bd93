"""Playing a shop: a body goes in by the front door, signed as its platform signs, so that a demo shows what a real shop would have left."""

import base64
import hmac
import json
from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy.orm import Session

from logistics.core.actors import SYSTEM, Actor
from logistics.core.signatures import new_secret
from logistics.shops.receiving import find_hook, receive
from logistics.shops.sharing_secrets import secrets_of, share_secret
from logistics.shops.working import work


def send_as_shopify(session: Session, *, code: str, topic: str, body: Mapping[str, Any], by: Actor) -> None:
    """Receive this body from the Shopify shop of the channel `code`, and work it at once. `by` shares a secret with it where none holds.

    Takes the locks of share_secret, receive and work. Raises what receive raises.
    """
    channel, dialect = find_hook(session, code)
    if not secrets_of(session, channel.id):
        share_secret(session, channel_id=channel.id, secret=new_secret(), overlap=timedelta(0), by=by)
    raw = json.dumps(body).encode()
    signature = base64.b64encode(hmac.new(secrets_of(session, channel.id)[0].encode(), raw, sha256).digest()).decode()
    receipt = receive(session, channel, dialect, {"x-shopify-topic": topic, "x-shopify-hmac-sha256": signature}, raw)
    work(session, receipt.row_id, by=SYSTEM)
