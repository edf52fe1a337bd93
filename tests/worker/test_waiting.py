"""From the goods that come in to the parcel that can be picked, and from a warehouse without to one with, by a real worker."""

from flask import Flask
from sqlalchemy import func, select

from logistics.core.actors import SYSTEM
from logistics.core.auditing import audit
from logistics.core.database import db
from logistics.fulfilment.models import Shipment, ShipmentLine
from logistics.inventory.models import StockLevel
from logistics.inventory.receiving import receive
from tests.cast import Cast
from tests.worker.working import until, working


def test_goods_that_come_in_are_assigned_to_the_order_that_waits_and_those_at_another_warehouse_too(town: Flask) -> None:
    cast = Cast(town)
    place = cast.made(lambda: cast.stock("LAMP", 1).place)
    cast.made(lambda: [cast.order(lines=[("LAMP", units)], may_wait=True, pay="transfer").id for units in (3, 4)])

    with working(town.config["SETTINGS"]):
        cast.made(lambda: receive(cast.session, place=place, quantity=2, by=SYSTEM))
        until(lambda: _assigned(town) == {"LEEDS": 3})
        cast.made(lambda: cast.stock("LAMP", 9, at="HANGZHOU"))
        until(lambda: _assigned(town) == {"LEEDS": 3, "HANGZHOU": 4})

    with town.app_context():
        assert db.session.scalar(select(func.sum(StockLevel.waiting))) == 0
        assert [finding.invariant.code for finding in audit(db.engine) if finding.offenders] == []


def _assigned(town: Flask) -> dict[str, int]:
    """How many units lie in shipments, by warehouse."""
    with town.app_context():
        lines = db.session.scalars(select(ShipmentLine).join(Shipment)).all()
        units: dict[str, int] = {}
        for line in lines:
            units[line.shipment.warehouse.code] = units.get(line.shipment.warehouse.code, 0) + line.quantity
        db.session.remove()
        return units
