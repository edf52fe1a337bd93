"""The doors of shops: what is signed is kept once and answered at once; what is not does nothing (and tests/bad_inputs/hooks.py)."""

import json
import os
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import SYSTEM
from logistics.core.events import EventLog
from logistics.shops.models import InboxEvent
from logistics.shops.sharing_secrets import end_secrets, secrets_of, share_secret
from tests.cast import Cast
from tests.shops.platforms import SECRET, open_shop, orders, own_event, shopify_order, woo_order, work_off

# A thousand with LOGISTICS_CHAOS=full.
ROUNDS = 1000 if os.environ.get("LOGISTICS_CHAOS") == "full" else 100
KINDS = ("shopify", "woocommerce", "api")
TOPIC = {"shopify": "orders/create", "woocommerce": "order.created", "api": ""}


def body_of(kind: str) -> dict[str, Any]:
    return {"shopify": shopify_order, "woocommerce": woo_order, "api": own_event}[kind]()


def events(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(InboxEvent)) or 0


@pytest.mark.parametrize("kind", KINDS)
def test_a_signed_order_is_kept_and_becomes_an_order(session: Session, cast: Cast, kind: str) -> None:
    cast.stock("LAMP", 5)
    answer = open_shop(cast, kind).send(body_of(kind), TOPIC[kind])
    before_work = orders(session)
    event, *others = work_off(session)

    assert (answer.status_code, answer.json) == (200, {"outcome": "received"})
    assert before_work == []
    assert (event.state, event.reason, others) == ("taken", "placed", [])
    assert [(order.number, order.status, order.total) for order in orders(session)] == [(event.order.number, "paid", 3600)]


def test_receiving_takes_few_statements(session: Session, cast: Cast, queries: Any) -> None:
    shop = open_shop(cast)
    queries.count = 0

    shop.send(shopify_order(), "orders/create")

    assert queries.count <= 5, queries.statements


@pytest.mark.parametrize("kind", KINDS)
def test_one_changed_bit_is_refused(session: Session, cast: Cast, kind: str) -> None:
    shop, dice = open_shop(cast, kind), random.Random(kind)
    raw = json.dumps(body_of(kind)).encode()
    headers = shop.headers(raw, TOPIC[kind])
    signed = [name for name in headers if kind == "api" or "ignature" in name or "Hmac" in name]
    answers = {shop.post(*_with_one_bit_changed(raw, headers, signed, dice)).status_code for _round in range(ROUNDS)}

    assert answers == {401}
    assert events(session) == 0


def _with_one_bit_changed(raw: bytes, headers: dict[str, str], signed: list[str], dice: random.Random) -> tuple[bytes, dict[str, str]]:
    """The body, or a header that is signed, with one bit another; a header stays one that can be sent at all."""
    if dice.random() < 0.5:
        at = dice.randrange(len(raw))
        return raw[:at] + bytes([raw[at] ^ 1 << dice.randrange(8)]) + raw[at + 1 :], headers
    while True:
        name = dice.choice(signed)
        at, value = dice.randrange(len(headers[name])), headers[name]
        char = chr(ord(value[at]) ^ 1 << dice.randrange(7))
        if char.isprintable() and char.isascii():
            return raw, {**headers, name: value[:at] + char + value[at + 1 :]}


@pytest.mark.parametrize("seconds", [-299, 299])
def test_our_own_signature_holds_for_five_minutes(session: Session, cast: Cast, seconds: int) -> None:
    shop = open_shop(cast, "api")
    raw = json.dumps(own_event()).encode()
    moment = datetime(2026, 11, 20, 10, tzinfo=UTC)
    with time_machine.travel(moment, tick=False):
        headers = shop.headers(raw, "")
    with time_machine.travel(moment - timedelta(seconds=seconds), tick=False):
        answer = shop.post(raw, headers)

    assert answer.status_code == 200
    assert events(session) == 1


def test_shopify_tries_again_for_two_days(session: Session, cast: Cast) -> None:
    shop = open_shop(cast)
    raw = json.dumps(shopify_order()).encode()
    moment = (clock.now() - timedelta(hours=47)).strftime("%Y-%m-%dT%H:%M:%S.123456789Z")

    assert shop.post(raw, {**shop.headers(raw, "orders/create"), "X-Shopify-Triggered-At": moment}).status_code == 200


def test_a_channel_without_a_secret_takes_nothing(session: Session, cast: Cast) -> None:
    shop = open_shop(cast)
    end_secrets(session, channel_id=shop.channel.id, by=SYSTEM)
    session.commit()

    assert shop.send(shopify_order(), "orders/create").status_code == 401
    assert events(session) == 0


def test_an_old_secret_holds_until_its_end(session: Session, cast: Cast) -> None:
    with time_machine.travel("2026-11-20T10:00:00Z", tick=False) as sky:
        shop = open_shop(cast)
        share_secret(session, channel_id=shop.channel.id, secret="the next one of us two", overlap=timedelta(hours=24), by=SYSTEM)
        session.commit()
        both = [
            shop.send(shopify_order(id=number), "orders/create", secret=secret).status_code
            for number, secret in ((1, SECRET), (2, "the next one of us two"))
        ]
        sky.shift(timedelta(hours=24))
        later = [
            shop.send(shopify_order(id=number), "orders/create", secret=secret).status_code
            for number, secret in ((3, SECRET), (4, "the next one of us two"))
        ]

    assert both == [200, 200]
    assert later == [401, 200]


def test_no_more_than_two_secrets_hold(session: Session, cast: Cast) -> None:
    shop = open_shop(cast)
    for secret in ("the second one of us", "the third one of us"):
        share_secret(session, channel_id=shop.channel.id, secret=secret, overlap=timedelta(hours=24), by=SYSTEM)

    assert secrets_of(session, shop.channel.id) == ["the third one of us", "the second one of us"]


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_only_posts_are_taken(session: Session, cast: Cast, method: str) -> None:
    shop = open_shop(cast)

    assert shop.client.open(shop.door, method=method).status_code == 405


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("shopify", {"order": {"id": 1}}),
        ("shopify", {"id": True}),
        ("shopify", {"id": "x" * 101}),
        ("woocommerce", {"status": "pending"}),
        ("woocommerce", {"id": 0}),
        ("api", {"type": "order.placed", "data": []}),
        ("api", {"type": "order.placed", "data": {"external_id": "x" * 101}}),
        ("api", {"type": "order.cancelled", "data": {"external_id": 7}}),
    ],
)
def test_what_is_no_order_is_said_to_be_none(session: Session, cast: Cast, kind: str, body: dict[str, Any]) -> None:
    answer = open_shop(cast, kind).send(body, TOPIC[kind])

    assert (answer.status_code, answer.json["code"]) == (422, "not_an_order")
    assert events(session) == 0


@pytest.mark.parametrize(("kind", "topic"), [("shopify", "products/update"), ("woocommerce", "coupon.created"), ("shopify", "")])
def test_another_topic_is_noted_and_not_kept(session: Session, cast: Cast, kind: str, topic: str) -> None:
    answer = open_shop(cast, kind).send({"id": 1, "secret_thing": "x"}, topic)
    (event,) = work_off(session)

    assert answer.json == {"outcome": "ignored"}
    assert (event.state, event.reason, event.topic, event.body) == ("ignored", "other_topic", topic, None)


def test_woocommerce_asks_whether_anybody_is_there(session: Session, cast: Cast) -> None:
    shop, other = open_shop(cast, "woocommerce"), open_shop(cast, "shopify", code="other")

    assert shop.post(b"webhook_id=142", {}, "application/x-www-form-urlencoded").status_code == 200
    assert shop.post(b"webhook_id=142&x=1", {}, "application/x-www-form-urlencoded").status_code == 415
    assert other.post(b"webhook_id=142", {}, "application/x-www-form-urlencoded").status_code == 415
    assert events(session) == 0


@pytest.mark.parametrize("kind", KINDS)
def test_a_repeat_only_counts(session: Session, cast: Cast, kind: str) -> None:
    cast.stock("LAMP", 5)
    shop = open_shop(cast, kind)
    raw = json.dumps(body_of(kind)).encode()
    headers = shop.headers(raw, TOPIC[kind])
    outcomes = [shop.post(raw, headers).json["outcome"] for _try in range(2)]
    work_off(session)
    outcomes += [shop.post(raw, headers).json["outcome"] for _try in range(3)]
    (event,) = work_off(session)

    assert outcomes == ["received", *["repeated"] * 4]
    assert (event.repeats, len(orders(session))) == (4, 1)


def test_the_same_body_under_another_id_is_a_repeat_for_nobody_signed_the_id(session: Session, cast: Cast) -> None:
    cast.stock("LAMP", 5)
    shop = open_shop(cast)
    for topic, event in (("orders/create", "a"), ("orders/paid", "b"), ("orders/create", "c")):
        shop.send(shopify_order(), topic, event)
    (event,) = work_off(session)

    assert (event.repeats, len(orders(session))) == (2, 1)


@pytest.mark.parametrize("kind", ["shopify", "woocommerce"])
def test_a_body_once_sent_under_a_wrong_topic_is_still_taken(session: Session, cast: Cast, kind: str) -> None:
    cast.stock("LAMP", 5)
    shop = open_shop(cast, kind)
    outcomes = [shop.send(body_of(kind), topic, "a").json["outcome"] for topic in (TOPIC[kind].upper(), TOPIC[kind], TOPIC[kind].upper())]
    work_off(session)

    assert outcomes == ["ignored", "received", "repeated"]
    assert len(orders(session)) == 1


def test_what_is_not_ours_is_never_kept_apart(session: Session, cast: Cast) -> None:
    shop = open_shop(cast)
    outcomes = [shop.send({"a": number}, "products/update", "a").json["outcome"] for number in range(3)]

    assert (outcomes, [event.state for event in work_off(session)]) == (["ignored", "repeated", "repeated"], ["ignored"])


def test_something_else_under_an_id_is_kept_apart(session: Session, cast: Cast) -> None:
    cast.stock("LAMP", 5)
    shop = open_shop(cast)
    shop.send(shopify_order(), "orders/create", "a")
    answers = [shop.send(shopify_order(("LAMP", 1, "18.00")), "orders/create", "a") for _try in range(3)]
    first, apart = work_off(session)

    assert [(answer.status_code, answer.json["outcome"]) for answer in answers] == [(200, "quarantined"), (200, "repeated"), (200, "repeated")]
    assert (first.state, apart.state, apart.reason, apart.first_id, apart.repeats) == ("taken", "quarantined", "altered", first.id, 2)
    assert [line.ordered for order in orders(session) for line in order.lines] == [2]
    assert session.scalar(select(func.count()).select_from(EventLog).where(EventLog.name == "HookAltered")) == 1


def test_no_sign_in_and_no_token_counts_there(session: Session, cast: Cast) -> None:
    shop = open_shop(cast)

    assert cast.client("admin").post(shop.door, json=shopify_order()).status_code == 401


def test_answers_are_not_to_be_kept(session: Session, cast: Cast) -> None:
    assert open_shop(cast).send(shopify_order(), "orders/create").headers["Cache-Control"] == "no-store"


def test_strange_ids_and_topics_are_kept_safely(session: Session, cast: Cast) -> None:
    shop = open_shop(cast)
    for at, event in enumerate(("x" * 5000, "ä ö", "a" * 199)):
        assert shop.send(shopify_order(id=at + 1), "orders/create", event).status_code == 200
    assert shop.send({"a": 1}, "y" * 5000).status_code == 200

    assert events(session) == 4
