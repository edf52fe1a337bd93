"""Explaining a code of a carrier that its format does not: said once, for all that comes and all that came."""

from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import Actor
from logistics.core.events import publish
from logistics.core.jobs import enqueue
from logistics.core.language import _
from logistics.core.refusals import Stale
from logistics.tracking.events import CarrierCodeMapped
from logistics.tracking.locks import lock_code
from logistics.tracking.models import CarrierCode, Problem, TrackingStatus
from logistics.tracking.tasks import replace_all_explained


def explain_code(session: Session, *, code_id: int, status: TrackingStatus, problem: Problem | None, version: int, by: Actor) -> CarrierCode:
    """Say what a code means. Events that came with it get successors that say so, by the worker. Locks the code.

    A no-op when it means that already. Raises Stale when somebody has changed it since version `version`, NotFound.
    """
    code, told = lock_code(session, code_id), problem.value if problem else ""
    if (code.status, code.problem) == (status.value, told):
        return code
    if code.version != version:
        raise Stale(_("Somebody else has explained this code meanwhile. Compare, then save again."), version=code.version)
    code.status, code.problem, code.version = status.value, told, code.version + 1
    code.mapped_at, code.mapped_by = clock.now(), by.id if by.kind == "staff" else None
    session.flush()
    publish(session, CarrierCodeMapped(code.carrier_id, code.code, status.value, told), by=by)
    enqueue(session, replace_all_explained, lock=f"carrier code {code.id}", code_id=code.id)
    return code
