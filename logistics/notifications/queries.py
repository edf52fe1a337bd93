"""Reading messages for screens."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.core.language import _
from logistics.fulfilment.models import Shipment
from logistics.notifications.models import Message, Subject
from logistics.notifications.rules import Problem
from logistics.orders.models import Order


def messages_panel(session: Session, order: Order) -> Mapping[str, Any]:
    """What the order page's panel shows: everything that was told about the order, newest first, as {"messages": rows}."""
    rows = (
        select(
            Message.id,
            Message.milestone,
            Message.recipient,
            Message.state,
            Message.attempts,
            Message.created_at,
            Message.sent_at,
            Message.headline,
            Message.body,
            Message.problem,
            Shipment.reference,
        )
        .outerjoin(Shipment, (Message.subject == Subject.SHIPMENT.value) & (Shipment.id == Message.subject_id))
        .where(Message.order_id == order.id)
    )
    found = session.execute(rows.order_by(Message.id.desc()))
    return {"messages": [{**row._mapping, "problem": problem_text(row.problem), "text": _without_headline(row.body)} for row in found]}


def problem_text(problem: str) -> str:
    """Why a message did not go out, in words; empty where nothing is wrong."""
    code, _colon, words = problem.partition(": ")
    sentences = {
        Problem.REFUSED.value: _("The mail server refused it: %(words)s", words=words),
        Problem.NOT_AN_ADDRESS.value: _("This is not an e-mail address."),
        Problem.UNREACHABLE.value: _("The mail server could not be reached: %(words)s", words=words),
        Problem.NOT_LET_IN.value: _("The mail server did not let us in: %(words)s", words=words),
        Problem.NOT_WRITTEN.value: _("The mail folder could not be written: %(words)s", words=words),
        Problem.OUR_MISTAKE.value: _("The text could not be written. This is our mistake; the log says more."),
    }
    return str(sentences.get(code.rstrip(":"), problem))


def _without_headline(body: str) -> str:
    return body.partition("\n")[2].strip()
