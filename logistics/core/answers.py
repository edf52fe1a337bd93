"""Turning refusals and errors into answers: a page, a toast beside what the person is doing, or problem+json for the API."""

from collections.abc import Sequence
from urllib.parse import urlsplit

import structlog
from flask import Flask, Response, g, make_response, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, TimeoutError
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from logistics.core.htmx import asks_for_part, is_htmx, vary
from logistics.core.language import _, lazy
from logistics.core.programs import is_for_programs
from logistics.core.refusals import FieldError, Refusal
from logistics.core.transactions import raise_busy

log = structlog.get_logger(__name__)

_SAID = {
    400: lazy("The request could not be understood."),
    401: lazy("Sign in to go on."),
    403: lazy("Your role does not include this. Ask an administrator if you need it."),
    404: lazy("This page does not exist, or it is not yours to see."),
    405: lazy("This address does not take that kind of request."),
    413: lazy("That is too large to take."),
    415: lazy("That type of content is not taken here."),
    429: lazy("Too many tries. Wait a moment."),
    500: lazy("Something went wrong on our side. It has been noted; try again."),
    503: lazy("The system is busy or the database cannot be reached. Try again in a moment."),
}


def init_app(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(Refusal, answer_refusal)
    app.register_error_handler(CSRFError, answer_csrf)
    app.register_error_handler(HTTPException, answer_http)
    app.register_error_handler(DBAPIError, answer_database)
    app.register_error_handler(TimeoutError, lambda error: _answer(503, "busy", str(_SAID[503]), retry_after=2))
    app.register_error_handler(Exception, answer_bug)


def answer_refusal(refusal: Refusal) -> Response:
    """A business no, with its code and what to do."""
    log.info("refused", code=refusal.code, status=refusal.status)
    return _answer(refusal.status, refusal.code, refusal.message, errors=refusal.errors, retry_after=refusal.facts.get("retry_after"))


def answer_http(error: HTTPException) -> Response:
    """What Flask itself refuses; 401 goes to the sign-in page."""
    code = error.code or 500
    if error.response is not None and code < 400:
        return make_response(error.get_response())
    if code == 401 and not is_for_programs():
        return _to_sign_in()
    answer = _answer(code, (error.name or "error").lower().replace(" ", "_"), str(_SAID.get(code, error.description)))
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        answer.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return answer


def answer_csrf(error: CSRFError) -> Response:
    """A form from another session, or from nowhere."""
    log.warning("csrf_refused", reason=error.description)
    return _answer(403, "csrf", _("This form is no longer valid. Reload the page and send it again."))


def answer_database(error: DBAPIError) -> Response:
    """Rows that stayed locked and a database that is away are 503; anything else is our bug."""
    try:
        raise_busy(error)
    except Refusal as refusal:
        return answer_refusal(refusal)
    if isinstance(error, (OperationalError, InterfaceError)):
        log.exception("database_unreachable")
        return _answer(503, "database_unavailable", str(_SAID[503]), retry_after=5)
    return answer_bug(error)


def answer_bug(error: Exception) -> Response:
    """Our own mistake: the trace goes to the log, the person gets the request's id."""
    log.exception("bug", path=request.path)
    return _answer(500, "internal_error", str(_SAID[500]))


def wants_json() -> bool:
    """Whether a program is asking rather than a person: it speaks to the API, or accepts JSON before HTML."""
    if is_for_programs():
        return True
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"


def _answer(status: int, code: str, message: str, *, errors: Sequence[FieldError] = (), retry_after: int | None = None) -> Response:
    if wants_json():
        response = _problem(status, code, message, errors)
    elif asks_for_part():
        response = make_response(render_template("shared/_toast.html", message=message, tone="danger"))
        response.headers.update({"HX-Retarget": "#toast", "HX-Reswap": "innerHTML"})
    else:
        response = make_response(_error_page(status, message))
    response.status_code = status
    if retry_after:
        response.headers["Retry-After"] = str(retry_after)
    if status == 401 and is_for_programs():
        response.headers["WWW-Authenticate"] = 'Bearer realm="api"'
    return vary(response)


def _problem(status: int, code: str, message: str, errors: Sequence[FieldError]) -> Response:
    """RFC 9457, with our code, the request's id and one entry per thing wrong."""
    problem = {"type": "about:blank", "title": message, "status": status, "code": code, "request_id": _request_id()}
    wrong = [{**error.facts, "pointer": error.pointer, "code": error.code, "message": error.message} for error in errors]
    response = make_response({**problem, "errors": wrong} if wrong else problem)
    response.content_type = "application/problem+json"
    return response


def _error_page(status: int, message: str) -> str:
    try:
        return render_template("shared/error.html", status=status, message=message, request_id=_request_id())
    except Exception:
        log.exception("error_page_failed")
        return f"{status}: {message}"


def _to_sign_in() -> Response:
    door = url_for("staff.new_session", next=_here() or None)
    if is_htmx():
        return vary(make_response(render_template("shared/_toast.html", message=str(_SAID[401]), tone="danger"), 401, {"HX-Redirect": door}))
    if request.method == "GET":
        return make_response(redirect(door))
    return _answer(401, "signed_out", str(_SAID[401]))


def _here() -> str:
    """The page the person is on, to come back to: what was asked for, or the page that a part or a form of it stands on."""
    page = urlsplit(request.headers.get("HX-Current-URL") or ("" if request.method == "GET" else request.referrer) or "")
    if page.netloc == request.host:
        return f"{page.path}?{page.query}" if page.query else page.path
    return request.full_path.rstrip("?") if request.method == "GET" else ""


def _request_id() -> str:
    return str(getattr(g, "request_id", ""))
