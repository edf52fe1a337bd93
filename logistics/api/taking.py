"""Taking an order from a program: by the same capability as the desk, with what goes wrong said in the program's own terms."""

import re
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from logistics.api.admitting import Caller
from logistics.api.models import Scope
from logistics.api.reading import pointing
from logistics.api.schemas.orders import LineBody, OrderBody
from logistics.core.actors import Forbidden
from logistics.core.addresses import Address
from logistics.core.config import settings
from logistics.core.contacts import check_email, check_phone
from logistics.core.language import _, spoken
from logistics.core.refusals import FieldError, Invalid
from logistics.customers.matching import find_by_reference, find_match
from logistics.customers.models import Customer
from logistics.customers.rules import CustomerDetails
from logistics.inventory.reserving import OutOfStock
from logistics.orders.models import Order, OrderLine
from logistics.orders.placing import AlreadyPlaced, place, place_for_somebody_new
from logistics.orders.pricing import NO_DISCOUNT, Discount
from logistics.orders.validating import LineRequest, OrderRequest
from logistics.payments.by_card import is_offered

PAYABLE = ("balance", "transfer", "card", "cod", "terms")
# Digits as on a card, however they are parted.
_CARD_NUMBER = re.compile(r"[0-9](?:[ -]?[0-9]){11,18}")
_ADDRESS = ("line1", "line2", "district", "city", "region", "postcode", "country")


class MissingScope(Forbidden):
    """The key is not good for this."""

    code = "missing_scope"


def take_order(session: Session, body: OrderBody, *, caller: Caller) -> tuple[Order, bool]:
    """Place what a program asks for in its channel: the order, and whether it is new.

    An `external_id` that the channel has sent before is the order it became then: nothing is written, whatever was changed since.
    Raises AlreadyPlaced, with the number, where something else was asked for then; MissingScope; and all that place raises, its
    errors pointing into the body.
    """
    _check(body, caller)
    request = _request(body, caller)
    if earlier := _find_earlier(session, caller, body.external_id):
        return _same(earlier, request), False
    customer, details = _whom(session, body)
    with pointing(lambda error: _place_of(error, body)):
        return _place(session, _for(request, customer), details, caller), True


def refuse_unsupported(**given: object) -> None:
    """Raise Invalid for fields that are spoken for and do nothing yet: left unsaid, they would be lost in silence."""
    message = _("This is not supported yet. Leave it out.")
    if errors := [FieldError(f"/{name.replace('__', '/')}", "unsupported_field", message) for name, value in given.items() if value is not None]:
        raise Invalid(message, errors=errors)


def _check(body: OrderBody, caller: Caller) -> None:
    if body.payment and body.payment.method not in PAYABLE:
        message = _("Orders are paid by %(methods)s for now.", methods=", ".join(PAYABLE))
        raise Invalid(message, errors=[FieldError("/payment/method", "unsupported_method", message, {"supported": list(PAYABLE)})])
    if body.payment:
        by_card = body.payment.method == "card"
        refuse_unsupported(payment__reference=body.payment.reference, payment__card_token=None if by_card else body.payment.card_token)
        check_card(body.payment.card_token or "", by_card=by_card, at="/payment")
    if body.ship_to.phone and (problem := check_phone(body.customer.phone or "", body.ship_to.country)):
        raise Invalid(problem.message, errors=[replace(problem, pointer="/customer/phone")])
    if body.payment and body.payment.method in ("balance", "terms") and not body.customer.reference:
        message = _("Name the customer by reference to pay from their account.")
        raise Invalid(message, errors=[FieldError("/customer/reference", "required", message)])
    if Scope.PRICES not in caller.scopes:
        _refuse_prices(body)


def check_card(token: str, *, by_card: bool, at: str = "") -> None:
    """Raise Invalid where cards are not offered, or the number of one stands where a token belongs; the errors point below `at`."""
    if by_card and not is_offered():
        message = _("Cards are not offered: no provider of card payments is set up.")
        raise Invalid(message, errors=[FieldError(f"{at}/method", "unsupported_method", message)])
    if _CARD_NUMBER.fullmatch(token):
        message = _("This looks like the number of a card. Never send one here: send the token that the provider gave you for it.")
        raise Invalid(message, errors=[FieldError(f"{at}/card_token", "card_number", message)])


def _refuse_prices(body: OrderBody) -> None:
    named = [f"/lines/{at}/unit_price" for at, line in enumerate(body.lines) if line.unit_price is not None]
    named += ["/discount"] if body.discount not in (None, NO_DISCOUNT) else []
    message = _("This key may not name prices: it lacks the scope “prices”. Leave it out, and the product's own price holds.")
    if named:
        raise MissingScope(message, errors=[FieldError(pointer, MissingScope.code, message) for pointer in named])


def _request(body: OrderBody, caller: Caller) -> OrderRequest:
    """What is asked for, as the capability takes it; who for is found later."""
    to, whom, discount = body.ship_to, body.customer, body.discount or NO_DISCOUNT
    return OrderRequest(
        channel=caller.channel,
        customer_id=0,
        name=to.name,
        address=Address(**{name: getattr(to, name) or "" for name in _ADDRESS}),
        currency=body.currency or settings().currency,
        lines=[_line(line, discount.points) for line in body.lines],
        phone=to.phone or whom.phone or "",
        email=whom.email or "",
        shipping=body.shipping or 0,
        discount=Discount(discount.amount),
        agreed_total=body.total,
        note=body.note or "",
        external_id=body.external_id,
        pay_from_balance=body.payment is not None and body.payment.method == "balance",
        pay_on_terms=body.payment is not None and body.payment.method == "terms",
        pay_on_delivery=body.payment is not None and body.payment.method == "cod",
        any_price=Scope.PRICES in caller.scopes,
        priority=body.priority or 0,
    )


def _line(line: LineBody, discount_bp: int) -> LineRequest:
    return LineRequest(line.sku, line.quantity, line.unit_price, discount_bp, line.note or "")


def _find_earlier(session: Session, caller: Caller, external_id: str | None) -> Order | None:
    """What the channel's order became when it was sent before."""
    if external_id is None:
        return None
    with_goods = (joinedload(Order.customer), joinedload(Order.channel), selectinload(Order.lines).joinedload(OrderLine.product))
    return session.scalar(select(Order).where(Order.channel_id == caller.channel_id, Order.external_id == external_id).options(*with_goods))


def _same(earlier: Order, request: OrderRequest) -> Order:
    """The order of before, where this asks for the same goods, money and place. Raises AlreadyPlaced where it does not."""
    total = earlier.total if request.agreed_total is None else request.agreed_total
    asked = (request.currency, request.shipping, request.discount.amount, total, request.name, request.address)
    known = (earlier.currency, earlier.shipping, earlier.discount, earlier.total, earlier.name, earlier.address)
    pairs = list(zip(request.lines, earlier.lines, strict=False))
    same_goods = len(request.lines) == len(earlier.lines) and all(_is_line(line, placed) for line, placed in pairs)
    if asked != known or not same_goods:
        message = _("This order was placed before, as %(number)s, and with other content.", number=earlier.number)
        raise AlreadyPlaced(message, errors=[FieldError("/external_id", AlreadyPlaced.code, message, {"number": earlier.number})])
    return earlier


def _is_line(line: LineRequest, placed: OrderLine) -> bool:
    # A price that was not named is the product's own of that day.
    price = placed.unit_price if line.unit_price is None else line.unit_price
    asked = (line.sku.lower(), line.quantity, price, line.discount_bp)
    return asked == (placed.product.sku.lower(), placed.ordered, placed.unit_price, placed.discount_bp)


def _whom(session: Session, body: OrderBody) -> tuple[Customer | None, CustomerDetails]:
    """Who is meant, if anybody is, and what is said about them."""
    whom, to = body.customer, body.ship_to
    details = CustomerDetails(
        name=whom.name,
        reference=whom.reference or "",
        email=whom.email or "",
        phone=whom.phone or "",
        language=_language_of(to.country),
        address=Address(**{name: getattr(to, name) or "" for name in _ADDRESS}),
    )
    return find_match(session, details), details


def _for(request: OrderRequest, customer: Customer | None) -> OrderRequest:
    """The same for this customer: in which language and where they are written to is known, if the program does not say it."""
    if customer is None:
        return replace(request, language=_language_of(request.address.country))
    # Where to write to is kept from the program; a phone would be told to it with the order's address.
    email = request.email or ("" if check_email(customer.email) else customer.email)
    return replace(request, customer_id=customer.id, language=customer.language, email=email)


def _place(session: Session, request: OrderRequest, details: CustomerDetails, caller: Caller) -> Order:
    if request.customer_id:
        return place(session, request, by=caller.actor)
    try:
        return place_for_somebody_new(session, request, details=details, by=caller.actor)
    except Invalid as refusal:
        # Another order may have brought the same new customer at this moment.
        rival = find_by_reference(session, details.reference) if _is_taken(refusal) else None
        if rival is None:
            raise
        return place(session, _for(request, rival), by=caller.actor)


def _is_taken(refusal: Invalid) -> bool:
    return any(error.code == "duplicate_reference" for error in refusal.errors)


def _language_of(country: str) -> str:
    """In which language somebody new is written to: nobody says, so it is that of where they live."""
    return spoken("zh" if country == "CN" else "en")


def _place_of(error: FieldError, body: OrderBody) -> str:
    """Where in the body an error is: capabilities point at the fields of the desk's form, and a shortage at a product."""
    if error.pointer.startswith("/"):
        return error.pointer
    if error.code == OutOfStock.code:
        skus = [line.sku.lower() for line in body.lines]
        return f"/lines/{skus.index(str(error.facts['sku']).lower())}/quantity"
    if at_line := re.fullmatch(r"lines-([0-9]+)-(\w+)", error.pointer):
        return f"/lines/{at_line[1]}/{at_line[2]}"
    return _place_of_field(error.pointer, body)


def _place_of_field(field: str, body: OrderBody) -> str:
    if field in ("email", "reference"):
        return f"/customer/{field}"
    if field == "phone":
        return "/ship_to/phone" if body.ship_to.phone else "/customer/phone"
    return f"/ship_to/{field}" if field in ("name", *_ADDRESS) else f"/{field}"
