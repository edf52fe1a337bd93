"""The people who work here, as an administrator sees them."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.events import EventLog
from logistics.staff.models import Staff
from tests.cast import Cast
from tests.staff.conftest import sign_in, with_password

PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}
INES = {"name": "Inês <b>Duarte</b>", "email": "ines@lamp.example", "role": "warehouse"}


def test_the_list_shows_who_can_sign_in_and_on_its_other_tab_who_no_longer_can(cast: Cast) -> None:
    with_password(cast, "clerk")
    with_password(cast, "manager", active=False)
    admin = cast.client("admin")

    assert _names(admin.get("/settings/people").text) == ["Admin", "Clerk"]
    assert _names(admin.get("/settings/people?status=inactive").text) == ["Manager"]


def test_htmx_gets_the_table_alone(cast: Cast) -> None:
    answer = cast.client("admin").get("/settings/people", headers=PARTIAL)

    assert 'id="people-table"' in answer.text
    assert "<html" not in answer.text
    assert "HX-Request-Type" in answer.headers["Vary"]


def test_a_long_list_comes_in_pages_that_miss_nobody(cast: Cast, queries: Any) -> None:
    cast.made(lambda: [_add(cast, number) for number in range(120)])
    admin, names, url = cast.client("admin"), [], "/settings/people"

    while url:
        queries.count = 0
        page = admin.get(url).text
        assert queries.count < 20
        names += _names(page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        url = f"/settings/people{following.group(1)}".replace("&amp;", "&") if following else ""

    assert names == ["Admin", *(f"Person {number:03}" for number in range(120))]


@pytest.mark.parametrize("cursor", ["x", "W10", "WyJhIl0", "WzEsMl0", "bnVsbA"])
def test_a_page_that_does_not_exist_is_said_to(cast: Cast, cursor: str) -> None:
    assert cast.client("admin").get(f"/settings/people?cursor={cursor}").status_code == 422


def test_somebody_new_gets_a_one_time_password_that_is_shown_once(app: Flask, cast: Cast, client: FlaskClient, session: Session) -> None:
    admin = cast.client("admin")

    answer = admin.post("/settings/people/new", data=INES)

    assert answer.status_code == 201
    shown = re.search(r"([0-9A-Z]{4}-){3}[0-9A-Z]{4}", answer.text)
    assert shown
    assert "&lt;b&gt;" in answer.text
    assert sign_in(client, "ines", shown.group()).status_code == 303
    assert client.get("/").location == "/me/password"
    person = session.scalars(select(Staff).where(Staff.email == "ines@lamp.example")).one()
    assert shown.group() not in admin.get(f"/settings/people/{person.id}").text
    assert shown.group() not in str([(row.data, row.name) for row in session.scalars(select(EventLog))])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"email": "CLERK@lamp.example"}, "Somebody with this e-mail address is there already."),
        ({"email": "no address"}, "This is not an e-mail address."),
        ({"email": "a@b.example\r\nBcc: x@y.example"}, "This holds a control character"),
        ({"name": ""}, "This is needed."),
        ({"name": "x" * 201}, "At most 200 characters."),
        ({"role": "owner"}, "Not a valid choice"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_what_was_typed_stays(cast: Cast, session: Session, change: dict[str, str], said: str) -> None:
    with_password(cast, "clerk")

    answer = cast.client("admin").post("/settings/people/new", data={**INES, "name": "Inês Duarte", **change})

    assert answer.status_code == 422
    assert said in answer.text
    if "name" not in change:
        assert 'value="Inês Duarte"' in answer.text
    assert session.scalar(select(Staff).where(Staff.email == "ines@lamp.example")) is None


def test_a_changed_role_is_kept_and_an_old_page_is_told(cast: Cast, session: Session) -> None:
    clerk, admin = with_password(cast, "clerk"), cast.client("admin")
    page = admin.get(f"/settings/people/{clerk.id}").text
    version = re.search(r'name="version"[^>]*value="(\d+)"', page)
    assert version

    first = admin.post(f"/settings/people/{clerk.id}/role", data={"role": "manager", "version": version.group(1)})
    second = admin.post(f"/settings/people/{clerk.id}/role", data={"role": "warehouse", "version": version.group(1)})

    assert (first.status_code, second.status_code) == (303, 409)
    assert "Somebody else has changed this person" in second.text
    assert '<option selected value="manager">' in second.text
    session.expire_all()
    assert session.get_one(Staff, clerk.id).role == "manager"


def test_the_last_administrator_is_not_let_go(cast: Cast, session: Session) -> None:
    browser = cast.client("admin")
    admin = cast.made(lambda: cast.person("admin"))

    answer = browser.post(f"/settings/people/{admin.id}/deactivation")

    assert answer.status_code == 409
    assert "Nobody else is an administrator" in answer.text
    assert browser.post(f"/settings/people/{admin.id}/role", data={"role": "clerk", "version": "1"}).status_code == 409
    assert browser.get("/settings/people").status_code == 200


def test_letting_go_and_letting_in_again(app: Flask, cast: Cast, client: FlaskClient) -> None:
    clerk, admin = with_password(cast, "clerk"), cast.client("admin")
    sign_in(client)

    assert admin.post(f"/settings/people/{clerk.id}/deactivation").status_code == 303
    assert client.get("/me").status_code == 302
    assert sign_in(client).status_code == 401
    assert "Can no longer sign in" in admin.get(f"/settings/people/{clerk.id}").text

    assert admin.post(f"/settings/people/{clerk.id}/activation").status_code == 303
    assert sign_in(client).status_code == 303


def test_signing_somebody_out_everywhere(cast: Cast, client: FlaskClient) -> None:
    clerk = with_password(cast, "clerk")
    sign_in(client)

    cast.client("admin").post(f"/settings/people/{clerk.id}/revocation")

    assert client.get("/me").status_code == 302


def test_a_new_one_time_password_replaces_a_lost_one(cast: Cast, client: FlaskClient) -> None:
    clerk = with_password(cast, "clerk")

    answer = cast.client("admin").post(f"/settings/people/{clerk.id}/password")

    shown = re.search(r"([0-9A-Z]{4}-){3}[0-9A-Z]{4}", answer.text)
    assert shown
    assert sign_in(client).status_code == 401
    assert sign_in(client, password=shown.group()).status_code == 303


def test_nobody_is_there_under_another_number(cast: Cast) -> None:
    admin = cast.client("admin")

    assert admin.get("/settings/people/987654").status_code == 404
    assert admin.post("/settings/people/987654/deactivation").status_code == 404
    assert admin.get("/settings/people/99999999999999999999").status_code == 404


def test_an_auditor_looks_but_sees_nothing_to_press_and_no_secrets(cast: Cast) -> None:
    clerk = with_password(cast, "clerk")

    page = cast.client("auditor").get(f"/settings/people/{clerk.id}").text

    assert "/deactivation" not in page
    assert "/role" not in page
    assert clerk.password_hash not in page
    assert "argon2" not in page


def _add(cast: Cast, number: int) -> Staff:
    person = Staff(email=f"p{number}@lamp.example", name=f"Person {number:03}", role="clerk", password_hash="no password", created_at=clock.now())
    cast.session.add(person)
    return person


def _names(page: str) -> list[str]:
    return re.findall(r"data-row-link>([^<]+)<", page)
