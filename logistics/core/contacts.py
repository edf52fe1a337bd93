"""Phone numbers and e-mail addresses, checked without asking the network.

The one module that knows phonenumberslite and email-validator. What was typed is stored and printed; normal forms are for comparing only.
"""

import re

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from logistics.core.countries import country_name
from logistics.core.language import _
from logistics.core.refusals import FieldError


def check_phone(text: str, country: str) -> FieldError | None:
    """What is wrong with a phone number that is dialled from `country` (an ISO code, or empty: then only +… is understood).

    An empty text is no number and not an error.
    """
    if not text.strip() or _read_phone(text, country):
        return None
    if country in phonenumbers.SUPPORTED_REGIONS:
        message = _("This is no phone number of %(country)s. For another country begin with + and its code.", country=country_name(country))
    else:
        message = _("Write the phone number with + and its country code, like +44 20 7946 0000.")
    return FieldError("phone", "bad_phone", message)


def dialled(text: str, country: str) -> str:
    """The number as it is dialled from anywhere, like +442079460000; empty where check_phone finds fault. For comparing and searching."""
    number = _read_phone(text, country) if text.strip() else None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) if number else ""


def check_email(text: str) -> FieldError | None:
    """What is wrong with an e-mail address; an empty text is none and not an error."""
    if not text:
        return None
    try:
        validate_email(text, check_deliverability=False)
    except EmailNotValidError:
        return FieldError("email", "bad_email", _("This is not an e-mail address. It looks like name@example.com."))
    return None


def _read_phone(text: str, country: str) -> phonenumbers.PhoneNumber | None:
    # The library reads letters as a telephone's keys, which hides typing errors.
    if len(text) > 40 or not re.fullmatch(r"[0-9+()./\s-]+((ext\.?|x|#)\s*[0-9]{1,7})?", text.strip(), re.IGNORECASE | re.ASCII):
        return None
    try:
        number = phonenumbers.parse(text, country or None)
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_valid_number(number) else None
