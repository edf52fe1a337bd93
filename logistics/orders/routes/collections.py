"""Cash on delivery that whoever delivers has still to hand over, and booking what they hand over for many orders at once."""

from collections.abc import Sequence
from itertools import groupby

from flask import Response, request, url_for
from sqlalchemy.orm import Session

from logistics.core.actors import current_actor, may, needs
from logistics.core.bulk import do_each
from logistics.core.database import session
from logistics.core.forms import Form
from logistics.core.htmx import asks_for_part
from logistics.core.language import _, ngettext
from logistics.core.pages import done, page
from logistics.orders.collecting import settle_cod
from logistics.orders.collection_queries import CollectionSearch, find_chosen, find_collections, sum_collections
from logistics.orders.forms import ManySettlementForm
from logistics.orders.routes.blueprint import payments
from logistics.orders.selecting import read_numbers


@payments.get("/collections")
@needs("payments.read")
def list_collections() -> Response:
    """Orders that are delivered and not settled; with `?which=all` those on their way too."""
    search = CollectionSearch.from_query(request.args)
    found, sums = find_collections(session(), search), sum_collections(session(), search)
    return page("payments/collections.html", fragment="collections_table", search=search, collections=found, sums=sums)


@payments.get("/collections/settlements")
@needs("money.record")
def new_settlements() -> Response:
    """What would be booked for some orders, named by `order`, and the reference it came with."""
    ticked = request.args.getlist("order")
    if not ticked:
        return done(to=url_for("payments.list_collections"), message=_("Tick orders in the list first, then choose what to do with them."))
    return _ask(ManySettlementForm(formdata=None), read_numbers(ticked))


@payments.post("/collections/settlements")
@needs("money.record")
def create_settlements() -> Response:
    """Book for each of them all that was to be handed over, one by one, with a report. Clerks record up to a limit for each order."""
    numbers, form = read_numbers(request.form.getlist("order")), ManySettlementForm()
    if not form.validate():
        return _ask(form, numbers, 422)
    by, any_amount, reference = current_actor(), may("money.record_large"), form.reference.data or ""

    def act(session: Session, number: str) -> bool:
        settle_cod(session, number=number, amount=None, reference=reference, by=by, any_amount=any_amount)
        return True

    outcomes = do_each(numbers, act, key=request.form.get("form_key", ""), what=f"settle {reference}")
    answer = page(
        "orders/report.html",
        fragment="report",
        outcomes=outcomes,
        said=lambda count: ngettext("The money of %(num)s order is booked.", "The money of %(num)s orders is booked.", count),
        action=url_for("payments.create_settlements"),
        fields={"reference": reference},
        again=Form(formdata=None),
    )
    # The list looks anew.
    answer.headers["HX-Trigger"] = "seen"
    return answer


def _ask(form: ManySettlementForm, numbers: Sequence[str], status: int = 200) -> Response:
    rows = sorted(find_chosen(session(), numbers), key=lambda row: row.currency)
    sums = {currency: sum(row.amount for row in held) for currency, held in groupby(rows, key=lambda row: row.currency)}
    shown = {"form": form, "numbers": numbers, "rows": rows, "sums": sums, "in_part": asks_for_part()}
    answer = page("payments/settlements.html", fragment="settlements", status=status, **shown)
    if status >= 400 and asks_for_part():
        answer.headers["HX-Retarget"] = "#asked"
    return answer
