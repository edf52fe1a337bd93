"""A message that was understood, put into the order form: nothing that was typed and that it does not name is lost."""

from logistics.core.language import _, ngettext
from logistics.orders.forms.lines import LineInput
from logistics.orders.forms.order import OrderForm
from logistics.orders.forms.recipient import ADDRESS
from logistics.orders.pasting import Understood
from logistics.orders.pasting.matching import MatchedGoods


def fill_in(form: OrderForm, understood: Understood) -> None:
    """Fill the form, and mark what is not sure."""
    _fill_customer(form, understood)
    named = {piece.kind: piece for piece in understood.fields}
    if not understood.customer and understood.language:
        form.put("language", understood.language)
    if any(part in named for part in ("line1", "postcode")):  # another address, and not parts of two
        for part in ADDRESS:
            form.put(part, "")
            form.marks.pop(part, None)
        form.put("address_id", 0)
    for name, piece in named.items():
        form.put(name, piece.value)
        if not piece.sure:
            form.marks[name] = str(_("Guessed from the message. Please check."))
    _fill_lines(form, understood)


def _fill_customer(form: OrderForm, understood: Understood) -> None:
    customer, several = understood.customer, len(understood.customers)
    if customer:
        form.fill(customer)
        if understood.by_name:
            form.marks["customer"] = str(_("Found by the name alone. Please check."))
    elif several:
        form.marks["customer"] = str(ngettext("%(num)s customer fits. Choose one.", "%(num)s customers fit. Choose one.", several))


def _fill_lines(form: OrderForm, understood: Understood) -> None:
    form.lines = form.begun_lines
    for line in understood.lines:
        form.add_lines(1)
        _fill_line(form, form.lines[-1], line)
    form.add_lines(1)


def _fill_line(form: OrderForm, box: LineInput, line: MatchedGoods) -> None:
    box.product, box.sku = (line.product.name, line.product.sku) if line.product else (line.goods.product, "")
    box.quantity = str(line.goods.quantity)
    pointer = f"lines-{box.number}"
    if not line.sure:
        form.marks[f"{pointer}-sku"] = _why(line)
    if not line.goods.counted:
        form.marks[f"{pointer}-quantity"] = str(_("Is the number right?"))


def _why(line: MatchedGoods) -> str:
    if not line.goods.product:
        return str(_("Which product? The message names none."))
    if line.product:
        return str(_("The only product that fits “%(text)s”. Please check.", text=line.goods.product))
    if line.fit:
        return str(_("Several products fit “%(text)s”. Choose one.", text=line.goods.product))
    return str(_("No product that can be ordered fits “%(text)s”.", text=line.goods.product))
