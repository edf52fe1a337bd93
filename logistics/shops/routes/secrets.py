"""The secret that a shop signs with: its page, and the panel on the page of its channel."""

from typing import Any

from flask import Response, url_for
from sqlalchemy.orm import Session

from logistics.core.actors import current_actor, needs
from logistics.core.config import settings
from logistics.core.database import session
from logistics.core.language import _
from logistics.core.pages import done, page
from logistics.core.secret_forms import SecretForm
from logistics.core.signatures import new_secret
from logistics.core.transactions import writes
from logistics.orders.models import Channel, ChannelKind
from logistics.shops import inbox_queries as queries
from logistics.shops.receiving import find_hook
from logistics.shops.routes.blueprints import shops_bp as bp
from logistics.shops.sharing_secrets import end_secrets, held_secrets, share_secret
from logistics.staff.queries import name_of


@bp.get("/settings/channels/<code>/secret")
@needs("secrets.read")
def show_secret(code: str) -> Response:
    """Where the shop sends to, and since when it has which secret; never the secret."""
    channel, _dialect = find_hook(session(), code)
    return _page(session(), channel, SecretForm(formdata=None, made_by_us=channel.kind == ChannelKind.API))


@bp.post("/settings/channels/<code>/secret")
@needs("secrets.write")
@writes
def create_secret(session: Session, code: str) -> Response:
    """Share a new one. Ours is shown this once, so it is in no stored answer either."""
    channel, _dialect = find_hook(session, code)
    form = SecretForm(made_by_us=channel.kind == ChannelKind.API)
    if not form.validate():
        return _page(session, channel, form, status=422)
    secret = new_secret() if form.is_made_by_us else form.typed
    share_secret(session, channel_id=channel.id, secret=secret, overlap=form.held_on, by=current_actor())
    if form.is_made_by_us:
        return page("shops/new_secret.html", status=201, channel=channel, secret=secret)
    return done(to=url_for("shops.show_secret", code=code), message=_("The secret is saved. What the shop signs with it is taken from now on."))


@bp.post("/settings/channels/<code>/secret/end")
@needs("secrets.write")
@writes
def destroy_secrets(session: Session, code: str) -> Response:
    """Nothing that the shop signs is taken any more."""
    channel, _dialect = find_hook(session, code)
    end_secrets(session, channel_id=channel.id, by=current_actor())
    return done(to=url_for("shops.show_secret", code=code), message=_("Nothing is taken from this shop any more."))


def _page(session: Session, channel: Channel, form: SecretForm, *, status: int = 200) -> Response:
    return page("shops/secret.html", status=status, channel=channel, form=form, **_facts(session, channel))


def _facts(session: Session, channel: Channel) -> dict[str, Any]:
    held = held_secrets(session, channel.id)
    return {
        "held": held,
        "set_by": name_of(session, held[0].created_by) if held else "",
        "last": queries.last_received(session, channel.id),
        "address": f"{settings().base_url}{url_for('hooks.create_delivery', code=channel.code)}",
    }
