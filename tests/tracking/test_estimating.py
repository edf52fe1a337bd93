"""When a parcel is expected."""

from datetime import date

from logistics.fulfilment.models import ExpectedBy, Shipment
from logistics.tracking.estimating import expect

FIRST, LAST, LATER = date(2026, 12, 1), date(2026, 12, 3), date(2026, 12, 9)


def test_the_first_promise_is_kept_when_the_carrier_changes_its_word() -> None:
    parcel = Shipment(expected_by="")
    expect(parcel, earliest=FIRST, latest=LAST, by=ExpectedBy.TABLE)
    expect(parcel, earliest=LATER, latest=LATER, by=ExpectedBy.CARRIER)
    assert (parcel.expected_from, parcel.expected_to, parcel.expected_by, parcel.promised_to) == (LATER, LATER, "carrier", LAST)


def test_a_reckoning_never_replaces_the_carriers_word() -> None:
    parcel = Shipment(expected_by="")
    expect(parcel, earliest=LAST, latest=LAST, by=ExpectedBy.CARRIER)
    expect(parcel, earliest=FIRST, latest=LATER, by=ExpectedBy.HISTORY)
    assert (parcel.expected_from, parcel.expected_to, parcel.expected_by, parcel.promised_to) == (LAST, LAST, "carrier", LAST)


def test_days_told_the_wrong_way_round_are_a_span_all_the_same() -> None:
    parcel = Shipment(expected_by="")
    expect(parcel, earliest=LAST, latest=FIRST, by=ExpectedBy.CARRIER)
    assert (parcel.expected_from, parcel.expected_to) == (FIRST, LAST)
