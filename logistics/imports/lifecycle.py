"""An import's life: uploaded, looked at (as often as its columns are changed), then written; it can be stopped all the way."""

from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import Actor
from logistics.core.events import publish
from logistics.core.lifecycle import check_move
from logistics.imports.events import ImportMoved
from logistics.imports.models import COUNTS, Import, ImportState, Problem

_S = ImportState

MOVES: dict[ImportState, frozenset[ImportState]] = {
    _S.UPLOADED: frozenset({_S.CHECKING, _S.CANCELLED}),
    _S.CHECKING: frozenset({_S.CHECKED, _S.CANCELLED, _S.FAILED}),
    _S.CHECKED: frozenset({_S.CHECKING, _S.RUNNING, _S.CANCELLED}),
    _S.RUNNING: frozenset({_S.DONE, _S.CANCELLED, _S.FAILED}),
    _S.DONE: frozenset(),
    _S.CANCELLED: frozenset(),
    _S.FAILED: frozenset(),
}
_ENDS = (_S.DONE, _S.CANCELLED, _S.FAILED)


def move(session: Session, run: Import, to: ImportState, *, by: Actor, problem: Problem = Problem.NONE) -> None:
    """Take one step. The import must be locked. A no-op when it is there already. Publishes ImportMoved; raises IllegalMove."""
    if run.state == to:
        return
    check_move(MOVES, ImportState(run.state), to)
    run.state, run.problem = to.value, problem.value
    run.ended_at = clock.now() if to in _ENDS else None
    session.flush()
    publish(session, ImportMoved(run.id, run.kind, to.value, run.mode, run.new, run.changed, run.left_out), by=by)


def begin_pass(run: Import) -> None:
    """Count anew: the report of what was before is not shown any more."""
    run.pass_number += 1
    run.things = run.done = 0
    run.began_at = None
    for name in COUNTS:
        setattr(run, name, 0)
