"""The kinds of values that programs send, read by the same parsers as what people type."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationInfo, WithJsonSchema

from logistics.core import parsing
from logistics.core.contacts import check_email
from logistics.core.countries import parse_country
from logistics.core.language import _
from logistics.core.money import parse_currency, parse_money
from logistics.core.paging import LONGEST_CURSOR
from logistics.core.refusals import BadValue
from logistics.core.search import LONGEST_QUESTION
from logistics.fulfilment.rules import LONGEST_NUMBER, read_tracking_number
from logistics.orders.pricing import Discount, parse_discount

MOST_AT_ONCE = 200


class Body(BaseModel):
    """What a program sends: every field is known, and of exactly its type."""

    model_config = ConfigDict(extra="forbid", strict=True)


def example(**value: Any) -> ConfigDict:
    """What a body of this kind looks like, for the documentation."""
    return ConfigDict(json_schema_extra={"examples": [value]})


class Query(BaseModel):
    """What stands behind the question mark of an address: texts, each read by its kind."""

    model_config = ConfigDict(extra="forbid", populate_by_name=False)


class Answer(BaseModel):
    """What a program gets."""

    model_config = ConfigDict(extra="forbid")


def _needed(read: Callable[[str], str]) -> Callable[[str], str]:
    def reader(text: str) -> str:
        value = read(text)
        if not value:
            raise BadValue("required", _("This is needed."))
        return value

    return reader


def _line(longest: int) -> Callable[[str], str]:
    return lambda text: parsing.clean_line(text, longest=longest)


def _note(text: str) -> str:
    return parsing.clean_note(text, longest=2000)


def _identifier(text: str) -> str:
    """Somebody else's code: kept exactly as it is, so it must be plain."""
    if parsing.clean_line(text, longest=100) != text:
        raise BadValue("bad_code", _("Send it without spaces at its ends and without invisible characters."))
    return text


def _email(text: str) -> str:
    address = parsing.clean_line(text, longest=254)
    if error := check_email(address):
        raise BadValue(error.code, error.message)
    return address


def _quantity(value: Any) -> int:
    # True is an int to Python, and 1.0 is none to us.
    if type(value) is not int:
        raise BadValue("bad_quantity", _("Quantity must be a whole number, %(lowest)s to 999,999, like 12.", lowest=1))
    return parsing.parse_quantity(str(value))


def _amount(value: Any, info: ValidationInfo) -> int:
    if not isinstance(value, str):
        raise BadValue("bad_amount", _("Send the amount as a text in quotes, with the currency's decimals, like “18.00”."))
    return parse_money(value, (info.context or {})["currency"])


def _discount(value: Any, info: ValidationInfo) -> Discount:
    if not isinstance(value, str):
        message = _(
            "Send the discount as a text in quotes: an amount like “%(amount)s” or percent like “%(percent)s”.", amount="5.00", percent="12.5%"
        )
        raise BadValue("bad_discount", message)
    return parse_discount(value, (info.context or {})["currency"])


def _limit(value: Any) -> int:
    text = str(value)
    if not (text.isascii() and text.isdigit() and len(text) <= 3 and 1 <= int(text) <= MOST_AT_ONCE):
        raise BadValue("bad_limit", _("The limit is 1 to %(most)s.", most=MOST_AT_ONCE))
    return int(text)


def _day(value: Any) -> date:
    return parsing.parse_day(str(value), first=parsing.FIRST_YEAR_OF_HISTORY)


def _instant(value: Any) -> datetime:
    if not isinstance(value, str):
        raise BadValue("bad_time", _("Send the time as a text in quotes, like “2026-11-22T09:30:00+01:00”."))
    return parsing.parse_instant(value)


def _text(**more: Any) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", **more})


Code = Annotated[str, AfterValidator(parsing.parse_code), _text(maxLength=64, examples=["LAMP-OAK"])]
Identifier = Annotated[str, AfterValidator(_needed(_identifier)), _text(maxLength=100, examples=["WEB-1001"])]
Name = Annotated[str, AfterValidator(_needed(_line(200))), _text(maxLength=200, examples=["Mina Park"])]
Line = Annotated[str, AfterValidator(_line(200)), _text(maxLength=200)]
Short = Annotated[str, AfterValidator(_line(100)), _text(maxLength=100)]
TrackingNumber = Annotated[str, AfterValidator(read_tracking_number), _text(maxLength=LONGEST_NUMBER, examples=["JD014600006281230701"])]
Phone = Annotated[str, AfterValidator(_line(40)), _text(maxLength=40, examples=["+44 113 496 0001"])]
TaxNumber = Annotated[str, AfterValidator(_line(60)), _text(maxLength=60, examples=["GB 000 0000 00"])]
Postcode = Annotated[str, AfterValidator(_line(20)), _text(maxLength=20)]
Country = Annotated[str, AfterValidator(parse_country), _text(pattern="^[A-Z]{2}$", examples=["GB"])]
Email = Annotated[str, AfterValidator(_email), _text(format="email", maxLength=254)]
LineNote = Annotated[str, AfterValidator(_line(500)), _text(maxLength=500)]
Note = Annotated[str, AfterValidator(_note), _text(maxLength=2000)]
Currency = Annotated[str, AfterValidator(parse_currency), _text(pattern="^[A-Z]{3}$", examples=["USD"])]
Question = Annotated[str, AfterValidator(_line(LONGEST_QUESTION)), _text(maxLength=LONGEST_QUESTION)]
Cursor = Annotated[str, _text(maxLength=LONGEST_CURSOR, description="Where the page begins: `next` of the page before.")]
Quantity = Annotated[int, BeforeValidator(_quantity), WithJsonSchema({"type": "integer", "minimum": 1, "maximum": 999_999})]
Amount = Annotated[int, BeforeValidator(_amount), _text(pattern=r"^[0-9]{1,15}(\.[0-9]+)?$", examples=["18.00"])]
# For an amount whose currency only the database knows.
AmountText = Annotated[str, _text(pattern=r"^[0-9]{1,15}(\.[0-9]+)?$", examples=["18.00"])]
DiscountText = Annotated[
    Discount, BeforeValidator(_discount), _text(pattern=r"^([0-9]{1,15}(\.[0-9]+)?|[0-9]{1,3}(\.[0-9]{1,2})?%)$", examples=["5.00", "12.5%"])
]
Limit = Annotated[int, BeforeValidator(_limit), WithJsonSchema({"type": "integer", "minimum": 1, "maximum": MOST_AT_ONCE})]
Day = Annotated[date, BeforeValidator(_day), _text(format="date", description="In the shop's time zone, included.")]
Instant = Annotated[datetime, BeforeValidator(_instant), _text(format="date-time", description="RFC 3339, with its offset.")]
Money = Annotated[str, _text(pattern=r"^-?[0-9]+(\.[0-9]+)?$", examples=["18.00"])]
