"""Keys of programs: shown once, kept as a digest, and of no use from the moment they are revoked (SEC29, SEC40)."""

import os
import pwd
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask, g, render_template
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from logistics.api.admitting import USE_IS_NOTED
from logistics.api.issuing import issue_key, revoke_key
from logistics.api.models import ApiKey, Scope
from logistics.api.rules import new_key, read_key
from logistics.core.actors import SYSTEM
from logistics.core.events import EventLog
from logistics.core.panels import panels
from logistics.core.refusals import Invalid, NotFound
from tests.api.programs import Program, make_key, order_body, program
from tests.cast import Cast
from tests.doors import fingerprints

SHAPE = re.compile(r"lgk_[a-z0-9]{8}_[0-9a-f]{40}")


def test_a_key_has_160_random_bits_and_is_kept_as_a_digest_only(cast: Cast, session: Session) -> None:
    row, key = issue_key(session, channel="api", scopes=[Scope.STOCK, Scope.ORDERS], label="Shop", days=30, by=cast.actor("admin"))

    assert SHAPE.fullmatch(key)
    secret = key.rpartition("_")[2]
    assert (row.prefix, row.scopes, row.label, row.created_by) == (key[4:12], ["orders", "stock"], "Shop", cast.person("admin").id)
    tables = "\n".join(str(line) for table in ("api_keys", "event_log") for line in session.execute(text(f"SELECT t::text FROM {table} t")))
    assert secret not in tables
    assert row.prefix in tables


def test_no_two_keys_are_the_same() -> None:
    keys = [new_key() for _number in range(200)]

    assert len({key.secret for key in keys}) == len({key.digest for key in keys}) == 200
    assert all(read_key(key.text) == key for key in keys)


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ({"channel": "nowhere"}, "channel"),
        ({"scopes": []}, "scopes"),
        ({"days": 0}, "days"),
        ({"days": -1}, "days"),
        ({"days": 3651}, "days"),
    ],
)
def test_a_key_that_makes_no_sense_is_not_made(session: Session, given: dict[str, Any], pointer: str) -> None:
    with pytest.raises(Invalid) as refusal:
        issue_key(session, **{"channel": "api", "scopes": [Scope.ORDERS], "by": SYSTEM, **given})

    assert [error.pointer for error in refusal.value.errors] == [pointer]
    assert session.scalars(select(ApiKey)).all() == []


def test_two_keys_of_one_channel_let_in_at_once_and_one_is_revoked_alone(cast: Cast, session: Session) -> None:
    old, new = program(cast), program(cast)
    assert (old.get("/orders").status_code, new.get("/orders").status_code) == (200, 200)

    cast.made(lambda: revoke_key(cast.session, key_id=_id_of(cast.session, old), by=SYSTEM))

    assert (old.get("/orders").status_code, new.get("/orders").status_code) == (401, 200)


def test_revoking_twice_is_one_revocation(cast: Cast, session: Session) -> None:
    row, _key = issue_key(session, channel="api", scopes=[Scope.ORDERS], by=SYSTEM)
    first = revoke_key(session, key_id=row.id, by=SYSTEM).revoked_at

    assert revoke_key(session, key_id=row.id, by=SYSTEM).revoked_at == first
    names = session.scalars(select(EventLog.name).where(EventLog.subject == "api_key").order_by(EventLog.id)).all()
    assert names == ["ApiKeyIssued", "ApiKeyRevoked"]
    with pytest.raises(NotFound):
        revoke_key(session, key_id=row.id + 1, by=SYSTEM)


def test_whoever_has_no_key_that_lets_in_is_told_nothing_more(app: Flask, cast: Cast, session: Session) -> None:
    good, revoked = program(cast), program(cast)
    cast.made(lambda: revoke_key(cast.session, key_id=_id_of(cast.session, revoked), by=SYSTEM))
    with time_machine.travel(datetime.now(UTC) - timedelta(days=3), tick=True):
        expired = program(cast, days=2)
    unknown = new_key().text
    wrong = good.key[:-1] + ("0" if good.key[-1] != "0" else "1")
    headers: list[str | None] = [
        None, "", "Bearer", "Bearer ", f"Bearer {wrong}", f"Bearer {unknown}", f"Bearer {revoked.key}", f"Bearer {expired.key}", good.key,
        f"Basic {good.key}", f"Bearer {good.key} {good.key}", f"Bearer {good.key}, Bearer {good.key}", f"Bearer {good.key.upper()}",
        "Bearer " + "x" * 9000,
    ]  # fmt: skip
    before = fingerprints(session)

    answers = []
    for method in ("GET", "POST"):
        for header in headers:
            sent = {} if header is None else {"Authorization": header}
            answers.append(app.test_client().open("/api/v1/orders", method=method, headers=sent))

    assert {answer.status_code for answer in answers} == {401}
    assert {answer.headers["WWW-Authenticate"] for answer in answers} == {'Bearer realm="api"'}
    assert {answer.content_type for answer in answers} == {"application/problem+json"}
    bodies = [{name: value for name, value in answer.get_json().items() if name != "request_id"} for answer in answers]
    assert all(body == bodies[0] for body in bodies)
    assert fingerprints(session) == before
    assert good.client.get("/api/v1/orders", headers={"Authorization": f"bearer  {good.key}"}).status_code == 200


@pytest.mark.parametrize("query", ["?key={}", "?api_key={}", "?access_token=x", "?token=x", "?q={}", "?Authorization=Bearer%20{}", "?cursor=a{}b"])
def test_a_key_in_the_address_is_refused_even_beside_a_good_one(cast: Cast, query: str) -> None:
    shop = program(cast)

    answer = shop.get("/orders" + query.format(shop.key))

    assert (answer.status_code, answer.get_json()["code"]) == (400, "key_in_address")
    assert shop.key not in answer.text


def test_the_last_use_is_noted_once_a_minute(cast: Cast, session: Session) -> None:
    shop = program(cast)
    moment = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)

    seen = []
    for seconds in (0, 30, 59, 61, 100, 200):
        with time_machine.travel(moment + timedelta(seconds=seconds), tick=False):
            shop.get("/orders")
            session.expire_all()
            seen.append(int((_row(session, shop).last_used_at - moment).total_seconds()))

    assert seen == [0, 0, 0, 61, 61, 200]
    assert timedelta(seconds=60) == USE_IS_NOTED


def test_what_a_program_did_is_its_keys_doing(cast: Cast, session: Session) -> None:
    cast.made(lambda: cast.stock("LAMP", 5))
    shop = program(cast)

    assert shop.post("/orders", order_body()).status_code == 201

    key_id = _id_of(session, shop)
    placed = session.scalars(select(EventLog).where(EventLog.name == "OrderPlaced")).one()
    assert (placed.actor_kind, placed.actor_id, placed.data["channel"]) == ("key", key_id, "api")
    actors = session.execute(select(EventLog.actor_kind, EventLog.actor_id).where(EventLog.subject.in_(("order", "customer")))).all()
    assert {tuple(actor) for actor in actors} == {("key", key_id)}


def test_people_read_which_program_did_it(cast: Cast) -> None:
    cast.made(lambda: cast.stock("LAMP", 5))
    shop = program(cast, label="Web shop")
    number = shop.post("/orders", order_body()).get_json()["number"]

    log = cast.client("auditor").get("/settings/events?name=OrderPlaced").text

    assert f"API key Web shop (api, {shop.key[4:12]})" in log
    assert "A program, by the API" in cast.client("clerk").get(f"/orders/{number}").text


# --- The command ---


def test_the_command_prints_a_key_once_that_lets_in(app: Flask, cast: Cast, session: Session) -> None:
    runner = app.test_cli_runner()
    made = runner.invoke(args=["keys", "add", "api", "--scope", "orders", "--scope", "stock", "--label", "Web shop", "--days", "90"])

    assert made.exit_code == 0, made.output
    (key,) = SHAPE.findall(made.output)
    shop = Program(app, key)
    assert (shop.get("/orders").status_code, shop.get("/stock").status_code, shop.get("/products").status_code) == (200, 200, 403)
    listed = runner.invoke(args=["keys", "list"]).output
    assert "Web shop" in listed
    assert "orders,stock" in listed
    assert key.rpartition("_")[2] not in listed

    revoked = runner.invoke(args=["keys", "revoke", key[4:12]])
    assert revoked.exit_code == 0, revoked.output
    assert shop.get("/orders").status_code == 401
    user = pwd.getpwuid(os.getuid()).pw_name
    rows = session.scalars(select(EventLog).where(EventLog.name == "CommandRun").order_by(EventLog.id)).all()
    assert [(row.data["command"], row.data["os_user"]) for row in rows] == [("keys add", user), ("keys list", user), ("keys revoke", user)]


@pytest.mark.parametrize(
    "arguments",
    [
        ["add", "nowhere"],
        ["add", "api", "--scope", "everything"],
        ["add", "api", "--days", "0"],
        ["add", "api", "--label", "x" * 101],
        ["add", "api", "--label", "a\x1bb"],
        ["revoke", "abcdefgh"],
    ],
)
def test_a_refused_command_says_why_and_changes_nothing(app: Flask, session: Session, arguments: list[str]) -> None:
    before = fingerprints(session)

    answer = app.test_cli_runner().invoke(args=["keys", *arguments])

    assert answer.exit_code != 0
    assert "Error:" in answer.output
    assert "Traceback" not in answer.output
    assert fingerprints(session) == before


# --- The pages ---


def test_an_administrator_makes_a_key_that_is_shown_once(app: Flask, cast: Cast, session: Session) -> None:
    admin = cast.client("admin")
    form = {"channel": "api", "label": "Web <b>shop</b>", "scopes": ["orders", "prices"], "days": "30"}

    made = admin.post("/settings/keys/new", data=form)

    assert made.status_code == 201
    (key,) = set(SHAPE.findall(made.text))
    assert "Web &lt;b&gt;shop&lt;/b&gt;" in made.text
    assert Program(app, key).get("/orders").status_code == 200
    listed = admin.get("/settings/keys/").text
    assert f"lgk_{key[4:12]}_…" in listed
    assert not SHAPE.search(listed)
    row = session.scalars(select(ApiKey)).one()
    assert row.scopes == ["orders", "prices"]
    assert row.expires_at
    assert timedelta(days=29) < row.expires_at - datetime.now(UTC) <= timedelta(days=30)


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"channel": "api", "label": "", "scopes": ["orders"]}, "This is needed."),
        ({"channel": "api", "label": "Shop"}, "Choose what the key is good for."),
        ({"channel": "nowhere", "label": "Shop", "scopes": ["orders"]}, "Not a valid choice"),
        ({"channel": "api", "label": "Shop", "scopes": ["everything"]}, "valid choice"),
        ({"channel": "api", "label": "Shop", "scopes": ["orders"], "days": "0"}, "1 to 3650 days"),
        ({"channel": "api", "label": "Shop", "scopes": ["orders"], "days": "²"}, "1 to 3650 days"),
        ({"channel": "api", "label": "Shop", "scopes": ["orders"], "days": "99999"}, "1 to 3650 days"),
    ],
)
def test_a_form_that_makes_no_sense_is_shown_again_with_what_was_typed(cast: Cast, session: Session, form: dict[str, Any], said: str) -> None:
    answer = cast.client("admin").post("/settings/keys/new", data=form)

    assert answer.status_code == 422
    assert said in answer.text
    assert f'value="{form["label"]}"' in answer.text
    assert session.scalars(select(ApiKey)).all() == []


def test_a_key_is_revoked_on_its_page_and_listed_apart(cast: Cast, session: Session) -> None:
    shop = program(cast, label="Old shop")
    admin = cast.client("admin")

    answer = admin.post(f"/settings/keys/{_id_of(session, shop)}/revocation")

    assert answer.status_code == 303
    assert shop.get("/orders").status_code == 401
    assert "Old shop" not in admin.get("/settings/keys/").text
    ended = admin.get("/settings/keys/?status=ended").text
    assert "Old shop" in ended
    assert "/revocation" not in ended


def test_an_auditor_sees_keys_masked_and_changes_none(cast: Cast, session: Session) -> None:
    shop = program(cast)
    auditor = cast.client("auditor")

    page = auditor.get("/settings/keys/").text

    assert shop.key[4:12] in page
    assert shop.key.rpartition("_")[2] not in page
    assert "/revocation" not in page
    assert "/settings/keys/new" not in page
    assert auditor.post(f"/settings/keys/{_id_of(session, shop)}/revocation").status_code == 403


def test_the_list_is_narrowed_to_a_channel_and_comes_in_pages(cast: Cast, queries: Any) -> None:
    cast.made(lambda: [make_key(cast, label=f"Number {number}") for number in range(60)])
    cast.made(lambda: (cast.channel("shop"), make_key(cast, channel="shop", label="Of the shop")))
    admin = cast.client("admin")

    queries.count = 0
    page = admin.get("/settings/keys/").text
    assert queries.count < 20
    assert page.count("<tr>") == 51
    following = re.search(r'rel="next" href="([^"]+)"', page)
    assert following
    assert admin.get("/settings/keys/" + following[1].replace("&amp;", "&")).text.count("<tr>") == 12
    narrowed = admin.get("/settings/keys/?channel=shop").text
    assert "Of the shop" in narrowed
    assert "Number 1" not in narrowed


def test_a_channels_page_shows_its_keys_and_the_way_to_another_one(app: Flask, cast: Cast) -> None:
    cast.made(lambda: (make_key(cast, label="Web shop"), cast.channel("shop"), make_key(cast, channel="shop", label="Elsewhere")))

    def draw(who: str, code: str) -> str:
        with app.test_request_context():
            g.actor = cast.actor(who)
            ((template, panel),) = [found for found in panels("channel", cast.channel(code)) if found[0] == "api/_channel_panel.html"]
            return render_template(template, panel=panel)

    own, empty = draw("admin", "api"), draw("auditor", "desk")
    assert "Web shop" in own
    assert "Elsewhere" not in own
    assert "/settings/keys/new?channel=api" in own
    assert "No program can come in by this channel." in empty
    assert "/settings/keys/new" not in empty


def _row(session: Session, shop: Program) -> Any:
    return session.scalars(select(ApiKey).where(ApiKey.prefix == shop.key[4:12])).one()


def _id_of(session: Session, shop: Program) -> int:
    return int(_row(session, shop).id)
