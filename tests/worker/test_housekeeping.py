"""What nobody needs any more goes, and nothing else."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from logistics.core import clock, jobs
from logistics.core.keys import RequestKey
from logistics.core.limits import RateCount
from logistics.worker import tasks
from logistics.worker.invariants import INVARIANTS


@pytest.fixture(autouse=True)
def context(app: Flask) -> None:
    """Tasks run in this application's context."""
    jobs.init_app(app)


def test_jobs_that_ended_a_week_ago_go(app: Flask, session: Session) -> None:
    for name, status, days in (("old", "succeeded", 8), ("failed", "failed", 8), ("young", "succeeded", 6), ("waiting", "todo", 30)):
        _job(session, name, status, days)
    session.commit()

    tasks.forget_finished_jobs()

    left = set(session.scalars(text("SELECT task_name FROM procrastinate_jobs")))
    assert left == {"young", "waiting"}


def test_one_time_keys_go_after_two_days(session: Session) -> None:
    for key, hours in (("old", 49), ("young", 47)):
        session.add(_key(key=key, created_at=clock.now() - timedelta(hours=hours)))
    session.commit()

    tasks.forget_used_keys()

    assert list(session.scalars(select(RequestKey.key))) == ["young"]


def test_counts_go_when_their_window_is_over(session: Session) -> None:
    for key, seconds in (("over", -1), ("open", 60)):
        session.add(RateCount(key=key, count=1, expires_at=clock.now() + timedelta(seconds=seconds)))
    session.commit()

    tasks.forget_counted_tries()

    assert list(session.scalars(select(RateCount.key))) == ["open"]


@pytest.mark.parametrize("broken", [{"status": 0}, {"status": 500}, {"status": 303, "headers": {}}, {"fingerprint": "?"}])
def test_a_key_without_its_answer_is_found(session: Session, broken: dict[str, object]) -> None:
    session.add_all([_key(key="page"), _key(key="redirect", status=303, headers={"Location": "/orders/"})])
    session.flush()
    (invariant,) = INVARIANTS
    assert invariant.offenders(session.connection()) == []

    session.add(_key(key="broken-one", **broken))
    session.flush()

    assert [row["key_begins"] for row in invariant.offenders(session.connection())] == ["broken-o"]


def _key(**values: object) -> RequestKey:
    given = {"scope": "staff:1", "fingerprint": "f" * 64, "status": 200, "headers": {}, "body": "", "created_at": clock.now()}
    return RequestKey(**{**given, **values})


def _job(session: Session, name: str, status: str, days: int) -> None:
    columns = "queue_name, task_name, status) VALUES ('default', :name, CAST(:status AS procrastinate_job_status)"
    add = text(f"INSERT INTO procrastinate_jobs ({columns}) RETURNING id")
    job = session.scalar(add, {"name": name, "status": status})
    session.execute(text("DELETE FROM procrastinate_events WHERE job_id = :job"), {"job": job})
    note = text("INSERT INTO procrastinate_events (job_id, type, at) VALUES (:job, 'started', now() - :days * interval '1 day')")
    session.execute(note, {"job": job, "days": days})
