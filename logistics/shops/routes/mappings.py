"""Which products a shop means by its codes."""

from flask import Response, url_for
from sqlalchemy.orm import Session

from logistics.core.actors import current_actor, needs
from logistics.core.database import session
from logistics.core.language import _, ngettext
from logistics.core.pages import done, page
from logistics.core.refusals import Invalid
from logistics.core.transactions import writes
from logistics.orders.models import Channel
from logistics.shops import inbox_queries as queries
from logistics.shops.forms import NewMappingForm
from logistics.shops.mapping import map_product, unmap_product
from logistics.shops.models import CodeKind
from logistics.shops.receiving import find_hook
from logistics.shops.routes.blueprints import shops_bp as bp


@bp.get("/channels/<code>/products")
@needs("intake.read")
def list_mappings(code: str) -> Response:
    """The codes of a shop, and what each means."""
    channel, _dialect = find_hook(session(), code)
    return _list(session(), channel, NewMappingForm(formdata=None))


@bp.post("/channels/<code>/products")
@needs("intake.write")
@writes
def create_product_mapping(session: Session, code: str) -> Response:
    """Say what a code means, before an order asks for it or after."""
    channel, _dialect = find_hook(session, code)
    form = NewMappingForm()
    if not form.validate():
        return _list(session, channel, form, status=422)
    given = {"code": form.code.data or "", "sku": form.sku}
    try:
        woken = map_product(session, channel_id=channel.id, kind=CodeKind(form.kind.data), **given, by=current_actor())
    except Invalid as refusal:
        form.add_errors(refusal)
        return _list(session, channel, form, status=422)
    said = ngettext("Saved. %(num)s order that waited for it is tried again.", "Saved. %(num)s orders that waited for it are tried again.", woken)
    return done(to=url_for("shops.list_mappings", code=code), message=said if woken else _("Saved."))


@bp.post("/channels/<code>/products/<int:mapping_id>/removal")
@needs("intake.write")
@writes
def destroy_mapping(session: Session, code: str, mapping_id: int) -> Response:
    """It means nothing any more."""
    channel, _dialect = find_hook(session, code)
    unmap_product(session, channel_id=channel.id, mapping_id=mapping_id, by=current_actor())
    return done(to=url_for("shops.list_mappings", code=code), message=_("Removed. Orders that came with it stay as they are."))


def _list(session: Session, channel: Channel, form: NewMappingForm, *, status: int = 200) -> Response:
    return page("shops/mappings.html", status=status, channel=channel, form=form, mappings=queries.find_mappings(session, channel.id))
