"""One's own account."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from logistics.staff.models import Staff
from tests.cast import PASSWORD, Cast
from tests.staff.conftest import sign_in, with_password

PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}
NEW = "violet kettle orbit moss"
FIREFOX = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}


def test_everybody_sees_themselves_and_where_they_are_signed_in(app: Flask, client: FlaskClient, clerk: Staff) -> None:
    sign_in(app.test_client(), headers=FIREFOX)
    sign_in(client)

    page = client.get("/me").text

    assert "clerk@lamp.example" in page
    assert "Firefox, Linux" in page
    assert page.count("This browser") == 1
    assert clerk.password_hash not in page


def test_ending_another_browsers_session_takes_it_off_the_list_only_there(app: Flask, client: FlaskClient, clerk: Staff) -> None:
    other = app.test_client()
    sign_in(other, headers=FIREFOX)
    sign_in(client)
    action = re.search(r'action="(/me/sessions/[0-9a-f]{16}/revocation)"', client.get("/me").text)
    assert action

    answer = client.post(action.group(1), headers=PARTIAL)

    assert answer.status_code == 200
    assert 'id="own-sessions"' in answer.text
    assert "<html" not in answer.text
    assert "Firefox" not in answer.text
    assert other.get("/me").status_code == 302
    assert client.get("/me").status_code == 200
    assert client.post(action.group(1)).location == "/me"


def test_all_other_browsers_are_signed_out_at_once(app: Flask, client: FlaskClient, clerk: Staff) -> None:
    others = [app.test_client() for _number in range(2)]
    for browser in [*others, client]:
        sign_in(browser)

    assert client.post("/me/revocation").location == "/me"

    assert [browser.get("/me").status_code for browser in others] == [302, 302]
    assert client.get("/me").status_code == 200


def test_a_changed_password_lets_this_browser_stay_and_the_others_go(app: Flask, client: FlaskClient, clerk: Staff) -> None:
    other = app.test_client()
    sign_in(other)
    sign_in(client)

    answer = client.post("/me/password", data={"current": PASSWORD, "new": NEW})

    assert (answer.status_code, answer.location) == (303, "/me")
    assert other.get("/me").status_code == 302
    assert "Your new password is kept" in client.get("/me").text
    assert sign_in(app.test_client()).status_code == 401
    assert sign_in(app.test_client(), password=NEW).status_code == 303


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"current": "not this one", "new": NEW}, "This is not your present password."),
        ({"current": PASSWORD, "new": "short"}, "Use at least 12 characters."),
        ({"current": PASSWORD, "new": "clerk@lamp.example"}, "Leave out your name"),
        ({"current": PASSWORD, "new": ""}, "This is needed."),
        ({}, "This is needed."),
    ],
)
def test_a_password_that_will_not_do_is_refused_and_never_shown(client: FlaskClient, clerk: Staff, data: dict[str, str], said: str) -> None:
    sign_in(client)

    answer = client.post("/me/password", data=data)

    assert answer.status_code == 422
    assert said in answer.text
    assert not any(typed and f'value="{typed}"' in answer.text for typed in data.values())


def test_the_present_password_cannot_be_guessed_on_and_on(client: FlaskClient, clerk: Staff) -> None:
    sign_in(client)
    statuses = [client.post("/me/password", data={"current": f"guess {number}", "new": NEW}).status_code for number in range(11)]

    assert statuses == [422] * 10 + [429]
    assert client.post("/me/password", data={"current": PASSWORD, "new": NEW}).status_code == 429


def test_language_and_colours_are_kept_for_the_person(client: FlaskClient, clerk: Staff, session: Session) -> None:
    sign_in(client)
    here = {"Referer": "http://localhost/me"}

    assert client.post("/me/preferences", data={"language": "zh_Hans"}, headers=here).location == "/me"
    client.post("/me/preferences", data={"theme": "dark"}, headers=here)

    page = client.get("/me").text
    assert '<html lang="zh-Hans" data-theme="dark">' in page
    client.post("/me/preferences", data={"theme": ""}, headers=here)
    assert "data-theme=" not in client.get("/me").text
    assert client.post("/me/preferences", data={"theme": "pink"}).status_code == 422


@pytest.mark.parametrize("referrer", ["", "https://evil.example/me", "http://localhost//evil.example", "http://localhost.evil/me", "nonsense"])
def test_after_choosing_one_stays_on_this_site(client: FlaskClient, referrer: str) -> None:
    assert client.post("/me/preferences", data={"language": "en"}, headers={"Referer": referrer}).location == "/"


def test_a_form_cannot_make_somebody_more_than_they_are(client: FlaskClient, clerk: Staff, session: Session) -> None:
    sign_in(client)
    client.post("/me/preferences", data={"theme": "dark", "role": "admin", "id": "1", "active": "1", "password_hash": "x"})
    client.post("/me/password", data={"current": PASSWORD, "new": NEW, "role": "admin", "person_id": "1"})

    session.expire_all()
    assert session.get_one(Staff, clerk.id).role == "clerk"


def test_the_page_costs_few_statements(client: FlaskClient, cast: Cast, clerk: Staff, queries: object) -> None:
    sign_in(client)
    queries.count = 0  # type: ignore[attr-defined]

    client.get("/me")

    assert queries.count <= 5 + _counting(client)  # type: ignore[attr-defined]


def _counting(client: FlaskClient) -> int:
    """The navigation counts what waits: at most one statement for each entry."""
    return len(client.application.extensions["navigation"])


def test_a_role_that_changes_signs_one_out(client: FlaskClient, cast: Cast, clerk: Staff) -> None:
    sign_in(client)
    with_password(cast, "admin")

    cast.client("admin").post(f"/settings/people/{clerk.id}/role", data={"role": "manager", "version": "1"})

    assert client.get("/me").status_code == 302
