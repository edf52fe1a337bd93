"""Opposing actions on one parcel, with real threads and commits: one wins, the loser is told so, and stock is exact."""

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from logistics.core.database import db
from logistics.core.refusals import IllegalMove, Refusal
from logistics.core.transactions import in_transaction
from logistics.fulfilment.dispatching import NumberInUse, dispatch
from logistics.fulfilment.models import Shipment
from logistics.fulfilment.packing import pack
from logistics.fulfilment.picking import pick_scanned
from logistics.inventory.models import Movement, StockLevel
from logistics.orders.cancelling import cancel
from logistics.orders.models import CancelReason, Order
from tests.cast import Cast
from tests.races import race

ROUNDS = 20


def test_cancelling_against_dispatching_has_one_winner_and_exact_stock(town: Flask) -> None:
    """P28."""
    cast = Cast(town)
    cast.made(lambda: cast.stock("LAMP", 2 * ROUNDS))
    manager, picker = cast.made(lambda: (cast.actor("manager"), cast.actor("picker")))
    sent = 0
    for round_number in range(ROUNDS):
        reference, number = cast.made(lambda: _packed(cast))
        outcomes = race(
            town,
            lambda session, n=number: cancel(session, number=n, reason=CancelReason.STAFF, by=manager, even_if_picked=True),
            lambda session, r=reference, n=round_number: dispatch(session, reference=r, carrier_code="DHL", tracking_number=f"JD{n}", by=picker),
        )
        assert sorted(type(outcome).__name__ for outcome in outcomes if isinstance(outcome, Refusal)) == ["IllegalMove"]
        sent += isinstance(outcomes[0], IllegalMove)

        with town.app_context():
            order = db.session.scalars(select(Order).where(Order.number == number)).one()
            shipment = db.session.scalars(select(Shipment).where(Shipment.reference == reference)).one()
            shipped = isinstance(outcomes[0], IllegalMove)
            assert (order.status, shipment.state) == (("shipped", "shipped") if shipped else ("cancelled", "cancelled"))

    with town.app_context():
        level = db.session.scalars(select(StockLevel)).one()
        assert (level.on_hand, level.reserved) == (2 * ROUNDS - 2 * sent, 0)


def test_two_who_dispatch_one_parcel_send_it_once(town: Flask) -> None:
    cast = Cast(town)
    picker = cast.made(lambda: cast.actor("picker"))
    for round_number in range(ROUNDS):
        reference, _number = cast.made(lambda: _packed(cast))

        def send(session: Session, r: str = reference, n: int = round_number) -> str:
            return dispatch(session, reference=r, carrier_code="DHL", tracking_number=f"JD{n}", by=picker).state

        assert race(town, send, send) == ["shipped", "shipped"]

    with town.app_context():
        assert db.session.scalar(select(func.sum(Movement.quantity)).where(Movement.kind == "dispatch")) == -2 * ROUNDS
        assert db.session.scalar(select(func.count(Movement.id)).where(Movement.kind == "dispatch")) == ROUNDS


def test_two_parcels_never_get_one_number_at_once(town: Flask) -> None:
    cast = Cast(town)
    picker = cast.made(lambda: cast.actor("picker"))
    for round_number in range(ROUNDS // 2):
        parcels = [cast.made(lambda: _packed(cast))[0] for _parcel in range(2)]

        outcomes = race(
            town,
            *(
                lambda session, r=reference, n=round_number: dispatch(session, reference=r, carrier_code="DHL", tracking_number=f"JD{n}", by=picker)
                for reference in parcels
            ),
        )

        assert [type(outcome) for outcome in outcomes if isinstance(outcome, Refusal)] == [NumberInUse]


def test_no_scan_is_lost_when_two_pick_one_shipment(town: Flask) -> None:
    cast = Cast(town)
    picker = cast.made(lambda: cast.actor("picker"))
    reference = cast.made(lambda: cast.shipment(lines=[("LAMP", 12)]).reference)

    outcomes = race(town, *[lambda session: pick_scanned(session, reference=reference, code="LAMP", by=picker)] * 12)

    assert not [outcome for outcome in outcomes if isinstance(outcome, Refusal)]
    with town.app_context():
        shipment = db.session.scalars(select(Shipment)).one()
        assert (shipment.lines[0].picked, shipment.order.lines[0].picked, shipment.state) == (12, 12, "picked")


def test_two_who_pack_one_shipment_split_it_once(town: Flask) -> None:
    cast = Cast(town)
    picker = cast.made(lambda: cast.actor("picker"))
    reference = cast.made(lambda: cast.shipment(lines=[("LAMP", 5)]).reference)
    with town.app_context():
        in_transaction(lambda session: pick_scanned(session, reference=reference, code="LAMP", by=picker))

    race(town, *[lambda session: pack(session, reference=reference, by=picker)] * 4)

    with town.app_context():
        shipments = db.session.scalars(select(Shipment).order_by(Shipment.id)).all()
        assert [(shipment.state, shipment.lines[0].quantity) for shipment in shipments] == [("packed", 1), ("pending", 4)]


def _packed(cast: Cast) -> tuple[str, str]:
    cast.carrier()
    shipment = cast.shipment(state="packed")
    return shipment.reference, shipment.order.number
