"""The simulator plays carriers against the running house: each tale ends as it says, and the books stay right."""

import os
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from logistics.core.actors import SYSTEM
from logistics.core.auditing import audit
from logistics.core.database import db
from logistics.core.signatures import new_secret
from logistics.fulfilment.models import Shipment
from logistics.seeds.simulating.finding import find_cast
from logistics.seeds.simulating.running import Part, plan
from logistics.seeds.simulating.tales import OF_TRAVELLERS, STEPS, Tale
from logistics.tracking.models import CarrierDelivery, DeliveryState, ParcelIncident, ParkedEvent, TrackingEvent
from logistics.tracking.sharing_secrets import share_secret
from tests.cast import Cast
from tests.chaos.conftest import open_house, open_town
from tests.house import House
from tests.shops.platforms import in_town

pytestmark = pytest.mark.loopback
PARCELS = 12


@pytest.fixture(scope="module")
def town(server: str, template: str) -> Iterator[Flask]:
    """A town of their own: all its parcels are in the tales."""
    yield from open_town(server, template, f"played_{os.getpid()}")


@pytest.fixture(scope="module")
def house(town: Flask) -> Iterator[House]:
    """Gunicorn and worker."""
    yield from open_house(town)


def test_each_tale_ends_as_it_says(house: House, town: Flask) -> None:
    in_town(town, lambda: _furnish(Cast(town)))
    parts = in_town(town, _parts)
    assert {part.tale for part in parts} == set(Tale)

    arguments = ["simulate", "carriers", "--hook", f"http://127.0.0.1:{house.port}/hooks/carriers"]
    told = town.test_cli_runner().invoke(args=arguments)
    assert told.exit_code == 0, told.output
    _wait(town)

    ends = {part.parcel.reference: part.ends for part in parts if part.parcel.reference}
    states = in_town(town, lambda: dict(db.session.execute(select(Shipment.reference, Shipment.state)).all()))
    assert {reference: states[reference] for reference in ends} == ends
    assert in_town(town, _kept) == _expected(parts)
    with town.app_context():
        db.session.remove()
        assert [(finding.invariant.code, finding.offenders) for finding in audit(db.engine) if finding.offenders] == []


def _furnish(cast: Cast) -> None:
    carrier = cast.carrier("DHL", hook_format="own")
    share_secret(cast.session, carrier_id=carrier.id, secret=new_secret(), overlap=timedelta(), by=SYSTEM)
    for _parcel in range(PARCELS):
        cast.shipment(state="shipped")
    packed = cast.shipment(state="packed")
    packed.carrier_id, packed.tracking_number = carrier.id, "JD-PACKED"
    cast.session.flush()


def _parts() -> list[Part]:
    """Who is going to play what: with the same seed it is the same, whatever the moment."""
    cast = find_cast(db.session())
    return plan(cast, seed=1, now=max(one.since for one in cast.travellers)).parts


def _wait(town: Flask) -> None:
    """Until the worker has taken all of it in."""
    for _second in range(120):
        waiting = select(func.count()).select_from(CarrierDelivery).where(CarrierDelivery.state == DeliveryState.WAITING.value)
        if not in_town(town, lambda: db.session.scalar(waiting)):  # noqa: B023
            return
        time.sleep(1)
    pytest.fail("the worker did not take all of it in")


def _kept() -> dict[str, Any]:
    return {
        "events": db.session.scalar(select(func.count(TrackingEvent.id))),
        "parked": db.session.scalar(select(func.count(ParkedEvent.id))),
        "unworked": db.session.scalar(select(func.count()).where(CarrierDelivery.state != DeliveryState.WORKED.value)),
        "incidents": dict(Counter(db.session.scalars(select(ParcelIncident.kind)))),
    }


def _expected(parts: list[Part]) -> dict[str, Any]:
    tales = Counter(part.tale for part in parts)
    events = sum(len(STEPS[tale]) * tales[tale] for tale in OF_TRAVELLERS) - tales[Tale.UNREADABLE]
    return {
        "events": events,
        "parked": len(STEPS[Tale.UNKNOWN_NUMBER]) + len(STEPS[Tale.UNDISPATCHED]),
        "unworked": 0,
        "incidents": {"coming_back": tales[Tale.REFUSED] + tales[Tale.RETURNED], "moving_undispatched": 1},
    }
