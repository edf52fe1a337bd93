"""One action on many things: each in a transaction of its own, and a report that says how each of them came out."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import current_actor
from logistics.core.keys import RequestKey
from logistics.core.language import _
from logistics.core.refusals import Invalid, Refusal
from logistics.core.transactions import in_transaction

MOST = 200

log = structlog.get_logger(__name__)

Act = Callable[[Session, str], bool]


class Result(StrEnum):
    """How it came out: done now, so already before, or refused."""

    DONE = "done"
    SAME = "same"
    REFUSED = "refused"


@dataclass(frozen=True)
class Outcome:
    """How it came out for one thing, called by its name; `text` says why it was refused."""

    name: str
    result: Result
    text: str = ""


def do_each(names: Sequence[str], act: Act, *, key: str | None = None, what: str = "") -> list[Outcome]:
    """Do something to each thing, at most MOST of them; what one is refused for holds up no other.

    `act` answers whether anything changed, and refuses by a Refusal. `key` is the one-time key of the form and `what` all that it asks
    for: sent twice, each thing is acted on once, and both answers report the same. Refusals use no key up: sent again, they are tried again.
    Without a key the action itself must be a no-op the second time. Raises Invalid for no things, for too many, and for a bad key.
    """
    if not names or len(names) > MOST:
        raise Invalid(_("Tick 1 to %(most)s of them first.", most=MOST))
    if key is not None and not (16 <= len(key) <= 200 and key.isascii() and key.isprintable()):
        raise Invalid(_("This form is out of date. Open it again."))
    return [_do(name, act, key, what) for name in names]


def _do(name: str, act: Act, key: str | None, what: str) -> Outcome:
    def run(session: Session) -> Outcome:
        return _do_once(session, name, act, key, what) if key else _outcome(session, name, act)

    try:
        return in_transaction(run)
    except Refusal as refusal:
        return Outcome(name, Result.REFUSED, refusal.message)
    except Exception:
        # Our own mistake with one thing must not hide what became of the others.
        log.exception("bulk_item_failed", name=name)
        return Outcome(name, Result.REFUSED, _("Something went wrong on our side. It has been noted; try again."))


def _do_once(session: Session, name: str, act: Act, key: str, what: str) -> Outcome:
    actor = current_actor()
    row = RequestKey(scope=f"{actor.kind}:{actor.id}", key=f"{key}:{name}", fingerprint=_digest(what), status=200, headers={}, body="")
    # Whoever comes second waits for the first, and then reads what he did.
    session.scalar(select(func.pg_advisory_xact_lock(func.hashtextextended(f"{row.scope}\n{row.key}", 0))))
    if earlier := session.get(RequestKey, (row.scope, row.key)):
        if earlier.fingerprint != row.fingerprint:
            raise Invalid(_("This form was sent before with other input. Open it again."))
        return Outcome(name, Result(earlier.body))
    outcome = _outcome(session, name, act)
    row.body, row.created_at = outcome.result.value, clock.now()
    session.add(row)
    return outcome


def _outcome(session: Session, name: str, act: Act) -> Outcome:
    return Outcome(name, Result.DONE if act(session, name) else Result.SAME)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
