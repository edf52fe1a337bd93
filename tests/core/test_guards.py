"""What stands around every request (SEC3, SEC11, SEC22, SEC24, SEC26, SEC33, SEC38, SEC52, SEC53)."""

import re
from collections.abc import Callable

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from logistics.core.actors import needs
from logistics.staff.models import StaffSession
from tests.cast import Cast
from tests.doors import doors, fingerprints
from tests.staff.conftest import sign_in, with_password

PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}
SAFE = {
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


# --- Forged requests (SEC3) ---


def test_every_form_needs_the_token_of_its_own_session(app: Flask, cast: Cast, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    admin, other = cast.client("admin"), cast.client("manager")
    stolen = _token(other.get("/me").text)
    own = _token(admin.get("/me").text)
    before = fingerprints(session)

    writing = [door for door in doors(app, "POST") if door.scopes is None and door.endpoint not in EXEMPT]
    answers = {str(door): admin.post(door.url, data=data) for door in writing for data in ({}, {"csrf_token": stolen}, {"csrf_token": own + "x"})}

    assert {door: answer.status_code for door, answer in answers.items() if answer.status_code != 403} == {}
    assert fingerprints(session) == before
    assert admin.post("/me/revocation", data={"csrf_token": own}).status_code == 303
    assert admin.post("/me/revocation", headers={"X-CSRFToken": own}).status_code == 303


# Signed requests need no token, nor do those with a key (SEC5).
EXEMPT = {"hooks.create_delivery", "payment_hooks.create_news", "carrier_hooks.create_delivery"}


def test_a_refused_token_is_explained_to_htmx_and_to_people(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    clerk = cast.client("clerk")

    page, part = clerk.post("/me/revocation"), clerk.post("/me/revocation", headers=PARTIAL)

    assert "This form is no longer valid" in page.text
    assert "This form is no longer valid" in part.text
    assert "<html" not in part.text


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "http://localhost:8001"},
        {"Origin": "http://localhost@evil.example"},
        {"Origin": "null"},
    ],
)
def test_another_site_writes_nothing_even_with_a_good_token(app: Flask, cast: Cast, session: Session, headers: dict[str, str]) -> None:
    clerk = cast.client("clerk")

    assert clerk.post("/me/revocation", headers=headers).status_code == 403
    assert clerk.get("/me", headers=headers).status_code == 200, "links from elsewhere work"


OWN = [{}, {"Origin": "http://localhost"}, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "same-origin", "Origin": "null"}]


@pytest.mark.parametrize("headers", OWN)
def test_our_own_pages_do(cast: Cast, headers: dict[str, str]) -> None:
    assert cast.client("clerk").post("/me/revocation", headers=headers).status_code == 303


# --- Reading changes nothing (SEC4) ---


def test_looking_at_every_page_twice_changes_nothing(app: Flask, cast: Cast, session: Session) -> None:
    def furnish() -> None:
        cast.stock("LAMP", 5)
        cast.customer()
        cast.person("clerk")

    cast.made(furnish)
    admin = cast.client("admin")
    before = fingerprints(session)

    seen = _crawl(admin, {door.url for door in doors(app, "GET") if door.is_page and door.function})
    for url in seen:
        admin.get(url)

    assert {url: status for url, status in seen.items() if status >= 400} == {}
    assert fingerprints(session) == before


def test_no_door_that_writes_answers_a_get(app: Flask) -> None:
    assert {str(door) for door in doors(app, "POST")} & {str(door).replace("GET", "POST") for door in doors(app, "GET", "HEAD")} <= {
        str(door) for door in doors(app, "POST") if _has_form_of_its_own(app, door.url)
    }


# --- Headers (SEC22, SEC24, SEC26, SEC53) ---


@pytest.mark.parametrize(
    ("ask", "status"),
    [
        (lambda browser: browser.get("/me"), 200),
        (lambda browser: browser.get("/me", headers=PARTIAL), 200),
        (lambda browser: browser.get("/static/app.js", buffered=True), 200),
        (lambda browser: browser.get("/static/no-such-file.js"), 404),
        (lambda browser: browser.get("/no/such/page"), 404),
        (lambda browser: browser.put("/me"), 405),
        (lambda browser: browser.post("/me/preferences", data={"language": "tlh"}), 422),
        (lambda browser: browser.get("/healthz"), 200),
        (lambda browser: browser.get("/me", headers={"Host": "evil.example"}), 400),
        (lambda browser: browser.post("/me/revocation", headers={"Origin": "https://evil.example"}), 403),
    ],
)
def test_every_answer_says_what_the_browser_may_do_with_it(cast: Cast, ask: Callable[[FlaskClient], object], status: int) -> None:
    answer = ask(cast.client("clerk"))

    assert answer.status_code == status  # type: ignore[attr-defined]
    headers = answer.headers  # type: ignore[attr-defined]
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert {name: headers[name] for name in SAFE} == SAFE
    assert headers["Referrer-Policy"] in ("strict-origin-when-cross-origin", "no-referrer")
    assert "Access-Control-Allow-Origin" not in headers
    assert "charset=utf-8" in headers["Content-Type"] or headers["Content-Type"] == "application/json"
    assert "Strict-Transport-Security" not in headers


def test_no_cache_keeps_what_a_signed_in_person_saw(cast: Cast) -> None:
    clerk = cast.client("clerk")

    for answer in (clerk.get("/me"), clerk.get("/me", headers=PARTIAL), clerk.get("/no/such/page"), clerk.post("/me/revocation")):
        assert answer.headers["Cache-Control"] == "no-store"
    assert {"HX-Request", "HX-Request-Type", "Cookie"} <= set(clerk.get("/me").headers["Vary"].replace(" ", "").split(","))
    assert "no-store" not in clerk.get("/static/app.js", buffered=True).headers.get("Cache-Control", "")


def test_a_foreign_site_gets_no_leave_to_read(cast: Cast) -> None:
    preflight = cast.client("clerk").options("/me", headers={"Origin": "https://evil.example", "Access-Control-Request-Method": "GET"})

    assert not any(name.startswith("Access-Control-Allow") for name, _value in preflight.headers)


# --- Who is asking, and for which host (SEC11, SEC33) ---


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "localhost:80@evil.example", ""])
def test_a_forged_host_is_refused_and_not_repeated(client: FlaskClient, host: str) -> None:
    answer = client.get("/sign-in", headers={"Host": host})

    assert answer.status_code == 400
    assert "evil.example" not in answer.text


def test_a_forged_forwarded_host_changes_no_link(client: FlaskClient) -> None:
    answer = client.get("/me", headers={"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example", "X-Original-URL": "/healthz"})

    assert answer.location == "/sign-in?next=/me"


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Real-IP", "Forwarded", "Client-IP"])
def test_a_stranger_cannot_say_to_be_from_elsewhere(client: FlaskClient, cast: Cast, session: Session, header: str) -> None:
    with_password(cast, "clerk")
    sign_in(client, headers={header: "203.0.113.7"})

    assert session.scalars(select(StaffSession.ip)).one() == "127.0.0.1"


def test_the_proxy_in_front_is_believed_as_far_as_it_is_counted(app_with: Callable[..., Flask]) -> None:
    app = app_with(trusted_proxies=1)
    seen: list[str | None] = []

    @app.before_request
    def look() -> None:
        seen.append(request.remote_addr)

    app.test_client().get("/healthz", headers={"X-Forwarded-For": "203.0.113.99, 203.0.113.7"})

    assert seen == ["203.0.113.7"]


# --- Over TLS (SEC22, SEC52) ---


def test_with_https_the_cookie_is_bound_to_the_host_and_http_is_sent_on(app_with: Callable[..., Flask]) -> None:
    browser = app_with(base_url="https://shop.example").test_client()

    plain = browser.get("/sign-in?next=/me", base_url="http://shop.example")
    secure = browser.get("/sign-in", base_url="https://shop.example")

    assert (plain.status_code, plain.location) == (308, "https://shop.example/sign-in?next=/me")
    cookie = secure.headers["Set-Cookie"]
    assert cookie.startswith("__Host-session=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= {part.strip() for part in cookie.split(";")}
    assert "Domain" not in cookie
    assert secure.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    assert browser.get("/healthz", base_url="http://shop.example").status_code == 200


# --- Mistakes of ours (SEC38, SEC39) ---


def test_a_mistake_in_any_room_tells_strangers_nothing(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_arguments: object) -> str:
        raise RuntimeError("secret detail: /srv/secret.py SELECT password FROM staff")

    admin, rooms = cast.client("admin"), {}
    for door in doors(app, "GET"):
        if door.is_page and door.function:
            rooms.setdefault(door.endpoint.partition(".")[0], door)

    for door in rooms.values():
        with monkeypatch.context() as planted:
            planted.setitem(app.view_functions, door.endpoint, needs(str(door.function))(fail))
            for headers in ({}, PARTIAL, {"Accept": "application/json"}):
                answer = admin.get(door.url, headers=headers)
                assert answer.status_code == 500
                assert "secret" not in answer.text
                assert "Traceback" not in answer.text
                assert answer.headers["X-Request-Id"] in answer.text or headers == PARTIAL


def test_a_database_that_is_away_is_503(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> str:
        raise OperationalError("SELECT secret FROM staff", {}, Exception("connection to 10.0.0.5 refused"))

    monkeypatch.setitem(app.view_functions, "staff.show_self", needs("self")(fail))

    answer = cast.client("clerk").get("/me")

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "10.0.0.5" not in answer.text
    assert "SELECT" not in answer.text


def test_an_unknown_function_opens_nothing(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.view_functions, "staff.show_self", needs("no.such.function")(lambda: "secret"))

    answer = cast.client("admin").get("/me")

    assert answer.status_code == 500
    assert "secret" not in answer.text


NO_PAGES = ["/console", "/?__debugger__=yes&cmd=resource", "/.git/config", "/.env", "/var/secret", "/static/../app.py", "/static/%2e%2e/app.py"]


@pytest.mark.parametrize("path", NO_PAGES)
def test_what_is_no_page_is_not_served(cast: Cast, path: str) -> None:
    answer = cast.client("admin").get(path)

    assert answer.status_code in (200, 404) if path.startswith("/?") else answer.status_code == 404
    assert "SECRET_KEY" not in answer.text
    assert "create_app" not in answer.text
    assert "debugger" not in answer.text.lower()


SPELT = ["/settings/people/..;/", "//settings/people", "/settings/people/.json", "/Settings/People", "/settings/people.", "/settings/./people"]


@pytest.mark.parametrize("path", SPELT)
def test_other_ways_to_write_a_path_open_nothing(client: FlaskClient, path: str) -> None:
    answer = client.get(path)

    assert answer.status_code in (302, 308, 400, 404)
    assert "evil" not in (answer.location or "")
    assert "@lamp.example" not in answer.text


@pytest.mark.parametrize("path", ["/sign-in?next=%00", "/settings/people?status=%00", "/%00", "/settings/people/%00"])
def test_a_character_no_text_can_hold_is_a_bad_request(cast: Cast, path: str) -> None:
    assert cast.client("admin").get(path).status_code in (400, 404)


@pytest.mark.parametrize("number", ["0", "-1", "1.0", "１", "1e9", "abc", "9223372036854775808", "1" * 5000])
def test_an_id_that_is_none_finds_nothing(cast: Cast, number: str) -> None:
    assert cast.client("admin").get(f"/settings/people/{number}").status_code == 404


def test_a_body_beyond_measure_is_refused_before_it_is_read(cast: Cast) -> None:
    clerk = cast.client("clerk")

    assert clerk.post("/me/preferences", data={"language": "x" * 300_000}).status_code == 413
    assert clerk.post("/me/preferences", data={f"f{number}": "x" for number in range(100_000)}).status_code == 413
    assert clerk.post("/me/preferences", data=b"--x\r\n" * 3000, content_type="multipart/form-data; boundary=x").status_code in (400, 413, 303)


def _token(html: str) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', html)
    assert found
    return found.group(1)


def _crawl(browser: FlaskClient, start: set[str], most: int = 80) -> dict[str, int]:
    """Follow the links of these pages; the status of each."""
    seen: dict[str, int] = {}
    waiting = sorted(start)
    while waiting and len(seen) < most:
        url = waiting.pop(0)
        if url in seen:
            continue
        answer = browser.get(url)
        seen[url] = answer.status_code
        links = (link.replace("&amp;", "&") for link in re.findall(r'(?:href|hx-get|data-preview)="([^"#]+)"', answer.text))
        waiting += [link if link.startswith("/") else f"{url.partition('?')[0]}{link}" for link in links if _is_page(link)]
    return seen


def _is_page(link: str) -> bool:
    return link.startswith(("/", "?")) and not link.startswith(("/static/", "//")) and "lang=" not in link


def _has_form_of_its_own(app: Flask, url: str) -> bool:
    """A form that is shown and sent at one address; boosted forms are, so that Back works."""
    asked = {door.endpoint for door in doors(app, "GET") if door.url == url}
    sent = {door.endpoint for door in doors(app, "POST") if door.url == url}
    return not asked & sent
