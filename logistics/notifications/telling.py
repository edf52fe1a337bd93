"""Telling: news becomes rows, in the transaction of the news; the worker sends them."""

import json
from typing import Any

from sqlalchemy import TextClause, text, update
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.jobs import enqueue_once
from logistics.notifications.models import Message, MessageState, Milestone, Subject
from logistics.notifications.tasks import dispatch

_TO_CUSTOMER = text(
    """
    INSERT INTO messages (subject, subject_id, milestone, facts, created_at, means, attempts, headline, body, problem,
                          order_id, recipient, language, state)
    SELECT :subject, :subject_id, :milestone, CAST(:facts AS jsonb), :moment, 'email', 0, '', '', '',
           id, email, language, CASE WHEN email = '' THEN 'suppressed' ELSE 'queued' END
      FROM orders WHERE id = :order_id AND imported_at IS NULL
    ON CONFLICT DO NOTHING RETURNING state
    """
)
_TO_MANAGERS = text(
    """
    INSERT INTO messages (subject, subject_id, milestone, facts, created_at, means, attempts, headline, body, problem,
                          recipient, language, state)
    SELECT :subject, :subject_id, :milestone, CAST(:facts AS jsonb), :moment, 'email', 0, '', '', '',
           whom.email, whom.language, whom.state
      FROM (
        SELECT email, coalesce(nullif(language, ''), 'en') AS language, 'queued' AS state
          FROM staff WHERE active AND role IN ('admin', 'manager')
        UNION ALL
        SELECT '', 'en', 'suppressed' WHERE NOT EXISTS (SELECT 1 FROM staff WHERE active AND role IN ('admin', 'manager'))
      ) whom
    ON CONFLICT DO NOTHING RETURNING state
    """
)
_TO_FOLLOWERS = text(
    """
    INSERT INTO messages (subject, subject_id, milestone, facts, created_at, means, attempts, headline, body, problem,
                          order_id, recipient, language, state)
    SELECT :subject, :subject_id, CAST(:milestone AS text), jsonb_build_object('update_id', u.id), :moment, 'email', 0, '', '', '',
           o.id, u.email, u.language, 'queued'
      FROM update_requests u JOIN orders o ON o.id = u.order_id
     WHERE u.order_id = :order_id AND u.confirmed_at IS NOT NULL AND u.ended_at IS NULL AND o.imported_at IS NULL
       AND NOT (CAST(:milestone AS text) IN ('shipped', 'delivered') AND lower(u.email) = lower(o.email))
    ON CONFLICT DO NOTHING RETURNING state
    """
)
_TO_ADDRESS = text(
    """
    INSERT INTO messages (subject, subject_id, milestone, facts, created_at, means, attempts, headline, body, problem,
                          order_id, recipient, language, state)
    VALUES (:subject, :subject_id, :milestone, CAST(:facts AS jsonb), :moment, 'email', 0, '', '', '',
            CAST(:order_id AS bigint), :recipient, :language, 'queued')
    ON CONFLICT DO NOTHING RETURNING state
    """
)


def tell_customer(
    session: Session, milestone: Milestone, *, order_id: int, shipment_id: int | None = None, about: tuple[Subject, int] | None = None, **facts: Any
) -> None:
    """Tell an order's customer of a milestone of the order, of one of its shipments, or of what it is `about`; `facts` are for the text.

    A no-op where it was told before, and for imported history. Without an e-mail address the row is there, suppressed.
    """
    of_parcel = (Subject.SHIPMENT, shipment_id) if shipment_id else None
    subject, subject_id = about or of_parcel or (Subject.ORDER, order_id)
    _write(session, _TO_CUSTOMER, subject, subject_id, milestone, facts, order_id=order_id)


def tell_followers(session: Session, milestone: Milestone, *, order_id: int, shipment_id: int) -> None:
    """Tell those who asked for the news of an order, and confirmed it, of a milestone of one of its shipments.

    A no-op where they were told before, and where the order's own customer is told of it at the same address.
    """
    _write(session, _TO_FOLLOWERS, Subject.SHIPMENT, shipment_id, milestone, {}, order_id=order_id)


def tell_address(
    session: Session, milestone: Milestone, *, about: tuple[Subject, int], recipient: str, language: str, order_id: int | None = None, **facts: Any
) -> None:
    """Write to an e-mail address, of an order or of none. A no-op where it was written to about this before."""
    subject, subject_id = about
    _write(session, _TO_ADDRESS, subject, subject_id, milestone, facts, order_id=order_id, recipient=recipient, language=language)


def drop_news(session: Session, *, order_id: int, update_id: int) -> None:
    """Let the messages that wait for somebody who ended the news of an order not be sent."""
    theirs = (Message.order_id == order_id, Message.facts["update_id"].as_integer() == update_id)
    waiting = update(Message).where(*theirs, Message.state == MessageState.QUEUED.value)
    session.execute(waiting.values(state=MessageState.SUPPRESSED.value))


def tell_managers(session: Session, milestone: Milestone, *, notice_id: int, **facts: Any) -> None:
    """Put a notice to every active manager and administrator, once per `notice_id`. Where there is nobody, a suppressed row says so."""
    _write(session, _TO_MANAGERS, Subject.STAFF_NOTICE, notice_id, milestone, facts)


def _write(session: Session, rows: TextClause, subject: Subject, subject_id: int, milestone: Milestone, facts: dict[str, Any], **whose: Any) -> None:
    # One statement, for this stands on the hot path of placing; the flush makes what the caller has just changed readable to it.
    session.flush()
    about = {"subject": subject.value, "subject_id": subject_id, "milestone": milestone.value, **whose}
    states = session.scalars(rows, {**about, "facts": json.dumps(facts), "moment": clock.now()}).all()
    if MessageState.QUEUED in states:
        enqueue_once(session, dispatch)
