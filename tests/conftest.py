"""The test database, the application on it, and the permanent cast (tests/cast.py).

A template database is migrated once; every worker process clones it. Tests that use `session` or `client` run inside one outer
transaction that is rolled back, commits included. Tests that need real commits and threads take `town`, a database of their own.
"""

import gc
import hashlib
import os
import time
from collections.abc import Callable, Iterator
from contextvars import Context
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy.session import Session as FlaskSession
from hypothesis import settings as hypothesis
from jinja2.bccache import Bucket, BytecodeCache
from psycopg import sql
from pytest_socket import disable_socket, socket_allow_hosts
from sqlalchemy import Connection, event, make_url
from sqlalchemy.orm import Session

from logistics import create_app
from logistics.core.config import Settings, driver_url
from logistics.core.database import db
from logistics.core.limits import DatabaseStorage
from tests.cast import Cast

ROOT = Path(__file__).parent.parent
# How long an example takes says nothing on a busy machine.
hypothesis.register_profile("logistics", deadline=None)
hypothesis.load_profile("logistics")
DAY_SECONDS, LAST_SECONDS = 24 * 60 * 60, 120
SECRET = "tests only: not a secret, but long enough"


class CompiledOnce(BytecodeCache):
    """Templates compiled once for all the applications of this test process."""

    kept: ClassVar[dict[str, bytes]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give back what was compiled before, from the same source."""
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        self.kept[bucket.key] = bucket.bytecode_to_string()


Flask.jinja_options = {"bytecode_cache": CompiledOnce()}


def pytest_collection_finish() -> None:
    """What is loaded by now stays to the end: the collector need not go through the whole product and every test again and again."""
    gc.collect()
    gc.freeze()


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Sockets are off but for the database; tests marked `loopback` may talk to 127.0.0.1. No day (UTC) ends in the middle of a test."""
    if (left := DAY_SECONDS - time.time() % DAY_SECONDS) < LAST_SECONDS:
        time.sleep(left + 1)
    if "loopback" in item.keywords or "browser" in item.keywords:
        socket_allow_hosts(["127.0.0.1", "localhost", "::1"], allow_unix_socket=True)
    else:
        disable_socket(allow_unix_socket=True)


@pytest.fixture(scope="session")
def server() -> str:
    """The URL of the PostgreSQL that tests run on; its role may create databases."""
    url = os.environ.get("TEST_DATABASE_URL", "")
    if not url:
        pytest.exit("TEST_DATABASE_URL is not set: run the tests with bin/test", returncode=3)
    return driver_url(url)


@pytest.fixture(scope="session")
def template(server: str) -> str:
    """The name of the migrated database that others are cloned from, made once for this state of the migrations."""
    files = sorted((ROOT / "migrations").rglob("*.py"))
    name = "template_" + hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]
    with _admin(server) as connection:
        connection.execute("SELECT pg_advisory_lock(7261)")
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            _migrate(server, connection, name)
    return name


@pytest.fixture(scope="session")
def worker_database(server: str, template: str) -> Iterator[str]:
    """A clone for this test process; the URL."""
    yield from _clone(server, template, f"tests_{os.getpid()}")


@pytest.fixture(scope="session")
def worker_app(worker_database: str) -> Iterator[Flask]:
    """The application on this process's clone."""
    app = build_app(worker_database)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def app_with(worker_database: str) -> Iterator[Callable[..., Flask]]:
    """Makes an application on this process's clone with these settings, for tests of what hangs on them."""
    made: list[Flask] = []

    def make(**settings: Any) -> Flask:
        made.append(create_app(Settings(secret_key=SECRET, database_url=worker_database, log_level="ERROR", **settings)))
        return made[-1]

    yield make
    for app in made:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


@pytest.fixture
def outer(worker_app: Flask) -> Iterator[Connection]:
    """One transaction around the whole test: what commits inside it is a savepoint, and all of it is rolled back."""
    with worker_app.app_context():
        engine = db.engine
        DatabaseStorage().reset()
    connection = engine.connect()
    transaction = connection.begin()
    factory: Any = db.session.session_factory
    plain, options = factory.class_, dict(factory.kw)

    class InsideTheTest(FlaskSession):
        def get_bind(self, *_arguments: Any, **_options: Any) -> Connection:
            return connection

    factory.class_ = InsideTheTest
    factory.kw["join_transaction_mode"] = "create_savepoint"
    yield connection
    factory.class_ = plain
    factory.kw.clear()
    factory.kw.update(options)
    transaction.rollback()
    connection.close()


@pytest.fixture
def app(worker_app: Flask, outer: Connection) -> Flask:
    """The application, inside the test's transaction."""
    return worker_app


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """A session for tests of capabilities."""
    with app.app_context():
        yield db.session()
        db.session.remove()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without a sign-in: `cast.client("picker")` is one with."""
    return app.test_client()


@pytest.fixture
def cast(app: Flask) -> Cast:
    """The permanent cast, made as it is asked for."""
    return Cast(app)


@pytest.fixture
def town(server: str, template: str, request: pytest.FixtureRequest) -> Iterator[Flask]:
    """An application on a database of its own, for tests that commit for real and run real threads."""
    name = f"town_{os.getpid()}_{hashlib.sha256(request.node.nodeid.encode()).hexdigest()[:8]}"
    for url in _clone(server, template, name):
        app = build_app(url, web_threads=20)
        yield app
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


@pytest.fixture
def queries(outer: Connection) -> Iterator[SimpleNamespace]:
    """Counts the statements of a test: `queries.count`, and `queries.statements` to look at them."""
    seen = SimpleNamespace(count=0, statements=[])

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            seen.count += 1
            seen.statements.append(statement)

    event.listen(outer.engine, "before_cursor_execute", note)
    yield seen
    event.remove(outer.engine, "before_cursor_execute", note)


@pytest.fixture
def report(capsys: pytest.CaptureFixture[str]) -> Callable[[str], None]:
    """Says what was measured, where somebody asked for the full size."""

    def say(text: str) -> None:
        with capsys.disabled():
            print(f"\n{text}" if os.environ.get("LOGISTICS_CHAOS") == "full" else "", end="")

    return say


class Browser(FlaskClient):
    """A browser whose requests know nothing of the test's own application context, nor of each other.

    Flask would take over a context that is there already, and with it who was signed in and the language of the request before.
    """

    def open(self, *arguments: Any, **options: Any) -> Any:
        """Send the request in a context of its own."""
        return Context().run(super().open, *arguments, **options)


def build_app(url: str, *, web_threads: int = 4) -> Flask:
    """The application as tests run it."""
    settings = Settings(secret_key=SECRET, database_url=url, web_threads=web_threads, log_level="ERROR", shop_name="Lamp & Son")
    settings = replace(settings, mail_folder=f"/tmp/logistics-tests-{os.getpid()}/mail")
    app = create_app(settings)
    app.test_client_class = Browser
    app.config.update(TESTING=False, WTF_CSRF_ENABLED=False, PROPAGATE_EXCEPTIONS=False)
    with app.app_context():
        event.listen(db.engine, "connect", _be_patient)
    return app


def _be_patient(connection: psycopg.Connection, _record: Any) -> None:
    """Nobody waits for a test. Only locks are given up as soon as in the shop, for what happens then is tested."""
    connection.execute("SET statement_timeout = '2min'; SET idle_in_transaction_session_timeout = '10min'")
    connection.commit()


def renew(server: str, template: str, name: str) -> None:
    """Put a new clone of the template in this database's place. Connections to the old one are cut; it is away for a moment at most."""
    new = f"{name}_new"
    with _admin(server) as connection:
        connection.execute("SELECT pg_advisory_lock(7262)")
        _drop(connection, new)
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(new), sql.Identifier(template)))
        _drop(connection, name)
        connection.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(new), sql.Identifier(name)))


def _admin(server: str) -> Any:
    return psycopg.connect(server.replace("+psycopg", ""), autocommit=True)


def _migrate(server: str, connection: Any, name: str) -> None:
    from flask_migrate import upgrade

    url = make_url(server).set(database=f"{name}_making").render_as_string(hide_password=False)
    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(f"{name}_making")))
    connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(f"{name}_making")))
    app = build_app(url)
    with app.app_context():
        upgrade(directory=str(ROOT / "migrations"))
        db.engine.dispose()
    rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
    connection.execute(rename.format(sql.Identifier(f"{name}_making"), sql.Identifier(name)))


def _clone(server: str, template: str, name: str) -> Iterator[str]:
    """A database of this name, cloned from the template, until whoever asked is done; its URL."""
    renew(server, template, name)
    yield make_url(server).set(database=name).render_as_string(hide_password=False)
    with _admin(server) as connection:
        _drop(connection, name)


def _drop(connection: Any, name: str) -> None:
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    for _try in range(50):
        try:
            connection.execute(drop)
            return
        except psycopg.errors.InsufficientPrivilege:
            # Autovacuum is at work in it, which only a superuser may end: it is done in a moment.
            time.sleep(0.2)
    connection.execute(drop)
