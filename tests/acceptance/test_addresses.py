"""Real places in many countries and scripts: kept and shown as they were written, and judged where their country has rules."""

import html
import json
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.core.actors import SYSTEM
from logistics.core.addresses import Address
from logistics.core.countries import country_name
from logistics.core.exports import csv_lines
from logistics.core.importing import importer_of
from logistics.core.taking_in import import_file
from logistics.customers.models import Customer
from logistics.fulfilment.models import Shipment
from logistics.orders.models import Order
from tests.cast import Cast
from tests.samples import samples

PARTS = tuple(Address.__dataclass_fields__)
CITY = ("city", "town", "village", "municipality", "hamlet", "county", "city_district", "island")
DISTRICT = ("suburb", "city_district", "borough", "neighbourhood", "quarter")


def test_every_place_is_kept_and_shown_whole(app: Flask, session: Session, cast: Cast) -> None:
    places = _places(samples("addresses") / "addresses.ndjson")
    rows = [[f"P-{at}", f"Somebody {at}", *place.values()] for at, place in enumerate(places)]

    report = import_file(importer_of("customers"), _file(["reference", "name", *PARTS], rows), by=SYSTEM, valid_rows=True)

    # One has several postcodes in the field of one.
    assert [(error.column, error.code) for error in report.refused] == [("postcode", "too_long")]
    assert report.new == len(places) - 1 == 118
    stored = {str(customer.reference): customer for customer in session.scalars(select(Customer))}
    for at, place in enumerate(places):
        if at == report.refused[0].row - 2:
            continue
        customer = stored[f"P-{at}"]
        assert {name: getattr(customer, name) for name in PARTS} == {name: unicodedata.normalize("NFC", text) for name, text in place.items()}
    browser = cast.client("clerk")
    for reference in ("P-0", "P-40", "P-80", f"P-{len(places) - 1}"):
        page = html.unescape(browser.get(f"/customers/{stored[reference].id}").text)
        shown = {**stored[reference].address.as_columns(), "country": country_name(stored[reference].country)}
        assert [part for part in shown.values() if part not in page] == [], reference


def test_orders_go_where_the_rules_of_the_country_allow_and_the_others_say_why_not(app: Flask, session: Session, cast: Cast) -> None:
    places = _places(samples("addresses") / "addresses.ndjson")
    cast.stock("LAMP", 500)
    cast.session.commit()
    rows = [[f"P-{at}", f"Somebody {at}", *place.values(), "LAMP", "1", f"BANK {at}"] for at, place in enumerate(places)]

    report = import_file(
        importer_of("new-orders"), _file(["order", "name", *PARTS, "sku", "quantity", "payment_reference"], rows), by=SYSTEM, valid_rows=True
    )

    refused = {error.row for error in report.refused}
    assert report.new == len(places) - len(refused)
    why = Counter(error.code for error in report.refused)
    assert set(why) == {"required", "unknown_region", "bad_postcode", "too_long"}
    assert all(error.column in PARTS and error.message for error in report.refused)
    assert (len(places), len(refused)) == (119, 43), why
    assert why["required"] == 42, "postcodes, cities and regions that the places were written down without"

    browser = cast.client("picker")
    parcels = session.execute(select(Shipment.reference, Order).join(Order, Order.id == Shipment.order_id)).all()
    assert len(parcels) == report.new
    for reference, order in parcels:
        place = {name: unicodedata.normalize("NFC", text) for name, text in places[int(str(order.external_id)[2:])].items()}
        assert order.address == Address(**place)
        label = html.unescape(browser.get(f"/shipments/{reference}/label").text)
        missing = [text for name, text in place.items() if name != "country" and text and text not in label and not _is_same_city(name, place)]
        assert missing == [], reference


def _is_same_city(name: str, place: dict[str, str]) -> bool:
    # A municipality is region and city in one, and stands on a parcel once.
    return name == "region" and place["country"] == "CN" and place["region"] == place["city"]


def _places(file: Path) -> list[dict[str, str]]:
    return [_place(json.loads(line)) for line in file.read_text(encoding="utf-8").splitlines()]


def _place(given: dict[str, Any]) -> dict[str, str]:
    """The parts of one of these places, as somebody would type them into the fields of a form."""
    parts = {name: str(value) for name, value in given["components"].items()}
    street = " ".join(parts[name] for name in ("house_number", "road") if name in parts) or given["expected"].split("\n")[0]
    city = next((parts[name] for name in CITY if name in parts), "")
    district = next((parts[name] for name in DISTRICT if name in parts and parts[name] != city), "")
    house = next((parts[name] for name in ("house", "building", "attraction", "courthouse", "pub", "hotel", "shop") if name in parts), "")
    return {
        "line1": street,
        "line2": house,
        "district": district,
        "city": city,
        "region": parts.get("state", ""),
        "postcode": parts.get("postcode", ""),
        "country": parts.get("country_code", given["country"]).upper(),
    }


def _file(heading: list[str], rows: list[list[str]]) -> bytes:
    return "".join(csv_lines([heading, *rows])).encode()


@pytest.fixture(autouse=True)
def place(session: Session, cast: Cast) -> None:
    """A warehouse to send things from."""
    cast.warehouse("LEEDS")
    cast.session.commit()
