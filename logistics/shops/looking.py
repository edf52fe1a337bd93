"""Looking at what a shop sent, as it reads now: what it says, what of ours it means, and what still keeps it from becoming an order."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from logistics.catalog.models import Product
from logistics.core.language import _
from logistics.core.refusals import FieldError
from logistics.orders.validating import find_problems, find_products
from logistics.shops.dialects import dialect_of
from logistics.shops.models import InboxEvent
from logistics.shops.shop_orders import Recipient, ShopLine, ShopNews, ShopOrder, Unreadable
from logistics.shops.translating import correct, find_skus, translate


@dataclass(frozen=True)
class View:
    """An event in words of the reader. `products` of ours by the row of a line; `problems` are what is wrong with it at this moment."""

    news: ShopNews | None = None
    recipient: Recipient | None = None
    products: Mapping[int, Product] = field(default_factory=dict)
    problems: list[FieldError] = field(default_factory=list)

    @property
    def order(self) -> ShopOrder | None:
        """The shop's order, where the event tells one."""
        return self.news.order if self.news else None

    @property
    def unknown(self) -> list[ShopLine]:
        """What we would have to send and know no product for."""
        return [line for line in self.order.goods if line.row not in self.products] if self.order else []


def look(session: Session, event: InboxEvent) -> View:
    """What an event says; nothing where it was none of ours, or is erased. Reads only."""
    dialect = dialect_of(event.channel.kind)
    if dialect is None or event.body is None:
        return View()
    try:
        news = dialect.read(event.topic, event.body)
    except Unreadable as error:
        return View(problems=error.problems)
    if news.order is None:
        return View(news)
    skus = find_skus(session, event.channel_id, news.order.goods)
    ours = find_products(session, list(skus.values()))
    products = {row: ours[sku.lower()] for row, sku in skus.items()}
    recipient = correct(news.order.recipient, event.corrections)
    waits = event.is_open and event.order_id is None
    return View(news, recipient, products, _problems(session, event, news.order) if waits else [])


def _problems(session: Session, event: InboxEvent, order: ShopOrder) -> list[FieldError]:
    translation = translate(session, event.channel, order, event.external_id, event.corrections)
    found = [] if event.channel.active else [FieldError("channel", "closed_channel", _("This channel takes no orders any more."))]
    if translation.unknown:
        # Of lines that nobody has mapped, everything else is wrong too.
        return found + [one for one in find_problems(translation.request, {}) if not one.pointer.startswith("lines")]
    products = find_products(session, [line.sku for line in translation.request.lines])
    return found + find_problems(translation.request, products)
