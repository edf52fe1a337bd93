"""The form by which a clerk takes an order."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import TextInput

from logistics.core.addresses import Address, countries
from logistics.core.forms import EmailField, Form, LineField, MoneyField, NoteField, ReadField, VersionField, choice_field
from logistics.core.language import LOCALES, _, current_locale, lazy
from logistics.core.money import currencies
from logistics.core.refusals import FieldError, Invalid, Refusal
from logistics.customers.models import Customer, CustomerAddress
from logistics.inventory.reserving import OutOfStock
from logistics.orders.forms.lines import LineInput, read_lines
from logistics.orders.models import Order
from logistics.orders.pasting import MOST as LONGEST_MESSAGE
from logistics.orders.repeating import RepeatedLine
from logistics.orders.validating import OrderRequest
from logistics.payments.by_card import is_offered

BLANK_LINES = 3
MARK = re.compile(r"mark-((?:lines-[0-9]{1,6}-)?[a-z0-9_]{1,20})")
LONGEST_MARK = 300
# Without any of these, and without a line, a form is an empty one.
TEXTS = ("customer", "name", "phone", "email", "line1", "line2", "district", "city", "region", "postcode", "note", "shipping", "message")
ADDRESS = ("line1", "line2", "district", "city", "region", "postcode", "country")
URGENT = 5
WHEN_SHORT = [("refuse", lazy("Do not take the order")), ("wait", lazy("Take it, and let it wait for stock"))]
SHIPPING_POLICIES = [("complete", lazy("All together, once everything is there")), ("available", lazy("What is there now, the rest later"))]
PRIORITIES = [("0", lazy("Normal")), (str(URGENT), lazy("Urgent"))]


@dataclass(frozen=True)
class Desk:
    """What holds at the desk unless the form says otherwise: the house's currency and the rules of the desk's channel."""

    currency: str
    may_wait: bool = False
    ship_complete: bool = True


class OrderForm(Form):
    """An order as a clerk takes it. Its lines are read by hand: they come and go while one types."""

    message = NoteField(lazy("Message"), longest=LONGEST_MESSAGE)
    customer = LineField(lazy("Customer"), longest=120)
    # Drawn by the box that finds customers, so not among the hidden fields.
    customer_id = VersionField(widget=TextInput())
    # The draft that this is, drawn where it is saved.
    draft = LineField(longest=20)
    draft_version = VersionField(widget=TextInput())
    address_id = VersionField(widget=TextInput())
    name = LineField(lazy("Name"))
    phone = LineField(lazy("Phone"), longest=40)
    email = EmailField(lazy("E-mail"))
    line1 = LineField(lazy("Street and number"))
    line2 = LineField(lazy("Address line 2"))
    district = LineField(lazy("District"), longest=100)
    city = LineField(lazy("City"), longest=100)
    region = LineField(lazy("Region, state or province"), longest=100)
    postcode = LineField(lazy("Postcode"), longest=20)
    country = choice_field(lazy("Country"), [])
    language = choice_field(lazy("Language of the messages"), list(LOCALES.items()))
    currency = choice_field(lazy("Currency"), [])
    shipping = MoneyField(lazy("Shipping"))
    note = NoteField(lazy("Note for the warehouse and the desk"))
    when_short = choice_field(lazy("If stock is short"), WHEN_SHORT)
    shipping_policy = choice_field(lazy("How it is sent"), SHIPPING_POLICIES)
    priority = choice_field(lazy("Priority"), PRIORITIES, default="0")
    pay = RadioField(
        lazy("Payment"),
        default="later",
        choices=[SelectChoice(value="later", label=lazy("Later, by transfer")), SelectChoice(value="balance", label=lazy("Now, from the balance"))],
    )

    def __init__(self, *arguments: Any, desk: Desk, **options: Any) -> None:
        self.desk = desk
        self.lines: list[LineInput] = []
        self.sent: Any = None
        # What to look at before it is placed, by the name of the box. It goes when the box is edited.
        self.marks: dict[str, str] = {}
        super().__init__(*arguments, **options)
        if not self.lines:
            self.add_lines(BLANK_LINES)

    def process(self, formdata: Any = None, *arguments: Any, **options: Any) -> None:
        """Read the input; amounts need the currency for that."""
        self.country.choices = _choices([("", _("Choose a country")), *countries(current_locale())])
        self.country.default = ""
        self.currency.choices = _choices((code, code) for code in (self.desk.currency, *sorted(currencies() - {self.desk.currency})))
        self.currency.default = self.desk.currency
        self.when_short.default = "wait" if self.desk.may_wait else "refuse"
        self.shipping_policy.default = "complete" if self.desk.ship_complete else "available"
        self.language.default = current_locale()
        formdata = self.meta.wrap_formdata(self, formdata)
        if formdata is not None:
            self.shipping.currency = _known(formdata.get("currency"), self.desk.currency)
            self.lines = read_lines(formdata)
            self.sent = formdata
            self.marks = {named[1]: formdata[name][:LONGEST_MARK] for name in formdata if (named := MARK.fullmatch(name))}
        else:
            self.shipping.currency = self.desk.currency
        if is_offered():
            self.pay.choices = [*self.pay.choices, SelectChoice(value="card", label=_("By card, on a page the customer gets a link to"))]
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

    @property
    def begun_lines(self) -> list[LineInput]:
        """The lines somebody has begun, in the order of the form."""
        return [line for line in self.lines if not line.is_blank]

    @property
    def readable_lines(self) -> list[LineInput]:
        """The begun lines that can be asked for: what the capability counts."""
        return [line for line in self.begun_lines if line.read(self.chosen_currency)[0]]

    def add_lines(self, count: int) -> None:
        """Put blank lines at the end."""
        first = max((line.number for line in self.lines), default=-1) + 1
        self.lines += [LineInput(number) for number in range(first, first + count)]

    def validate(self, *arguments: Any, **options: Any) -> bool:
        """Whether all of it can be read. What is wrong stands beside its field. A message that was read from is none of the order's."""
        self.message.process_errors = []
        good = bool(super().validate(*arguments, **options))
        for line in self.begun_lines:
            for part, message in line.read(self.chosen_currency)[1].items():
                line.add_error(part, message)
        return good and not any(line.errors for line in self.lines)

    def fill(self, customer: Customer) -> None:
        """Put a customer's name and address into the fields, over whatever was typed there."""
        for name in ("name", "phone", "email", "language", *ADDRESS):
            self.put(name, getattr(customer, name))
        self.put("customer", customer.name)
        self.put("customer_id", customer.id)

    def repeat(self, order: Order, lines: Sequence[RepeatedLine]) -> None:
        """Put an earlier order into the fields, with its lines as they would be today."""
        for name in ("name", "phone", "email", "language", *ADDRESS, "currency", "shipping", "note"):
            self.put(name, getattr(order, name))
        self.shipping.currency = order.currency
        self.put("customer", order.customer.name)
        self.put("customer_id", order.customer_id)
        self.shipping_policy.data = "complete" if order.ship_complete else "available"
        self.lines = [LineInput.of(number, line, order.currency) for number, line in enumerate(lines)]
        self.marks = {f"lines-{number}-{part}": text for number, line in enumerate(lines) for part, text in line.marks.items()}
        self.add_lines(1)

    def put(self, name: str, value: Any) -> None:
        """Put a value into a field, over whatever was typed there."""
        box = self[name]
        box.data = value
        if isinstance(box, ReadField):
            box.typed = None

    def send_to(self, remembered: CustomerAddress) -> None:
        """Put a remembered address into the fields, over whatever was typed there."""
        for name in ("name", "phone", *ADDRESS):
            self.put(name, getattr(remembered, name))
        self.put("address_id", remembered.id)

    @property
    def address(self) -> Address:
        """Where the parcel goes."""
        return Address(**{name: self[name].data or "" for name in ADDRESS})

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
            language=self.language.data,
            note=self.note.data or "",
            pay_from_balance=self.pay.data == "balance",
            priority=int(self.priority.data),
            may_wait=self.may_wait,
            ship_complete=self.shipping_policy.data == "complete",
        )

    def as_refusal(self) -> Invalid:
        """What is wrong with it, for programs. The form must have been validated."""
        fields = [FieldError(name, "invalid", str(text)) for name, texts in self.errors.items() if name for text in texts]
        lines = [
            FieldError(f"lines-{line.number}-{part}", "invalid", text) for line in self.lines for part, texts in line.errors.items() for text in texts
        ]
        return Invalid(_("The order cannot be placed yet. Mend the marked fields."), errors=fields + lines)

    def add_problems(self, problems: Sequence[FieldError]) -> None:
        """Put what is wrong as well beside its field, where nothing is said of that field yet."""
        news = [problem for problem in problems if problem.pointer in self._fields and not self[problem.pointer].errors]
        lines = [problem for problem in problems if problem.pointer.startswith("lines-")]
        if news or lines:
            self.add_errors(Refusal("", errors=[*news, *lines]))

    def add_errors(self, refusal: Refusal) -> None:
        """Put a refusal beside the lines and fields it is about."""
        others = [error for error in refusal.errors if not self._add_to_line(error, is_shortage=isinstance(refusal, OutOfStock))]
        if others or not refusal.errors:
            super().add_errors(Refusal(refusal.message, errors=others))

    def _add_to_line(self, error: FieldError, *, is_shortage: bool) -> bool:
        if is_shortage:
            short = [line for line in self.begun_lines if line.wanted.lower() == str(error.facts["sku"]).lower()]
            message = _("%(requested)s wanted, %(available)s available.", **error.facts)
            for line in short:
                line.add_error("stock", message)
            return bool(short)
        named = re.fullmatch(r"lines-([0-9]+)-(\w+)", error.pointer)
        if not named:
            return False
        # The capability counts the lines it was given.
        self.readable_lines[int(named[1])].add_error(named[2], error.message)
        return True


def wants_more() -> str:
    """What a browser without JavaScript asks for instead of placing: more lines and the sums, or the address chosen; else nothing."""
    return request.form.get("more", "")


def _known(currency: str | None, otherwise: str) -> str:
    return currency if currency in currencies() else otherwise


def _choices(pairs: Iterable[tuple[str, Any]]) -> list[SelectChoice]:
    return [SelectChoice(value=value, label=label) for value, label in pairs]
