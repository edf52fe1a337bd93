"""The house under load: every test here drives real processes over HTTP, and all of them the same ones, for starting them takes longer than
most of what they are asked. So each test has products of its own, and counts nothing but its own; one that counts all has a town of its own.
"""

import os
from collections.abc import Iterator

import pytest
from flask import Flask

from logistics.core.database import db
from logistics.staff.signing_in import open_session
from tests.cast import Cast
from tests.conftest import SECRET, _clone, build_app
from tests.house import House, Visitor

# LOGISTICS_CHAOS=full: the promises at their full size, about twenty minutes of them.
FULL = os.environ.get("LOGISTICS_CHAOS") == "full"


@pytest.fixture(scope="session")
def town(server: str, template: str) -> Iterator[Flask]:
    """The application on the database of the house, for looking in from behind."""
    yield from open_town(server, template, f"chaos_{os.getpid()}")


@pytest.fixture(scope="session")
def house(town: Flask) -> Iterator[House]:
    """Gunicorn and worker (four web processes and two workers at full size) on a database of their own."""
    yield from open_house(town)


@pytest.fixture(scope="session")
def clerks(house: House, town: Flask) -> list[Visitor]:
    """64 browsers of clerks, each with a session of its own."""
    return sign_in_clerks(house, town)


def sign_in_clerks(house: House, town: Flask) -> list[Visitor]:
    """As many browsers of clerks of a town as come at once."""
    with town.app_context():
        person = Cast(town).person("clerk")
        tokens = [open_session(db.session(), person) for _clerk in range(64)]
        db.session.commit()
        db.session.remove()
    return [house.visitor(token) for token in tokens]


def open_house(town: Flask) -> Iterator[House]:
    """The processes of a town, until whoever asked is done."""
    environment = {"WEB_WORKERS": "4"} if FULL else {}
    with House(town, town.config["SQLALCHEMY_DATABASE_URI"], SECRET, workers=2 if FULL else 1, environment=environment) as running:
        yield running


def open_town(server: str, template: str, name: str) -> Iterator[Flask]:
    """An application on a database of this name, until whoever asked is done."""
    for url in _clone(server, template, name):
        app = build_app(url, web_threads=20)
        yield app
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
