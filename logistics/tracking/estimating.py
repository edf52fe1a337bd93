"""Writing down when a parcel is expected."""

from datetime import date

from logistics.fulfilment.models import ExpectedBy, Shipment


def expect(shipment: Shipment, *, earliest: date, latest: date, by: ExpectedBy) -> None:
    """Note the days between which a parcel is expected, both included, and whose word that is. What was told first is kept (`promised_to`).

    A carrier's word is never replaced by a reckoning of ours. A no-op when nothing changes.
    """
    if shipment.expected_by == ExpectedBy.CARRIER and by != ExpectedBy.CARRIER:
        return
    shipment.expected_from, shipment.expected_to, shipment.expected_by = min(earliest, latest), max(earliest, latest), by.value
    shipment.promised_to = shipment.promised_to or shipment.expected_to
