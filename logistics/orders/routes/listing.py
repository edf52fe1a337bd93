"""The list of orders: the desk's home."""

import hashlib
from dataclasses import replace
from typing import Any

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from logistics.core.actors import current_actor, may, needs
from logistics.core.bulk import MOST
from logistics.core.config import settings
from logistics.core.database import session
from logistics.core.htmx import asks_for_part
from logistics.core.language import current_locale
from logistics.core.pages import done, page, polled
from logistics.inventory.queries import find_warehouses
from logistics.orders import list_queries, queries, viewing
from logistics.orders.filtering import SHOWN, OrderSearch, Sort
from logistics.orders.list_wording import DAYS, FLAGS, SORTS, built_in_views
from logistics.orders.routes.blueprint import bp
from logistics.orders.wording import channel_text


@bp.get("/")
@needs("orders.read")
def list_orders() -> AnyResponse:
    """Orders, searched, filtered and sorted, and kept up to date while somebody looks at them.

    Without a query it begins with what this person wants to see first. With `?open` a code that one order is called opens that order.
    """
    if not request.args and not asks_for_part() and (first := viewing.find_default(session(), _person())[0]):
        return redirect(url_for("orders.list_orders") + f"?{first}")
    search = asked_for()
    if "open" in request.args and (number := queries.find_called(session(), search.q)):
        return done(to=url_for("orders.show_order", number=number))
    return _show(search)


def asked_for() -> OrderSearch:
    """The search that the URL asks for. Checkboxes give a name several times; who sees no prices learns nothing of them by sorting or asking."""
    search = OrderSearch.from_query({**request.args.to_dict(), "flags": ",".join(request.args.getlist("flags"))})
    if may("prices.read"):
        return search
    search = replace(search, least=None, most=None, currency="")
    return search if search.sort != Sort.TOTAL else replace(search, sort=Sort.NEWEST, cursor="")


def _show(search: OrderSearch) -> Response:
    found = list_queries.read_list(session(), search, timezone=settings().timezone)
    tag = _tag(found.orders.rows, found.counts, current_locale())
    if request.headers.get("HX-PTag") == tag:
        return polled(tag, Response())
    answer = page("orders/orders.html", fragment="orders_table", orders=found.orders, counts=found.counts, tag=tag, **_context(search))
    if asks_for_part() and request.query_string.decode() != search.url(cursor=search.cursor)[1:]:
        # What a form sends is longer than what has to be said.
        answer.headers["HX-Replace-Url"] = url_for("orders.list_orders") + search.url(cursor=search.cursor)
    return polled(tag, answer)


def _context(search: OrderSearch) -> dict[str, Any]:
    built_in, views = built_in_views(), viewing.find_views(session(), _person())
    named = [(query, name) for _code, name, query in built_in] + [(view.query, view.name) for view in views]
    return {
        "search": search,
        "statuses": SHOWN,
        "most": list_queries.COUNTED_AT_MOST,
        "channels": [(row.code, channel_text(row.code, row.name)) for row in queries.find_channels(session())],
        "warehouses": [(warehouse.code, warehouse.name) for warehouse in find_warehouses(session())],
        "customer": queries.find_customer(session(), search.customer),
        "sorts": [(sort, text) for sort, text in SORTS.items() if sort != Sort.TOTAL or may("prices.read")],
        "flags": list(FLAGS.items()),
        "days": list(DAYS.items()),
        "built_in": built_in,
        "views": views,
        "view_name": next((name for query, name in named if query == search.text), ""),
        "most_at_once": MOST,
        "in_part": asks_for_part(),
        "typed": "typed" in request.args,
        "looked": "X-Polling" in request.headers,
        "picks": any(may(function) for function in ("orders.hold", "orders.cancel", "shipments.work")),
    }


def _person() -> int:
    return current_actor().id or 0


def _tag(*shown: Any) -> str:
    """Another one as soon as anything shown is another."""
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]
