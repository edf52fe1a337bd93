"""One-time keys: the same form twice has one effect and one answer (P6, B47, B48, B84)."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, Response, make_response, request
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from logistics.core.actors import current_actor, needs
from logistics.core.database import db
from logistics.core.events import EventLog, publish
from logistics.core.keys import RequestKey, new_key, writes_once
from logistics.core.operators import CommandRun
from logistics.core.refusals import Refusal
from tests.cast import Cast

KEY = "k" * 22


class OutOfLamps(Refusal):
    """A no of the business."""

    code = "out_of_lamps"


@pytest.fixture
def clerk(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """The clerk's browser, at a view that notes what was asked for once."""
    monkeypatch.setitem(app.view_functions, "staff.create_revocation_of_others", needs("self")(writes_once(_view)))
    return cast.client("clerk")


def test_the_same_form_twice_has_one_effect_and_one_answer(app: Flask, clerk: FlaskClient) -> None:
    first, second = _send(clerk, quantity="3"), _send(clerk, quantity="3")

    assert first.status_code == second.status_code == 303
    assert first.location == second.location == "/done/3"
    assert first.data == second.data
    assert second.headers["X-Request-Id"] != first.headers["X-Request-Id"]
    assert _effects(app) == 1


def test_the_token_against_forgery_may_differ_between_the_two(app: Flask, clerk: FlaskClient) -> None:
    _send(clerk, csrf_token="one")

    assert _send(clerk, csrf_token="two").status_code == 303
    assert _effects(app) == 1


def test_another_key_is_another_order(app: Flask, clerk: FlaskClient) -> None:
    _send(clerk)
    _send(clerk, form_key="q" * 22)

    assert _effects(app) == 2


def test_the_same_key_with_other_input_is_refused(app: Flask, clerk: FlaskClient) -> None:
    _send(clerk, quantity="3")

    answer = _send(clerk, quantity="4")

    assert answer.status_code == 422
    assert "sent before with other input" in answer.text
    assert _effects(app) == 1


def test_somebody_elses_same_key_is_their_own(app: Flask, cast: Cast, clerk: FlaskClient) -> None:
    mine, theirs = _send(clerk), _send(cast.client("manager"))

    assert (mine.status_code, theirs.status_code) == (303, 303)
    assert _effects(app) == 2


@pytest.mark.parametrize("key", [None, "", "short", "x" * 256, "k" * 21 + "\n", "ключ" * 6, "k" * 21 + "\x00", "k" * 20 + "\u00a0k"])
def test_a_form_without_a_proper_key_is_out_of_date(app: Flask, clerk: FlaskClient, key: str | None) -> None:
    answer = clerk.post("/me/revocation", data={} if key is None else {"form_key": key})

    assert answer.status_code == 422
    assert _effects(app) == 0


def test_keys_of_16_to_255_characters_will_do(app: Flask, clerk: FlaskClient) -> None:
    for key in ("k" * 16, "k" * 255):
        assert _send(clerk, form_key=key).status_code == 303
    assert len(new_key()) >= 22
    assert new_key() != new_key()


@pytest.mark.parametrize("how", ["refusal", "answer", "bug"])
def test_a_refusal_or_a_mistake_of_ours_uses_no_key_up(app: Flask, clerk: FlaskClient, how: str) -> None:
    expected = {"refusal": 409, "answer": 422, "bug": 500}[how]

    assert _send(clerk, how=how).status_code == expected
    assert _effects(app) == 0
    assert _send(clerk, quantity="3").status_code == 303
    assert _effects(app) == 1


def test_nothing_of_the_session_is_kept_with_the_answer(app: Flask, clerk: FlaskClient) -> None:
    _send(clerk)

    with app.app_context():
        kept = db.session.scalars(select(RequestKey)).one()
    assert set(kept.headers) <= {"Content-Type", "Location"}
    assert "X-Secret" not in kept.headers
    assert kept.scope.startswith("staff:")


def test_twenty_at_once_have_one_effect(town: Flask) -> None:
    town.view_functions["staff.create_revocation_of_others"] = needs("self")(writes_once(_view))
    with town.app_context():
        browser = Cast(town).client("clerk")
    together = threading.Barrier(20)
    answers: list[TestResponse] = []

    def send() -> None:
        mine = town.test_client()
        cookie = browser.get_cookie("session")
        assert cookie
        mine.set_cookie("session", cookie.value)
        together.wait()
        answers.append(_send(mine))

    _all_at_once(send, 20)

    assert {answer.status_code for answer in answers} <= {303, 409}
    assert {answer.location for answer in answers if answer.status_code == 303} == {"/done/1"}
    assert sum(answer.status_code == 303 for answer in answers) >= 1
    assert all("being saved already" in answer.text for answer in answers if answer.status_code == 409)
    assert _effects(town) == 1


def _view(session: Session) -> Any:
    publish(session, CommandRun("test", "nobody"), by=current_actor())
    how = request.form.get("how", "")
    if how == "refusal":
        raise OutOfLamps("There are no lamps.")
    if how == "bug":
        raise ValueError("a bug")
    answer: Response = make_response("", 422 if how == "answer" else 303)
    answer.headers["Location"] = f"/done/{request.form.get('quantity', '')}"
    answer.headers["X-Secret"] = "not to be kept"
    return answer


def _send(browser: FlaskClient, **data: str) -> TestResponse:
    return browser.post("/me/revocation", data={"form_key": KEY, "quantity": "1", **data})


def _effects(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(EventLog).where(EventLog.name == "CommandRun")) or 0


def _all_at_once(act: Callable[[], None], times: int) -> None:
    threads = [threading.Thread(target=act) for _number in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(240)
    assert not any(thread.is_alive() for thread in threads)
