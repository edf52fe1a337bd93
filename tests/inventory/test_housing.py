"""Warehouses and distribution centres."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from logistics.core.actors import SYSTEM
from logistics.core.addresses import Address
from logistics.core.events import EventLog
from logistics.core.refusals import Invalid, NotFound, Stale
from logistics.core.transactions import in_transaction
from logistics.inventory import housing
from logistics.inventory.housing import House, add_warehouse, change_warehouse
from logistics.inventory.models import Warehouse, WarehouseKind
from tests.cast import Cast

LEEDS = House("LEEDS", "Leeds", address=Address(line1="1 Wharf Street", city="Leeds", postcode="LS2 7EQ", country="GB"))


def test_a_warehouse_is_added_and_told(session: Session, cast: Cast) -> None:
    leeds = add_warehouse(session, replace(LEEDS, kind=WarehouseKind.DISTRIBUTION_CENTRE, priority=5), by=cast.actor("manager"))

    assert (leeds.code, leeds.kind, leeds.priority, leeds.city, leeds.version) == ("LEEDS", "distribution_centre", 5, "Leeds", 1)
    told = session.scalars(select(EventLog).where(EventLog.name == "WarehouseSaved")).one()
    assert (told.subject_id, told.data["code"]) == (leeds.id, "LEEDS")


def test_a_code_is_taken_regardless_of_case(session: Session, cast: Cast) -> None:
    add_warehouse(session, LEEDS, by=cast.actor("manager"))

    with pytest.raises(Invalid) as refusal:
        add_warehouse(session, replace(LEEDS, code="leeds"), by=cast.actor("manager"))

    assert [(error.pointer, error.facts) for error in refusal.value.errors] == [("code", {"code": "LEEDS"})]


def test_everything_wrong_is_named_at_once(session: Session, cast: Cast) -> None:
    add_warehouse(session, LEEDS, by=cast.actor("manager"))

    with pytest.raises(Invalid) as refusal:
        add_warehouse(session, replace(LEEDS, address=Address(line1="1 Wharf Street", country="GB")), by=cast.actor("manager"))

    assert {error.pointer for error in refusal.value.errors} == {"code", "city", "postcode"}


def test_a_change_counts_the_version_up_and_a_second_one_from_the_same_page_is_refused(session: Session, cast: Cast) -> None:
    leeds = add_warehouse(session, LEEDS, by=cast.actor("manager"))

    changed = change_warehouse(session, replace(LEEDS, priority=1), warehouse_id=leeds.id, version=1, by=cast.actor("manager"))
    with pytest.raises(Stale) as refusal:
        change_warehouse(session, replace(LEEDS, name="Leeds North"), warehouse_id=leeds.id, version=1, by=cast.actor("admin"))

    assert (changed.priority, changed.version, changed.name) == (1, 2, "Leeds")
    assert refusal.value.facts["differing"] == ["name", "priority"]


def test_saving_what_is_there_already_writes_nothing(session: Session, cast: Cast) -> None:
    leeds = add_warehouse(session, LEEDS, by=cast.actor("manager"))

    same = change_warehouse(session, LEEDS, warehouse_id=leeds.id, version=0, by=cast.actor("manager"))

    assert same.version == 1
    assert session.scalar(select(func.count(EventLog.id)).where(EventLog.name == "WarehouseSaved")) == 1


def test_its_own_code_may_change_its_case(session: Session, cast: Cast) -> None:
    leeds = add_warehouse(session, LEEDS, by=cast.actor("manager"))

    changed = change_warehouse(session, replace(LEEDS, code="Leeds"), warehouse_id=leeds.id, version=1, by=cast.actor("manager"))

    assert changed.code == "Leeds"


def test_a_warehouse_that_is_not_there_cannot_be_changed(session: Session, cast: Cast) -> None:
    with pytest.raises(NotFound):
        change_warehouse(session, LEEDS, warehouse_id=404, version=1, by=cast.actor("manager"))


def test_a_code_that_a_rival_takes_in_the_same_moment_is_refused_and_not_a_fault(town: Flask) -> None:
    together = Barrier(2)

    def add(_number: int) -> str:
        def run(session: Session) -> str:
            session.scalar(select(func.count(Warehouse.id)))
            together.wait(timeout=240)
            return add_warehouse(session, LEEDS, by=SYSTEM).code

        with town.app_context():
            try:
                return in_transaction(run)
            except Invalid as refusal:
                return refusal.errors[0].code

    with ThreadPoolExecutor(2) as both:
        assert sorted(both.map(add, range(2))) == ["LEEDS", "taken"]


def test_a_code_that_a_rival_took_meanwhile_is_refused_and_the_page_can_still_be_made(
    session: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_warehouse(session, LEEDS, by=SYSTEM)
    york = add_warehouse(session, replace(LEEDS, code="YORK"), by=SYSTEM)
    monkeypatch.setattr(housing, "_find_problems", lambda *_given, **_named: [])

    with pytest.raises(Invalid) as refusal:
        change_warehouse(session, replace(LEEDS, code="leeds"), warehouse_id=york.id, version=1, by=SYSTEM)

    assert refusal.value.errors[0].facts == {"code": "leeds"}
    assert session.scalars(select(Warehouse.code).order_by(Warehouse.id)).all() == ["LEEDS", "YORK"]
    assert (york.code, york.version) == ("YORK", 1)
