"""Which providers of card payments this shop works with."""

from logistics.payments.gateways.gateway import PaymentGateway

OFFERED: list[PaymentGateway] = []


def gateway() -> PaymentGateway | None:
    """The one that new payments are made with; None where cards are not offered."""
    return OFFERED[0] if OFFERED else None


def named(name: str) -> PaymentGateway | None:
    """The one that a payment was made with; None where it is not configured any more."""
    return next((found for found in OFFERED if found.name == name), None)
