"""The order form as a draft keeps it, and back."""

from werkzeug.datastructures import MultiDict

from logistics.customers.models import Customer
from logistics.orders.drafting import DraftContent
from logistics.orders.forms.lines import LINE
from logistics.orders.forms.order import MARK, Desk, OrderForm
from logistics.orders.models import OrderDraft
from logistics.orders.quoting import Quote

# They belong to one window's form and not to the order.
NOT_KEPT = {"csrf_token", "form_key", "draft", "draft_version"}
LONGEST_KEPT = 4000


def content_of(form: OrderForm, quote: Quote, customer: Customer | None) -> DraftContent:
    """What a draft keeps of the form as it was sent; `quote` is of the lines somebody has begun."""
    name = form.name.data or form.customer.data or (customer.name if customer else "")
    return DraftContent(
        fields=typed_fields(form),
        currency=form.chosen_currency,
        customer_id=customer.id if customer else None,
        name=name,
        lines=len(form.begun_lines),
        units=quote.units,
        total=quote.total if quote.is_priced else None,
        words=[form.email.data or "", form.city.data or "", customer.name if customer else "", *_goods(form, quote)],
        phone=form.phone.data or "",
    )


def typed_fields(form: OrderForm) -> dict[str, str]:
    """Every field of the form as it was typed, mistakes included, but for characters that no database keeps."""
    sent = form.sent if form.sent is not None else MultiDict()
    kept = [name for name in sent if (name in form._fields and name not in NOT_KEPT) or LINE.fullmatch(name) or MARK.fullmatch(name)]
    return {name: sent[name][:LONGEST_KEPT].replace("\0", "\ufffd") for name in kept}


def form_of(draft: OrderDraft, desk: Desk) -> OrderForm:
    """The form as it was typed, nothing of it judged."""
    return OrderForm(formdata=MultiDict({**draft.fields, "draft": draft.number, "draft_version": str(draft.version)}), desk=desk)


def _goods(form: OrderForm, quote: Quote) -> list[str]:
    found = [text for line in quote.lines if line.product for text in (line.product.sku, line.product.name)]
    return found + [line.product for line in form.begun_lines]
