"""Answers of the UPS Tracking API (developer.ups.com/api/reference?loc=en_US#tag/Tracking): GET /track/v1/details/{number}.

What an activity means stands in its type; its three-digit status code says more where it is one of the table.
"""

from datetime import date, datetime, tzinfo
from typing import Any

from logistics.core.language import _
from logistics.tracking.models import ProofKind
from logistics.tracking.reading import meanings as m
from logistics.tracking.reading.bodies import LONGEST_SIGNER, Node, between, fault_of, place_of, write_day
from logistics.tracking.reading.saying import Expected, Reading, Said

# The list of activity types in the reference of the Tracking API.
TYPES: m.Meanings = {
    "M": m.LABEL,
    "P": m.MOVING,
    "I": m.MOVING,
    "W": m.MOVING,
    "O": m.OUT,
    "DO": m.MOVING,
    "DD": m.MOVING,
    "D": m.DELIVERED,
    "X": m.HELD,
    "RS": m.RETURNING,
}
# Appendix "Tracking status codes" of the same; left out is what the type says just as well.
STATUS_CODES: m.Meanings = {
    "006": m.OUT,
    "012": m.MOVING,
    "014": m.MOVING,
    "016": m.HELD,
    "017": m.READY,
    "021": m.OUT,
    "022": m.TRIED,
    "023": m.TRIED,
    "024": m.TRIED,
    "032": m.BAD_WEATHER,
    "033": m.RETURNING,
    "034": m.RETURNED,
    "035": m.RETURNING,
    "036": m.RETURNING,
    "037": m.RETURNING,
    "040": m.READY,
    "046": m.DELAYED,
    "047": m.DELAYED,
    "048": m.DELAYED,
    "049": m.DELAYED,
    "050": m.BAD_ADDRESS,
    "051": m.BAD_WEATHER,
    "052": m.BAD_WEATHER,
    "053": m.BAD_WEATHER,
    "058": m.IN_CUSTOMS,
    "059": m.DAMAGED,
    "060": m.TRIED,
    "061": m.NOBODY_IN,
    "062": m.WITHOUT_MONEY,
    "064": m.TURNED_AWAY,
    "066": m.TRIED,
    "067": m.RETURNED,
    "068": m.LOST,
    "069": m.NOT_COLLECTED,
}
# Where these say why a parcel is held up, their two-character code does: SR is said by the customs agency.
REASONS: m.Meanings = {"SR": m.IN_CUSTOMS}
# What `deliveryInformation/location` says in words.
HANDED_OVER = {"NEIGHBOR": ProofKind.NEIGHBOUR, "LOCKER": ProofKind.LOCKER, "RESIDENTIAL": ProofKind.SELF, "MET CUSTOMER": ProofKind.SELF}
# Rescheduled beats scheduled.
EXPECTED_TYPES = ("RDD", "SDD")


def read(body: Any, *, zone: tzinfo) -> Reading:
    """What UPS says of packages. A `response` with errors, or warnings without a package, are its word that it knows nothing."""
    top = Node(body).as_object()
    if top.has("response"):
        return Reading(fault=fault_of(top.object("response").each("errors")))
    shipments = top.object("trackResponse").each("shipment")
    packages = [package for shipment in shipments for package in shipment.some("package")]
    fault = fault_of(warning for shipment in shipments for warning in shipment.some("warnings"))
    if not packages and not fault:
        top.at("trackResponse").at("shipment").refuse(_("There is no package in it."))
    read_ones = [_package(package, zone) for package in packages]
    said = tuple(one for told, _days in read_ones for one in told)
    return Reading(said, tuple(one for _told, days in read_ones for one in days), fault="" if packages else fault)


def _package(package: Node, zone: tzinfo) -> tuple[tuple[Said, ...], tuple[Expected, ...]]:
    number, delivery = package.number("trackingNumber"), package.at("deliveryInformation")
    events = [_event(number, activity, zone) for activity in package.some("activity")]
    said = m.signed(events, delivery.text("receivedBy", LONGEST_SIGNER), HANDED_OVER.get(delivery.text("location").upper()))
    return said, () if m.is_delivered(said) else between(number, [_expected(package)])


def _event(number: str, activity: Node, zone: tzinfo) -> Said:
    status, address = activity.object("status"), activity.at("location").at("address")
    place = place_of(address.text(name) for name in ("city", "stateProvince", "postalCode", "countryCode"))
    code, text = status.code("code") or status.code("type"), status.text("description")
    return _meaning(status).tell(number, _moment(activity, zone), code=code, text=text, place=place)


def _meaning(status: Node) -> m.Meaning:
    by_type = TYPES.get(status.code("type"), m.UNKNOWN)
    if by_type is m.DELIVERED:
        return by_type
    if by_type is m.HELD and status.code("code") in REASONS:
        return REASONS[status.code("code")]
    return STATUS_CODES.get(status.code("statusCode"), by_type)


def _moment(activity: Node, zone: tzinfo) -> datetime:
    """Its local date and time, with `gmtOffset` where it is told."""
    day, clock = activity.text("date"), activity.text("time")
    clock = f"{clock[:2]}:{clock[2:4]}:{clock[4:]}" if len(clock) == 6 else clock
    return activity.at("date").read_moment(f"{write_day(day)}T{clock}{activity.text('gmtOffset')}", zone)


def _expected(package: Node) -> date | None:
    days = {one.code("type"): one.day("date") for one in package.some("deliveryDate")}
    return next((days[kind] for kind in EXPECTED_TYPES if days.get(kind)), None)
