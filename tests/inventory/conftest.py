"""Browsers that people of the house are signed in with."""

import pytest
from flask.testing import FlaskClient

from tests.cast import Cast


@pytest.fixture
def picker(cast: Cast) -> FlaskClient:
    """Somebody of the warehouse."""
    return cast.client("picker")


@pytest.fixture
def manager(cast: Cast) -> FlaskClient:
    """Somebody who may correct a lot."""
    return cast.client("manager")
