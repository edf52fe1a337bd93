"""Who may come in: every route is in the table, on the public list or on that of the keyed, and the doors keep to it (reliability.md 3.1)."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from logistics.api.models import Scope
from logistics.core.actors import needed_function, needed_scopes
from logistics.core.limits import DatabaseStorage
from logistics.staff.models import Role
from logistics.staff.permissions import KEYED, PERMISSIONS, PUBLIC
from tests.api.programs import program
from tests.cast import PEOPLE, Cast
from tests.doors import Door, doors, fingerprints
from tests.source import ROOT

PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}
# What the table grants already and no door asks for yet: whoever takes orders may write prices, until the API's keys may not.
WAITING = {"prices.write"}
SCOPES = [scope.value for scope in Scope]


def test_every_route_is_guarded_public_or_keyed_and_only_one_of_them(app: Flask) -> None:
    guarded = {endpoint for endpoint, view in app.view_functions.items() if needed_function(view)}
    routes = {rule.endpoint for rule in app.url_map.iter_rules()}

    assert routes == guarded | PUBLIC | set(KEYED)
    assert guarded & PUBLIC == guarded & set(KEYED) == PUBLIC & set(KEYED) == set()


def test_every_keyed_door_asks_for_the_scopes_of_the_list(app: Flask) -> None:
    asked = {endpoint: needed_scopes(view) for endpoint, view in app.view_functions.items()}

    assert {endpoint: scopes for endpoint, scopes in asked.items() if scopes is not None} == KEYED


def test_what_is_public_is_not_guarded_as_well_and_is_there(app: Flask) -> None:
    assert {endpoint for endpoint in PUBLIC if endpoint not in app.view_functions} == set()
    assert {endpoint for endpoint in PUBLIC if needed_function(app.view_functions[endpoint])} == set()


def test_every_guard_names_a_function_of_the_table(app: Flask) -> None:
    named = {needed_function(view) for view in app.view_functions.values()} - {None}

    assert named - set(PERMISSIONS) == set()


def test_every_function_of_the_table_is_asked_for_somewhere() -> None:
    sources = [path for folder in ("logistics", "templates") for path in (ROOT / folder).rglob("*.*") if path.suffix in (".py", ".html", ".txt")]
    text = "\n".join(path.read_text() for path in sources if path.name != "permissions.py")
    asked = {function for function in PERMISSIONS if re.search(rf"""["']{re.escape(function)}["']""", text)}

    assert set(PERMISSIONS) - asked == WAITING


def test_an_unlisted_route_is_refused_even_to_an_administrator(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.view_functions, "staff.list_people", lambda: "everybody's secrets")

    answer = cast.client("admin").get("/settings/people")

    assert answer.status_code == 403
    assert b"secrets" not in answer.data


def test_nobody_but_the_table_decides(app: Flask) -> None:
    assert app.extensions["permissions"] is PERMISSIONS
    assert all(roles <= set(Role) and roles for roles in PERMISSIONS.values())


@pytest.mark.parametrize("who", PEOPLE)
def test_each_role_opens_exactly_its_own_pages(app: Flask, cast: Cast, who: str) -> None:
    browser, role = cast.client(who), PEOPLE[who]
    wrong = []
    for door in _guarded(app, "GET"):
        # Nobody exports as often as this in an hour.
        with app.app_context():
            DatabaseStorage().reset()
        expected = role in PERMISSIONS[str(door.function)]
        for headers in ({}, PARTIAL):
            answer = browser.get(door.url, headers=headers)
            if answer.status_code == 403 if expected else answer.status_code != 403:
                wrong.append((str(door), headers, answer.status_code))
            if expected and door.is_page and answer.status_code >= 400:
                wrong.append((str(door), headers, answer.status_code))

    assert wrong == []


def test_the_outsider_is_sent_to_the_door_from_every_page(app: Flask, client: FlaskClient) -> None:
    sent = {door: client.get(door.url) for door in _guarded(app, "GET")}
    refused = {door: client.get(door.url, headers=PARTIAL) for door in _guarded(app, "GET")}

    assert {str(door) for door, answer in sent.items() if answer.status_code != 302 or not answer.location.startswith("/sign-in")} == set()
    assert {str(door) for door, answer in refused.items() if answer.status_code != 401 or "/sign-in" not in answer.headers["HX-Redirect"]} == set()


def test_the_outsider_writes_nothing_anywhere(app: Flask, client: FlaskClient, session: Session) -> None:
    before = fingerprints(session)
    answers = {str(door): client.open(door.url, method=door.method, data={"quantity": "1"}) for door in _guarded(app, *WRITING)}

    assert {door: answer.status_code for door, answer in answers.items() if answer.status_code != 401} == {}
    assert fingerprints(session) == before


@pytest.mark.parametrize("who", PEOPLE)
def test_a_role_without_the_function_writes_nothing(app: Flask, cast: Cast, session: Session, who: str) -> None:
    browser, role = cast.client(who), PEOPLE[who]
    before = fingerprints(session)
    forbidden = [door for door in _guarded(app, *WRITING) if role not in PERMISSIONS[str(door.function)]]
    answers = {str(door): browser.open(door.url, method=door.method, data={"quantity": "1"}) for door in forbidden}

    assert {door: answer.status_code for door, answer in answers.items() if answer.status_code != 403} == {}
    assert fingerprints(session) == before


def test_an_empty_form_never_breaks_a_door(app: Flask, cast: Cast) -> None:
    answers = {str(door): cast.client("admin").open(door.url, method=door.method, data={}) for door in _guarded(app, *WRITING)}

    assert {door: answer.status_code for door, answer in answers.items() if answer.status_code >= 500} == {}


def test_a_session_opens_no_door_for_programs(app: Flask, cast: Cast, session: Session) -> None:
    admin = cast.client("admin")
    before = fingerprints(session)
    answers = {str(door): admin.open(door.url, method=door.method, json={}) for door in _keyed(app, "GET", *WRITING)}

    assert {door: answer.status_code for door, answer in answers.items() if answer.status_code != 401} == {}
    assert len({answer.get_json()["title"] for answer in answers.values()}) == 1
    assert fingerprints(session) == before


def test_a_key_opens_no_door_for_people(app: Flask, cast: Cast, session: Session) -> None:
    key = {"Authorization": f"Bearer {program(cast, *SCOPES).key}"}
    before = fingerprints(session)
    answers = {str(door): app.test_client().open(door.url, method=door.method, headers=key) for door in _guarded(app, "GET", *WRITING)}

    assert {door: answer.status_code for door, answer in answers.items() if answer.status_code not in (302, 401)} == {}
    assert fingerprints(session) == before


@pytest.mark.parametrize("scope", SCOPES)
def test_a_key_opens_exactly_the_doors_of_its_scopes(app: Flask, cast: Cast, session: Session, scope: str) -> None:
    shop = program(cast, scope)
    before = fingerprints(session)
    wrong = []
    for door in _keyed(app, "GET", *WRITING):
        answer = shop.send(door.method, door.url.removeprefix("/api/v1"), b"", {})
        refused = answer.status_code == 403 and answer.get_json()["code"] == "missing_scope"
        if refused == (scope in KEYED[door.endpoint]):
            wrong.append((str(door), answer.status_code))

    assert wrong == []
    assert fingerprints(session) == before


WRITING = ("POST", "PUT", "PATCH", "DELETE")


def _guarded(app: Flask, *methods: str) -> list[Door]:
    return [door for door in doors(app, *methods) if door.function]


def _keyed(app: Flask, *methods: str) -> list[Door]:
    return [door for door in doors(app, *methods) if door.scopes is not None]
