"""The customer's doors: number and second fact, the pass for two hours, and the links by e-mail."""

import re
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from time_machine import TimeMachineFixture

from logistics.core import clock
from logistics.core.keys import new_key
from logistics.core.limits import RateCount
from logistics.notifications.answering import answer_request
from logistics.notifications.models import Message
from logistics.orders.linking import renew_link
from logistics.tracking.models import LinkRequest, TrackingStatus
from tests.cast import Cast
from tests.tracking.test_public_page import a_page, tell
from tests.tracking.visitors import customer, known, number_of, send

FACTS = ("mina@example.com", "ls15hd", "0001")


@pytest.mark.parametrize("fact", FACTS)
@pytest.mark.parametrize("typed", [str, str.lower, lambda number: number.replace("-", ""), lambda number: f" {number} "])
def test_number_and_second_fact_lead_to_the_page(cast: Cast, client: FlaskClient, fact: str, typed: Callable[[str], str]) -> None:
    address, _reference = a_page(cast)

    answer = send(client, "/track", number=typed(number_of(address)), fact=fact)

    assert (answer.status_code, answer.location) == (303, address)
    assert "What you can do" in client.get(address).text


def test_every_way_to_be_wrong_gets_the_same_answer(cast: Cast, client: FlaskClient, queries: SimpleNamespace) -> None:
    """SEC27: wrong fact, unknown number, mistyped number, wrong token, a page that ended; and as many statements."""
    address, _reference = a_page(cast)
    ended, ended_reference = a_page(cast)
    tell(cast, ended_reference, TrackingStatus.DELIVERED, minutes_ago=91 * 24 * 60)
    number = number_of(address)
    mistyped = number[:-1] + ("A" if number[-1] != "A" else "B")
    tries = [(number, "LS1 5HE"), ("K7M2-9QXF", "LS1 5HD"), (mistyped, "LS1 5HD"), ("x", "y"), (number_of(ended), "LS1 5HD")]
    answers, statements = [], []
    for typed, fact in tries:
        queries.count = 0
        answers.append(send(client, "/track", number=typed, fact=fact))
        statements.append(queries.count)
    answers.append(client.get(address[:-1] + "!"))

    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.data for answer in answers}) == 1
    assert len(set(statements[:4])) == 1
    kept = [{name: text for name, text in answer.headers.items() if name not in ("X-Request-Id", "Date", "Vary")} for answer in answers]
    assert all(one == kept[0] for one in kept)


def test_what_is_left_out_is_asked_for_with_what_was_typed(client: FlaskClient) -> None:
    answer = send(client, "/track", number="K7M2-9QXF", fact=" ")

    assert answer.status_code == 422
    assert 'value="K7M2-9QXF"' in answer.text
    assert "This is needed." in answer.text


def test_ten_wrong_tries_a_minute_and_then_even_a_right_one_waits(cast: Cast, client: FlaskClient) -> None:
    address, _reference = a_page(cast)
    number = number_of(address)

    codes = [send(client, "/track", number=number, fact=f"{guess:04}").status_code for guess in range(2, 14)]
    right = send(client, "/track", number=number, fact="0001")

    assert codes == [404] * 10 + [429] * 2
    assert right.status_code == 429
    assert 0 < int(right.headers["Retry-After"]) <= 60
    assert right.headers["Referrer-Policy"] == "no-referrer"
    assert "Too many tries" in right.text
    assert client.get(address).status_code == 200, "the link itself goes on"


def test_an_order_is_tried_twenty_times_a_day_from_wherever(cast: Cast, app: Flask) -> None:
    address, _reference = a_page(cast)
    number = number_of(address)

    def one(at: int, fact: str) -> int:
        browser = app.test_client()
        browser.environ_base["REMOTE_ADDR"] = f"192.0.2.{at}"
        return send(browser, "/track", number=number, fact=fact).status_code

    codes = [one(at, f"{at + 2:04}") for at in range(22)]

    assert codes == [404] * 20 + [429] * 2
    assert one(99, "0001") == 429


def test_right_tries_count_for_nothing(cast: Cast, client: FlaskClient) -> None:
    address, _reference = a_page(cast)

    codes = {send(client, "/track", number=number_of(address), fact="0001").status_code for _try in range(25)}

    assert codes == {303}
    assert set(cast.made(lambda: cast.session.scalars(select(RateCount.count)).all())) == {0}


def test_own_success_does_not_clear_what_was_tried_at_others(cast: Cast, client: FlaskClient) -> None:
    mine, _reference = a_page(cast)
    other, _reference = a_page(cast)

    codes = []
    for guess in range(2, 14):
        codes.append(send(client, "/track", number=number_of(other), fact=f"{guess:04}").status_code)
        send(client, "/track", number=number_of(mine), fact="0001")

    assert codes == [404] * 10 + [429] * 2


def test_what_is_typed_is_kept_nowhere(cast: Cast, client: FlaskClient) -> None:
    send(client, "/track", number="mina@example.com typed it here", fact="secret@example.com")
    send(client, "/track/links", email="secret@example.com")

    assert not any("@" in key for key in cast.made(lambda: cast.session.scalars(select(RateCount.key)).all()))


def test_the_pass_is_for_this_order_and_for_two_hours(cast: Cast, client: FlaskClient, time_machine: TimeMachineFixture) -> None:
    address, _reference = a_page(cast)
    other, _reference = a_page(cast)
    answer = send(client, f"{address}/identity", fact="ls1 5hd")

    cookie = answer.headers["Set-Cookie"]
    assert all(part in cookie for part in ("HttpOnly", "Path=/track", "SameSite=Lax", "Max-Age=7200"))
    assert "What you can do" in client.get(address).text
    assert "What you can do" not in client.get(other).text
    time_machine.move_to(clock.now() + timedelta(hours=2, seconds=1))
    assert "What you can do" not in client.get(address).text


def test_a_pass_ends_with_its_link(cast: Cast) -> None:
    address, _reference = a_page(cast)
    browser = customer(cast, address)

    cast.made(lambda: renew_link(cast.session, number=number_of(address), by=cast.actor()))

    assert browser.get(address).status_code == 404


def test_who_wanted_something_gets_there_once_they_are_known(cast: Cast, client: FlaskClient) -> None:
    address, _reference = a_page(cast, "pending")

    asked = client.get(f"{address}/address")
    assert (asked.status_code, asked.location) == (303, f"{address}/identity?to=address")
    assert send(client, asked.location, fact="0001").location == f"{address}/address"
    assert send(client, f"{address}/identity?to=//evil.example", fact="0001").location == address


@pytest.mark.parametrize("noun", ["receipt", "problem", "address", "updates"])
def test_nothing_is_done_by_the_link_alone(cast: Cast, client: FlaskClient, noun: str) -> None:
    address, _reference = a_page(cast)

    assert client.get(f"{address}/{noun}").location == f"{address}/identity?to={noun}"
    assert send(client, f"{address}/{noun}", parcel="1", email="a@example.com").location == f"{address}/identity?to={noun}"


@pytest.mark.parametrize("noun", ["identity", "receipt", "problem", "address", "updates", "updates/x", "photos/x", "payment"])
def test_every_page_behind_the_link_checks_it_again(cast: Cast, client: FlaskClient, noun: str) -> None:
    address, _reference = a_page(cast)
    known(client, address)

    answer = client.get(f"{address[:-1]}!/{noun}")

    assert answer.status_code == 404
    assert "There is no parcel to show here." in answer.text


def test_the_links_are_sent_by_the_worker_to_that_address_alone(cast: Cast, client: FlaskClient) -> None:
    address, _reference = a_page(cast)

    answer = send(client, "/track/links", email="MINA@example.com")

    assert (answer.status_code, answer.location) == (303, "/track/links")
    asked = cast.made(lambda: cast.session.scalars(select(LinkRequest.id)).one())
    cast.made(lambda: answer_request(cast.session, asked))
    told = cast.made(lambda: [(m.recipient, m.language) for m in cast.session.scalars(select(Message).where(Message.milestone == "links"))])
    assert told == [("MINA@example.com", "en")]
    assert cast.made(lambda: cast.session.scalar(select(func.count()).select_from(LinkRequest))) == 0
    assert number_of(address)


def test_asking_costs_and_answers_the_same_whoever_asks(cast: Cast, client: FlaskClient, queries: SimpleNamespace) -> None:
    a_page(cast)
    seen = []
    for email in ("mina@example.com", "nobody@example.com"):
        queries.count = 0
        answer = send(client, "/track/links", email=email)
        seen.append((answer.status_code, answer.location, answer.data, queries.count))

    assert seen[0] == seen[1]


def test_links_are_asked_for_three_times_an_hour_known_or_not(cast: Cast, client: FlaskClient) -> None:
    a_page(cast)
    for email in ("mina@example.com", "nobody@example.com"):
        codes = [send(client, "/track/links", email=email).status_code for _try in range(4)]
        assert codes == [303] * 3 + [429]


def test_one_visitor_asks_for_ten_addresses_an_hour(client: FlaskClient) -> None:
    codes = [send(client, "/track/links", email=f"somebody{at}@example.com").status_code for at in range(12)]

    assert codes == [303] * 10 + [429] * 2


def test_what_is_no_address_is_said_beside_its_field(client: FlaskClient) -> None:
    answer = send(client, "/track/links", email="mina at example")

    assert answer.status_code == 422
    assert "This is not an e-mail address." in answer.text
    assert 'value="mina at example"' in answer.text


def test_doors_may_be_read_by_whoever_opens_them_alone(client: FlaskClient) -> None:
    for answer in (client.get("/track"), client.get("/track/links"), send(client, "/track", number="", fact="")):
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
        assert answer.headers["Cache-Control"] == "no-store"


def test_forms_go_through_https_although_they_tell_no_referer(app_with: Callable[..., Flask], outer: object) -> None:
    shop = "https://shop.example"
    browser = app_with(base_url=shop).test_client()
    page = browser.get("/track", base_url=shop).text
    token, key = re.search(r'name="csrf_token"[^>]*value="([^"]+)', page), new_key()
    assert token is not None
    own = {"Origin": "null", "Sec-Fetch-Site": "same-origin"}
    fields = {"form_key": key, "number": "K7M2-9QXF", "fact": "0001"}

    right = browser.post("/track", base_url=shop, data={**fields, "csrf_token": token[1]}, headers=own)
    forged = browser.post("/track", base_url=shop, data=fields, headers=own)
    foreign = browser.post(
        "/track", base_url=shop, data={**fields, "csrf_token": token[1]}, headers={"Origin": "null", "Sec-Fetch-Site": "cross-site"}
    )

    assert (right.status_code, forged.status_code, foreign.status_code) == (404, 403, 403)


def test_a_language_chosen_once_holds_on_the_next_page(cast: Cast, client: FlaskClient) -> None:
    address, _reference = a_page(cast)
    client.get(address + "?lang=zh_Hans")

    assert '<html lang="zh-Hans"' in client.get("/track").text
    assert '<html lang="zh-Hans"' in client.get(f"{address}/identity").text
