"""Pages about customers."""

from flask import Response, render_template, request
from sqlalchemy.orm import Session

from logistics.core.actors import current_actor, may, needs
from logistics.core.database import session
from logistics.core.keys import writes_once
from logistics.core.language import _
from logistics.core.pages import done, page
from logistics.core.refusals import Invalid, Stale
from logistics.core.search import read_question
from logistics.core.transactions import writes
from logistics.customers import queries
from logistics.customers.forms import CustomerForm
from logistics.customers.queries import CustomerSearch
from logistics.customers.registering import create_customer, update_customer
from logistics.customers.remembering import forget_address
from logistics.customers.routes.blueprint import bp
from logistics.customers.routes.customer_page import PAGE_OF_ADDRESSES, address_of, found, show


@bp.get("/")
@needs("customers.read")
def list_customers() -> Response:
    """All customers by name, searched."""
    search = CustomerSearch.from_query(request.args)
    return page("customers/customers.html", fragment="customers_table", search=search, customers=queries.find_customers(session(), search))


@bp.get("/options")
@needs("customers.read")
def list_options() -> str:
    """What a box that finds customers as one types shows below it: `?q=`, or whatever the box is called."""
    question = read_question(request.args.get("q") or next(iter(request.args.values()), ""))
    return render_template("customers/_options.html", options=queries.find_options(session(), question), question=question)


@bp.get("/new")
@needs("customers.write")
def new_customer() -> Response:
    """Somebody new."""
    return page("customers/new.html", form=CustomerForm(formdata=None))


@bp.post("/new")
@needs("customers.write")
@writes_once
def create_customer_from_form(session: Session) -> Response:
    """Take them into the books."""
    form = CustomerForm()
    if form.validate():
        try:
            customer = create_customer(session, details=form.details, by=current_actor())
            return done(to=address_of(customer), message=_("%(name)s is in the books.", name=customer.name))
        except Invalid as refusal:
            form.add_errors(refusal)
    return page("customers/new.html", fragment="customer_form", status=422, form=form)


@bp.get("/<int:customer_id>")
@needs("customers.read")
def show_customer(customer_id: int) -> Response:
    """One customer: details (with `?edit` as a form), money, and what higher features know about them."""
    customer = found(queries.find_customer(session(), customer_id))
    form = CustomerForm.of(customer) if "edit" in request.args and may("customers.write") else None
    fragment = "customer_money" if "entries" in request.args else "customer_details"
    return show(session(), customer, fragment, 200, form=form)


@bp.post("/<int:customer_id>")
@needs("customers.write")
@writes
def update_customer_from_form(session: Session, customer_id: int) -> Response:
    """Change the details; a save that comes too late shows what is there now beside what was typed."""
    customer = found(queries.find_customer(session, customer_id))
    form = CustomerForm()
    if not form.validate():
        return show(session, customer, "customer_details", 422, form=form)
    try:
        update_customer(session, customer_id=customer.id, details=form.details, version=form.version.data or 0, by=current_actor())
    except Invalid as refusal:
        form.add_errors(refusal)
        return show(session, customer, "customer_details", refusal.status, form=form)
    except Stale as refusal:
        differences = form.differences(customer)
        form.version.typed = str(customer.version)
        return show(session, customer, "customer_details", refusal.status, form=form, differences=differences)
    return done(to=address_of(customer), message=_("Saved."))


@bp.post("/<int:customer_id>/addresses/<int:address_id>/removal")
@needs("customers.write")
@writes
def create_address_removal(session: Session, customer_id: int, address_id: int) -> Response:
    """Forget an address that their orders went to."""
    customer = found(queries.find_customer(session, customer_id))
    forget_address(session, customer_id=customer.id, address_id=address_id, by=current_actor())
    shown = {"customer": customer, "addresses": queries.find_addresses(session, customer, most=PAGE_OF_ADDRESSES)}
    return done(to=address_of(customer), partial="customers/_addresses.html", message=_("The address is forgotten."), **shown)
