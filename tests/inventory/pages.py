"""What tests of pages ask with, and look for."""

import re
from typing import Any

from flask.testing import FlaskClient

from logistics.core.keys import new_key
from logistics.core.search import search_vector
from logistics.inventory.models import StockLevel
from tests.cast import Cast

PART = {"HX-Request": "true", "HX-Request-Type": "partial"}


def stocked(cast: Cast, sku: str, units: int, **values: Any) -> int:
    """Stock that can also be searched for; the id of its level."""

    def make() -> StockLevel:
        level = cast.stock(sku, units, **values)
        product = cast.product(sku)
        product.search = search_vector(product.sku, product.name, product.gtin)
        return level

    return int(cast.made(make).id)


def shown_skus(text: str) -> list[str]:
    """The SKUs of the rows of a table of stock or receipts, in order."""
    return re.findall(r'<span class="sub mono">([^<]+)</span></th>', text)


def send(browser: FlaskClient, url: str, *, part: bool = True, **fields: Any) -> Any:
    """Send a form with a fresh one-time key, as htmx does or as a plain form does."""
    return browser.post(url, data={"form_key": new_key(), **fields}, headers=PART if part else {})
