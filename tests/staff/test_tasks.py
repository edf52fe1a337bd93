"""Old sessions are forgotten."""

from datetime import timedelta

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.staff.models import StaffSession
from logistics.staff.signing_in import open_session
from logistics.staff.tasks import KEPT, forget_old_sessions
from tests.cast import Cast


def test_sessions_of_last_month_are_forgotten_and_younger_ones_stay(app: Flask, cast: Cast, session: Session) -> None:
    clerk = cast.person("clerk")
    for age in (KEPT + timedelta(hours=1), KEPT - timedelta(hours=1)):
        token = open_session(session, clerk)
        session.flush()
        session.get_one(StaffSession, StaffSession.hash_of(token)).created_at = clock.now() - age
    session.commit()

    forget_old_sessions()

    kept = session.scalars(select(StaffSession)).all()
    assert [row.token_hash for row in kept] == [StaffSession.hash_of(token)]
