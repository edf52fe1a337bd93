"""Letting an import go on: its columns confirmed, looked at, written, or stopped. The worker does the work (imports.working)."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from logistics.core.actors import Actor
from logistics.core.importing import importer_of
from logistics.core.jobs import enqueue
from logistics.core.language import _
from logistics.core.refusals import IllegalMove
from logistics.core.sheets import Layout, Source
from logistics.imports.lifecycle import begin_pass, move
from logistics.imports.locks import lock_import
from logistics.imports.matching import remember
from logistics.imports.models import Import, ImportMode, ImportState
from logistics.imports.uploading import keep_reading


def confirm_columns(
    session: Session, import_id: int, *, headings: Sequence[str], layout: Layout, sources: Mapping[str, Source], work: Any, by: Actor
) -> Import:
    """Read the file like this, now and whenever one with these headings comes for this channel, and look at it. Locks the import.

    Raises IllegalMove once it is being written or has ended, NotFound.
    """
    run = lock_import(session, import_id)
    if not run.can_be_mapped:
        raise IllegalMove(_("The columns of this import cannot be changed any more. Upload the file again."))
    run.headings = list(headings)
    keep_reading(run, layout, sources)
    remember(session, run.kind, run.channel_id, headings, layout, sources)
    _begin(session, run, ImportState.CHECKING, work, by)
    return run


def start_check(session: Session, import_id: int, *, work: Any, by: Actor) -> Import:
    """Look at the file as it is to be read already. Locks the import. A no-op while somebody does. Raises IllegalMove, NotFound."""
    run = lock_import(session, import_id)
    if run.state != ImportState.CHECKING:
        _begin(session, run, ImportState.CHECKING, work, by)
    return run


def start_run(session: Session, import_id: int, *, mode: ImportMode, work: Any, by: Actor) -> Import:
    """Write what was looked at: all of it or nothing, or only what is right. Locks the import.

    A no-op once it is being written, in whichever mode. Raises IllegalMove unless it was looked at, where there is nothing to write, and where all is
    wanted and something was wrong; NotFound.
    """
    run = lock_import(session, import_id)
    if run.state == ImportState.RUNNING:
        return run
    if run.state == ImportState.CHECKED and not has_anything_to_write(run):
        raise IllegalMove(_("There is nothing in this file to be written."))
    if run.state == ImportState.CHECKED and mode is ImportMode.ALL and run.errors:
        raise IllegalMove(_("Something is wrong in this file. Mend it and upload it again, or take only what is right."))
    run.mode = mode.value
    _begin(session, run, ImportState.RUNNING, work, by)
    return run


def cancel(session: Session, import_id: int, *, by: Actor) -> Import:
    """Stop an import: at once, or where the worker has it, before it writes the next thing. What is written stays. Locks the import.

    A no-op when it is stopped. Raises IllegalMove when it has ended otherwise, NotFound.
    """
    run = lock_import(session, import_id)
    if run.is_working:
        run.cancel_asked = True
    else:
        move(session, run, ImportState.CANCELLED, by=by)
    return run


def has_anything_to_write(run: Import) -> bool:
    """Whether what was looked at holds anything that would be written. What a kind compares with what is here, it never changes."""
    return run.new > 0 or (run.changed > 0 and importer_of(run.kind).compare is None)


def _begin(session: Session, run: Import, to: ImportState, work: Any, by: Actor) -> None:
    move(session, run, to, by=by)
    begin_pass(run)
    session.flush()
    enqueue(session, work, lock=f"import {run.id}", import_id=run.id)
