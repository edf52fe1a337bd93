"""One-time keys: the same request sent twice has one effect, and the second gets the first one's answer.

Key row, effects and stored answer are one transaction; a refusal rolls all of it back, so a mistake never uses a key up.
Forms carry a fresh key in their `form_key` field; programs name one in a header (logistics/api).
"""

import hashlib
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from flask import Response, make_response, request
from sqlalchemy import String, Text, func, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column

from logistics.core import clock
from logistics.core.actors import Actor, current_actor
from logistics.core.database import Base
from logistics.core.language import _
from logistics.core.refusals import Invalid, Refusal
from logistics.core.transactions import in_transaction

P = ParamSpec("P")
_KEPT_HEADERS = ("Content-Type", "Location", "HX-Redirect", "HX-Retarget", "HX-Reswap", "HX-Trigger")


class RequestKey(Base):
    """A key that was used up, and the answer it was given."""

    __tablename__ = "request_keys"

    scope: Mapped[str] = mapped_column(String(80), primary_key=True)
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    status: Mapped[int]
    headers: Mapped[dict[str, str]] = mapped_column(JSONB)
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]


class KeyInFlight(Refusal):
    """The same key is being worked on at this moment."""

    code = "key_in_flight"


class KeyReused(Invalid):
    """The key was used before, for something else."""

    code = "key_reused"


@dataclass(frozen=True)
class Claim:
    """One try with a one-time key: whose it is, which, and a digest of what is asked for.

    `when_running` and `when_reused` tell who comes at the same moment, or with another question, what to do.
    """

    scope: str
    key: str
    fingerprint: str
    when_running: str
    when_reused: str


def act_once(claim: Claim, act: Callable[[Session], Any]) -> Response:
    """Run `act` in a transaction of its own unless this key has its answer already; then give that again, with `Idempotent-Replayed`.

    Answers of 400 and more are rolled back and forgotten. Raises KeyInFlight beside a rival, KeyReused for another question.
    """

    def run(session: Session) -> Response:
        if earlier := _claim(session, claim):
            return _replay(earlier)
        answer = make_response(act(session))
        if answer.status_code >= 400:
            session.rollback()
        else:
            session.add(_remember(claim, answer))
        return answer

    return in_transaction(run)


def find_answer(session: Session, claim: Claim) -> Response | None:
    """The answer that this key has already, for who does something before its transaction. Raises as act_once."""
    earlier = _claim(session, claim)
    return _replay(earlier) if earlier else None


def replace_answer(session: Session, claim: Claim, answer: Response) -> None:
    """What a repeat gets from now on: for who had to answer as it stood, because it went on outside of the transaction."""
    kept = session.get(RequestKey, (claim.scope, claim.key))
    if kept is not None:
        fresh = _remember(claim, answer)
        kept.status, kept.headers, kept.body = fresh.status, fresh.headers, fresh.body


def new_key() -> str:
    """A fresh key, 128 random bits."""
    return secrets.token_urlsafe(16)


def is_used_up(session: Session, key: str, by: Actor) -> bool:
    """Whether a form of this person's with this key has had its effect."""
    return session.get(RequestKey, (scope_of(by), key)) is not None


def writes_once(view: Callable[Concatenate[Session, P], Any]) -> Callable[P, Response]:
    """As `writes`, for a form with a one-time key: a repeat replays the stored answer, a rival gets KeyInFlight.

    Raises Invalid when the key is missing or was used for other input.
    """

    @wraps(view)
    def written(*args: P.args, **kwargs: P.kwargs) -> Response:
        return act_once(_claim_of_form(), lambda session: view(session, *args, **kwargs))

    return written


def scope_of(actor: Actor) -> str:
    """Whose keys are told apart from whose: each person's and each program's are their own."""
    return f"{actor.kind}:{actor.id}"


def _claim_of_form() -> Claim:
    key = request.form.get("form_key", "")
    if not 16 <= len(key) <= 255 or not key.isascii() or not key.isprintable():
        raise Invalid(_("This form is out of date. Open it again."))
    return Claim(
        scope_of(current_actor()),
        key,
        _fingerprint(),
        when_running=_("This is being saved already. Wait a moment, then look at the result."),
        when_reused=_("This form was sent before with other input. Open it again."),
    )


def _claim(session: Session, claim: Claim) -> RequestKey | None:
    turn = func.pg_try_advisory_xact_lock(func.hashtextextended(f"{claim.scope}\n{claim.key}", 0))
    if not session.scalar(select(turn)):
        raise KeyInFlight(claim.when_running, retry_after=1)
    earlier = session.get(RequestKey, (claim.scope, claim.key))
    if earlier and earlier.fingerprint != claim.fingerprint:
        raise KeyReused(claim.when_reused)
    return earlier


def _remember(claim: Claim, answer: Response) -> RequestKey:
    return RequestKey(
        scope=claim.scope,
        key=claim.key,
        fingerprint=claim.fingerprint,
        status=answer.status_code,
        headers={name: answer.headers[name] for name in _KEPT_HEADERS if name in answer.headers},
        body=answer.get_data(as_text=True),
        created_at=clock.now(),
    )


def _replay(earlier: RequestKey) -> Response:
    answer = Response(earlier.body, status=earlier.status, headers=earlier.headers)
    answer.headers["Idempotent-Replayed"] = "true"
    return answer


def _fingerprint() -> str:
    fields = sorted((name, value) for name, value in request.form.items(multi=True) if name != "csrf_token")
    return hashlib.sha256(json.dumps([request.path, fields]).encode()).hexdigest()
