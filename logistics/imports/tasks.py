"""What the worker does for imports."""

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError, TimeoutError
from sqlalchemy.orm import Session

from logistics.core import jobs
from logistics.core.actors import SYSTEM
from logistics.core.jobs import RetryStrategy
from logistics.core.refusals import Busy
from logistics.core.transactions import in_transaction
from logistics.imports.erasing import erase_old
from logistics.imports.locks import lock_abandoned, lock_import
from logistics.imports.working import carry_out, give_up

_AT_ONCE = 20
_TROUBLE_OF_THE_DATABASE = (OperationalError, InterfaceError, TimeoutError, Busy)

log = structlog.get_logger(__name__)


@jobs.task("imports.work", retry=RetryStrategy(max_attempts=6, wait=10))
def work(import_id: int) -> None:
    """Look at an import's file, or write it. Broken off, it goes on where it stopped."""
    try:
        carry_out(import_id)
    except _TROUBLE_OF_THE_DATABASE:
        raise
    except Exception:
        log.exception("import_failed", import_id=import_id)
        in_transaction(lambda session: give_up(session, lock_import(session, import_id), by=SYSTEM))


@jobs.task("imports.give_up_abandoned", every="*/5 * * * *")
def give_up_abandoned() -> None:
    """End imports that no job works on any more: the database was away for longer than their tries."""

    def give_up_all(session: Session) -> None:
        for run in lock_abandoned(session):
            give_up(session, run, by=SYSTEM)

    in_transaction(give_up_all)


@jobs.task("imports.erase_old", every="43 3 * * *")
def erase_old_files() -> None:
    """Forget the files and reports of imports that are over, after a while; that there were such imports stays known."""
    while in_transaction(lambda session: erase_old(session, limit=_AT_ONCE)) == _AT_ONCE:
        pass
