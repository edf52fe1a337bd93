"""Forgetting what imports brought: files and reports hold names, addresses and phone numbers."""

from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import SYSTEM
from logistics.imports.lifecycle import move
from logistics.imports.models import WORKING, Import, ImportFile, ImportRow, ImportState

KEPT = timedelta(days=30)
_ENDED = (ImportState.DONE, ImportState.CANCELLED, ImportState.FAILED)


def erase_old(session: Session, *, limit: int) -> int:
    """Erase the files and reports of imports that came KEPT ago or before; how many, at most `limit`. What was never written is cancelled."""
    working = [state.value for state in WORKING]
    old = select(Import).where(Import.created_at < clock.now() - KEPT, Import.erased_at.is_(None), Import.state.not_in(working))
    runs = session.scalars(old.order_by(Import.id).limit(limit)).all()
    for run in runs:
        if run.state not in _ENDED:
            move(session, run, ImportState.CANCELLED, by=SYSTEM)
        session.execute(delete(ImportRow).where(ImportRow.import_id == run.id))
        session.execute(delete(ImportFile).where(ImportFile.import_id == run.id))
        run.erased_at, run.sample = clock.now(), []
    session.flush()
    return len(runs)
