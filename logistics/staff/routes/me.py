"""One's own account: language and colours, password, sessions."""

from typing import Any
from urllib.parse import urlsplit

from flask import Response, current_app, request, url_for
from sqlalchemy.orm import Session

from logistics.core.actors import Actor, current_actor, needs, signed_in
from logistics.core.database import session
from logistics.core.language import _
from logistics.core.limits import TooMany
from logistics.core.pages import done, page
from logistics.core.refusals import Invalid, NotFound
from logistics.core.transactions import in_transaction, writes
from logistics.staff import queries
from logistics.staff.changing_password import change_password
from logistics.staff.ending_sessions import close_own_session, end_sessions, find_live_sessions
from logistics.staff.forms import PasswordForm
from logistics.staff.models import StaffSession
from logistics.staff.preferring import check_language, prefer
from logistics.staff.routes.blueprint import bp
from logistics.staff.routes.sign_in import HOME, page_of_ours
from logistics.staff.sessions import current_token, has_one_time_password
from logistics.staff.throttling import count_password_check

_A_YEAR = 365 * 24 * 3600


@bp.get("/me")
@needs("self")
def show_self() -> Response:
    """Who I am here, and where I am signed in."""
    return page("staff/me.html", fragment="own_sessions", person=queries.find_person(session(), _my_id()), **_own_sessions(session()))


@bp.post("/me/preferences")
def update_preferences() -> Response:
    """Another language or other colours. Who is not signed in yet chooses the language by a cookie."""
    language, theme = request.form.get("language"), request.form.get("theme")
    if language is not None:
        check_language(language)
    me = signed_in()
    if me:
        in_transaction(lambda session: prefer(session, person_id=_id_of(me), language=language, theme=theme))
    answer = done(to=_where_from())
    if language:
        secure = current_app.config["SESSION_COOKIE_SECURE"]
        answer.set_cookie("language", language, max_age=_A_YEAR, secure=secure, httponly=True, samesite="Lax")
    return answer


@bp.get("/me/password")
@needs("self")
def edit_password() -> Response:
    """Choosing another password; after a one-time password, before anything else."""
    return page("staff/password.html", form=PasswordForm(), must=has_one_time_password())


@bp.post("/me/password")
@needs("self")
def update_password() -> Response:
    """Keep the new password; other browsers are signed out."""
    form, me, must = PasswordForm(), current_actor(), has_one_time_password()
    if not form.validate():
        return page("staff/password.html", status=422, form=form, must=must)
    try:
        count_password_check(_my_id())
        in_transaction(lambda session: _change(session, form, me))
    except (Invalid, TooMany) as refusal:
        if isinstance(refusal, Invalid):
            form.add_errors(refusal)
        else:
            form.form_errors.append(refusal.message)
        return page("staff/password.html", status=refusal.status, form=form, must=must)
    return done(to=HOME if must else url_for(".show_self"), message=_("Your new password is kept. Other browsers were signed out."))


@bp.post("/me/sessions/<handle>/revocation")
@needs("self")
@writes
def create_revocation(session: Session, handle: str) -> Response:
    """Sign one of my browsers out."""
    close_own_session(session, staff_id=_my_id(), handle=handle, by=current_actor())
    session.flush()
    return done(to=url_for(".show_self"), partial="staff/_own_sessions.html", message=_("Signed out there."), **_own_sessions(session))


@bp.post("/me/revocation")
@needs("self")
@writes
def create_revocation_of_others(session: Session) -> Response:
    """Sign all my other browsers out."""
    end_sessions(session, person_id=_my_id(), but=current_token(), by=current_actor())
    said = _("All other browsers are signed out.")
    return done(to=url_for(".show_self"), partial="staff/_own_sessions.html", message=said, **_own_sessions(session))


def _change(session: Session, form: PasswordForm, me: Actor) -> None:
    shop = (current_app.config["SHOP_NAME"], "logistics")
    change_password(session, person_id=_id_of(me), current=form.current.data or "", new=form.new.data or "", shop=shop, keep=current_token(), by=me)


def _own_sessions(session: Session) -> dict[str, Any]:
    return {"own_sessions": find_live_sessions(session, _my_id()), "this_session": StaffSession.hash_of(current_token())}


def _my_id() -> int:
    return _id_of(current_actor())


def _id_of(actor: Actor) -> int:
    if actor.id is None:
        raise NotFound(_("There is nobody like this."))
    return actor.id


def _where_from() -> str:
    """The page the form stood on, as far as the browser says and it is one of ours."""
    came = urlsplit(request.referrer or "")
    if came.netloc != request.host:
        return HOME
    return page_of_ours(f"{came.path}?{came.query}" if came.query else came.path) or HOME
