"""A provider for each test about cards."""

import pytest
from flask import Flask

from tests.payments.cards import Till
from tests.payments.fake_gateway import FakeGateway


@pytest.fixture
def bank(app: Flask, monkeypatch: pytest.MonkeyPatch) -> FakeGateway:
    """The provider."""
    fake = FakeGateway()
    monkeypatch.setitem(app.config, "GATEWAYS", {"fake": fake})
    return fake


@pytest.fixture
def till(app: Flask, bank: FakeGateway) -> Till:
    """The desk around it, inside the test's transaction."""
    return Till(app, bank)
