"""Contracting carriers: added once, edited by one at a time, let go without losing what they carried."""

from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from logistics.core.events import EventLog
from logistics.core.refusals import Invalid, NotFound, Stale
from logistics.fulfilment.contracting import CarrierFacts, ServiceFacts, add_carrier, change_carrier
from logistics.fulfilment.dispatching import dispatch
from logistics.fulfilment.models import Carrier
from logistics.fulfilment.queries import find_carriers
from logistics.fulfilment.zoning import Zone
from tests.cast import Cast

URL = "https://dhl.example/track?n={number}"


def add(session: Session, cast: Cast, *, code: str = "DHL", **changed: Any) -> Carrier:
    """DHL, unless something else is asked for."""
    return add_carrier(session, code=code, facts=CarrierFacts(**{"name": "DHL", "tracking_url": URL, **changed}), by=cast.actor("manager"))


def change(session: Session, cast: Cast, *, version: int = 1, **changed: Any) -> Carrier:
    """The same, saved again."""
    facts = CarrierFacts(**{"name": "DHL", "tracking_url": URL, **changed})
    return change_carrier(session, code="DHL", facts=facts, version=version, by=cast.actor("manager"))


def test_a_carrier_is_added_and_told(session: Session, cast: Cast) -> None:
    carrier = add(session, cast)

    assert carrier.link_to("JD 1/2&x") == "https://dhl.example/track?n=JD%201%2F2%26x"
    assert carrier.link_to("") == ""
    told = session.scalars(select(EventLog).where(EventLog.name == "CarrierSaved")).one()
    assert (told.subject_id, told.data["code"]) == (carrier.id, "DHL")


@pytest.mark.parametrize("code", ["DHL", "dhl"])
def test_a_code_is_taken_whatever_its_case(session: Session, cast: Cast, code: str) -> None:
    add(session, cast)

    with pytest.raises(Invalid) as refusal:
        add(session, cast, code=code)

    assert refusal.value.errors[0].pointer == "code"
    assert session.scalar(select(func.count(Carrier.id))) == 1


def test_a_change_is_saved_and_a_second_one_from_the_same_form_refused(session: Session, cast: Cast) -> None:
    add(session, cast)

    carrier = change(session, cast, name="DHL Express")
    assert (carrier.name, carrier.version) == ("DHL Express", 2)
    with pytest.raises(Stale):
        change(session, cast, name="DHL Paket")

    assert change(session, cast, name="DHL Express").version == 2


def test_a_carrier_that_does_not_exist_cannot_be_changed(session: Session, cast: Cast) -> None:
    with pytest.raises(NotFound):
        change(session, cast)


EXPRESS, NIGHT = ServiceFacts("express", "Express"), ServiceFacts("night", "By night")


def test_services_and_days_come_and_go_with_the_carrier(session: Session, cast: Cast) -> None:
    carrier = add(session, cast, services=(EXPRESS, NIGHT), days={Zone.LOCAL: (1, 2), Zone.FAR: (5, 9)})
    assert CarrierFacts.of(carrier).services == (EXPRESS, NIGHT)

    change(session, cast, services=(ServiceFacts("EXPRESS", "Express 12:00"),), days={Zone.FAR: (4, 8), Zone.NEAR: (2, 3)})

    facts = CarrierFacts.of(carrier)
    assert facts.services == (ServiceFacts("EXPRESS", "Express 12:00"),)
    assert facts.days == {Zone.FAR: (4, 8), Zone.NEAR: (2, 3)}
    assert carrier.version == 2


def test_a_service_by_which_parcels_were_sent_stays_and_is_not_offered(session: Session, cast: Cast) -> None:
    carrier = add(session, cast, services=(EXPRESS, NIGHT))
    cast.shipment(state="shipped").service_id = carrier.services[0].id
    session.flush()

    change(session, cast)
    assert CarrierFacts.of(carrier).services == (ServiceFacts("express", "Express", active=False),)

    assert change(session, cast, version=2).version == 2, "leaving it out again changes nothing"
    assert change(session, cast, version=2, services=(EXPRESS,)).services[0].active


def test_a_change_of_days_alone_is_a_change(session: Session, cast: Cast) -> None:
    add(session, cast, days={Zone.LOCAL: (1, 2)})
    assert change(session, cast, days={Zone.LOCAL: (1, 2)}).version == 1
    assert change(session, cast, days={Zone.LOCAL: (1, 3)}).version == 2
    with pytest.raises(Stale):
        change(session, cast, days={Zone.LOCAL: (1, 4)})


def test_one_that_only_reports_is_not_offered_at_dispatch(session: Session, cast: Cast) -> None:
    add(session, cast, code="AFTERSHIP", takes_parcels=False)
    assert find_carriers(session, active=True) == []
    shipment = cast.shipment(state="packed")
    with pytest.raises(Invalid, match="Choose a carrier"):
        dispatch(session, reference=shipment.reference, carrier_code="AFTERSHIP", tracking_number="X1", by=cast.actor("picker"))
