"""Parcel incidents: opened once, and settled by a person with a word."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import CUSTOMER, SYSTEM
from logistics.core.events import EventLog
from logistics.core.refusals import Invalid, NotFound
from logistics.fulfilment.models import Shipment
from logistics.tracking.disputing import dispute
from logistics.tracking.incidents import open_incident, resolve_incident
from logistics.tracking.models import EventSource, ParcelIncident, ParcelIncidentKind, TrackingStatus
from logistics.tracking.recording import Report, record
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


def report(session: Session, shipment: Shipment, *statuses: str, source: EventSource = EventSource.CARRIER) -> None:
    """This was said of a parcel, one after the other."""
    for status in statuses:
        record(session, reference=shipment.reference, report=Report(TrackingStatus(status), clock.now(), source=source), by=SYSTEM)


def after_loss(session: Session) -> list[bool]:
    """Whether each incident about a parcel that was lost and delivered is settled."""
    found = select(ParcelIncident.resolved_at).where(ParcelIncident.kind == _K.DELIVERED_AFTER_LOSS.value).order_by(ParcelIncident.id)
    return [resolved is not None for resolved in session.scalars(found)]


@pytest.mark.parametrize("source", ["carrier", "staff", "customer"])
@pytest.mark.parametrize("way", [["lost", "delivered"], ["lost", "in_transit", "out_for_delivery", "delivered"], ["delivered", "lost", "delivered"]])
def test_what_was_declared_lost_and_is_delivered_waits_for_a_person(session: Session, shipment: Shipment, way: list[str], source: str) -> None:
    if way[0] == "delivered":
        report(session, shipment, "delivered")
        dispute(session, reference=shipment.reference, reason="", source=EventSource.CUSTOMER, by=CUSTOMER)
        way = way[1:]
    report(session, shipment, *way[:-1])
    assert after_loss(session) == []

    report(session, shipment, way[-1], source=EventSource(source))

    assert (shipment.state, after_loss(session)) == ("delivered", [False])


def test_it_waits_once_for_each_loss(session: Session, cast: Cast, shipment: Shipment) -> None:
    report(session, shipment, "lost", "delivered")
    incident = session.scalars(select(ParcelIncident)).one()
    resolve_incident(session, incident_id=incident.id, resolution="Sent back.", by=cast.actor())

    dispute(session, reference=shipment.reference, reason="", source=EventSource.CUSTOMER, by=CUSTOMER)
    report(session, shipment, "delivered", source=EventSource.STAFF)
    assert after_loss(session) == [True]

    dispute(session, reference=shipment.reference, reason="", source=EventSource.CUSTOMER, by=CUSTOMER)
    report(session, shipment, "lost", "delivered", source=EventSource.STAFF)
    assert after_loss(session) == [True, False]


@pytest.mark.parametrize("way", [["delivered"], ["in_transit", "delivered"], ["held_up", "delivered"], ["delivered", "lost"]])
def test_what_was_not_lost_is_simply_delivered(session: Session, shipment: Shipment, way: list[str]) -> None:
    report(session, shipment, *way)
    assert (shipment.state, after_loss(session)) == ("delivered", [])


def test_who_hears_of_the_loss_only_after_the_delivery_is_not_bothered(session: Session, shipment: Shipment) -> None:
    moment = clock.now() - timedelta(hours=1)
    report(session, shipment, "delivered")
    record(session, reference=shipment.reference, report=Report(TrackingStatus.LOST, moment, source=EventSource.CARRIER), by=SYSTEM)

    assert (shipment.state, after_loss(session)) == ("delivered", [])


def test_an_unknown_one_is_not_found(session: Session, cast: Cast) -> None:
    with pytest.raises(NotFound):
        resolve_incident(session, incident_id=1, resolution="Done.", by=cast.actor())
