"""The door: who gets in, who does not, and what the browser holds afterwards."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from time_machine import TimeMachineFixture

from logistics.core import clock
from logistics.core.events import EventLog
from logistics.staff.models import Staff, StaffSession
from tests.cast import PASSWORD, Cast
from tests.staff.conftest import sign_in, with_password

AWAY = (
    "//evil.example",
    "/\\evil.example",
    "https:evil.example",
    "%2f%2fevil.example",
    "javascript:alert(1)",
    "/%0d%0aSet-Cookie:x=1",
    "\t//evil.example",
    "/no/such/page",
    "/sign-out",
)
PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}


def test_the_right_password_opens_the_door(client: FlaskClient, clerk: Staff) -> None:
    assert client.get("/me").location == "/sign-in?next=/me"

    answer = sign_in(client)

    assert (answer.status_code, answer.location) == (303, "/")
    assert client.get("/me").status_code == 200


def test_after_signing_in_one_is_where_one_wanted_to_be(client: FlaskClient, clerk: Staff) -> None:
    form = client.get("/sign-in?next=/me").text

    assert re.search(r'name="next"[^>]*value="/me"', form)
    assert sign_in(client, data={"next": "/me"}).location == "/me"


@pytest.mark.parametrize(
    "target",
    AWAY,
)
def test_a_target_that_is_no_page_of_ours_leads_to_the_start(client: FlaskClient, clerk: Staff, target: str) -> None:
    assert "evil" not in client.get("/sign-in", query_string={"next": target}).text

    answer = sign_in(client, data={"next": target})

    assert answer.location == "/"
    assert not any(text.startswith("x=") for text in answer.headers.getlist("Set-Cookie"))


def test_who_is_inside_is_not_asked_again(cast: Cast) -> None:
    assert cast.client("clerk").get("/sign-in?next=/me").location == "/me"


@pytest.mark.parametrize(("who", "password"), [("clerk", "not this one"), ("nobody", PASSWORD), ("manager", PASSWORD)])
def test_no_says_nothing_about_why(client: FlaskClient, cast: Cast, clerk: Staff, who: str, password: str) -> None:
    with_password(cast, "manager", active=False)

    answer = sign_in(client, who, password)

    assert answer.status_code == 401
    assert "The e-mail address or the password is wrong." in answer.text
    assert password not in answer.text
    assert f'value="{who}@lamp.example"' in answer.text
    assert not re.search(r"session=[^;]{200,}", str(answer.headers.getlist("Set-Cookie")))


def test_known_and_unknown_addresses_get_the_same_answer(app: Flask, clerk: Staff) -> None:
    known, unknown = (sign_in(app.test_client(), who, "wrong") for who in ("clerk", "other"))

    assert known.status_code == unknown.status_code
    assert _plain(known.text) == _plain(unknown.text)
    assert set(known.headers.keys()) == set(unknown.headers.keys())


@pytest.mark.parametrize("data", [{}, {"email": "", "password": ""}, {"email": "a\x00b", "password": "x"}, {"email": "x" * 300, "password": "y"}])
def test_a_form_that_cannot_be_read_is_shown_again(client: FlaskClient, data: dict[str, str]) -> None:
    answer = client.post("/sign-in", data=data)

    assert answer.status_code == 422
    assert "aria-invalid" in answer.text


def test_the_eleventh_wrong_try_is_stopped_whatever_address_it_comes_from(client: FlaskClient, clerk: Staff) -> None:
    for number in range(10):
        assert sign_in(client, password="wrong", environ_base={"REMOTE_ADDR": f"10.0.0.{number}"}).status_code == 401

    answer = sign_in(client, environ_base={"REMOTE_ADDR": "10.0.0.99"})

    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 900
    assert "Too many tries" in answer.text
    assert client.get("/me").status_code == 302


def test_after_a_while_the_owner_may_try_again(client: FlaskClient, clerk: Staff, time_machine: TimeMachineFixture) -> None:
    for _number in range(11):
        sign_in(client, password="wrong")
    time_machine.move_to(clock.now() + timedelta(minutes=16))

    assert sign_in(client).status_code == 303


def test_the_owners_success_starts_the_count_anew(client: FlaskClient, clerk: Staff) -> None:
    for _round in range(3):
        for _number in range(9):
            assert sign_in(client, password="wrong").status_code == 401
        assert sign_in(client).status_code == 303


def test_another_account_is_not_stopped_by_it(client: FlaskClient, cast: Cast, clerk: Staff) -> None:
    with_password(cast, "manager")
    for _number in range(11):
        sign_in(client, password="wrong")

    assert sign_in(client, "manager").status_code == 303


def test_one_address_cannot_try_account_after_account(client: FlaskClient, clerk: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    # Hashing a hundred times is not what is tested here.
    monkeypatch.setattr("logistics.staff.signing_in._verify", lambda *_both: False)
    statuses = [sign_in(client, f"person{number}", "wrong").status_code for number in range(100)]

    assert set(statuses) == {401}
    assert sign_in(client).status_code == 429
    assert sign_in(client, environ_base={"REMOTE_ADDR": "10.9.9.9"}).status_code == 401


def test_what_happened_at_the_door_is_in_the_event_log(client: FlaskClient, clerk: Staff, session: Session) -> None:
    sign_in(client, password="wrong")
    sign_in(client)
    client.post("/sign-out")

    rows = session.execute(select(EventLog.name, EventLog.subject_id).where(EventLog.subject == "staff").order_by(EventLog.id)).all()
    assert [tuple(row) for row in rows] == [("SignInRefused", clerk.id), ("SignedIn", clerk.id), ("SignedOut", clerk.id)]


def test_a_planted_session_does_not_survive_signing_in(app: Flask, client: FlaskClient, clerk: Staff) -> None:
    with client.session_transaction() as cookie:
        cookie["_user_id"], cookie["planted"], cookie["csrf_token"] = "x" * 43, "yes", "planted-token"

    sign_in(client)

    with client.session_transaction() as cookie:
        assert "planted" not in cookie
        assert cookie["_user_id"] != "x" * 43
        assert len(cookie["_user_id"]) >= 43
        assert cookie.get("csrf_token") != "planted-token"


def test_signing_in_again_ends_the_session_before(client: FlaskClient, clerk: Staff, session: Session) -> None:
    sign_in(client)
    old = _cookie(client)
    sign_in(client)

    assert _cookie(client) != old
    live = session.scalars(select(StaffSession).where(StaffSession.revoked_at.is_(None))).all()
    assert len(live) == 1


def test_the_cookie_is_dead_after_signing_out(app: Flask, client: FlaskClient, clerk: Staff) -> None:
    sign_in(client)
    kept = client.get_cookie("session")
    assert kept is not None

    assert client.post("/sign-out").status_code == 303

    thief = app.test_client()
    thief.set_cookie("session", kept.value)
    assert thief.get("/me").status_code == 302
    assert thief.get("/me", headers=PARTIAL).status_code == 401
    assert thief.post("/sign-out").status_code == 401


def test_the_cookie_is_for_the_browser_only(client: FlaskClient, clerk: Staff) -> None:
    cookie = next(text for text in sign_in(client).headers.getlist("Set-Cookie") if text.startswith("session="))

    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= {part.strip() for part in cookie.split(";")}
    assert "Domain" not in cookie
    assert len(cookie) < 4096


def test_an_expired_session_never_puts_the_door_into_a_table(cast: Cast, client: FlaskClient, time_machine: TimeMachineFixture) -> None:
    browser = cast.client("admin")
    time_machine.move_to(clock.now() + timedelta(minutes=31))

    answer = browser.get("/settings/people", headers=PARTIAL)

    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/sign-in?next=/settings/people"
    assert "<form" not in answer.text


def test_the_form_is_protected_before_signing_in_and_its_token_is_not_good_after(
    app: Flask, client: FlaskClient, clerk: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    assert sign_in(client).status_code == 403

    token = _token(client.get("/sign-in").text)
    assert sign_in(client, data={"csrf_token": token}).status_code == 303
    assert client.post("/sign-out", data={"csrf_token": token}).status_code == 403
    assert client.post("/sign-out", data={"csrf_token": _token(client.get("/me").text)}).status_code == 303


def test_whoever_is_at_the_door_chooses_the_language(client: FlaskClient) -> None:
    answer = client.post("/me/preferences", data={"language": "zh_Hans"}, headers={"Referer": "http://localhost/sign-in?next=/me&lang=en"})

    assert (answer.status_code, answer.location) == (303, "/sign-in?next=%2Fme")
    assert 'lang="zh-Hans"' in client.get("/sign-in").text
    assert client.post("/me/preferences", data={"language": "tlh"}).status_code == 422


def test_a_one_time_password_opens_nothing_but_the_way_to_another(client: FlaskClient, cast: Cast) -> None:
    with_password(cast, "admin", one_time_password=True)
    sign_in(client, "admin")

    assert client.get("/settings/people").location == "/me/password"
    assert client.get("/settings/people", headers=PARTIAL).headers["HX-Redirect"] == "/me/password"
    assert client.post("/settings/people/new", data={"name": "X", "email": "x@lamp.example", "role": "admin"}).location == "/me/password"
    assert "Choose one that only you know" in client.get("/me/password").text

    answer = client.post("/me/password", data={"current": PASSWORD, "new": "violet kettle orbit moss"})
    assert (answer.status_code, answer.location) == (303, "/")
    assert client.get("/settings/people").status_code == 200


def _cookie(client: FlaskClient) -> str:
    with client.session_transaction() as cookie:
        return str(cookie["_user_id"])


def _token(html: str) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', html)
    assert found
    return found.group(1)


def _plain(html: str) -> str:
    return re.sub(r'value="[^"]*"|clerk|other', "", html)
