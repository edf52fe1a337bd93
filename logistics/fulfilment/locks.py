"""The only row locks of fulfilment: shipments, after their order and its stock levels; a carrier, when it is edited; goods to be put back."""

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, selectinload

from logistics.fulfilment.models import IN_HOUSE, Carrier, PutBack, Shipment


def lock_shipment(session: Session, shipment_id: int) -> Shipment:
    """Lock a shipment and re-read it with its lines. Its order must be locked."""
    return session.scalars(_locking(select(Shipment).where(Shipment.id == shipment_id))).one()


def lock_shipments_in_house(session: Session, order_id: int) -> Sequence[Shipment]:
    """Lock those of an order's shipments that have not left yet, in id order."""
    in_house = select(Shipment).where(Shipment.order_id == order_id, Shipment.state.in_(IN_HOUSE))
    return session.scalars(_locking(in_house)).all()


def lock_carrier(session: Session, code: str) -> Carrier | None:
    """Lock a carrier and re-read it; None where there is none of this code."""
    rows = select(Carrier).where(Carrier.code == code).with_for_update(key_share=True)
    return session.scalar(rows.execution_options(populate_existing=True))


def lock_put_back(session: Session, put_back_id: int) -> PutBack | None:
    """Lock goods that have to be put back and re-read them; None where there are none of this id."""
    rows = select(PutBack).where(PutBack.id == put_back_id).with_for_update(key_share=True)
    return session.scalar(rows.execution_options(populate_existing=True))


def _locking(query: Select[Shipment]) -> Select[Shipment]:
    ordered = query.order_by(Shipment.id).options(selectinload(Shipment.lines))
    return ordered.with_for_update(key_share=True, of=Shipment).execution_options(populate_existing=True)
