"""Signing in and out."""

from typing import Any

import structlog
from flask import Response, current_app, request
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from logistics.core.actors import current_actor, needs, signed_in
from logistics.core.limits import TooMany
from logistics.core.pages import done, page
from logistics.core.refusals import Refusal
from logistics.core.transactions import in_transaction, writes
from logistics.staff.ending_sessions import close_session
from logistics.staff.forms import SignInForm
from logistics.staff.routes.blueprint import bp
from logistics.staff.rules import local_path
from logistics.staff.sessions import current_token, forget, remember
from logistics.staff.signing_in import WrongCredentials, authenticate, note_refused_sign_in, open_session
from logistics.staff.throttling import count_account, count_address, forget_account

HOME = "/"
log = structlog.get_logger(__name__)


@bp.get("/sign-in")
def new_session() -> Response:
    """The door. Who is inside already is let through."""
    wanted = page_of_ours(request.args.get("next"))
    if signed_in():
        return done(to=wanted or HOME)
    return page("staff/sign_in.html", form=SignInForm(next=wanted or ""))


@bp.post("/sign-in")
def create_session() -> Response:
    """Let somebody in, or say no without saying why."""
    form = SignInForm()
    if not form.validate():
        return page("staff/sign_in.html", status=422, form=form)
    try:
        token = _sign_in(form.email.data or "", form.password.data or "")
    except (TooMany, WrongCredentials) as refusal:
        return _refused(form, refusal)
    remember(token)
    return done(to=page_of_ours(form.next.data) or HOME)


@bp.post("/sign-out")
@needs("self")
@writes
def destroy_session(session: Session) -> Response:
    """End this session, on the server too."""
    close_session(session, current_token(), by=current_actor())
    forget()
    return done(to=HOME)


def page_of_ours(text: str | None) -> str | None:
    """The path where it leads to a page of this site, else None."""
    path = local_path(text)
    if path is None:
        return None
    try:
        current_app.create_url_adapter(request).match(path.partition("?")[0], method="GET")  # type: ignore[union-attr]
    except RequestRedirect:
        return path
    except HTTPException:
        return None
    return path


def _sign_in(email: str, password: str) -> str:
    """The token of a new session. Tries are counted first, each in its own transaction, so that a refused one counts."""
    count_address(request.remote_addr or "")
    try:
        count_account(email)
        token = in_transaction(lambda session: _open(session, email, password))
    except (TooMany, WrongCredentials) as refusal:
        throttled = isinstance(refusal, TooMany)
        in_transaction(lambda session: note_refused_sign_in(session, email=email, throttled=throttled))
        raise
    forget_account(email)
    return token


def _open(session: Session, email: str, password: str) -> str:
    person = authenticate(session, email=email, password=password)
    if earlier := current_token():
        close_session(session, earlier, by=current_actor())
    return open_session(session, person, ip=request.remote_addr or "", browser=request.user_agent.string)


def _refused(form: Any, refusal: Refusal) -> Response:
    log.warning("sign_in_refused", code=refusal.code, ip=request.remote_addr)
    form.form_errors.append(refusal.message)
    answer = page("staff/sign_in.html", status=refusal.status, form=form)
    if seconds := refusal.facts.get("retry_after"):
        answer.headers["Retry-After"] = str(seconds)
    return answer
