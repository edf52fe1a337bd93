"""What is done to several orders of the list at once: asked first, then done one by one, with a report."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, request, url_for
from sqlalchemy.orm import Session

from logistics.core.actors import Forbidden, current_actor, may, needs
from logistics.core.bulk import MOST, Outcome, do_each
from logistics.core.config import settings
from logistics.core.database import session
from logistics.core.forms import Form
from logistics.core.htmx import asks_for_part
from logistics.core.language import _, ngettext
from logistics.core.pages import done, page
from logistics.orders.cancelling import cancel
from logistics.orders.forms.lists import ManyCancellationForm, ManyHoldForm, ManyResumptionForm
from logistics.orders.holding import hold, resume
from logistics.orders.lifecycle import open_order
from logistics.orders.list_queries import find_orders
from logistics.orders.models import CancelReason, HoldReason
from logistics.orders.queries import id_of
from logistics.orders.routes.blueprint import bp
from logistics.orders.routes.listing import asked_for
from logistics.orders.selecting import money_back, read_numbers, read_selection
from logistics.orders.wording import hold_reason_text

Change = Callable[[Session, str], Any]


@dataclass(frozen=True)
class _Action:
    """One of the things that can be done: who may, its form, and where it is sent."""

    needs: str
    form: type[Form]
    endpoint: str


_ACTIONS = {
    "hold": _Action("orders.hold", ManyHoldForm, "orders.create_holds"),
    "resume": _Action("orders.hold", ManyResumptionForm, "orders.create_resumptions"),
    "cancel": _Action("orders.cancel", ManyCancellationForm, "orders.create_cancellations"),
}


@bp.get("/selection")
@needs("orders.read")
def show_selection() -> Response:
    """What would become of some orders, and the form that does it: `do` is hold, resume or cancel.

    They are named by `order`; with `all` they are those that the list finds, as many as can be done at once.
    """
    doing, ticked = request.args.get("do", ""), request.args.getlist("order")
    if "all" in request.args:
        ticked = [order.number for order in find_orders(session(), asked_for(), timezone=settings().timezone, size=MOST).rows]
    if doing not in _ACTIONS or not ticked:
        return done(to=url_for("orders.list_orders"), message=_("Tick orders in the list first, then choose what to do with them."))
    return _ask(doing, _ACTIONS[doing].form(formdata=None), read_numbers(ticked))


@bp.post("/holds")
@needs("orders.hold")
def create_holds() -> Response:
    """Hold them."""
    form, by = ManyHoldForm(), current_actor()
    reason, note = form.reason.data, form.note.data or ""

    def change(session: Session, number: str) -> None:
        hold(session, number=number, reason=HoldReason(reason), note=note, by=by)

    return _do("hold", form, change, lambda count: ngettext("%(num)s order is on hold.", "%(num)s orders are on hold.", count))


@bp.post("/resumptions")
@needs("orders.hold")
def create_resumptions() -> Response:
    """Let them go on."""
    by = current_actor()

    def change(session: Session, number: str) -> None:
        resume(session, number=number, by=by)

    return _do("resume", ManyResumptionForm(), change, lambda count: ngettext("%(num)s order goes on.", "%(num)s orders go on.", count))


@bp.post("/cancellations")
@needs("orders.cancel")
def create_cancellations() -> Response:
    """Take them back; those of which goods are picked only if a manager says so."""
    form, by, even_if_picked = ManyCancellationForm(), current_actor(), may("orders.cancel_picked")
    reason = form.reason.data

    def change(session: Session, number: str) -> None:
        cancel(session, number=number, reason=CancelReason(reason), by=by, even_if_picked=even_if_picked)

    return _do("cancel", form, change, lambda count: ngettext("%(num)s order is cancelled.", "%(num)s orders are cancelled.", count))


def _do(doing: str, form: Form, change: Change, said: Callable[[int], str]) -> Response:
    numbers = read_numbers(request.form.getlist("order"))
    if not form.validate():
        return _ask(doing, form, numbers, 422)
    asked = {name: value for name, value in request.form.items() if name not in ("csrf_token", "form_key", "order")}

    def act(session: Session, number: str) -> bool:
        # Locked before it is looked at, or what somebody else does meanwhile would be taken for ours.
        order = open_order(session, id_of(session, number))
        before = order.version
        change(session, number)
        return order.version != before

    outcomes = do_each(numbers, act, key=request.form.get("form_key", ""), what=f"{doing} {sorted(asked.items())}")
    return _report(outcomes, said, action=url_for(_ACTIONS[doing].endpoint), fields=asked)


def _report(outcomes: Sequence[Outcome], said: Callable[[int], str], *, action: str, fields: dict[str, str]) -> Response:
    """Say how it came out for each order, with a form that tries the refused ones again; the list looks anew."""
    answer = page("orders/report.html", fragment="report", outcomes=outcomes, said=said, action=action, fields=fields, again=Form(formdata=None))
    answer.headers["HX-Trigger"] = "seen"
    return answer


def _ask(doing: str, form: Form, numbers: list[str], status: int = 200) -> Response:
    action = _ACTIONS[doing]
    if not may(action.needs):
        raise Forbidden(_("Your role does not include this. Ask an administrator if you need it."))
    chosen, with_picked = read_selection(session(), numbers), may("orders.cancel_picked")
    answer = page(
        "orders/selection.html",
        fragment="selection",
        status=status,
        doing=doing,
        action=url_for(action.endpoint),
        form=form,
        selection=chosen,
        numbers=numbers,
        money=money_back(session(), chosen, with_picked=with_picked) if doing == "cancel" and may("prices.read") else {},
        hold_reason_text=hold_reason_text,
        in_part=asks_for_part(),
    )
    if status >= 400 and asks_for_part():
        answer.headers["HX-Retarget"] = "#asked"
    return answer
