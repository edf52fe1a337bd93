"""Which provider takes cards: by the settings, none where none is named."""

from collections.abc import Mapping
from functools import cache

from logistics.core.config import Settings, configured, settings, webhook_secrets
from logistics.payments.gateways.gateway import PaymentGateway
from logistics.payments.gateways.simulated import SimulatedGateway
from logistics.payments.gateways.stripe_gateway import StripeGateway


def gateway() -> PaymentGateway | None:
    """The provider that new card payments go to; None where cards are not offered."""
    return next(iter(_known().values()), None)


def named(name: str) -> PaymentGateway | None:
    """The provider of a payment made earlier (Payment.provider); None where it is not set up any more."""
    return _known().get(name)


def _known() -> Mapping[str, PaymentGateway]:
    """By name, the preferred one first: the tests' own (config GATEWAYS), or those of the settings."""
    given: Mapping[str, PaymentGateway] | None = configured("GATEWAYS")
    return _made(settings()) if given is None else given


@cache
def _made(chosen: Settings) -> Mapping[str, PaymentGateway]:
    """Made at the first question and kept: their connections are shared by all threads, but not over a fork."""
    made: list[PaymentGateway] = []
    if chosen.stripe_api_key:
        made.append(StripeGateway(chosen.stripe_api_key, api_base=chosen.stripe_api_base, webhook_secrets=webhook_secrets(chosen)))
    if chosen.simulated_gateway:
        made.append(SimulatedGateway(chosen.simulated_gateway))
    return {each.name: each for each in made}
