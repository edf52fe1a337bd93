"""Somebody with a password, for tests that sign in by the page."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from logistics.staff.models import Staff
from logistics.staff.signing_in import hash_password
from tests.cast import PASSWORD, Cast

HASH = hash_password(PASSWORD)


@pytest.fixture
def clerk(cast: Cast) -> Staff:
    """The clerk, who signs in as clerk@lamp.example with PASSWORD."""
    return with_password(cast, "clerk")


def with_password(cast: Cast, who: str, **values: Any) -> Staff:
    """One of the cast, with PASSWORD."""

    def make() -> Staff:
        person = cast.person(who)
        person.password_hash = HASH
        for name, value in values.items():
            setattr(person, name, value)
        return person

    person: Staff = cast.made(make)
    return person


def sign_in(browser: FlaskClient, who: str = "clerk", password: str = PASSWORD, **options: Any) -> TestResponse:
    """Fill in the form at the door."""
    more = options.pop("data", {})
    return browser.post("/sign-in", data={"email": f"{who}@lamp.example", "password": password, **more}, **options)
