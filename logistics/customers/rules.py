"""Decisions about customers on plain values."""

import hashlib
import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from logistics.core.actors import Forbidden
from logistics.core.addresses import Address, check_address
from logistics.core.contacts import check_email, check_phone
from logistics.core.language import _
from logistics.core.money import decimals, plain
from logistics.core.refusals import FieldError
from logistics.core.search import fold

# How much an order clerk may record for one order or account in a day, in whole units of the currency; managers record any amount.
RECORDING_LIMIT = 200
RECORDED_LATELY = timedelta(hours=24)
MOST_TERMS_DAYS = 365


@dataclass(frozen=True)
class CustomerDetails:
    """What people say about a customer. `reference` is the shop's own code for them, empty where there is none.

    `tax_number`: under which they pay VAT; it stands on their invoices.
    """

    name: str
    reference: str = ""
    email: str = ""
    phone: str = ""
    language: str = "en"
    tax_number: str = ""
    address: Address = field(default_factory=Address)

    def as_columns(self) -> dict[str, Any]:
        """The details under the names that the table keeps them by."""
        own = {"name": self.name, "reference": self.reference or None, "email": self.email, "phone": self.phone}
        own |= {"language": self.language, "tax_number": self.tax_number}
        return own | self.address.as_columns()


@dataclass(frozen=True)
class Credit:
    """How far below zero an account may go by orders on terms, in minor units, and in how many days after dispatch such an order is paid.

    No days, no terms: nothing new is sold on them, and what is owed stays owed.
    """

    limit: int = 0
    days: int = 0


class OverRecordingLimit(Forbidden):
    """More money than this person may record for one order or account in a day."""

    code = "over_recording_limit"


def check_recording(amount: int, currency: str, *, any_amount: bool) -> None:
    """Raise OverRecordingLimit for more than RECORDING_LIMIT, unless `any_amount` may be recorded.

    `amount` is in minor units, together with what the same person recorded there in the last RECORDED_LATELY.
    """
    limit = RECORDING_LIMIT * 10 ** decimals(currency)
    if amount > limit and not any_amount:
        most = f"{plain(limit, currency)} {currency}"
        message = _("You can record up to %(most)s in a day for one order or account. Ask a manager to record more.", most=most)
        raise OverRecordingLimit(message, errors=[FieldError("amount", "over_recording_limit", message, {"limit": limit})])


def find_problems(details: CustomerDetails) -> list[FieldError]:
    """What is wrong with a customer's details, by the rules of their country. No address at all is no error."""
    problems = [] if details.name else [FieldError("name", "required", _("This is needed."))]
    address = details.address
    if any(text for name, text in address.as_columns().items() if name != "country"):
        problems += check_address(address)
    return problems + [problem for problem in (check_phone(details.phone, address.country), check_email(details.email)) if problem]


def address_digest(name: str, address: Address) -> str:
    """The same for a recipient and an address that differ in nothing but case, accents, spaces and signs. A phone number may change."""
    parts = (name, *address.as_columns().values())
    return hashlib.sha256("\n".join(re.sub(r"[\W_]", "", fold(part)) for part in parts).encode()).hexdigest()
