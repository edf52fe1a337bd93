"""The audit from inside a test's own transaction."""

from typing import Any

from flask import current_app
from sqlalchemy.orm import Session

from logistics.core.auditing import Invariant


def offences(session: Session) -> list[tuple[str, dict[str, Any]]]:
    """What breaks an invariant, each with its code; what a worker has still to do (I-X) is left out."""
    session.flush()
    invariants: list[Invariant] = current_app.extensions["invariants"]
    checked = [invariant for invariant in invariants if not invariant.code.startswith("I-X")]
    return [(invariant.code, row) for invariant in checked for row in invariant.offenders(session.connection())]
