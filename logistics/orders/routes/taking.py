"""The form by which a clerk takes an order."""

from contextlib import suppress
from dataclasses import replace

from flask import Response, g, request, url_for
from sqlalchemy.orm import Session

from logistics.core.actors import current_actor, may, needs
from logistics.core.answers import wants_json
from logistics.core.database import session
from logistics.core.htmx import asks_for_part
from logistics.core.keys import writes_once
from logistics.core.language import _
from logistics.core.pages import done
from logistics.core.refusals import FieldError, Invalid, Refusal
from logistics.customers.authorising import InsufficientCredit, NoTerms
from logistics.customers.crediting import InsufficientBalance
from logistics.customers.rules import CustomerDetails
from logistics.inventory.reserving import OutOfStock
from logistics.orders import queries
from logistics.orders.charging import customer_of, make_page
from logistics.orders.drafting import DraftPlaced, take_draft
from logistics.orders.forms import BLANK_LINES, OrderForm, fill_in, wants_more
from logistics.orders.models import Order
from logistics.orders.pasting import look_up, read_message
from logistics.orders.placing import place, place_for_somebody_new
from logistics.orders.repeating import repeat_lines
from logistics.orders.routes.blueprint import bp
from logistics.orders.routes.order_form import desk_of, form_page
from logistics.orders.validating import OrderRequest, OverDiscountLimit, find_problems, find_products

# The account does not reach: that is said beside the way of paying.
UNCOVERED = (InsufficientBalance, InsufficientCredit, NoTerms)


@bp.get("/new")
@needs("orders.write")
def new_order() -> Response:
    """An empty form; with `?customer_id=` their name and usual address stand in it, with `&address_id=` one their orders went to.

    With `?like=` an order's number, it is filled from that order.
    """
    form = OrderForm(formdata=None, desk=desk_of(session()))
    if like := request.args.get("like", ""):
        order = queries.find_order(session(), like)
        form.repeat(order, repeat_lines(session(), order))
        return form_page(session(), form, like=order)
    customer = queries.find_customer(session(), _read_id("customer_id"))
    if customer:
        form.fill(customer)
        if address_id := _read_id("address_id"):
            form.send_to(queries.find_address_of(session(), customer.id, address_id))
    elif asks_for_part():
        return Response(status=204)  # nobody is chosen any more: what was typed stays
    return form_page(session(), form, fragment="recipient")


@bp.post("/new")
@needs("orders.write")
def create_order() -> Response:
    """Place the order, or say what is wrong with it; without JavaScript also the way to more lines, to the sums and to another address."""
    if not wants_more():
        answer = _create_order()
        _make_page()
        return answer
    form = OrderForm(desk=desk_of(session()))
    if wants_more() == "address":
        _choose_address(session(), form)
    else:
        form.add_lines(BLANK_LINES)
    return form_page(session(), form)


@bp.post("/new/message")
@needs("orders.write")
def read_pasted_message() -> Response:
    """Fill the form from a message that was pasted (`message`), beside what was typed already. Writes nothing and places nothing."""
    form = OrderForm(desk=desk_of(session()))
    if form.message.process_errors:
        form.message.errors = list(form.message.process_errors)
        return form_page(session(), form, fragment="order_form", status=422)
    understood = look_up(session(), read_message(form.message.data or ""))
    fill_in(form, understood)
    return form_page(session(), form, fragment="order_form", understood=understood)


@bp.post("/new/totals")
@needs("orders.write")
def show_totals() -> Response:
    """What the order would cost and whether there is enough, while it is being typed. Writes nothing."""
    return form_page(session(), OrderForm(desk=desk_of(session())), fragment="totals")


def _read_id(name: str) -> int:
    """An id of the URL; 0 for none, and for what is none."""
    typed = request.args.get(name, "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= 18 else 0


def _choose_address(session: Session, form: OrderForm) -> None:
    customer = queries.find_customer(session, form.customer_id.data or 0)
    if customer and form.address_id.data:
        form.send_to(queries.find_address_of(session, customer.id, form.address_id.data))
    elif customer:
        form.fill(customer)


@writes_once
def _create_order(session: Session) -> Response:
    form = OrderForm(desk=desk_of(session))
    try:
        if not form.validate():
            form.add_problems(_problems_of(session, form))
            _name_unknown(session, form)
            raise form.as_refusal()
        order = _place(session, form)
    except (Invalid, OutOfStock, *UNCOVERED, OverDiscountLimit, DraftPlaced) as refusal:
        if wants_json():
            raise
        # Before the page is made: others wait for the stock rows.
        session.rollback()
        return _refused(session, form, refusal)
    if form.pay.data == "card" and order.can_pay:
        g.by_card = (order.number, customer_of(order))
    return done(to=url_for("orders.show_order", number=order.number), message=_("Order %(number)s is placed.", number=order.number))


def _make_page() -> None:
    """Have the provider make a page to pay on for an order that was just placed by card. Where it cannot, the order's page says how it stands."""
    if begun := g.pop("by_card", None):
        number, whom = begun
        with suppress(Refusal):
            make_page(number=number, whom=whom, by=current_actor())


def _place(session: Session, form: OrderForm) -> Order:
    """For who was picked, for who is called exactly what was typed, or for somebody new. A draft is one no longer by it."""
    by = current_actor()
    number = take_draft(session, number=form.draft.data or "", form_key=form.form_key.data, by=by, everybodys=may("drafts.all"))
    if form.customer_id.data:
        return place(session, _asked(form, form.customer_id.data), by=by, number=number)
    if any(form.customer_id.raw_data or ()):
        # What was picked is nobody: never taken for somebody new.
        raise _not_picked()
    if form.customer.data:
        return place(session, _asked(form, _find_called(session, form, form.customer.data)), by=by, number=number)
    return place_for_somebody_new(session, _asked(form, 0), details=_details(form), by=by, number=number)


def _problems_of(session: Session, form: OrderForm) -> list[FieldError]:
    """What is wrong besides with what could be read, so that all of it is said at once."""
    asked = form.asks_for(0)
    return find_problems(asked, find_products(session, [line.sku for line in asked.lines]))


def _name_unknown(session: Session, form: OrderForm) -> None:
    """Say of lines that cannot be asked for yet, too, that there is no such product."""
    known = find_products(session, [line.wanted for line in form.half_read_lines])
    for line in form.half_read_lines:
        if line.wanted.lower() not in known:
            line.add_error("sku", _("There is no product “%(sku)s”.", sku=line.wanted[:80]))


def _asked(form: OrderForm, customer_id: int) -> OrderRequest:
    return replace(form.asks_for(customer_id), any_price=may("prices.discount_large"))


def _find_called(session: Session, form: OrderForm, name: str) -> int:
    called = queries.find_customers_called(session, name)
    if len(called) != 1:
        raise _not_picked()
    if not any((form.name.data, *form.address.as_columns().values())):
        form.fill(called[0])
    return called[0].id


def _not_picked() -> Invalid:
    message = _("Choose the customer from the list, or empty this box to add somebody new.")
    return Invalid(message, errors=[FieldError("customer", "unknown_customer", message)])


def _details(form: OrderForm) -> CustomerDetails:
    return CustomerDetails(
        name=form.name.data or "",
        email=form.email.data or "",
        phone=form.phone.data or "",
        language=form.language.data,
        address=form.address,
    )


def _refused(session: Session, form: OrderForm, refusal: Refusal) -> Response:
    if not form.errors and not any(line.errors for line in form.lines):
        if isinstance(refusal, UNCOVERED):
            form.pay.errors = [refusal.message]
        else:
            form.add_errors(refusal)
    return form_page(session, form, fragment="order_form", status=refusal.status)
