"""Which provider takes cards: by the settings, none where none is named."""

from dataclasses import replace

import pytest
from flask import Flask

from logistics.core.config import Settings
from logistics.payments.gateways.choosing import gateway, named

SIMULATED = "http://simulated-for-tests-only@127.0.0.1:1"


@pytest.fixture
def house(worker_app: Flask, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Lets a test change the settings."""
    return monkeypatch


def settle(house: pytest.MonkeyPatch, app: Flask, **chosen: str) -> None:
    settings: Settings = app.config["SETTINGS"]
    house.setitem(app.config, "SETTINGS", replace(settings, **chosen))  # type: ignore[arg-type] # only texts are given


def test_without_settings_cards_are_not_offered(worker_app: Flask) -> None:
    with worker_app.app_context():
        assert gateway() is None
        assert named("simulated") is None
        assert named("stripe") is None


def test_the_simulated_one_is_taken_where_it_is_named(worker_app: Flask, house: pytest.MonkeyPatch) -> None:
    settle(house, worker_app, simulated_gateway=SIMULATED)

    with worker_app.app_context():
        chosen = gateway()
        assert chosen is not None
        assert chosen.name == "simulated"
        assert named("simulated") is chosen
        assert gateway() is chosen


def test_stripe_comes_first_and_older_payments_find_theirs(worker_app: Flask, house: pytest.MonkeyPatch) -> None:
    settle(house, worker_app, simulated_gateway=SIMULATED, stripe_api_key="sk_test_0123456789", stripe_webhook_secret="whsec_0123456789")

    with worker_app.app_context():
        chosen, older = gateway(), named("simulated")
        assert chosen is not None
        assert older is not None
        assert (chosen.name, older.name) == ("stripe", "simulated")


def test_a_test_may_put_its_own_there(worker_app: Flask, house: pytest.MonkeyPatch) -> None:
    settle(house, worker_app, simulated_gateway=SIMULATED)
    own = object()
    house.setitem(worker_app.config, "GATEWAYS", {"own": own})

    with worker_app.app_context():
        assert gateway() is own
        assert named("own") is own
        assert named("simulated") is None
