"""Contracting carriers: whom parcels are handed to or who reports about them, with what services, and how long they usually take."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from logistics.core.actors import Actor
from logistics.core.events import publish
from logistics.core.language import _
from logistics.core.refusals import FieldError, Invalid, NotFound, Stale
from logistics.fulfilment.events import CarrierSaved
from logistics.fulfilment.locks import lock_carrier
from logistics.fulfilment.models import Carrier, CarrierService, CarrierZone, Shipment
from logistics.fulfilment.zoning import Zone

Days = tuple[int, int]


@dataclass(frozen=True)
class ServiceFacts:
    """A way in which a carrier takes parcels. Its code is how files name it."""

    code: str
    name: str
    active: bool = True


@dataclass(frozen=True)
class CarrierFacts:
    """A carrier as the columns of Carrier name it, with its services, and the fewest and the most days that it takes to each zone."""

    name: str
    tracking_url: str = ""
    active: bool = True
    takes_parcels: bool = True
    hook_format: str = ""
    aliases: str = ""
    number_form: str = ""
    cut_off: time | None = None
    timezone: str = ""
    services: tuple[ServiceFacts, ...] = ()
    days: Mapping[Zone, Days] = field(default_factory=dict)

    @property
    def columns(self) -> dict[str, Any]:
        """What stands in the carrier's own row."""
        return {name: value for name, value in vars(self).items() if name not in ("services", "days")}

    @classmethod
    def of(cls, carrier: Carrier) -> "CarrierFacts":
        """As a carrier is now."""
        own = {name: getattr(carrier, name) for name in CarrierFacts("").columns}
        services = tuple(ServiceFacts(service.code, service.name, service.active) for service in carrier.services)
        return cls(**own, services=services, days={Zone(zone.zone): (zone.least_days, zone.most_days) for zone in carrier.zones})


def add_carrier(session: Session, *, code: str, facts: CarrierFacts, by: Actor) -> Carrier:
    """Add a carrier. Its code is how files and the API name it, and stays. Raises Invalid where the code is taken, whatever the case."""
    taken = session.scalar(select(Carrier.code).where(func.lower(Carrier.code) == code.lower()))
    # On conflict nothing: a rival who adds the same code at this moment gets the same clear answer.
    new = insert(Carrier).values({**facts.columns, "code": code, "version": 1}).on_conflict_do_nothing().returning(Carrier)
    carrier: Carrier | None = None if taken else session.scalar(new)
    if carrier is None:
        message = _("There is a carrier with the code %(code)s already.", code=taken or code)
        raise Invalid(message, errors=[FieldError("code", "code_taken", message)])
    _keep_services(session, carrier, facts.services)
    _keep_days(session, carrier, facts.days)
    publish(session, CarrierSaved(carrier.id, carrier.code, carrier.active), by=by)
    return carrier


def change_carrier(session: Session, *, code: str, facts: CarrierFacts, version: int, by: Actor) -> Carrier:
    """Save a carrier as seen at `version`; one that is not active is not offered at dispatch any more. A no-op when nothing changes.

    A service that is left out goes; where parcels were sent by it, it stays and is not offered any more. Days hold for parcels that leave
    from now on. Locks the carrier. Raises Stale and NotFound.
    """
    carrier = lock_carrier(session, code)
    if carrier is None:
        raise NotFound(_("There is no such carrier."))
    if _same(CarrierFacts.of(carrier), facts):
        return carrier
    if carrier.version != version:
        raise Stale(_("Somebody else has changed this carrier meanwhile. Compare, then save again."))
    for name, value in facts.columns.items():
        setattr(carrier, name, value)
    carrier.version += 1
    _keep_services(session, carrier, facts.services)
    _keep_days(session, carrier, facts.days)
    publish(session, CarrierSaved(carrier.id, carrier.code, carrier.active), by=by)
    return carrier


def _same(now: CarrierFacts, wanted: CarrierFacts) -> bool:
    by_code = [{service.code.lower(): service for service in facts.services} for facts in (now, wanted)]
    # A service that had to stay is not asked for again by leaving it out.
    gone = {code for code, service in by_code[0].items() if code not in by_code[1] and not service.active}
    kept = {code: service for code, service in by_code[0].items() if code not in gone}
    return now.columns == wanted.columns and dict(now.days) == dict(wanted.days) and kept == by_code[1]


def _keep_services(session: Session, carrier: Carrier, wanted: tuple[ServiceFacts, ...]) -> None:
    there = {service.code.lower(): service for service in carrier.services}
    for facts in wanted:
        service = there.pop(facts.code.lower(), None) or CarrierService(carrier_id=carrier.id)
        service.code, service.name, service.active = facts.code, facts.name, facts.active
        session.add(service)
    for service in there.values():
        if session.scalar(select(Shipment.id).where(Shipment.service_id == service.id).limit(1)):
            service.active = False
        else:
            session.delete(service)
    session.flush()
    session.expire(carrier, ["services"])


def _keep_days(session: Session, carrier: Carrier, wanted: Mapping[Zone, Days]) -> None:
    there = {zone.zone: zone for zone in carrier.zones}
    for zone, (least, most) in wanted.items():
        row = there.pop(zone.value, None) or CarrierZone(carrier_id=carrier.id, zone=zone.value)
        row.least_days, row.most_days = least, most
        session.add(row)
    for row in there.values():
        session.delete(row)
    session.flush()
    session.expire(carrier, ["zones"])
