"""The stories of the demo company but for those of its orders: how goods and money came in, and what was corrected."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from logistics.core.actors import Actor
from logistics.core.money import decimals
from logistics.customers.adjusting import adjust as correct_balance
from logistics.customers.crediting import deposit
from logistics.inventory.adjusting import adjust
from logistics.inventory.models import Place, Reason
from logistics.inventory.receiving import receive
from logistics.seeds.buyers import Buyer
from logistics.seeds.playing import Story


@dataclass(frozen=True)
class Company:
    """Who acts in the stories; the ids of its sites, and their carriers; its customers, by reference; the currency of its money."""

    clerk: Actor
    manager: Actor
    picker: Actor
    sites: dict[str, int]
    carriers: dict[int, str]
    customers: dict[str, tuple[Buyer, int]]
    currency: str

    def amount(self, hundredths: int) -> int:
        """An amount of the demo in minor units of the shop's currency."""
        return int(hundredths * 10 ** decimals(self.currency)) // 100


def receipt(session: Session, company: Company, at: datetime, spot: Place, units: int, paper: str) -> Story:
    """Goods come in."""
    yield at
    receive(session, place=spot, quantity=units, by=company.picker, reference=paper)


def correction(session: Session, company: Company, at: datetime, level_id: int, change: int, reason: Reason) -> Story:
    """Somebody finds that the books are wrong."""
    yield at
    adjust(session, level_id=level_id, change=change, reason=reason, by=company.manager)


def saving(session: Session, company: Company, at: datetime, buyer: Buyer, customer_id: int) -> Story:
    """A customer deposits money."""
    yield at
    amount = company.amount(buyer.deposit)
    deposit(session, customer_id=customer_id, currency=company.currency, amount=amount, reference=f"BANK-{buyer.reference}-1", by=company.manager)


def paying_off(session: Session, company: Company, at: datetime, customer_id: int, hundredths: int, paper: str) -> Story:
    """A customer pays for what they bought on terms."""
    yield at
    deposit(session, customer_id=customer_id, currency=company.currency, amount=company.amount(hundredths), reference=paper, by=company.manager)


def wrong_balance(session: Session, company: Company, at: datetime, customer_id: int, hundredths: int, reason: str) -> Story:
    """Somebody finds that a balance is wrong, by more than one person may correct alone."""
    yield at
    change = company.amount(hundredths)
    correct_balance(session, customer_id=customer_id, currency=company.currency, change=change, reason=reason, by=company.manager)
