"""Settings: the channels orders come from."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from flask import Response, url_for
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import current_actor, needs
from logistics.core.config import settings
from logistics.core.database import session
from logistics.core.language import _
from logistics.core.pages import done, page
from logistics.core.refusals import Invalid, Stale
from logistics.core.transactions import writes
from logistics.orders.channel_queries import find_channels_with_orders
from logistics.orders.channelling import add_channel, change_channel, get_channel
from logistics.orders.models import Channel, ChannelKind
from logistics.orders.routes.blueprint import channels
from logistics.orders.routes.channel_form import ChannelForm
from logistics.orders.wording import CHANNEL_KINDS, channel_text, timeout_text

LATELY = timedelta(days=30)


@channels.get("/")
@needs("channels.read")
def list_channels() -> Response:
    """Every way orders come in, with how many came lately."""
    timezone = settings().timezone
    day = (clock.now() - LATELY).astimezone(ZoneInfo(timezone)).date()
    rows = find_channels_with_orders(session(), since=clock.start_of_day(day, timezone))
    return page("orders/channels.html", channels=rows, day=day, kinds=CHANNEL_KINDS, channel_text=channel_text, timeout_text=timeout_text)


@channels.get("/new")
@needs("channels.write")
def new_channel() -> Response:
    """Another one."""
    return _page(None, ChannelForm(formdata=None))


@channels.post("/new")
@needs("channels.write")
@writes
def create_channel(session: Session) -> Response:
    """Open it, and go on to its page, where keys and secrets are."""
    form = ChannelForm()
    # As its kind does, until somebody says otherwise on its page.
    del form.invoices
    if form.validate():
        try:
            kind = ChannelKind(form.kind.data)
            channel = add_channel(session, code=form.code.data or "", kind=kind, rules=form.rules, by=current_actor())
            to = url_for("channels.show_channel", code=channel.code)
            return done(to=to, message=_("Orders can come from %(name)s now.", name=channel.name))
        except Invalid as refusal:
            form.add_errors(refusal)
    return _page(None, form, status=422)


@channels.get("/<code>")
@needs("channels.read")
def show_channel(code: str) -> Response:
    """One channel."""
    channel = get_channel(session(), code)
    return _page(channel, ChannelForm.of(channel))


@channels.post("/<code>")
@needs("channels.write")
@writes
def update_channel(session: Session, code: str) -> Response:
    """Save it; a save that comes too late shows what is there now beside what was typed."""
    channel = get_channel(session, code)
    form = ChannelForm.sent_for(channel)
    status, differences = 422, list[tuple[str, str, str]]()
    if form.validate():
        try:
            change_channel(session, code=channel.code, rules=form.rules, version=form.version.data or 0, by=current_actor())
            return done(to=url_for("channels.list_channels"), message=_("Saved."))
        except Stale as refusal:
            status, differences = refusal.status, form.differences(channel)
            form.version.typed = str(channel.version)
    return _page(channel, form, status=status, differences=differences)


def _page(channel: Channel | None, form: ChannelForm, *, status: int = 200, differences: list[tuple[str, str, str]] | None = None) -> Response:
    title = channel_text(channel.code, channel.name) if channel else _("New channel")
    kind = CHANNEL_KINDS[ChannelKind(channel.kind)] if channel else ""
    shown = {"channel": channel, "title": title, "kind": kind, "form": form, "differences": differences or []}
    return page("orders/channel.html", fragment="channel_form", status=status, **shown)
