"""The signed-in person of a request: Flask-Login over our revocable sessions."""

from dataclasses import dataclass

from flask import Flask, g, request, session
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

from logistics.core.actors import Actor
from logistics.core.database import db
from logistics.staff import signing_in


@dataclass(frozen=True)
class SignedInPerson(UserMixin):
    """What Flask-Login keeps: plain values, so that it outlives the database session that found them."""

    token: str
    actor: Actor
    language: str
    theme: str

    def get_id(self) -> str:
        """What goes into the cookie."""
        return self.token


def init_app(app: Flask) -> None:
    """Find out before every request who sends it."""
    manager = LoginManager(app)
    manager.session_protection = None
    manager.user_loader(_load)
    app.before_request(_greet)


def remember(person: SignedInPerson) -> None:
    """Sign this person in for the browser; whatever the cookie held before is dropped (session fixation)."""
    session.clear()
    login_user(person)


def forget() -> None:
    """Sign the browser out."""
    logout_user()
    session.clear()


def current_token() -> str:
    """The token of this request's session, empty where nobody is signed in."""
    return current_user.token if current_user.is_authenticated else ""


def _greet() -> None:
    if request.endpoint not in (None, "static") and current_user.is_authenticated:
        g.actor, g.language, g.theme = current_user.actor, current_user.language, current_user.theme


def _load(token: str) -> SignedInPerson | None:
    database = db.session()
    row = signing_in.find_session(database, token, polling="HX-PTag" in request.headers)
    if row is None:
        return None
    person = row.staff
    known = SignedInPerson(token, signing_in.actor_of(person), person.language, person.theme)
    database.commit()
    return known
