"""Proving deliveries: photos and who took a parcel in, added with the delivery or later, and forgotten again."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import CUSTOMER, SYSTEM
from logistics.core.events import EventLog
from logistics.core.refusals import IllegalMove, NotFound
from logistics.fulfilment.models import Carrier, Shipment
from logistics.tracking.disputing import dispute
from logistics.tracking.models import CarrierCode, EventSource, Proof, ProofKind, ProofPhoto, TrackingStatus
from logistics.tracking.photos import load_photo
from logistics.tracking.proving import add_photo, add_proof, erase_proof
from logistics.tracking.public_queries import public_tag
from logistics.tracking.reading.saying import Said
from logistics.tracking.recording import record, record_delivery
from logistics.tracking.replacing import replace_explained
from logistics.tracking.taking import take
from tests.cast import Cast
from tests.tracking.carriers import reading, said
from tests.tracking.pictures import drawn
from tests.tracking.test_recording import carrier_report


@pytest.fixture
def shipment(cast: Cast) -> Shipment:
    return cast.shipment(state="shipped")


def deliver(session: Session, cast: Cast, shipment: Shipment, **given: Any) -> Proof:
    """Its proof, signed by Mina Park."""
    signed = {"signer": "Mina Park", "kind": ProofKind.SELF, "occurred_at": clock.now(), "by": cast.actor(), **given}
    event = record_delivery(session, reference=shipment.reference, **signed)
    return session.scalars(select(Proof).where(Proof.event_id == event.id)).one()


def said_delivered(session: Session, cast: Cast, shipment: Shipment, number: int = 1) -> None:
    """Its carrier says so, and no more."""
    told = carrier_report(TrackingStatus.DELIVERED, number, minutes_ago=60 - number)
    record(session, reference=shipment.reference, report=told, by=cast.actor())


def told(session: Session, name: str) -> list[dict[str, Any]]:
    return list(session.scalars(select(EventLog.data).where(EventLog.name == name).order_by(EventLog.id)))


def test_a_delivery_is_noted_with_its_photo(session: Session, cast: Cast, shipment: Shipment) -> None:
    picture = drawn()

    proof = deliver(session, cast, shipment, picture=picture)

    assert proof.photo is not None
    assert (proof.photo.width, proof.photo.height, len(proof.photo.name), proof.photo.added_by) == (80, 40, 24, cast.person().id)
    assert load_photo(session, proof.photo.name) == picture.data
    assert load_photo(session, proof.photo.name, small=True, order_id=shipment.order_id, reference=shipment.reference) == picture.small
    assert told(session, "ProofPhotoAdded") == [{"shipment_id": shipment.id, "proof_id": proof.id}]


def test_a_photo_is_found_only_with_what_it_belongs_to(session: Session, cast: Cast, shipment: Shipment) -> None:
    photo = deliver(session, cast, shipment, picture=drawn()).photo
    assert photo is not None

    for name, more in (("nothing", {}), (photo.name, {"order_id": shipment.order_id + 1}), (photo.name, {"reference": "S-0000-0000"})):
        with pytest.raises(NotFound):
            load_photo(session, name, **more)


def test_a_photo_is_added_later_and_only_one(session: Session, cast: Cast, shipment: Shipment) -> None:
    proof, by = deliver(session, cast, shipment), cast.actor()
    assert proof.photo is None

    photo = add_photo(session, reference=shipment.reference, proof_id=proof.id, picture=drawn(), by=by)

    assert load_photo(session, photo.name, reference=shipment.reference)
    with pytest.raises(IllegalMove, match="has a photo already"):
        add_photo(session, reference=shipment.reference, proof_id=proof.id, picture=drawn(), by=by)
    assert session.scalar(select(func.count(ProofPhoto.id))) == 1


def test_a_photo_of_another_shipment_is_not_taken(session: Session, cast: Cast, shipment: Shipment) -> None:
    proof, other = deliver(session, cast, shipment), cast.shipment(state="shipped")

    for reference, proof_id in ((other.reference, proof.id), (shipment.reference, proof.id + 1), ("S-0000-0000", proof.id)):
        with pytest.raises(NotFound):
            add_photo(session, reference=reference, proof_id=proof_id, picture=drawn(), by=cast.actor())


def test_who_took_it_in_is_added_where_the_carrier_only_said_delivered(session: Session, cast: Cast, shipment: Shipment) -> None:
    said_delivered(session, cast, shipment)

    proof = add_proof(session, reference=shipment.reference, kind=ProofKind.LOCKER, picture=drawn(), by=cast.actor())

    assert (proof.kind, proof.signer, proof.at, proof.photo is None) == ("locker", None, shipment.delivered_at, False)
    with pytest.raises(IllegalMove, match="its proof already"):
        add_proof(session, reference=shipment.reference, kind=ProofKind.SELF, signer="Mina", by=cast.actor())


def test_nobody_took_in_what_is_not_delivered(session: Session, cast: Cast, shipment: Shipment) -> None:
    for _state in ("shipped", "disputed"):
        with pytest.raises(IllegalMove, match="not delivered yet"):
            add_proof(session, reference=shipment.reference, kind=ProofKind.SELF, signer="Mina", by=cast.actor())
        said_delivered(session, cast, shipment)
        dispute(session, reference=shipment.reference, reason="", source=EventSource.CUSTOMER, by=CUSTOMER)


def test_a_second_delivery_has_a_proof_of_its_own(session: Session, cast: Cast, shipment: Shipment) -> None:
    deliver(session, cast, shipment)
    dispute(session, reference=shipment.reference, reason="", source=EventSource.CUSTOMER, by=CUSTOMER)
    deliver(session, cast, shipment, kind=ProofKind.NEIGHBOUR)

    kinds = session.scalars(select(Proof.kind).order_by(Proof.id)).all()
    assert (kinds, shipment.state) == (["self", "neighbour"], "delivered")


@pytest.mark.parametrize("and_signer", [True, False])
def test_a_photo_is_forgotten_and_who_signed_if_that_is_asked_for(session: Session, cast: Cast, shipment: Shipment, and_signer: bool) -> None:
    proof, by = deliver(session, cast, shipment, picture=drawn()), cast.actor("manager")
    assert proof.photo is not None
    name = proof.photo.name

    for _twice in range(2):
        erase_proof(session, proof_id=proof.id, and_signer=and_signer, by=by)

    assert (proof.photo, proof.signer, proof.kind, shipment.state) == (None, None if and_signer else "Mina Park", "self", "delivered")
    assert told(session, "ProofErased") == [{"shipment_id": shipment.id, "proof_id": proof.id, "photo": True, "signer": and_signer}]
    with pytest.raises(NotFound):
        load_photo(session, name)
    add_photo(session, reference=shipment.reference, proof_id=proof.id, picture=drawn(), by=by)


def test_a_proof_that_is_not_there_is_not_erased(session: Session, cast: Cast) -> None:
    with pytest.raises(NotFound):
        erase_proof(session, proof_id=1, by=cast.actor("manager"))


def said_again(session: Session, shipment: Shipment, **told: Any) -> None:
    """Its carrier tells its delivery once more, with this beside it."""
    again = said(shipment.tracking_number, TrackingStatus.DELIVERED, event_id="d1", **told)
    take(session, session.scalars(select(Carrier)).one(), reading(again), SYSTEM)


def test_a_signer_told_later_is_added_once_and_told(session: Session, shipment: Shipment) -> None:
    said_again(session, shipment)
    assert session.scalar(select(func.count(Proof.id))) == 0

    for _turn in range(2):
        said_again(session, shipment, signer="M. Park", proof=ProofKind.NEIGHBOUR)

    proof = session.scalars(select(Proof)).one()
    assert (proof.signer, proof.kind, proof.at) == ("M. Park", "neighbour", shipment.delivered_at)
    assert told(session, "ProofTold") == [
        {"order_id": shipment.order_id, "shipment_id": shipment.id, "proof_id": proof.id, "kind": "neighbour"},
    ]


def test_word_by_word_a_carrier_completes_its_own_proof_and_takes_nothing_back(session: Session, shipment: Shipment) -> None:
    words = ({"signer": "M. Park"}, {"proof": ProofKind.LOCKER}, {"signer": "Somebody else"}, {"proof": ProofKind.SELF}, {})
    seen, tags = [], []
    for word in words:
        said_again(session, shipment, **word)
        proof = session.scalars(select(Proof)).one()
        seen.append((proof.signer, proof.kind))
        tags.append(public_tag(session, shipment.order_id, knows=True))

    assert seen == [("M. Park", "self"), *[("M. Park", "locker")] * 4]
    assert len(told(session, "ProofTold")) == 1
    assert (len(set(tags)), tags[0] != tags[1]) == (2, True), "the customer's page shows who took it in"


def test_what_staff_recorded_of_a_delivery_is_not_changed_by_its_carrier(session: Session, cast: Cast, shipment: Shipment) -> None:
    said_again(session, shipment)
    add_proof(session, reference=shipment.reference, kind=ProofKind.SELF, by=cast.actor())

    said_again(session, shipment, signer="M. Park", proof=ProofKind.NEIGHBOUR)

    proof = session.scalars(select(Proof)).one()
    assert (proof.signer, proof.kind, told(session, "ProofTold")) == (None, "self", [])


def test_a_signer_who_was_erased_does_not_come_back(session: Session, cast: Cast, shipment: Shipment) -> None:
    said_again(session, shipment, signer="M. Park")
    proof = session.scalars(select(Proof)).one()
    erase_proof(session, proof_id=proof.id, and_signer=True, by=cast.actor("manager"))

    said_again(session, shipment, signer="M. Park")

    assert (proof.signer, told(session, "ProofTold")) == (None, [])


def test_a_signer_is_added_to_a_delivery_whose_code_was_explained_since(session: Session, cast: Cast, shipment: Shipment) -> None:
    carrier = session.scalars(select(Carrier)).one()
    unclear = Said(shipment.tracking_number, clock.now(), None, code="OK", event_id="d1")
    take(session, carrier, reading(unclear), SYSTEM)
    code = session.scalars(select(CarrierCode)).one()
    for status in ("held_up", "delivered"):
        code.status = status
        replace_explained(session, code, reference=shipment.reference, by=SYSTEM)
    assert shipment.state == "delivered"

    take(session, carrier, reading(replace(unclear, signer="M. Park")), SYSTEM)

    assert session.scalars(select(Proof.signer)).one() == "M. Park"


def test_a_signer_of_what_was_no_delivery_is_nobody(session: Session, shipment: Shipment) -> None:
    on_its_way = said(shipment.tracking_number, TrackingStatus.IN_TRANSIT, event_id="t1")
    for one in (on_its_way, replace(on_its_way, signer="M. Park")):
        take(session, session.scalars(select(Carrier)).one(), reading(one), SYSTEM)

    assert session.scalar(select(func.count(Proof.id))) == 0
