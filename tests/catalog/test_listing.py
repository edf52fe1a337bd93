"""Putting products into the catalogue and changing them."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from logistics.catalog.listing import create_product, create_products, put_product, update_product
from logistics.catalog.models import Product
from logistics.catalog.rules import ProductFacts
from logistics.core.actors import SYSTEM
from logistics.core.database import db
from logistics.core.events import EventLog
from logistics.core.refusals import Invalid, NotFound, Stale
from logistics.core.search import matches
from logistics.core.transactions import in_transaction
from tests.cast import Cast

LAMP = ProductFacts(sku="LAMP-1", name="Desk lamp", price=1800, currency="USD", gtin="4006381333931", weight_grams=900)


def test_a_new_product_is_there_and_told_of(session: Session, cast: Cast) -> None:
    lamp = create_product(session, facts=LAMP, by=cast.actor("manager"))

    assert (lamp.sku, lamp.price, lamp.sellable, lamp.version) == ("LAMP-1", 1800, True, 1)
    told = session.scalars(select(EventLog)).one()
    assert (told.name, told.subject_id, told.actor_id) == ("ProductCreated", lamp.id, cast.person("manager").id)


def test_a_sku_is_taken_in_whatever_case_and_the_refusal_names_the_other(session: Session) -> None:
    create_product(session, facts=LAMP, by=SYSTEM)

    with pytest.raises(Invalid) as refusal:
        create_product(session, facts=replace(LAMP, sku="lamp-1", gtin=""), by=SYSTEM)

    (error,) = refusal.value.errors
    assert (error.pointer, error.code) == ("sku", "duplicate_sku")
    assert "LAMP-1, Desk lamp" in error.message
    assert session.scalar(select(func.count()).select_from(Product)) == 1


@pytest.mark.parametrize(("first", "second"), [("036000291452", "0036000291452"), ("4006381333931", "04006381333931")])
def test_a_barcode_is_one_number_in_each_of_its_lengths(session: Session, first: str, second: str) -> None:
    create_product(session, facts=replace(LAMP, gtin=first), by=SYSTEM)

    with pytest.raises(Invalid) as refusal:
        create_product(session, facts=replace(LAMP, sku="LAMP-2", gtin=second), by=SYSTEM)

    assert [(error.pointer, error.facts) for error in refusal.value.errors] == [("gtin", {"sku": "LAMP-1"})]


def test_products_without_a_barcode_do_not_disturb_each_other(session: Session) -> None:
    for sku in ("LAMP-1", "LAMP-2"):
        create_product(session, facts=replace(LAMP, sku=sku, gtin=""), by=SYSTEM)


@pytest.mark.parametrize("sku", ["new", "Options", "a//b", "/a", "a/..", "a/"])
def test_a_sku_that_no_address_could_name_is_refused(session: Session, sku: str) -> None:
    with pytest.raises(Invalid) as refusal:
        create_product(session, facts=replace(LAMP, sku=sku), by=SYSTEM)
    assert refusal.value.errors[0].pointer == "sku"


def test_a_change_is_saved_with_what_changed_and_the_price_apart(session: Session) -> None:
    lamp = create_product(session, facts=LAMP, by=SYSTEM)

    update_product(session, product_id=lamp.id, facts=replace(LAMP, name="Floor lamp", price=2100), version=1, by=SYSTEM)

    assert (lamp.name, lamp.price, lamp.version) == ("Floor lamp", 2100, 2)
    told = {row.name: row.data for row in session.scalars(select(EventLog))}
    assert told["ProductChanged"]["fields"] == ["name", "price"]
    assert (told["PriceChanged"]["before"], told["PriceChanged"]["price"]) == (1800, 2100)
    assert _found(session, "floor") == ["LAMP-1"]
    assert _found(session, "desk") == []


def test_saving_what_is_there_already_does_nothing_even_from_an_old_form(session: Session) -> None:
    lamp = create_product(session, facts=LAMP, by=SYSTEM)
    update_product(session, product_id=lamp.id, facts=LAMP, version=0, by=SYSTEM)
    assert lamp.version == 1
    assert session.scalar(select(func.count()).select_from(EventLog)) == 1


def test_of_two_edits_of_one_version_the_second_is_refused(session: Session) -> None:
    lamp = create_product(session, facts=LAMP, by=SYSTEM)
    update_product(session, product_id=lamp.id, facts=replace(LAMP, price=1900), version=1, by=SYSTEM)

    with pytest.raises(Stale) as refusal:
        update_product(session, product_id=lamp.id, facts=replace(LAMP, price=2000), version=1, by=SYSTEM)

    assert refusal.value.facts == {"version": 2}
    assert lamp.price == 1900


def test_a_product_cannot_take_the_sku_of_another_and_stays_as_it_was(session: Session) -> None:
    create_product(session, facts=LAMP, by=SYSTEM)
    shade = create_product(session, facts=replace(LAMP, sku="SHADE", gtin=""), by=SYSTEM)

    with pytest.raises(Invalid):
        update_product(session, product_id=shade.id, facts=replace(LAMP, gtin=""), version=1, by=SYSTEM)

    session.expire_all()
    assert (shade.sku, shade.version) == ("SHADE", 1)


def test_a_file_may_change_a_product_whatever_its_version(session: Session) -> None:
    lamp = create_product(session, facts=LAMP, by=SYSTEM)
    put_product(session, product_id=lamp.id, facts=replace(LAMP, discontinued=True), by=SYSTEM)
    assert (lamp.discontinued, lamp.version) == (True, 2)


def test_what_is_not_there_cannot_be_changed(session: Session) -> None:
    with pytest.raises(NotFound):
        update_product(session, product_id=404, facts=LAMP, version=1, by=SYSTEM)


def test_of_many_who_create_the_same_sku_at_once_one_does(town: Flask) -> None:
    def create(turn: int) -> str:
        with town.app_context():
            try:
                in_transaction(lambda session: create_product(session, facts=replace(LAMP, sku=["LAMP", "lamp"][turn % 2]), by=SYSTEM))
                return "created"
            except Invalid as refusal:
                return refusal.errors[0].code

    with ThreadPoolExecutor(8) as threads:
        answers = sorted(threads.map(create, range(8)))

    with town.app_context():
        assert answers == ["created"] + ["duplicate_sku"] * 7
        assert db.session().scalar(select(func.count()).select_from(Product)) == 1


def test_of_many_edits_of_one_version_at_once_one_is_saved(town: Flask) -> None:
    with town.app_context():
        lamp_id = in_transaction(lambda session: create_product(session, facts=LAMP, by=SYSTEM).id)

    def edit(price: int) -> str:
        with town.app_context():
            try:
                facts = replace(LAMP, price=price)
                in_transaction(lambda session: update_product(session, product_id=lamp_id, facts=facts, version=1, by=SYSTEM))
                return "saved"
            except Stale:
                return "stale"

    with ThreadPoolExecutor(8) as threads:
        answers = sorted(threads.map(edit, range(8)))

    with town.app_context():
        assert answers == ["saved"] + ["stale"] * 7
        assert db.session().scalar(select(Product.version)) == 2


def _found(session: Session, question: str) -> list[str]:
    return list(session.scalars(select(Product.sku).where(matches(Product.search, question))))


def test_many_are_put_into_the_catalogue_at_once_or_none(session: Session, cast: Cast) -> None:
    cast.product("LAMP")
    facts = [ProductFacts(sku=sku, name=sku.title(), price=100, currency="USD") for sku in ("CORD", "PLUG", "lamp")]

    with pytest.raises(Invalid) as refusal:
        create_products(session, many=facts, by=SYSTEM)
    assert [error.code for error in refusal.value.errors] == ["duplicate_sku"]
    assert session.scalar(select(func.count()).select_from(Product)) == 1

    products = create_products(session, many=facts[:2], by=SYSTEM)
    assert [product.sku for product in products] == ["CORD", "PLUG"]
    assert session.scalars(select(EventLog.subject_id).where(EventLog.name == "ProductCreated")).all() == [product.id for product in products]
    assert all(session.scalars(select(Product.search.is_not(None)).where(Product.id.in_([product.id for product in products]))))
