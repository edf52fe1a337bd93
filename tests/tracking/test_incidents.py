"""Parcel incidents: opened once, and settled by a person with a word."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from logistics.core.actors import CUSTOMER, SYSTEM
from logistics.core.events import EventLog
from logistics.core.refusals import Invalid, NotFound
from logistics.fulfilment.models import Shipment
from logistics.tracking.incidents import open_incident, resolve_incident
from logistics.tracking.models import ParcelIncident, ParcelIncidentKind
from tests.cast import Cast

_K = ParcelIncidentKind


@pytest.fixture
def shipment(cast: Cast) -> Shipment:
    return cast.shipment(state="shipped")


def names(session: Session) -> list[str]:
    """The events about incidents, in order."""
    return list(session.scalars(select(EventLog.name).where(EventLog.name.like("ParcelIncident%")).order_by(EventLog.id)))


def test_an_incident_is_put_on_the_list_and_told(session: Session, cast: Cast, shipment: Shipment) -> None:
    incident = open_incident(session, shipment=shipment, kind=_K.NOT_RECEIVED, note="Nobody rang.", by=CUSTOMER)

    assert (incident.order_id, incident.shipment_id, incident.kind, incident.note) == (shipment.order_id, shipment.id, "not_received", "Nobody rang.")
    assert (incident.opened_by_kind, incident.resolved_at) == ("customer", None)
    told = session.scalars(select(EventLog).where(EventLog.name == "ParcelIncidentOpened")).one()
    assert (told.subject, told.subject_id, told.data["incident_id"]) == ("shipment", shipment.id, incident.id)
    assert "Nobody" not in str(told.data)


def test_one_that_is_open_is_not_opened_twice(session: Session, cast: Cast, shipment: Shipment) -> None:
    first = open_incident(session, shipment=shipment, kind=_K.NOT_RECEIVED, note="", by=SYSTEM)

    assert open_incident(session, shipment=shipment, kind=_K.NOT_RECEIVED, note="Again", by=CUSTOMER) is first
    assert open_incident(session, shipment=shipment, kind=_K.COMING_BACK, note="", by=SYSTEM) is not first

    assert (first.note, names(session)) == ("", ["ParcelIncidentOpened", "ParcelIncidentOpened"])


def test_it_is_settled_with_a_word_and_may_come_again(session: Session, cast: Cast, shipment: Shipment) -> None:
    first = open_incident(session, shipment=shipment, kind=_K.COMING_BACK, note="", by=SYSTEM)

    for _twice in range(2):
        resolve_incident(session, incident_id=first.id, resolution="Sent again.", by=cast.actor())

    assert (first.resolution, first.resolved_by) == ("Sent again.", cast.person().id)
    assert names(session) == ["ParcelIncidentOpened", "ParcelIncidentResolved"]
    assert open_incident(session, shipment=shipment, kind=_K.COMING_BACK, note="", by=SYSTEM) is not first
    assert session.scalar(select(func.count(ParcelIncident.id))) == 2


@pytest.mark.parametrize("resolution", ["", "x" * 501])
def test_it_stays_open_without_a_word_that_can_be_kept(session: Session, cast: Cast, shipment: Shipment, resolution: str) -> None:
    incident = open_incident(session, shipment=shipment, kind=_K.NOT_RECEIVED, note="x" * 600, by=SYSTEM)

    with pytest.raises(Invalid, match="Say in at most 500 characters"):
        resolve_incident(session, incident_id=incident.id, resolution=resolution, by=cast.actor())

    assert (incident.resolved_at, len(incident.note)) == (None, 500)


def test_an_unknown_one_is_not_found(session: Session, cast: Cast) -> None:
    with pytest.raises(NotFound):
        resolve_incident(session, incident_id=1, resolution="Done.", by=cast.actor())
