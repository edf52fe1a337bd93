"""Pages about products."""

from flask import Blueprint, Response, render_template, request, url_for
from sqlalchemy.orm import Session

from logistics.catalog import queries
from logistics.catalog.forms import ProductForm
from logistics.catalog.listing import create_product, update_product
from logistics.catalog.models import Product
from logistics.catalog.queries import ProductSearch
from logistics.catalog.wording import TAX_CLASSES
from logistics.core.actors import current_actor, may, needs
from logistics.core.config import settings
from logistics.core.database import session
from logistics.core.keys import writes_once
from logistics.core.language import _
from logistics.core.pages import done, page
from logistics.core.panels import panels
from logistics.core.refusals import Invalid, NotFound, Stale
from logistics.core.search import read_question
from logistics.core.transactions import writes

bp = Blueprint("catalog", __name__, url_prefix="/products")


@bp.get("/")
@needs("products.read")
def list_products() -> Response:
    """All products, searched, filtered and sorted."""
    search = ProductSearch.from_query(request.args)
    return page("catalog/products.html", fragment="products_table", search=search, products=queries.find_products(session(), search))


@bp.get("/options")
@needs("products.read")
def list_options() -> str:
    """What a box that finds products as one types shows below it.

    `?q=` or whatever the box is called. Others add a text to each product with a panel at place "product_options", whose `load`
    gets the ids and gives {"texts": {product id: text}}.
    """
    question = request.args.get("q") or next(iter(request.args.values()), "")
    options = queries.find_options(session(), read_question(question))
    texts: dict[int, str] = {}
    for _template, extra in panels("product_options", [option.id for option in options]):
        texts.update(extra["texts"])
    return render_template("catalog/_options.html", options=options, texts=texts, question=question)


@bp.get("/new")
@needs("products.write")
def new_product() -> Response:
    """Something new."""
    return page("catalog/new.html", form=ProductForm(formdata=None, currency=settings().currency))


@bp.post("/new")
@needs("products.write")
@writes_once
def create_product_from_form(session: Session) -> Response:
    """Put it into the catalogue."""
    form = ProductForm(currency=settings().currency)
    if form.validate():
        try:
            product = create_product(session, facts=form.facts, by=current_actor())
            return done(to=_address(product), message=_("%(name)s is in the catalogue.", name=product.name))
        except Invalid as refusal:
            form.add_errors(refusal)
    return page("catalog/new.html", fragment="product_form", status=422, form=form)


@bp.get("/<path:sku>")
@needs("products.read")
def show_product(sku: str) -> Response:
    """One product: its facts (with `?edit` as a form), and what higher features know about it."""
    product = _found(queries.find_product(session(), sku))
    form = ProductForm.of(product) if "edit" in request.args and may("products.write") else None
    return _facts_page(product, form)


@bp.post("/<path:sku>")
@needs("products.write")
@writes
def update_product_from_form(session: Session, sku: str) -> Response:
    """Change its facts; a save that comes too late shows what is there now beside what was typed."""
    product = _found(queries.find_product(session, sku))
    form = ProductForm(currency=product.currency)
    if not form.validate():
        return _edit_again(product, form, 422)
    try:
        update_product(session, product_id=product.id, facts=form.facts, version=form.version.data or 0, by=current_actor())
    except Invalid as refusal:
        form.add_errors(refusal)
        return _edit_again(product, form, refusal.status)
    except Stale as refusal:
        differences = form.differences(product)
        form.version.typed = str(product.version)
        return _edit_again(product, form, refusal.status, differences)
    return done(to=_address(product), message=_("Saved."))


def _edit_again(product: Product, form: ProductForm, status: int, differences: list[tuple[str, str, str]] | None = None) -> Response:
    return _facts_page(product, form, status, differences)


def _facts_page(product: Product, form: ProductForm | None, status: int = 200, differences: list[tuple[str, str, str]] | None = None) -> Response:
    shown = {"product": product, "tax_class": TAX_CLASSES[product.tax_class], "form": form, "differences": differences or []}
    return page("catalog/product.html", fragment="product_facts", status=status, **shown)


def _address(product: Product) -> str:
    return url_for("catalog.show_product", sku=product.sku)


def _found(product: Product | None) -> Product:
    if product is None:
        raise NotFound(_("There is no such product."))
    return product
