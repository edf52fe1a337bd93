"""What the log says, and what it never says (SEC40)."""

import io
import json
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.core.actors import needs
from logistics.core.events import EventLog
from logistics.core.keys import RequestKey
from logistics.core.limits import RateCount
from logistics.staff.models import StaffSession
from tests.cast import PASSWORD, Cast
from tests.staff.conftest import sign_in, with_password

NEW = "violet kettle orbit moss"


@pytest.fixture
def log(app: Flask) -> Iterator[io.StringIO]:
    """Everything that is logged, down to the last detail."""
    before, written = structlog.get_config(), io.StringIO()
    structlog.configure(
        processors=before["processors"],
        wrapper_class=structlog.make_filtering_bound_logger(0),
        logger_factory=structlog.WriteLoggerFactory(file=written),
        cache_logger_on_first_use=False,
    )
    yield written
    structlog.configure(**before)


def test_no_password_token_or_cookie_is_ever_written_down(client: FlaskClient, cast: Cast, session: Session, log: io.StringIO) -> None:
    with_password(cast, "admin")
    sign_in(client, "admin", "a wrong password, typed twice")
    sign_in(client, "admin")
    with client.session_transaction() as cookie:
        token = str(cookie["_user_id"])
    sealed = client.get_cookie("session")
    assert sealed
    shown = client.post("/settings/people/new", data={"name": "Inês", "email": "ines@lamp.example", "role": "clerk"}).text
    one_time = shown.partition('data-copy="')[2].partition('"')[0]
    client.post("/me/password", data={"current": PASSWORD, "new": NEW})
    client.post("/me/preferences", data={"language": "tlh"})

    secrets = {PASSWORD, NEW, "a wrong password, typed twice", token, sealed.value, one_time}
    assert all(len(secret) > 10 for secret in secrets)
    kept = [row for table in (EventLog, StaffSession, RequestKey, RateCount) for row in session.scalars(select(table))]
    everything = log.getvalue() + "\n".join(str(vars(row)) for row in kept)
    assert {secret for secret in secrets if secret in everything} == set()
    assert '"sign_in_refused"' in log.getvalue()


def test_each_request_is_one_line_with_its_id_who_asked_and_what_came_of_it(cast: Cast, log: io.StringIO) -> None:
    clerk = cast.client("clerk")
    answer = clerk.get("/me?next=/secret&q=somebody")

    line = _lines(log)[-1]
    assert line["event"] == "request"
    assert (line["method"], line["endpoint"], line["status"], line["ip"]) == ("GET", "staff.show_self", 200, "127.0.0.1")
    assert line["actor"] == cast.made(lambda: cast.person("clerk").id)
    assert line["request_id"] == answer.headers["X-Request-Id"]
    assert line["timestamp"].endswith("Z")
    assert "somebody" not in json.dumps(line)


def test_what_people_type_cannot_begin_a_new_line(client: FlaskClient, log: io.StringIO) -> None:
    client.get("/no/such/%0d%0a%7b%22event%22:%22forged%22%7d/\x1b[2J", headers={"User-Agent": "x\x1b[31m"})
    client.post("/sign-in", data={"email": 'a\r\n{"event": "forged"}', "password": "x"})

    assert all(line["event"] != "forged" for line in _lines(log))
    assert "\x1b" not in log.getvalue()


def test_a_mistake_of_ours_leaves_its_trace_in_the_log(app: Flask, cast: Cast, log: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> str:
        raise RuntimeError("here it is")

    monkeypatch.setitem(app.view_functions, "staff.show_self", needs("self")(fail))
    answer = cast.client("clerk").get("/me")

    bug = next(line for line in _lines(log) if line["event"] == "bug")
    assert bug["request_id"] == answer.headers["X-Request-Id"]
    assert "here it is" in bug["exception"]
    assert "Traceback" in bug["exception"]


def test_refusals_are_in_the_log_whether_a_page_shows_them_or_the_handler_does(cast: Cast, log: io.StringIO) -> None:
    browser = cast.client("admin")
    admin = cast.made(lambda: cast.person("admin").id)
    browser.post(f"/settings/people/{admin}/deactivation")
    browser.post("/settings/people/987654/deactivation")

    asked = [(line["endpoint"], line["status"], line["actor"]) for line in _lines(log) if line["event"] == "request"]
    assert asked == [("staff.create_deactivation", 409, admin), ("staff.create_deactivation", 404, admin)]
    assert [line["code"] for line in _lines(log) if line["event"] == "refused"] == ["not_found"]


def _lines(log: io.StringIO) -> list[dict[str, Any]]:
    assert sys.stderr is not log
    return [json.loads(line) for line in log.getvalue().splitlines()]
