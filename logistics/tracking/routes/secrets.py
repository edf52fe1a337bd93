"""The secret that a carrier signs with."""

from flask import Response, url_for
from sqlalchemy.orm import Session

from logistics.core.actors import current_actor, needs
from logistics.core.config import settings
from logistics.core.database import session
from logistics.core.language import _
from logistics.core.pages import done, page
from logistics.core.secret_forms import SecretForm
from logistics.core.transactions import writes
from logistics.fulfilment.models import Carrier
from logistics.staff.queries import name_of
from logistics.tracking import inbox_queries as queries
from logistics.tracking.dialects import Dialect
from logistics.tracking.inbox_words import FORMATS, HINTS
from logistics.tracking.receiving import find_hook
from logistics.tracking.routes.blueprint import bp
from logistics.tracking.sharing_secrets import end_secrets, held_secrets, share_secret


@bp.get("/settings/carriers/<code>/secret")
@needs("secrets.read")
def show_secret(code: str) -> Response:
    """Where the carrier sends to, and since when it has which secret; never the secret."""
    carrier, dialect = find_hook(session(), code)
    return _page(session(), carrier, _form(dialect, empty=True))


@bp.post("/settings/carriers/<code>/secret")
@needs("secrets.write")
@writes
def create_secret(session: Session, code: str) -> Response:
    """Share a new one. Ours is shown this once, so it is in no stored answer either."""
    carrier, dialect = find_hook(session, code)
    form = _form(dialect)
    if not form.validate():
        return _page(session, carrier, form, status=422)
    secret = dialect.make_secret() if dialect.make_secret else form.typed
    share_secret(session, carrier_id=carrier.id, secret=secret, overlap=form.held_on, by=current_actor())
    if dialect.make_secret:
        return page("tracking/new_secret.html", status=201, carrier=carrier, secret=secret)
    return done(to=url_for(".show_secret", code=code), message=_("The secret is saved. What the carrier signs with it is taken from now on."))


@bp.post("/settings/carriers/<code>/secret/end")
@needs("secrets.write")
@writes
def destroy_secrets(session: Session, code: str) -> Response:
    """Nothing that the carrier signs is taken any more."""
    carrier, _dialect = find_hook(session, code)
    end_secrets(session, carrier_id=carrier.id, by=current_actor())
    return done(to=url_for(".show_secret", code=code), message=_("Nothing is taken from this carrier any more."))


def _form(dialect: Dialect, *, empty: bool = False) -> SecretForm:
    return SecretForm(made_by_us=dialect.make_secret is not None, **({"formdata": None} if empty else {}))


def _page(session: Session, carrier: Carrier, form: SecretForm, *, status: int = 200) -> Response:
    held = held_secrets(session, carrier.id)
    return page(
        "tracking/secret.html",
        status=status,
        carrier=carrier,
        form=form,
        held=held,
        set_by=name_of(session, held[0].created_by) if held else "",
        last=queries.last_received(session, carrier.id),
        address=f"{settings().base_url}{url_for('carrier_hooks.create_delivery', code=carrier.code)}",
        format=FORMATS[carrier.hook_format],
        hint=HINTS[carrier.hook_format],
    )
