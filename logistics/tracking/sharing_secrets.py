"""The secrets that we share with carriers: entered or made, replaced without a gap, ended. Read by nobody but the hooks."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.core.actors import Actor
from logistics.core.events import publish
from logistics.core.shared_secrets import end, holding, make_room, readable
from logistics.tracking.events import CarrierSecretsEnded, CarrierSecretSet
from logistics.tracking.locks import lock_secrets
from logistics.tracking.models import CarrierSecret


def share_secret(session: Session, *, carrier_id: int, secret: str, overlap: timedelta, by: Actor) -> CarrierSecret:
    """Let a carrier sign with this secret from now on; what held before holds for `overlap` more, so that nothing is lost meanwhile.

    No more than two hold at once. Locks the carrier and its secrets.
    """
    ends_at = make_room(lock_secrets(session, carrier_id), overlap)
    session.flush()
    fresh = CarrierSecret(carrier_id=carrier_id)
    fresh.take(secret, by=by)
    session.add(fresh)
    session.flush()
    publish(session, CarrierSecretSet(carrier_id, ends_at.isoformat() if ends_at else ""), by=by)
    return fresh


def end_secrets(session: Session, *, carrier_id: int, by: Actor) -> None:
    """Take nothing more that the carrier signs, at once. A no-op where no secret holds. Locks the carrier and its secrets."""
    if end(lock_secrets(session, carrier_id)):
        session.flush()
        publish(session, CarrierSecretsEnded(carrier_id), by=by)


def secrets_of(session: Session, carrier_id: int) -> list[str]:
    """What the carrier may sign with at this moment, the newest first; none where none is to be read."""
    return readable(held_secrets(session, carrier_id))


def held_secrets(session: Session, carrier_id: int) -> list[CarrierSecret]:
    """The secrets that hold at this moment, sealed as they are, the newest first."""
    rows = select(CarrierSecret).where(CarrierSecret.carrier_id == carrier_id).order_by(CarrierSecret.id.desc())
    return holding(session.scalars(rows).all())
