"""A house whose customers pay by card, with the provider as a process of its own."""

import os
from collections.abc import Iterator

import pytest
from flask import Flask

from logistics.core.database import db
from logistics.staff.signing_in import open_session
from tests.api.programs import make_key
from tests.cast import Cast
from tests.chaos.cards.desk import Desk
from tests.chaos.conftest import FULL, open_town
from tests.conftest import SECRET
from tests.house import House
from tests.payments.simulation import Simulation
from tests.ports import free_port


@pytest.fixture(scope="session")
def town(server: str, template: str) -> Iterator[Flask]:
    """A database of its own: a worker without the provider would do the jobs of this one."""
    yield from open_town(server, template, f"cards_{os.getpid()}")


@pytest.fixture(scope="session")
def desk(town: Flask, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Gunicorn, worker and provider, who tells the house what happens; a manager, an administrator, a picker and a program."""
    port = free_port()
    with Simulation(tmp_path_factory.mktemp("provider"), hooks=f"http://127.0.0.1:{port}/hooks/payments/simulated") as provider:
        town.config["GATEWAYS"] = {"simulated": provider.gateway()}
        # As many as hang at once in test_faults.py, and some to spare.
        environment = {"SIMULATED_GATEWAY": provider.address, "WEB_THREADS": "20"} | ({"WEB_WORKERS": "4"} if FULL else {})
        given = {"port": port, "environment": environment, "workers": 2 if FULL else 1}
        with House(town, town.config["SQLALCHEMY_DATABASE_URI"], SECRET, **given) as house:
            yield _furnish(town, house, provider)
        town.config.pop("GATEWAYS")


def _furnish(town: Flask, house: House, provider: Simulation) -> Desk:
    with town.app_context():
        cast = Cast(town)
        cast.carrier()
        tokens = {who: open_session(db.session(), cast.person(who)) for who in ("manager", "admin", "picker")}
        key = make_key(cast)
        db.session.commit()
        db.session.remove()
    return Desk(town, house, provider, {who: house.visitor(token) for who, token in tokens.items()}, key)
