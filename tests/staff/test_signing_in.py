"""Passwords and sessions, without a browser."""

from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select
from sqlalchemy.orm import Session
from time_machine import TimeMachineFixture

from logistics.core import clock
from logistics.core.events import EventLog
from logistics.staff import signing_in
from logistics.staff.ending_sessions import close_all_sessions, close_own_session, close_session, find_live_sessions
from logistics.staff.models import StaffSession
from logistics.staff.signing_in import (
    ABSOLUTE,
    IDLE,
    WrongCredentials,
    actor_of,
    authenticate,
    find_session,
    hash_password,
    is_password_of,
    note_refused_sign_in,
    open_session,
)
from tests.cast import PASSWORD, Cast
from tests.staff.conftest import HASH

MINUTE = timedelta(minutes=1)


def test_the_right_password_is_accepted_whatever_the_case_of_the_address(session: Session, cast: Cast) -> None:
    clerk = cast.person("clerk")
    clerk.password_hash = HASH

    assert authenticate(session, email=" CLERK@lamp.example ", password=PASSWORD) is clerk


@pytest.mark.parametrize(("email", "password"), [("clerk@lamp.example", "wrong"), ("nobody@lamp.example", PASSWORD), ("", ""), ("%", PASSWORD)])
def test_a_wrong_password_and_an_unknown_address_are_refused_alike(session: Session, cast: Cast, email: str, password: str) -> None:
    cast.person("clerk").password_hash = HASH

    with pytest.raises(WrongCredentials) as refusal:
        authenticate(session, email=email, password=password)

    assert refusal.value.message == "The e-mail address or the password is wrong."


def test_who_was_let_go_is_refused_like_a_stranger(session: Session, cast: Cast) -> None:
    clerk = cast.person("clerk")
    clerk.password_hash, clerk.active = HASH, False

    with pytest.raises(WrongCredentials):
        authenticate(session, email="clerk@lamp.example", password=PASSWORD)


def test_an_unknown_address_costs_one_hash_too(session: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[str] = []
    verify = signing_in._verify
    monkeypatch.setattr(signing_in, "_verify", lambda kept, password: hashed.append(kept) or verify(kept, password))

    for email in ("clerk@lamp.example", "nobody@lamp.example"):
        with pytest.raises(WrongCredentials):
            authenticate(session, email=email, password="wrong")

    assert len(hashed) == 2
    assert all(kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$") for kept in hashed[1:])


def test_passwords_are_kept_as_argon2id_with_at_least_19_mebibytes() -> None:
    assert HASH.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert hash_password(PASSWORD) != HASH


def test_every_character_of_a_long_password_counts(session: Session, cast: Cast) -> None:
    clerk = cast.person("clerk")
    clerk.password_hash = hash_password("x" * 2000 + "a")

    assert is_password_of(clerk, "x" * 2000 + "a")
    assert not is_password_of(clerk, "x" * 2000 + "b")


def test_a_letter_typed_in_two_ways_is_one_letter(session: Session, cast: Cast) -> None:
    clerk = cast.person("clerk")
    clerk.password_hash = hash_password("caf\u00e9 au lait, toujours")

    assert is_password_of(clerk, "cafe\u0301 au lait, toujours")


def test_a_weaker_hash_is_replaced_at_the_next_sign_in(session: Session, cast: Cast) -> None:
    clerk = cast.person("clerk")
    clerk.password_hash = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)

    authenticate(session, email=clerk.email, password=PASSWORD)

    assert clerk.password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_the_token_is_long_and_only_its_hash_is_kept(session: Session, cast: Cast) -> None:
    token = open_session(session, cast.person("clerk"))
    session.flush()

    assert len(token) >= 43
    kept = session.scalars(select(StaffSession)).one()
    assert token not in str(vars(kept))
    assert kept.token_hash not in kept.handle


def test_a_session_ends_half_an_hour_after_it_was_last_used(session: Session, cast: Cast, time_machine: TimeMachineFixture) -> None:
    token, began = open_session(session, cast.person("clerk")), clock.now()
    session.flush()

    time_machine.move_to(began + IDLE - MINUTE)
    assert find_session(session, token) is not None
    time_machine.move_to(began + 2 * IDLE - 2 * MINUTE)
    assert find_session(session, token) is not None
    time_machine.move_to(began + 3 * IDLE)
    assert find_session(session, token) is None


def test_looking_on_does_not_keep_a_session_alive(session: Session, cast: Cast, time_machine: TimeMachineFixture) -> None:
    token, began = open_session(session, cast.person("clerk")), clock.now()
    session.flush()

    time_machine.move_to(began + IDLE - MINUTE)
    assert find_session(session, token, polling=True) is not None
    time_machine.move_to(began + IDLE + MINUTE)
    assert find_session(session, token) is None


def test_a_session_ends_after_twelve_hours_however_busy(session: Session, cast: Cast, time_machine: TimeMachineFixture) -> None:
    token, began = open_session(session, cast.person("clerk")), clock.now()
    session.flush()

    moment = began
    while moment < began + ABSOLUTE - 20 * MINUTE:
        moment += 20 * MINUTE
        time_machine.move_to(moment)
        assert find_session(session, token) is not None
    time_machine.move_to(began + ABSOLUTE + MINUTE)
    assert find_session(session, token) is None


def test_a_session_of_somebody_who_was_let_go_is_dead(session: Session, cast: Cast) -> None:
    clerk = cast.person("clerk")
    token = open_session(session, clerk)
    clerk.active = False
    session.flush()

    assert find_session(session, token) is None


def test_a_closed_session_stays_closed_and_is_closed_once(session: Session, cast: Cast) -> None:
    clerk = cast.person("clerk")
    token = open_session(session, clerk)
    for _again in range(2):
        close_session(session, token, by=actor_of(clerk))
    session.flush()

    assert find_session(session, token) is None
    assert _names(session).count("SignedOut") == 1


def test_all_other_sessions_are_ended_and_counted(session: Session, cast: Cast) -> None:
    clerk, manager = cast.person("clerk"), cast.person("manager")
    kept, other = open_session(session, clerk), open_session(session, clerk)
    somebody_elses = open_session(session, manager)
    session.flush()

    assert close_all_sessions(session, clerk, but=kept) == 1
    session.expire_all()
    assert find_session(session, kept) is not None
    assert find_session(session, other) is None
    assert find_session(session, somebody_elses) is not None


def test_nobody_ends_somebody_elses_session_by_its_handle(session: Session, cast: Cast) -> None:
    clerk, manager = cast.person("clerk"), cast.person("manager")
    token = open_session(session, manager)
    session.flush()
    handle = find_live_sessions(session, manager.id)[0].handle

    close_own_session(session, staff_id=clerk.id, handle=handle, by=actor_of(clerk))

    assert find_session(session, token) is not None


def test_a_refused_try_is_in_the_event_log_for_unknown_addresses_too(session: Session, cast: Cast) -> None:
    clerk = cast.person("clerk")
    note_refused_sign_in(session, email=clerk.email)
    note_refused_sign_in(session, email="nobody@lamp.example", throttled=True)

    rows = session.scalars(select(EventLog).where(EventLog.name == "SignInRefused").order_by(EventLog.id)).all()
    assert [(row.subject_id, row.data["throttled"]) for row in rows] == [(clerk.id, False), (0, True)]
    assert "nobody" not in str([row.data for row in rows])


def _names(session: Session) -> list[str]:
    return list(session.scalars(select(EventLog.name)))
