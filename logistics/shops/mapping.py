"""Which product of ours a shop means by its SKU or variant: said once, and everything that waited for it goes on."""

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import Actor
from logistics.core.events import publish
from logistics.core.jobs import enqueue_once
from logistics.core.language import _
from logistics.core.refusals import FieldError, Invalid, NotFound
from logistics.orders.validating import find_products
from logistics.shops.models import CodeKind, SkuMapping
from logistics.shops.shop_events import ProductMapped
from logistics.shops.tasks import dispatch
from logistics.shops.waking import wake_unknown


def map_product(session: Session, *, channel_id: int, kind: CodeKind, code: str, sku: str, title: str = "", by: Actor) -> int:
    """Let a shop's code mean our product with this SKU; how many parked events are tried again for it, by the worker.

    `code`: a SKU in whatever case, or a variant's id. What it meant before is replaced. Raises Invalid for a product that is not there.
    """
    code = code.lower() if kind is CodeKind.SKU else code
    product = find_products(session, [sku]).get(sku.lower())
    if product is None:
        message = _("Choose one of our products.")
        raise Invalid(message, errors=[FieldError("product", "unknown_product", message)])
    given = {"channel_id": channel_id, "kind": kind.value, "code": code, "title": title[:200], "product_id": product.id}
    fresh = insert(SkuMapping).values(**given, created_at=clock.now(), created_by=by.id if by.kind == "staff" else None)
    said = {name: fresh.excluded[name] for name in ("product_id", "title", "created_at", "created_by")}
    session.execute(fresh.on_conflict_do_update(index_elements=["channel_id", "kind", "code"], set_=said))
    publish(session, ProductMapped(channel_id, kind.value, code, product.id), by=by)
    woken = wake_unknown(session, channel_id, kind, code)
    if woken:
        enqueue_once(session, dispatch)
    return woken


def unmap_product(session: Session, *, channel_id: int, mapping_id: int, by: Actor) -> None:
    """Let a shop's code mean nothing any more; orders that came stay. A no-op when it is gone. Raises NotFound for another channel's."""
    mapping = session.scalar(select(SkuMapping).where(SkuMapping.id == mapping_id))
    if mapping is None:
        return
    if mapping.channel_id != channel_id:
        raise NotFound(_("There is no such code."))
    session.delete(mapping)
    session.flush()
    publish(session, ProductMapped(channel_id, mapping.kind, mapping.code, 0), by=by)
