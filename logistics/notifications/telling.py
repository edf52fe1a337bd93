"""Telling: news becomes rows, in the transaction of the news; the worker sends them."""

import json
from typing import Any

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.jobs import enqueue_once
from logistics.notifications.models import MessageState, Milestone, Subject
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


def tell_customer(
    session: Session, milestone: Milestone, *, order_id: int, shipment_id: int | None = None, about: tuple[Subject, int] | None = None, **facts: Any
) -> None:
    """Tell an order's customer of a milestone of the order, of one of its shipments, or of what it is `about`; `facts` are for the text.

    A no-op where it was told before, and for imported history. Without an e-mail address the row is there, suppressed.
    """
    of_parcel = (Subject.SHIPMENT, shipment_id) if shipment_id else None
    subject, subject_id = about or of_parcel or (Subject.ORDER, order_id)
    _write(session, _TO_CUSTOMER, subject, subject_id, milestone, facts, order_id=order_id)


def tell_managers(session: Session, milestone: Milestone, *, notice_id: int, **facts: Any) -> None:
    """Put a notice to every active manager and administrator, once per `notice_id`. Where there is nobody, a suppressed row says so."""
    _write(session, _TO_MANAGERS, Subject.STAFF_NOTICE, notice_id, milestone, facts)


def _write(session: Session, rows: TextClause, subject: Subject, subject_id: int, milestone: Milestone, facts: dict[str, Any], **whose: int) -> None:
    # One statement, for this stands on the hot path of placing; the flush makes what the caller has just changed readable to it.
    session.flush()
    about = {"subject": subject.value, "subject_id": subject_id, "milestone": milestone.value, **whose}
    states = session.scalars(rows, {**about, "facts": json.dumps(facts), "moment": clock.now()}).all()
    if MessageState.QUEUED in states:
        enqueue_once(session, dispatch)
