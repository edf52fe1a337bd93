"""The simulated provider's hosted page. It takes no card number: the customer says what the card and its bank would do."""

from functools import cache
from pathlib import Path

from babel.support import Translations
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from logistics.core.language import spoken
from logistics.core.money import format_money
from logistics.payments.gateways.gateway import Standing
from logistics.payments.gateways.simulator.books import SimulatedPayment

HOUSE = Path(__file__).parents[3]
STYLES = ("reset", "tokens", "base", "parts", "public", "utilities")


def draw_page(payment: SimulatedPayment | None, *, shop: str) -> str:
    """The page of a payment, in its language; of none, that there is no such page."""
    language = spoken(payment.language if payment else None)
    page = _pages(language).get_template("payments/simulated_page.html")
    amount = format_money(payment.amount, payment.currency, language) if payment else ""
    waiting = payment is not None and payment.standing == Standing.WAITING
    return page.render(payment=payment, amount=amount, waiting=waiting, shop=shop, styles=STYLES, locale=language)


def read_style(name: str) -> bytes:
    """The house's own style sheet of this name; empty for any other."""
    return (HOUSE.parent / f"static/css/{name}.css").read_bytes() if name in STYLES else b""


@cache
def _pages(language: str) -> Environment:
    pages = Environment(
        loader=FileSystemLoader(HOUSE.parent / "templates"),
        extensions=["jinja2.ext.i18n"],
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    translations = Translations.load(str(HOUSE / "translations"), [language])
    pages.install_gettext_translations(translations, newstyle=True)  # type: ignore[attr-defined] # the extension puts it there
    return pages
