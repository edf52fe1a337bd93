"""Pages about the keys of programs."""

from flask import Response, request, url_for
from sqlalchemy.orm import Session

from logistics.api.forms import KeyForm
from logistics.api.issuing import issue_key, revoke_key
from logistics.api.queries import keys as queries
from logistics.api.queries.keys import KeySearch
from logistics.api.routes.blueprint import bp
from logistics.core.actors import current_actor, needs
from logistics.core.database import session
from logistics.core.language import _
from logistics.core.pages import done, page
from logistics.core.refusals import Invalid
from logistics.core.transactions import writes
from logistics.orders.wording import channel_text


@bp.get("/settings/keys/")
@needs("keys.read")
def list_keys() -> Response:
    """Every key that lets in, or no longer does. The keys themselves are shown nowhere."""
    search = KeySearch.from_query(request.args)
    return page("api/keys.html", fragment="keys_table", search=search, keys=queries.find_keys(session(), search))


@bp.get("/settings/keys/new")
@needs("keys.write")
def new_key() -> Response:
    """A key for another program; with `?channel=` that one is chosen."""
    form = KeyForm(formdata=None, channels=_channels(session()), data={"channel": request.args.get("channel", "api"), "scopes": ["orders"]})
    return page("api/new_key.html", form=form)


@bp.post("/settings/keys/new")
@needs("keys.write")
@writes
def create_key(session: Session) -> Response:
    """Let it in; the key is shown this once."""
    form = KeyForm(channels=_channels(session))
    if not form.validate():
        return page("api/new_key.html", status=422, form=form)
    given = {"channel": form.channel.data, "scopes": form.chosen_scopes, "label": form.label.data or "", "days": form.days.data}
    try:
        row, key = issue_key(session, **given, by=current_actor())
    except Invalid as refusal:
        form.add_errors(refusal)
        return page("api/new_key.html", status=422, form=form)
    return page("api/shown_once.html", status=201, row=row, key=key)


@bp.post("/settings/keys/<int:key_id>/revocation")
@needs("keys.write")
@writes
def create_revocation_of_key(session: Session, key_id: int) -> Response:
    """It lets nobody in any more."""
    key = revoke_key(session, key_id=key_id, by=current_actor())
    return done(to=url_for(".list_keys"), message=_("The key %(prefix)s lets nobody in any more.", prefix=key.prefix))


def _channels(session: Session) -> list[tuple[str, str]]:
    return [(row.code, channel_text(row.code, row.name)) for row in queries.find_channels(session)]
