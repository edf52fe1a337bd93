"""A provider for each test about cards."""

import pytest
from flask import Flask

from logistics.payments.gateways import choosing
from tests.payments.cards import Till
from tests.payments.fake_gateway import FakeGateway


@pytest.fixture
def bank(monkeypatch: pytest.MonkeyPatch) -> FakeGateway:
    """The provider."""
    fake = FakeGateway()
    monkeypatch.setattr(choosing, "OFFERED", [fake])
    return fake


@pytest.fixture
def till(app: Flask, bank: FakeGateway) -> Till:
    """The desk around it, inside the test's transaction."""
    return Till(app, bank)
