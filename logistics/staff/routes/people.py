"""The people who work here: letting in, roles, letting go."""

from flask import Response, request, url_for
from sqlalchemy.orm import Session

from logistics.core.actors import current_actor, needs
from logistics.core.database import session
from logistics.core.language import _
from logistics.core.pages import done, page
from logistics.core.refusals import Invalid, NotFound, Refusal, Stale
from logistics.core.transactions import writes
from logistics.staff import queries
from logistics.staff.employing import LastAdmin, activate, add_person, change_role, deactivate, renew_password
from logistics.staff.ending_sessions import end_sessions, find_live_sessions
from logistics.staff.forms import PersonForm, RoleForm
from logistics.staff.models import Role, Staff
from logistics.staff.queries import PeopleSearch
from logistics.staff.routes.blueprint import bp


@bp.get("/settings/people")
@needs("people.read")
def list_people() -> Response:
    """Everybody who can sign in, or no longer can."""
    search = PeopleSearch.from_query(request.args)
    return page("staff/people.html", fragment="people_table", search=search, people=queries.find_people(session(), search))


@bp.get("/settings/people/new")
@needs("people.write")
def new_person() -> Response:
    """Somebody new."""
    return page("staff/new_person.html", form=PersonForm())


@bp.post("/settings/people/new")
@needs("people.write")
@writes
def create_person(session: Session) -> Response:
    """Let them in; the one-time password is shown this once."""
    form = PersonForm()
    if not form.validate():
        return page("staff/new_person.html", status=422, form=form)
    try:
        person, password = add_person(session, email=form.email.data or "", name=form.name.data or "", role=Role(form.role.data), by=current_actor())
    except Invalid as refusal:
        form.add_errors(refusal)
        return page("staff/new_person.html", status=422, form=form)
    return page("staff/one_time_password.html", status=201, person=person, password=password)


@bp.get("/settings/people/<int:person_id>")
@needs("people.read")
def show_person(person_id: int) -> Response:
    """One person: role, sessions, and what may be done."""
    return _person_page(session(), _found(queries.find_person(session(), person_id)))


@bp.post("/settings/people/<int:person_id>/role")
@needs("people.write")
@writes
def update_role(session: Session, person_id: int) -> Response:
    """Another role."""
    form = RoleForm()
    if not form.validate():
        return _person_page(session, _found(queries.find_person(session, person_id)), form=form, status=422)
    try:
        change_role(session, person_id=person_id, role=Role(form.role.data), version=form.seen_version, by=current_actor())
    except (LastAdmin, Stale) as refusal:
        return _refused_page(session, person_id, refusal)
    return done(to=url_for(".show_person", person_id=person_id), message=_("The role was changed. They sign in anew."))


@bp.post("/settings/people/<int:person_id>/deactivation")
@needs("people.write")
@writes
def create_deactivation(session: Session, person_id: int) -> Response:
    """They sign in no more."""
    try:
        person = deactivate(session, person_id=person_id, by=current_actor())
    except LastAdmin as refusal:
        return _refused_page(session, person_id, refusal)
    return done(to=url_for(".show_person", person_id=person_id), message=_("%(name)s can sign in no more.", name=person.name))


@bp.post("/settings/people/<int:person_id>/activation")
@needs("people.write")
@writes
def create_activation(session: Session, person_id: int) -> Response:
    """They sign in again."""
    person = activate(session, person_id=person_id, by=current_actor())
    return done(to=url_for(".show_person", person_id=person_id), message=_("%(name)s can sign in again.", name=person.name))


@bp.post("/settings/people/<int:person_id>/revocation")
@needs("people.write")
@writes
def create_revocation_of_person(session: Session, person_id: int) -> Response:
    """They are signed out everywhere."""
    person = end_sessions(session, person_id=person_id, by=current_actor())
    return done(to=url_for(".show_person", person_id=person_id), message=_("%(name)s is signed out everywhere.", name=person.name))


@bp.post("/settings/people/<int:person_id>/password")
@needs("people.write")
@writes
def create_one_time_password(session: Session, person_id: int) -> Response:
    """They lost theirs; the new one is shown this once."""
    person, password = renew_password(session, person_id=person_id, by=current_actor())
    return page("staff/one_time_password.html", status=201, person=person, password=password)


def _person_page(session: Session, person: Staff, *, form: RoleForm | None = None, status: int = 200, refused: str = "") -> Response:
    form = form or RoleForm(formdata=None, role=person.role, version=str(person.version))
    return page("staff/person.html", status=status, person=person, form=form, refused=refused, sessions=find_live_sessions(session, person.id))


def _refused_page(session: Session, person_id: int, refusal: Refusal) -> Response:
    """The person as they are now, and why not; the form is fresh, so that the next try counts."""
    return _person_page(session, _found(queries.find_person(session, person_id)), status=refusal.status, refused=refusal.message)


def _found(person: Staff | None) -> Staff:
    if person is None:
        raise NotFound(_("There is nobody like this."))
    return person
