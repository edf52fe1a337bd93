"""The house under load: every test here drives real processes over HTTP."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.cast import Cast
from tests.conftest import SECRET
from tests.house import House, Visitor


@pytest.fixture
def house(town: Flask) -> Iterator[House]:
    """Gunicorn and worker on a database of their own."""
    with House(town, town.config["SQLALCHEMY_DATABASE_URI"], SECRET) as running:
        yield running


@pytest.fixture
def clerks(house: House, town: Flask) -> list[Visitor]:
    """64 browsers of clerks, each with a session of its own."""
    from logistics.core.database import db
    from logistics.staff.signing_in import open_session

    with town.app_context():
        person = Cast(town).person("clerk")
        tokens = [open_session(db.session(), person) for _clerk in range(64)]
        db.session.commit()
        db.session.remove()
    return [house.visitor(token) for token in tokens]
