"""What people call what can become of a payment."""

from typing import Any

from logistics.core.language import _, lazy
from logistics.payments.models import AttemptKind

FAILURES: dict[str, Any] = {
    "card_declined": lazy("The bank declined the card."),
    "declined": lazy("The bank declined the card."),
    "insufficient_funds": lazy("There is not enough money on the card."),
    "authentication_failed": lazy("The customer did not pass the check of their bank."),
    "expired_card": lazy("The card has expired."),
    "suspected_fraud": lazy("The bank suspects fraud."),
    "processing_error": lazy("The bank could not work it. It may be tried again."),
    "invalid_token": lazy("The provider does not know this means of payment."),
    "given_up": lazy("The customer gave it up."),
    "expired": lazy("The time for it ended."),
    "amount_not_payable": lazy("The provider cannot charge this amount in this currency."),
    "amount_too_small": lazy("The amount is too small to be paid by card."),
    "provider_refused": lazy("The provider refused it."),
    "unanswered": lazy("The provider never answered."),
    "page_closed": lazy("The page for it was closed."),
}


# Nobody declined anything: the page was not used.
CLOSED = ("page_closed", "expired", "given_up", "unanswered")


def failure_text(failure: str) -> str:
    """Why nothing came of a payment, in a sentence; the code itself where nobody has words for it."""
    return str(FAILURES[failure]) if failure in FAILURES else _("The provider says: %(code)s.", code=failure) if failure else ""


def attempt_text(kind: AttemptKind) -> str:
    """What a provider was asked for and has not answered yet."""
    said = {
        AttemptKind.CHECKOUT: _("A page to pay on is being made."),
        AttemptKind.AUTHORISE: _("The card is being authorised."),
        AttemptKind.CAPTURE: _("The card is being charged."),
        AttemptKind.VOID: _("An authorisation is being given up."),
        AttemptKind.REFUND: _("Money is being given back to the card."),
    }
    return str(said[kind])
