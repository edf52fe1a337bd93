"""The form by which a clerk takes an order."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import request
from wtforms import RadioField
from wtforms.widgets import TextInput

from logistics.core.forms import LineField, MoneyField, NoteField, VersionField, choice_field
from logistics.core.language import _, lazy
from logistics.core.money import currencies
from logistics.orders.forms.lined import LinedForm
from logistics.orders.forms.lines import LineInput, read_lines
from logistics.orders.forms.money import DiscountField
from logistics.orders.forms.recipient import ADDRESS, RecipientForm, choices
from logistics.orders.models import Order
from logistics.orders.pasting import MOST as LONGEST_MESSAGE
from logistics.orders.pricing import NO_DISCOUNT, Discount
from logistics.orders.repeating import RepeatedLine
from logistics.orders.validating import OrderRequest
from logistics.payments.by_card import is_offered

BLANK_LINES = 3
MARK = re.compile(r"mark-((?:lines-[0-9]{1,6}-)?[a-z0-9_]{1,20})")
LONGEST_MARK = 300
# Without any of these, and without a line, a form is an empty one.
TEXTS = ("customer", "name", "phone", "email", "line1", "line2", "district", "city", "region", "postcode", "note", "shipping", "discount", "message")
URGENT = 5
WHEN_SHORT = [("refuse", lazy("Do not take the order")), ("wait", lazy("Take it, and let it wait for stock"))]
SHIPPING_POLICIES = [("complete", lazy("All together, once everything is there")), ("available", lazy("What is there now, the rest later"))]
WAYS_TO_PAY = [
    ("later", lazy("Later, by transfer")),
    ("balance", lazy("Now, from the balance")),
    ("card", lazy("By card, on a page the customer gets a link to")),
    ("cod", lazy("On delivery")),
    ("terms", lazy("On terms, after it was sent")),
]
PRIORITIES = [("0", lazy("Normal")), (str(URGENT), lazy("Urgent"))]


@dataclass(frozen=True)
class Desk:
    """What holds at the desk unless the form says otherwise: the house's currency and the rules of the desk's channel.

    `on_terms`: whoever sits there may let orders leave before they are paid.
    """

    currency: str
    may_wait: bool = False
    ship_complete: bool = True
    tax_included: bool = True
    on_terms: bool = False


class OrderForm(RecipientForm, LinedForm):
    """An order as a clerk takes it. Its lines are read by hand: they come and go while one types."""

    message = NoteField(lazy("Message"), longest=LONGEST_MESSAGE)
    # The draft that this is, drawn where it is saved.
    draft = LineField(longest=20)
    draft_version = VersionField(widget=TextInput())
    currency = choice_field(lazy("Currency"), [])
    shipping = MoneyField(lazy("Shipping"))
    discount = DiscountField(lazy("Discount on all goods"))
    note = NoteField(lazy("Note for the warehouse and the desk"))
    when_short = choice_field(lazy("If stock is short"), WHEN_SHORT)
    shipping_policy = choice_field(lazy("How it is sent"), SHIPPING_POLICIES)
    priority = choice_field(lazy("Priority"), PRIORITIES, default="0")
    pay = RadioField(
        lazy("Payment"),
        default="later",
        choices=[],
    )

    def __init__(self, *arguments: Any, desk: Desk, **options: Any) -> None:
        self.desk = desk
        self.sent: Any = None
        # What to look at before it is placed, by the name of the box. It goes when the box is edited.
        self.marks: dict[str, str] = {}
        super().__init__(*arguments, **options)
        if not self.lines:
            self.add_lines(BLANK_LINES)

    def process(self, formdata: Any = None, *arguments: Any, **options: Any) -> None:
        """Read the input; amounts need the currency for that."""
        possible = {"terms": self.desk.on_terms, "card": is_offered()}
        self.pay.choices = choices(way for way in WAYS_TO_PAY if possible.get(way[0], True))
        self.currency.choices = choices((code, code) for code in (self.desk.currency, *sorted(currencies() - {self.desk.currency})))
        self.currency.default = self.desk.currency
        self.when_short.default = "wait" if self.desk.may_wait else "refuse"
        self.shipping_policy.default = "complete" if self.desk.ship_complete else "available"
        formdata = self.meta.wrap_formdata(self, formdata)
        if formdata is not None:
            self.shipping.currency = self.discount.currency = _known(formdata.get("currency"), self.desk.currency)
            self.lines = read_lines(formdata)
            self.sent = formdata
            self.marks = {named[1]: formdata[name][:LONGEST_MARK] for name in formdata if (named := MARK.fullmatch(name))}
        else:
            self.shipping.currency = self.discount.currency = self.desk.currency
        super().process(formdata, *arguments, **options)

    @property
    def chosen_currency(self) -> str:
        """The currency of the order; the house's where something else was sent."""
        return _known(self.currency.data, self.desk.currency)

    @property
    def may_wait(self) -> bool:
        """Whether an order that is short of stock is taken all the same."""
        return bool(self.when_short.data == "wait")

    @property
    def has_options(self) -> bool:
        """Whether anything is not as it usually is at the desk."""
        return any(box.errors or box.data != box.default for box in (self.when_short, self.shipping_policy, self.priority))

    @property
    def is_begun(self) -> bool:
        """Whether anybody has typed anything."""
        return bool(self.begun_lines or self.customer_id.data or any((self[name].raw_data or [""])[0].strip() for name in TEXTS))

    def validate(self, *arguments: Any, **options: Any) -> bool:
        """Whether all of it can be read. What is wrong stands beside its field. A message that was read from is none of the order's."""
        self.message.process_errors = []
        return super().validate(*arguments, **options)

    def repeat(self, order: Order, lines: Sequence[RepeatedLine]) -> None:
        """Put an earlier order into the fields, with its lines as they would be today."""
        for name in ("name", "phone", "email", "language", *ADDRESS, "currency", "shipping", "note"):
            self.put(name, getattr(order, name))
        self.shipping.currency = self.discount.currency = order.currency
        self.put("discount", Discount(order.discount))
        self.put("customer", order.customer.name)
        self.put("customer_id", order.customer_id)
        self.shipping_policy.data = "complete" if order.ship_complete else "available"
        self.lines = [LineInput.of(number, line, order.currency) for number, line in enumerate(lines)]
        self.marks = {f"lines-{number}-{part}": text for number, line in enumerate(lines) for part, text in line.marks.items()}
        if order.discount:
            self.marks["discount"] = str(_("This was taken off the earlier order. Empty the box for no discount."))
        self.add_lines(1)

    def asks_for(self, customer_id: int) -> OrderRequest:
        """What was asked for, once the form is valid."""
        return OrderRequest(
            channel="desk",
            customer_id=customer_id,
            name=self.name.data or "",
            address=self.address,
            currency=self.chosen_currency,
            lines=[asked for line in self.begun_lines if (asked := line.read(self.chosen_currency)[0])],
            phone=self.phone.data or "",
            email=self.email.data or "",
            shipping=self.shipping.data or 0,
            discount=self.discount.data or NO_DISCOUNT,
            language=self.language.data,
            note=self.note.data or "",
            pay_from_balance=self.pay.data == "balance",
            pay_on_delivery=self.pay.data == "cod",
            pay_on_terms=self.pay.data == "terms",
            priority=int(self.priority.data),
            may_wait=self.may_wait,
            ship_complete=self.shipping_policy.data == "complete",
        )


def wants_more() -> str:
    """What a browser without JavaScript asks for instead of placing: more lines and the sums, or the address chosen; else nothing."""
    return request.form.get("more", "")


def _known(currency: str | None, otherwise: str) -> str:
    return currency if currency in currencies() else otherwise
