"""The same request again is one request, by its Idempotency-Key (P6, SEC56, B47, B48); and how often and how much a program may ask."""

import json
import threading
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from logistics.api.routes import guarding
from logistics.core.actors import SYSTEM
from logistics.core.addresses import Address
from logistics.core.auditing import audit
from logistics.core.database import db
from logistics.core.keys import RequestKey
from logistics.core.transactions import in_transaction
from logistics.customers.models import Customer
from logistics.orders.models import Order
from logistics.orders.placing import AlreadyPlaced, place
from logistics.orders.validating import LineRequest, OrderRequest
from logistics.worker.tasks import forget_used_keys
from tests.api.programs import JSON, Program, order_body, program
from tests.cast import Cast
from tests.doors import fingerprints

ONCE = "order-1001"


@pytest.fixture
def shop(cast: Cast) -> Program:
    """A program, and lamps to be ordered."""
    cast.made(lambda: cast.stock("LAMP", 50))
    return program(cast)


def test_the_same_request_gets_the_first_answer_again(shop: Program, session: Session) -> None:
    first = shop.post("/orders", order_body(), once=ONCE)
    again = shop.post("/orders", order_body(), once=ONCE)

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.data == again.data
    assert first.headers["Location"] == again.headers["Location"]
    assert first.content_type == again.content_type == JSON
    assert ("Idempotent-Replayed" in first.headers, again.headers["Idempotent-Replayed"]) == (False, "true")
    assert first.headers["X-Request-Id"] != again.headers["X-Request-Id"]
    assert _orders(session) == 1


def test_the_first_answer_stands_whatever_happened_since(shop: Program, cast: Cast) -> None:
    first = shop.post("/orders", order_body(), once=ONCE).get_json()
    shop.post(f"/orders/{first['number']}/cancellation", {"reason": "customer"})

    assert shop.post("/orders", order_body(), once=ONCE).get_json() == first


def test_spaces_and_the_order_of_names_make_no_other_request(shop: Program, session: Session) -> None:
    shop.post("/orders", b'{"lines": [{"sku": "LAMP", "quantity": 1}], ' + _rest(), once=ONCE)
    again = shop.post("/orders", b'{"lines":[{"quantity":1,\n"sku":"LAMP"}],' + _rest(), once=ONCE)

    assert (again.status_code, again.headers["Idempotent-Replayed"], _orders(session)) == (201, "true", 1)


def test_another_request_under_the_same_key_is_refused(shop: Program, session: Session) -> None:
    number = shop.post("/orders", order_body(), once=ONCE).get_json()["number"]
    before = fingerprints(session)

    other = shop.post("/orders", order_body(("LAMP", 3)), once=ONCE)
    elsewhere = shop.post(f"/orders/{number}/hold", {"reason": "other"}, once=ONCE)
    wrong = shop.post("/orders", {"nonsense": True}, once=ONCE)

    assert [(answer.status_code, answer.get_json()["code"]) for answer in (other, elsewhere, wrong)] == [(422, "key_reused")] * 3
    assert fingerprints(session) == before


def test_another_programs_same_key_is_its_own(shop: Program, cast: Cast, session: Session) -> None:
    other = program(cast)

    mine, theirs = shop.post("/orders", order_body(), once=ONCE), other.post("/orders", order_body(), once=ONCE)

    assert (mine.status_code, theirs.status_code, _orders(session)) == (201, 201, 2)
    assert "Idempotent-Replayed" not in theirs.headers
    assert mine.get_json()["number"] not in theirs.text


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        (order_body(("LAMP", 51)), 409),
        (order_body(("NOPE", 1)), 422),
        (order_body(lines=[]), 422),
        (order_body(lines=[{"sku": "LAMP", "quantity": 1, "unit_price": "1.00"}]), 403),
        (b'{"lines": ', 400),
    ],
)
def test_what_was_refused_uses_no_key_up(shop: Program, session: Session, wrong: Any, status: int) -> None:
    assert shop.post("/orders", wrong, once=ONCE).status_code == status
    assert session.scalars(select(RequestKey)).all() == []
    assert shop.post("/orders", order_body(), once=ONCE).status_code == 201


def test_a_mistake_of_ours_uses_no_key_up_and_tells_nothing(shop: Program, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as planted:
        planted.setattr("logistics.api.routes.orders.order_answer", lambda *_arguments: 1 / 0)
        answer = shop.post("/orders", order_body(), once=ONCE)
    assert answer.status_code == 500
    assert answer.get_json()["request_id"] == answer.headers["X-Request-Id"]
    assert "ZeroDivision" not in answer.text
    assert _orders(session) == 0

    assert shop.post("/orders", order_body(), once=ONCE).status_code == 201


@pytest.mark.parametrize("key", ["x", "x" * 255, "!~\"'()*-./:;<=>?@[]^_`{|}", "8e03978e-40d5-43dd-bc93-6894a57f9324"])
def test_keys_of_any_visible_characters_will_do(shop: Program, session: Session, key: str) -> None:
    for _time in range(2):
        assert shop.post("/orders", order_body(), once=key).status_code == 201
    assert _orders(session) == 1


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [("Idempotency-Key", "")],
        [("Idempotency-Key", "x" * 256)],
        [("Idempotency-Key", "a b")],
        [("Idempotency-Key", "a\tb")],
        [("Idempotency-Key", "a\x7fb")],
        [("Idempotency-Key", "clé")],
        [("Idempotency-Key", "a"), ("Idempotency-Key", "a")],
        [("Idempotency-Key", "a,b")],
    ],
)
def test_without_a_proper_key_nothing_is_written(shop: Program, session: Session, headers: list[tuple[str, str]]) -> None:
    before = fingerprints(session)
    given = [("Authorization", f"Bearer {shop.key}"), ("Content-Type", JSON), *headers]

    answer = shop.client.post("/api/v1/orders", json=order_body(), headers=given)

    assert (answer.status_code, answer.get_json()["code"]) == (400, "bad_idempotency_key")
    assert fingerprints(session) == before


def test_a_key_is_kept_for_two_days(app: Flask, shop: Program, session: Session) -> None:
    started = datetime.now(UTC)
    shop.post("/orders", order_body(), once=ONCE)
    for hours, kept in ((47, True), (49, False)):
        with time_machine.travel(started + timedelta(hours=hours)):
            forget_used_keys.func()
        session.expire_all()
        assert bool(session.scalars(select(RequestKey)).all()) is kept


@pytest.mark.parametrize("external", [None, "WEB-1"])
def test_fifty_at_once_are_one_order(town: Flask, external: str | None) -> None:
    cast = Cast(town)
    cast.made(lambda: cast.stock("LAMP", 500))
    shop = program(cast)
    body = order_body(customer={"name": "Mina", "reference": "MINA"}, **({"external_id": external} if external else {}))

    answers = _all_at_once(town, shop, [(body, ONCE)] * 50)

    assert {answer.status_code for answer in answers} <= {201, 409}
    assert {answer.get_json()["code"] for answer in answers if answer.status_code == 409} <= {"key_in_flight"}
    assert all(answer.headers["Retry-After"] == "1" for answer in answers if answer.status_code == 409)
    assert len({answer.get_json()["number"] for answer in answers if answer.status_code == 201}) == 1
    with town.app_context():
        assert (_orders(db.session()), db.session.scalar(select(func.count()).select_from(Customer))) == (1, 1)
        assert [finding.invariant.code for finding in audit(db.engine) if finding.offenders] == []


def test_twenty_at_once_by_every_path_are_one_order(town: Flask) -> None:
    """P7: paths are whatever may bring an order of a channel; each new one belongs into the list."""
    cast = Cast(town)
    cast.made(lambda: (cast.stock("LAMP", 500), cast.customer()))
    programs = [program(cast), program(cast)]
    paths: list[Any] = [*(_by_api(one) for one in programs), _by_capability(town)]

    outcomes = _together([paths[at % len(paths)] for at in range(20)])

    numbers = {number for _status, number in outcomes}
    assert {status for status, _number in outcomes} <= {201, 200, 409}
    assert sum(status == 201 for status, _number in outcomes) == 1
    with town.app_context():
        assert {db.session.scalars(select(Order.number)).one()} == numbers
        assert [finding.invariant.code for finding in audit(db.engine) if finding.offenders] == []


def test_orders_of_one_new_customer_at_once_are_that_customers(town: Flask) -> None:
    cast = Cast(town)
    cast.made(lambda: cast.stock("LAMP", 500))
    shop = program(cast)
    body = order_body(customer={"name": "Mina", "reference": "MINA"})

    answers = _all_at_once(town, shop, [(body, f"once-{at}") for at in range(10)])

    assert {answer.status_code for answer in answers} == {201}
    with town.app_context():
        assert db.session.scalar(select(func.count()).select_from(Customer)) == 1
        assert _orders(db.session()) == 10


# --- Limits (SEC30, SEC31, SEC48, P32) ---


def test_a_program_that_writes_too_often_waits(shop: Program, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guarding, "WRITES", "3/minute")
    other = program(cast)

    answers = [shop.post("/orders", order_body()) for _try in range(5)]

    assert [answer.status_code for answer in answers] == [201, 201, 201, 429, 429]
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60
    assert answers[-1].get_json()["code"] == "too_many_requests"
    assert shop.get("/orders").status_code == 200, "reading is counted apart"
    assert other.post("/orders", order_body()).status_code == 201, "and each program for itself"


def test_the_limits_are_as_documented() -> None:
    assert (guarding.WRITES, guarding.READS, guarding.LARGEST) == ("300/minute", "600/minute", 1024 * 1024)


def test_two_hundred_at_once_pass_the_limit_exactly(town: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guarding, "READS", "10/minute")
    shop = program(Cast(town))

    statuses = _together([lambda: Program(town, shop.key).get("/orders").status_code] * 60)

    assert sorted(statuses) == [200] * 10 + [429] * 50


@pytest.mark.parametrize("size", [guarding.LARGEST, guarding.LARGEST + 1])
def test_a_body_of_a_megabyte_is_read_and_a_byte_more_is_not(shop: Program, session: Session, size: int) -> None:
    body = b'{"note": "' + b"x" * (size - 12) + b'"}'
    assert len(body) == size

    answer = shop.post("/orders", body)

    assert answer.status_code == (422 if size == guarding.LARGEST else 413)
    chunked = shop.client.post(
        "/api/v1/orders",
        input_stream=BytesIO(body),
        headers={"Authorization": f"Bearer {shop.key}", "Idempotency-Key": "x", "Content-Type": JSON, "Transfer-Encoding": "chunked"},
        environ_overrides={"wsgi.input_terminated": True},
    )
    assert chunked.status_code == answer.status_code


def test_a_form_stays_small_beside_it(cast: Cast) -> None:
    assert cast.client("clerk").post("/orders/new", data={"note": "x" * 300_000}).status_code == 413


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "multipart/form-data; boundary=x"},
        {"Content-Type": "application/json; charset=utf-16"},
        {"Content-Type": "application/jsonp"},
        {"Content-Type": ""},
        {"Content-Encoding": "gzip"},
        {"Content-Encoding": "br, gzip"},
    ],
)
def test_another_type_of_body_is_not_taken(shop: Program, session: Session, headers: dict[str, str]) -> None:
    before = fingerprints(session)

    answer = shop.send("POST", "/orders", json.dumps(order_body()).encode(), {"Content-Type": JSON, "Idempotency-Key": "x", **headers})

    assert answer.status_code == 415
    assert fingerprints(session) == before


@pytest.mark.parametrize("kind", ["application/json", "application/json; charset=utf-8", "Application/JSON; charset=UTF-8"])
def test_json_in_utf_8_is(shop: Program, kind: str) -> None:
    answer = shop.send("POST", "/orders", json.dumps(order_body()).encode(), {"Content-Type": kind, "Idempotency-Key": "x"})

    assert answer.status_code == 201


@pytest.mark.parametrize(
    ("method", "path"), [("PUT", "/orders"), ("PATCH", "/orders"), ("DELETE", "/orders"), ("TRACE", "/orders"), ("POST", "/stock")]
)
def test_other_methods_are_not_taken(shop: Program, method: str, path: str) -> None:
    answer = shop.send(method, path, b"", {})

    assert (answer.status_code, answer.content_type) == (405, "application/problem+json")
    assert "GET" in answer.headers["Allow"]


def test_what_is_not_there_is_a_problem_too(shop: Program) -> None:
    answer = shop.get("/nothing")

    assert (answer.status_code, answer.content_type, answer.get_json()["code"]) == (404, "application/problem+json", "not_found")


def test_answers_speak_the_language_asked_for(shop: Program, session: Session) -> None:
    chinese = shop.post("/orders", order_body(("LAMP", 0)), Accept_Language="zh-CN,zh;q=0.9")
    english = shop.post("/orders", order_body(("LAMP", 0)), Accept_Language="fr")

    assert "数量" in chinese.get_json()["errors"][0]["message"]
    assert "Quantity must be a whole number" in english.get_json()["errors"][0]["message"]
    assert chinese.get_json()["errors"][0]["code"] == english.get_json()["errors"][0]["code"] == "bad_quantity"


def test_no_cache_and_no_other_site_gets_an_answer(shop: Program) -> None:
    answer = shop.get("/orders")

    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert not any(name.startswith("Access-Control") for name, _value in answer.headers)
    assert shop.post("/orders", order_body(), Sec_Fetch_Site="cross-site").status_code == 403


def _rest() -> bytes:
    body = order_body()
    body.pop("lines")
    return json.dumps(body).encode()[1:]


def _orders(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Order)) or 0


def _all_at_once(town: Flask, shop: Program, requests: list[tuple[Any, str]]) -> list[TestResponse]:
    return _together([lambda body=body, once=once: Program(town, shop.key).post("/orders", body, once=once) for body, once in requests])


def _by_api(shop: Program) -> Any:
    def send() -> tuple[int, str]:
        answer = Program(shop.client.application, shop.key).post("/orders", order_body(external_id="WEB-1"))
        told = answer.get_json()
        return answer.status_code, told["number"] if answer.status_code < 300 else told["errors"][0]["number"]

    return send


def _by_capability(town: Flask) -> Any:
    def send() -> tuple[int, str]:
        with town.app_context():
            customer = db.session.scalars(select(Customer.id).order_by(Customer.id)).first() or 0
            address = Address("12 Park Row", city="Leeds", postcode="LS1 5HD", country="GB")
            asked = OrderRequest("api", customer, "Mina Park", address, "USD", [LineRequest("LAMP", 2)], external_id="WEB-1")
            try:
                return 201, in_transaction(lambda session: place(session, asked, by=SYSTEM).number)
            except AlreadyPlaced as refusal:
                return 409, str(refusal.facts["number"])
            finally:
                db.session.remove()

    return send


def _together(acts: list[Any]) -> list[Any]:
    start, results, lock = threading.Barrier(len(acts)), [], threading.Lock()

    def run(act: Any) -> None:
        start.wait(240)
        result = act()
        with lock:
            results.append(result)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(240)
    assert len(results) == len(acts)
    return results
