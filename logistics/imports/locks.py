"""The only row locks of imports. An import is locked before anything that is written for it."""

from collections.abc import Sequence

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from logistics.core.language import _
from logistics.core.refusals import NotFound
from logistics.imports.models import WORKING, Import

_HAS_NO_JOB = text(
    """
    NOT EXISTS (SELECT 1 FROM procrastinate_jobs j
                 WHERE j.status IN ('todo', 'doing') AND j.task_name = 'imports.work' AND (j.args->>'import_id')::bigint = imports.id)
    """
)


def lock_import(session: Session, import_id: int) -> Import:
    """Lock an import and re-read it. Raises NotFound."""
    wanted = select(Import).where(Import.id == import_id).with_for_update(key_share=True)
    run = session.scalar(wanted.execution_options(populate_existing=True))
    if run is None:
        raise NotFound(_("There is no such import."))
    return run


def lock_abandoned(session: Session) -> Sequence[Import]:
    """Lock the imports that are said to be worked on and that no job is going to work on."""
    states = [state.value for state in WORKING]
    abandoned = select(Import).where(Import.state.in_(states), _HAS_NO_JOB)
    return session.scalars(abandoned.order_by(Import.id).with_for_update(skip_locked=True, key_share=True)).all()
