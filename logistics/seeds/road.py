"""The road of the demo company: what its carriers report of its parcels, in their own words and zones, and what they misreport."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import CUSTOMER, SYSTEM, Actor
from logistics.core.signatures import new_secret
from logistics.fulfilment.models import Carrier, HookFormat, Shipment
from logistics.seeds.playing import Story
from logistics.tracking.disputing import dispute
from logistics.tracking.incidents import resolve_incident
from logistics.tracking.models import EventSource, ParcelIncident, Problem, ProofKind, TrackingStatus
from logistics.tracking.reading.saying import Expected, Reading, Said
from logistics.tracking.sharing_secrets import share_secret
from logistics.tracking.taking import take

_T, _P = TrackingStatus, Problem


@dataclass(frozen=True)
class Scan:
    """What a carrier reports, in its own words: English and Chinese, each the text and the place. {city} is where the parcel goes."""

    status: TrackingStatus | None
    english: tuple[str, str]
    chinese: tuple[str, str]
    problem: Problem | None = None
    code: str = ""


SCANS: Mapping[str, Scan] = {
    "collected": Scan(_T.IN_TRANSIT, ("Collected from the sender", "Collection depot"), ("快件已揽收", "杭州滨江揽投站")),
    "in_transit": Scan(_T.IN_TRANSIT, ("Sorted at the hub", "Night hub"), ("快件已到达转运中心", "杭州转运中心")),
    "delayed": Scan(_T.IN_TRANSIT, ("Storm: flights wait", "Air hub"), ("受台风影响，航班延误", "上海浦东机场"), _P.WEATHER),
    "unclear": Scan(None, ("Consignment reprofiled", "Night hub"), ("快件重新分拣", "杭州转运中心"), code="RP-417"),
    "held_up": Scan(_T.HELD_UP, ("Held at customs, papers are being checked", "{city}"), ("快件滞留海关", "{city}"), _P.CUSTOMS),
    "out_for_delivery": Scan(_T.OUT_FOR_DELIVERY, ("On the delivery round", "{city}"), ("快递员正在派送", "{city}")),
    "attempt_failed": Scan(_T.ATTEMPT_FAILED, ("Nobody was at home, next try tomorrow", "{city}"), ("派送未成功：收件人不在", "{city}"), _P.ABSENT),
    "not_taken": Scan(_T.ATTEMPT_FAILED, ("The recipient refused the parcel", "{city}"), ("收件人拒收", "{city}"), _P.REFUSED),
    "ready_for_pickup": Scan(_T.READY_FOR_PICKUP, ("Waiting at the parcel shop", "{city}"), ("快件已存入快递柜", "{city}")),
    "returning": Scan(_T.RETURNING, ("On its way back to the sender", "{city}"), ("快件退回中", "{city}")),
    "returned": Scan(_T.RETURNED_TO_SENDER, ("Handed back to the sender", "Collection depot"), ("快件已退回寄件人", "杭州滨江揽投站")),
    "lost": Scan(_T.LOST, ("Search ended without result", "Night hub"), ("快件遗失，查找未果", "杭州转运中心")),
    "handed_over": Scan(_T.DELIVERED, ("Delivered", "{city}"), ("已签收", "{city}")),
}
ZONES = {"northbay": "Europe/London", "veerpost": "Europe/Amsterdam", "songgang": "Asia/Shanghai"}
_EXPECTED_AFTER = timedelta(days=3)


def open_doors(session: Session, *, by: Actor) -> None:
    """The carriers report by themselves, in our own format, each with a secret of its own."""
    for carrier in session.scalars(select(Carrier).where(Carrier.code.in_(ZONES)).order_by(Carrier.id)):
        carrier.hook_format = HookFormat.OWN.value
        session.flush()
        share_secret(session, carrier_id=carrier.id, secret=new_secret(), overlap=timedelta(), by=by)


def report(session: Session, parcel: Shipment, step: str, *, chance: Random) -> None:
    """Its carrier reports a step, a word of SCANS. Of some deliveries it says who took them in; when it collects, it says when it comes."""
    carrier = session.get_one(Carrier, parcel.carrier_id)
    signed = {"signer": parcel.order.name, "proof": chance.choice(tuple(ProofKind)[:3])} if step == "handed_over" else {}
    said = _said(parcel.tracking_number, step, carrier.code, city=parcel.order.city, **signed)
    day = (said.occurred_at + _EXPECTED_AFTER).date()
    expected = (Expected(parcel.tracking_number, day, day),) if step == "collected" else ()
    take(session, carrier, Reading((said,), expected), SYSTEM)


def miss(session: Session, parcel: Shipment) -> None:
    """Its customer says on their page that they did not get it."""
    dispute(session, reference=parcel.reference, reason="", source=EventSource.CUSTOMER, by=CUSTOMER)


def settle(session: Session, parcel: Shipment, *, by: Actor) -> None:
    """Somebody has talked with the customer of a parcel that came back."""
    open_ones = select(ParcelIncident.id).where(ParcelIncident.shipment_id == parcel.id, ParcelIncident.resolved_at.is_(None))
    for incident_id in session.scalars(open_ones).all():
        resolve_incident(session, incident_id=incident_id, resolution="Agreed by phone: they order again when they are home.", by=by)


def strange_news(session: Session, until: datetime) -> Story:
    """A carrier reports a parcel that nobody here knows: it is kept for a while, in case it appears."""
    yield until - timedelta(hours=5)
    carrier = session.scalars(select(Carrier).where(Carrier.code == "veerpost")).one()
    take(session, carrier, Reading((_said("VE999000111X", "in_transit", carrier.code),)), SYSTEM)


def _said(number: str, step: str, carrier: str, *, city: str = "", **more: Any) -> Said:
    scan = SCANS[step]
    text, place = scan.chinese if carrier == "songgang" else scan.english
    moment = clock.now().astimezone(ZoneInfo(ZONES[carrier]))
    given = {"code": scan.code, "problem": scan.problem, "text": text, "place": place.format(city=city), **more}
    return Said(number, moment, scan.status, event_id=f"{step}-{moment:%d%H%M%S}", **given)
