"""Composing: what happened, as a text in the recipient's language.

What the text says is gathered from the database once and kept with the message, so that a second try says the same.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from logistics.core.config import Settings
from logistics.core.language import speaking
from logistics.core.templating import render_apart
from logistics.notifications.gathering import Facts, gather, is_news
from logistics.notifications.link_queries import links_of
from logistics.notifications.models import Message, Milestone
from logistics.orders.linking import make_token
from logistics.orders.models import Order
from logistics.tracking.following import mark_of_request
from logistics.tracking.models import UpdateRequest

_BLANK_LINES = re.compile(r"\n\s*\n")


@dataclass(frozen=True)
class Letter:
    """A message ready to be sent."""

    message_id: int
    recipient: str
    language: str
    written_at: datetime
    headline: str
    text: str
    html: str


def compose(session: Session, message_id: int, settings: Settings) -> Letter:
    """Write a message's text, and keep it on the row as staff may read it: without the link that opens the customer's page."""
    message = session.get_one(Message, message_id)
    with speaking(message.language):
        if "gathered" not in message.facts:
            message.facts = {**message.facts, **gather(session, message), "gathered": True}
        facts = {**message.facts, **_links(session, message, settings)}
        written = render_apart(f"notifications/{_template(message)}.txt", **facts)
        html = render_apart(f"notifications/{_template(message)}.html", **facts)
    text = _BLANK_LINES.sub("\n\n", written).strip() + "\n"
    message.headline = " ".join(text.partition("\n")[0].split())[:300]
    message.body = re.sub(rf"{re.escape(settings.base_url)}/track/\S+", f"{settings.base_url}/track/…", text)
    return Letter(message.id, message.recipient, message.language, message.created_at, message.headline, text, html)


def _template(message: Message) -> str:
    """The name of a message's texts."""
    return "update" if is_news(message) else message.milestone


def _links(session: Session, message: Message, settings: Settings) -> Facts:
    """The addresses in a message. Those of customers' pages are made anew each time: whoever reads the database gets none."""
    base, secret = settings.base_url, settings.secret_key
    if message.milestone == Milestone.LINKS:
        tokens = links_of(session, message, secret)
        return {"link": f"{base}/track", "links": {number: f"{base}/track/{token}" for number, token in tokens.items()}}
    if message.order_id is None:
        return {"link": f"{base}/stock/{message.facts['sku']}"}
    link = f"{base}/track/{make_token(session.get_one(Order, message.order_id), secret=secret)}"
    if "update_id" not in message.facts:
        return {"link": link}
    request = session.get_one(UpdateRequest, message.facts["update_id"])
    return {"link": link, "updates_link": f"{link}/updates/{mark_of_request(request, secret=secret)}"}
