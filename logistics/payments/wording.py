"""What people call what can become of a payment."""

from typing import Any

from logistics.core.language import _, lazy

FAILURES: dict[str, Any] = {
    "card_declined": lazy("The bank declined the card."),
    "declined": lazy("The bank declined the card."),
    "insufficient_funds": lazy("There is not enough money on the card."),
    "authentication_failed": lazy("The customer did not pass the check of their bank."),
    "expired_card": lazy("The card has expired."),
    "incorrect_cvc": lazy("The security code of the card is wrong."),
    "fraud_suspected": lazy("The bank suspects fraud."),
    "expired": lazy("The time for it ended."),
    "page_closed": lazy("The page for it was closed."),
}


def failure_text(failure: str) -> str:
    """Why nothing came of a payment, in a sentence; the code itself where nobody has words for it."""
    return str(FAILURES[failure]) if failure in FAILURES else _("The provider says: %(code)s.", code=failure) if failure else ""
