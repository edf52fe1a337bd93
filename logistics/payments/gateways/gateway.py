"""What every provider of card payments can do for us, in our words. No database, no Flask: plain values in, plain values out.

Nobody calls a gateway inside a transaction. Each question carries an idempotency key: asked again under the same key, the provider
answers the same and does nothing twice, so a question without an answer is settled by asking it again, within KEYS_LIVE.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

# How long a provider knows a key for certain. Later, look up how the payment stands.
KEYS_LIVE = timedelta(hours=24)


class Standing(StrEnum):
    """How a payment stands at the provider."""

    WAITING = "waiting"  # the customer has still to act (hosted page, 3-D Secure) or the provider to decide
    AUTHORISED = "authorised"
    CAPTURED = "captured"
    VOIDED = "voided"
    FAILED = "failed"  # declined, or given up
    EXPIRED = "expired"  # the authorisation, or the hosted page, ended by itself


@dataclass(frozen=True)
class Ask:
    """An order's payment for a provider. `amount` in minor units; `order` is its number, `token` the customer's means of payment (never
    a card number; empty for the hosted page), `return_url` where the customer comes back to, `language` the page's ("en", "zh_Hans").
    `page_until`: when the hosted page ends, 30 minutes to a day ahead; None leaves it to the provider. A question asked again under its
    key must be the same in everything.
    """

    order: str
    amount: int
    currency: str
    return_url: str
    token: str = ""
    email: str = ""
    language: str = "en"
    page_until: datetime | None = None


@dataclass(frozen=True)
class Answer:
    """What a provider says of a payment, amounts in minor units and as sums so far, not as differences.

    `reference`: the provider's name for the payment; empty where it made none. It may change once, when somebody has paid on a hosted page:
    keep the latest. The one before stays good for every question. `pay_url`: where the customer has to go
    (hosted page, 3-D Secure). `failure`: a stable code such as "card_declined", "authentication_failed", "insufficient_funds", "expired".
    `authorised_until`: when the authorisation ends by itself. `refused`: this question was answered with no; the rest says how it stands.
    An answer given again under its key may tell how it stood the first time.
    """

    standing: Standing
    reference: str
    authorised: int = 0
    captured: int = 0
    refunded: int = 0
    pay_url: str = ""
    failure: str = ""
    authorised_until: datetime | None = None
    refused: bool = False


class NewsKind(StrEnum):
    """What a provider's hook tells."""

    PAYMENT = "payment"
    DISPUTE_OPENED = "dispute_opened"
    DISPUTE_WON = "dispute_won"
    DISPUTE_LOST = "dispute_lost"


@dataclass(frozen=True)
class News:
    """One verified message of a provider. `id` is the same in every repetition. News may be late, doubled and out of order: whoever gets
    it asks `look_up` how the payment stands now and never believes an amount in the message itself. `amount`: of a dispute.
    """

    id: str
    kind: NewsKind
    reference: str
    amount: int = 0


class GatewayUnreachable(Exception):
    """No answer, or none that can be understood: nobody knows whether the provider did it. Ask again later, under the same key."""


class BadSignature(Exception):
    """A hook that the provider did not send, or sent too long ago."""


class PaymentGateway(Protocol):
    """A provider. Every method but `read_hook` calls it over the network, for at most `timeout` seconds in all, and raises
    GatewayUnreachable; a no of the provider is an Answer with `refused`.
    """

    name: str  # "stripe", "simulated": stands in Payment.provider

    def open_checkout(self, ask: Ask, *, key: str) -> Answer:
        """Make a hosted page on which the customer authorises (manual capture); Answer.pay_url is its address, WAITING its standing."""

    def authorise(self, ask: Ask, *, key: str) -> Answer:
        """Authorise the amount by the customer's token (manual capture). WAITING with a pay_url where 3-D Secure is needed."""

    def capture(self, reference: str, amount: int, *, currency: str, key: str) -> Answer:
        """Take so much of an authorisation; the provider releases the rest."""

    def void(self, reference: str, *, key: str) -> Answer:
        """Give up an authorisation, or a hosted page that nobody has paid on: VOIDED, also where it ended by itself."""

    def refund(self, reference: str, amount: int, *, currency: str, key: str) -> Answer:
        """Give back so much of what was captured."""

    def look_up(self, reference: str) -> Answer:
        """How the payment stands now."""

    def read_hook(self, body: bytes, headers: Mapping[str, str]) -> News | None:
        """Verify a hook's signature over the raw body and read it; None for what does not concern payments. Raises BadSignature."""
