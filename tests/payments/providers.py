"""The providers that the contract is tried on, each with its means of payment, its customers and what it cannot play."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from logistics.payments.gateways.gateway import PaymentGateway
from logistics.payments.gateways.stripe_gateway import StripeGateway
from tests.payments import fake_stripe, local_stripe
from tests.payments.simulation import Simulation

# What only the case needs that asks for it.
NOTHING = "this provider has no such card"


@dataclass
class Provider:
    """A provider at work. `cards`: tokens by what they do. `cannot`: reasons by the name of the case.

    The customer of a page says approve, decline or give_up; of their bank yes or no. `hang` and `cut` make the next question of a kind
    (authorise, capture, void, refund) take this long, or be done and never answered.
    """

    name: str
    gateway: Callable[[float], PaymentGateway]
    cards: dict[str, str]
    customer: Callable[[str, str], object]
    end: Callable[[str], object]
    hang: Callable[[str, float], object]
    cut: Callable[[str], object]
    cannot: dict[str, str] = field(default_factory=dict)

    def card(self, does: str) -> str:
        """The token of a card that does this."""
        return self.cards.get(does, NOTHING)


@contextmanager
def simulated(folder: Path) -> Iterator[Provider]:
    """The simulated gateway and its simulator."""
    with Simulation(folder) as simulation:
        yield Provider(
            "simulated",
            lambda timeout: simulation.gateway(timeout=timeout),
            {
                "works": "sim_ok",
                "declined": "sim_declined",
                "poor": "sim_insufficient_funds",
                "expired": "sim_expired_card",
                "fraud": "sim_fraud",
                "secure": "sim_secure",
                "capture_refused": "sim_capture_refused",
                "refund_refused": "sim_refund_refused",
                "unknown": "sim_nobody_knows",
            },
            simulation.choose,
            simulation.end,
            lambda kind, seconds: simulation.misbehave(kind, "hang_before", seconds=seconds),
            lambda kind: simulation.misbehave(kind, "garble"),
            {"unpayable_amount": "it takes every amount"},
        )


PATHS = {"authorise": "/payment_intents", "checkout": "/sessions", "capture": "/capture", "void": "/cancel", "refund": "/refunds"}


@contextmanager
def faked_stripe(_folder: Path) -> Iterator[Provider]:
    """Stripe's gateway and our own fake of Stripe."""
    with fake_stripe.FakeStripe() as fake:

        def act(reference: str, choice: str) -> None:
            if reference.startswith("pi_"):
                fake.authenticate(reference, ok=choice == "yes")
            elif choice != "give_up":
                fake.pay(reference, "pm_card_visa" if choice == "approve" else "pm_card_visa_chargeDeclined")

        yield Provider(
            "stripe, faked",
            lambda timeout: StripeGateway(fake_stripe.KEY, api_base=fake.address, webhook_secrets=[fake_stripe.SECRET], timeout=timeout),
            {
                "works": "pm_card_visa",
                "declined": "pm_card_visa_chargeDeclined",
                "poor": "pm_card_visa_chargeDeclinedInsufficientFunds",
                "expired": "pm_card_chargeDeclinedExpiredCard",
                "fraud": "pm_card_chargeDeclinedFraudulent",
                "secure": fake_stripe.SECURE,
                "capture_refused": "pm_card_captureRefused",
                "refund_refused": "pm_card_refundFail",
                "unknown": "pm_nobody_knows",
            },
            act,
            fake.end,
            lambda kind, seconds: fake.misbehave(PATHS[kind], "hang", seconds),
            lambda kind: fake.misbehave(PATHS[kind], "cut"),
            {"given_up_page": "going back from a page of Stripe leaves it open"},
        )


@contextmanager
def localstripe(_folder: Path) -> Iterator[Provider]:
    """Stripe's gateway and localstripe."""
    with local_stripe.local_stripe() as address:

        def act(reference: str, choice: str) -> None:
            secret = local_stripe.ask(address, "GET", f"/v1/payment_intents/{reference}")["client_secret"]
            answer = {"client_secret": secret, "success": str(choice == "yes").lower()}
            local_stripe.ask(address, "POST", f"/v1/payment_intents/{reference}/_authenticate", **answer)

        def fail(*_what: object) -> None:
            raise NotImplementedError("localstripe does not misbehave on demand")

        no_keys, no_pages = "it ignores Idempotency-Key", "it has no Checkout"
        no_faults, no_codes = "it does not misbehave on demand", "it declines with card_declined only"
        yield Provider(
            "stripe, localstripe",
            lambda timeout: StripeGateway(local_stripe.KEY, api_base=address, timeout=timeout),
            {
                "works": "pm_card_visa",
                "declined": local_stripe.card(address, "4000000000000341"),
                "secure": local_stripe.card(address, "4000002500003155"),
                "unknown": "pm_nobody_knows",
            },
            act,
            fail,
            fail,
            fail,
            {
                "declines_poor": no_codes,
                "declines_expired": no_codes,
                "declines_fraud": no_codes,
                "unknown_token": "it says 404 without Stripe's code",
                "secure_address": "its 3-D Secure knows no redirect, only Stripe's script",
                "part_capture": "it writes what a capture of less releases as a refund, and has no amount_received",
                "refund_too_much": "it gives back more than it took",
                "refund_before_capture": "it gives back what it has not taken",
                "capture_refused": "it has no card that fails later",
                "refund_refused": "it has no card that fails later",
                "authorisation_ends": "its authorisations do not end",
                "same_key": no_keys,
                "same_key_at_once": no_keys,
                "other_question": no_keys,
                "declined_again": no_keys,
                "page": no_pages,
                "page_declined": no_pages,
                "page_closed": no_pages,
                "page_ended": no_pages,
                "given_up_page": no_pages,
                "page_paid_while_closing": no_pages,
                "hangs": no_faults,
                "cut": no_faults,
            },
        )
