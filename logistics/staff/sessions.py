"""The signed-in person of a request: Flask-Login over our revocable sessions."""

from dataclasses import dataclass

from flask import Flask, Response, current_app, g, request, session, url_for
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

from logistics.core.actors import Actor
from logistics.core.database import db
from logistics.core.pages import done
from logistics.core.programs import is_for_programs
from logistics.staff import signing_in

_BEFORE_OWN_PASSWORD = frozenset({"staff.edit_password", "staff.update_password", "staff.destroy_session"})


@dataclass(frozen=True)
class SignedInPerson(UserMixin):  # type: ignore[misc]
    """What Flask-Login keeps: plain values, so that it outlives the database session that found them."""

    token: str
    actor: Actor
    language: str
    theme: str
    one_time_password: bool

    def get_id(self) -> str:
        """What goes into the cookie."""
        return self.token


def init_app(app: Flask) -> None:
    """Find out before every request who sends it."""
    manager = LoginManager(app)
    manager.session_protection = None
    manager.user_loader(_load)
    app.before_request(_greet)
    app.before_request(_insist_on_own_password)


def remember(token: str) -> None:
    """Sign the browser in with this session; whatever its cookie held before is dropped (session fixation)."""
    session.clear()
    person = _load(token)
    if person:
        login_user(person)


def forget() -> None:
    """Sign the browser out."""
    logout_user()
    session.clear()


def current_token() -> str:
    """The token of this request's session, empty where nobody is signed in."""
    return str(current_user.token) if current_user.is_authenticated else ""


def has_one_time_password() -> bool:
    """Whether the person signed in has yet to choose a password that nobody else knows."""
    return bool(current_user.is_authenticated and current_user.one_time_password)


def _greet() -> None:
    if request.endpoint not in (None, "static") and not is_for_programs() and current_user.is_authenticated:
        g.actor, g.language, g.theme = current_user.actor, current_user.language, current_user.theme


def _insist_on_own_password() -> Response | None:
    """Whoever signed in with a password that somebody else has seen chooses their own before anything else."""
    open_doors = _BEFORE_OWN_PASSWORD | current_app.extensions["public_endpoints"]
    if request.endpoint in open_doors or is_for_programs() or not has_one_time_password():
        return None
    return done(to=url_for("staff.edit_password"))


def _load(token: str) -> SignedInPerson | None:
    database = db.session()
    polling = "HX-PTag" in request.headers or "X-Polling" in request.headers
    row = signing_in.find_session(database, token, polling=polling)
    person = row.staff if row else None
    known = SignedInPerson(token, signing_in.actor_of(person), person.language, person.theme, person.one_time_password) if person else None
    # Whoever asks, the read transaction ends here: a request that goes on to count tries would hold two connections.
    database.commit()
    return known
