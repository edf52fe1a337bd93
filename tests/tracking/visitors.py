"""Customers in tests: their browsers, and what they do at their doors."""

from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from logistics.core.keys import new_key
from tests.cast import Cast


def send(browser: FlaskClient, address: str, **fields: Any) -> TestResponse:
    """Send a form of a customer's page, with a one-time key."""
    return browser.post(address, data={"form_key": new_key(), **fields})


def known(browser: FlaskClient, address: str, fact: str = "LS1 5HD") -> FlaskClient:
    """The browser, once it has told a second fact at an order's page."""
    assert send(browser, f"{address}/identity", fact=fact).status_code == 303
    return browser


def customer(cast: Cast, address: str) -> FlaskClient:
    """A browser of its own that knows a second fact."""
    app: Flask = cast.app
    return known(app.test_client(), address)


def number_of(address: str) -> str:
    """The number of the order that a page is of."""
    begin = address.removeprefix("/track/")[:8]
    return f"{begin[:4]}-{begin[4:]}"
