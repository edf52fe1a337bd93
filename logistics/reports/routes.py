"""The start page, and the search box on top of every page."""

import hashlib
from typing import Any

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from logistics.core import clock
from logistics.core.actors import may, needs
from logistics.core.config import settings
from logistics.core.database import session
from logistics.core.language import _, current_locale
from logistics.core.pages import page, polled
from logistics.core.parsing import clean_line
from logistics.core.refusals import BadValue, Invalid
from logistics.orders.linking import link_of
from logistics.orders.list_queries import find_newest
from logistics.reports import queries
from logistics.reports.queries import Place
from logistics.tracking.road_queries import late_by_carrier

bp = Blueprint("home", __name__)


@bp.get("/")
@needs("self")
def show_home() -> Response:
    """What waits for whom, and the newest orders; in a new shop the first steps."""
    timezone = settings().timezone
    newest, waiting, today = find_newest(session()), queries.count_waiting(session(), timezone=timezone), clock.today(timezone)
    steps = None if newest else queries.find_first_steps(session())
    late = late_by_carrier(session(), timezone=timezone) if waiting.late else []
    tag = hashlib.sha256(repr((newest, waiting, late, steps, today, current_locale())).encode()).hexdigest()[:16]
    if request.headers.get("HX-PTag") == tag:
        return polled(tag, Response())
    shown: dict[str, Any] = {"waiting": waiting, "late": late, "newest": newest, "steps": steps, "today": today}
    return polled(tag, page("reports/home.html", fragment="waiting", tag=tag, **shown))


@bp.get("/search")
@needs("self")
def search() -> AnyResponse:
    """Straight to what is called exactly so; otherwise everything that fits, by kind."""
    question = _read_question()
    with_customers = may("customers.read")
    if question and (place := queries.find_place(session(), question, with_customers=with_customers)):
        return redirect(_address(place), code=303)
    found = queries.find_everything(session(), question, timezone=settings().timezone, with_customers=with_customers) if question else None
    return page("reports/search.html", question=question, found=found, link_of=link_of)


def _read_question() -> str:
    try:
        return clean_line(request.args.get("q", ""), longest=120)
    except BadValue as error:
        raise Invalid(_("Type at most 120 characters, without control characters.")) from error


def _address(place: Place) -> str:
    if place.kind == "order":
        return url_for("orders.show_order", number=place.key)
    if place.kind == "shipment":
        return url_for("fulfilment.show_shipment", reference=place.key)
    if place.kind == "customer":
        return url_for("customers.show_customer", customer_id=int(place.key))
    return url_for("catalog.show_product", sku=place.key)
