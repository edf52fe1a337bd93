"""How pages, fragments and programs are answered: what went well, what was refused (docs: interfaces, "Answers")."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, Response, abort
from flask.testing import FlaskClient

from logistics.core.actors import needs
from logistics.core.database import db
from logistics.core.pages import done, polled
from logistics.core.refusals import FieldError, IllegalMove, Invalid, NotFound, Refusal, Stale
from tests.cast import Cast

PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}
BOOSTED = {"HX-Request": "true", "HX-Request-Type": "full", "HX-Boosted": "true"}
RESTORED = {**PARTIAL, "HX-History-Restore-Request": "true"}
JSON = {"Accept": "application/json"}


@pytest.fixture
def hang(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], Any]], None]:
    """Let a page of the clerk's do this."""
    return lambda view: monkeypatch.setitem(app.view_functions, "staff.show_self", needs("self")(view))


@pytest.mark.parametrize(
    ("refusal", "status"),
    [(Invalid("Wrong."), 422), (NotFound("Gone."), 404), (IllegalMove("Late."), 409), (Stale("Old."), 409), (Refusal("No."), 409)],
)
def test_a_no_of_the_business_is_a_page_a_toast_or_a_problem(
    cast: Cast, hang: Callable[[Callable[[], Any]], None], refusal: Refusal, status: int
) -> None:
    def refuse() -> Any:
        raise refusal

    hang(refuse)
    clerk = cast.client("clerk")
    page, part, problem = clerk.get("/me"), clerk.get("/me", headers=PARTIAL), clerk.get("/me", headers=JSON)

    assert {answer.status_code for answer in (page, part, problem)} == {status}
    assert refusal.message in page.text
    assert "<html" in page.text
    assert refusal.message in part.text
    assert "<html" not in part.text
    assert (part.headers["HX-Retarget"], part.headers["HX-Reswap"]) == ("#toast", "innerHTML")
    assert problem.content_type == "application/problem+json"
    assert problem.json is not None
    assert (problem.json["code"], problem.json["status"], problem.json["title"]) == (refusal.code, status, refusal.message)


def test_programs_are_told_each_thing_that_is_wrong(cast: Cast, hang: Callable[[Callable[[], Any]], None]) -> None:
    def refuse() -> Any:
        raise Invalid("Wrong.", errors=[FieldError("lines/0/quantity", "bad_quantity", "1 to 999,999", {"requested": 7, "available": 3})])

    hang(refuse)
    problem = cast.client("clerk").get("/me", headers=JSON).json

    assert problem is not None
    assert problem["errors"] == [{"pointer": "lines/0/quantity", "code": "bad_quantity", "message": "1 to 999,999", "requested": 7, "available": 3}]
    assert problem["request_id"]


def test_what_people_wrote_is_text_in_a_refusal(cast: Cast, hang: Callable[[Callable[[], Any]], None]) -> None:
    def refuse() -> Any:
        raise Invalid("<script>alert(1)</script>{{7*7}}")

    hang(refuse)
    for headers in ({}, PARTIAL):
        text = cast.client("clerk").get("/me", headers=headers).text
        assert "<script>alert" not in text
        assert "&lt;script&gt;" in text
        assert "{{7*7}}" in text


@pytest.mark.parametrize("status", [400, 403, 404, 405, 413, 415, 429, 503])
def test_what_flask_refuses_is_explained_in_our_words(cast: Cast, hang: Callable[[Callable[[], Any]], None], status: int) -> None:
    hang(lambda: abort(status))

    answer = cast.client("clerk").get("/me")

    assert answer.status_code == status
    assert "<html" in answer.text
    assert answer.headers["X-Request-Id"] in answer.text


def test_a_boosted_link_and_the_way_back_get_the_whole_page(cast: Cast) -> None:
    clerk = cast.client("clerk")

    assert "<html" in clerk.get("/me", headers=BOOSTED).text
    assert "<html" in clerk.get("/me", headers=RESTORED).text
    assert "<html" not in clerk.get("/me", headers=PARTIAL).text


def test_the_outsider_is_sent_to_the_door_by_each_kind_of_asking(client: FlaskClient) -> None:
    assert client.get("/me?x=1").location == "/sign-in?next=/me?x%3D1"
    assert client.get("/me", headers=PARTIAL).headers["HX-Redirect"] == "/sign-in?next=/me"
    assert client.get("/me", headers=BOOSTED).headers["HX-Redirect"] == "/sign-in?next=/me"
    assert client.post("/me/revocation").status_code == 401
    typing = {**PARTIAL, "HX-Current-URL": "http://localhost/me?tab=1"}
    assert client.post("/me/revocation", headers=typing).headers["HX-Redirect"] == "/sign-in?next=/me?tab%3D1"
    assert client.get("/products/options?product=la", headers=typing).headers["HX-Redirect"] == "/sign-in?next=/me?tab%3D1"
    foreign = {**PARTIAL, "HX-Current-URL": "https://evil.example/me"}
    assert client.post("/me/revocation", headers=foreign).headers["HX-Redirect"] == "/sign-in"
    problem = client.get("/me", headers=JSON)
    assert problem.status_code in (302, 401)


def test_what_went_well_is_said_once_after_the_way_there(cast: Cast, hang: Callable[[Callable[[], Any]], None]) -> None:
    clerk = cast.client("clerk")
    answer = clerk.post("/me/revocation")

    assert (answer.status_code, answer.location) == (303, "/me")
    assert "All other browsers are signed out." in clerk.get("/me").text
    assert "All other browsers are signed out." not in clerk.get("/me").text


def test_htmx_without_a_part_to_show_is_sent_there(cast: Cast, hang: Callable[[Callable[[], Any]], None]) -> None:
    hang(lambda: done(to="/orders/"))

    answer = cast.client("clerk").get("/me", headers=PARTIAL)

    assert (answer.status_code, answer.headers["HX-Redirect"], answer.text) == (200, "/orders/", "")


def test_a_poll_that_would_bring_nothing_new_brings_nothing(cast: Cast, hang: Callable[[Callable[[], Any]], None]) -> None:
    hang(lambda: polled("v7", Response("rows")))
    clerk = cast.client("clerk")

    first, again, later = (clerk.get("/me", headers=headers) for headers in ({}, {"HX-PTag": "v7"}, {"HX-PTag": "v6"}))

    assert (first.status_code, first.headers["HX-PTag"], first.text) == (200, "v7", "rows")
    assert (again.status_code, again.text) == (304, "")
    assert later.status_code == 200


def test_requests_leave_no_connection_behind(town: Flask) -> None:
    with town.app_context():
        clerk = Cast(town).client("clerk")
    for _time in range(3):
        assert clerk.get("/me").status_code == 200
        assert clerk.get("/no/such/page").status_code == 404
        assert clerk.post("/me/revocation").status_code == 303
        assert town.test_client().post("/sign-in", data={"email": "clerk@lamp.example", "password": "wrong"}).status_code == 401

    with town.app_context():
        assert db.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
