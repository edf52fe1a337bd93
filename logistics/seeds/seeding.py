"""Seeding: the demo company and its last weeks, in one transaction, through the capabilities that people use."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.catalog.listing import create_product
from logistics.catalog.models import Product, RatedClass
from logistics.catalog.rules import ProductFacts
from logistics.catalog.taxing import RateFacts, add_tax_rate
from logistics.core import clock
from logistics.core.actors import Actor
from logistics.core.config import Settings
from logistics.core.language import _
from logistics.core.refusals import Refusal
from logistics.customers.granting import grant_credit
from logistics.customers.models import Customer
from logistics.customers.registering import create_customer
from logistics.customers.rules import Credit, CustomerDetails
from logistics.fulfilment.contracting import add_carrier
from logistics.inventory.arranging import set_bin, set_reorder_point
from logistics.inventory.housing import House, add_warehouse
from logistics.inventory.models import MovementKind, Place, Reason, StockLevel
from logistics.inventory.receiving import receive
from logistics.notifications.replaying import note_as_told
from logistics.notifications.rules import Problem
from logistics.orders.channelling import ChannelRules, add_channel
from logistics.orders.rules import MINUTES_IN
from logistics.payments.company import save_company
from logistics.seeds import assortment, buyers
from logistics.seeds import company as demo
from logistics.seeds.orders import PLANS
from logistics.seeds.parked import Send, sending
from logistics.seeds.playing import Story, play
from logistics.seeds.road import open_doors, strange_news
from logistics.seeds.stories import Company, correction, paying_off, receipt, saving, wrong_balance
from logistics.seeds.ways import ordering
from logistics.staff.employing import add_person
from logistics.staff.models import Staff
from logistics.staff.signing_in import actor_of

OPENED_DAYS_AGO = 41
_HANDS = {"L": "northbay", "R": "veerpost", "H": "songgang"}


class NotEmpty(Refusal):
    """There is a company in this database already, and it is not the demo."""

    code = "not_empty"


def is_seeded(session: Session) -> bool:
    """Whether the demo company is here."""
    return session.scalar(select(Staff.id).where(Staff.demo).limit(1)) is not None


def seed(session: Session, settings: Settings, *, send: Send, by: Actor) -> dict[str, str]:
    """Make the demo company; the passwords of its people by e-mail address. `send` brings in what its shop sends.

    Raises NotEmpty where another company is at home.
    """
    if any(session.scalar(select(table.id).limit(1)) for table in (Staff, Product, Customer)):
        raise NotEmpty(_("There is a company in this database already; the demo belongs into an empty one."))
    until = clock.now() - timedelta(minutes=10)
    with clock.replaying(until - timedelta(days=OPENED_DAYS_AGO)):
        passwords = _employ(session, by)
        company = _open_house(session, settings.currency, by)
        levels = _stock_up(session, company)
    shop = sending(session, company, send, until)
    money, orders = _money_stories(session, company, until), _order_stories(session, company, until)
    play([*_stock_stories(session, company, levels, until), *money, *orders, shop, strange_news(session, until)])
    refusal = Problem.REFUSED.said("550 5.1.1 No such user here")
    note_as_told(session, settings, refused={f"{buyers.WRONG_ADDRESS.lower()}@example.com": refusal})
    return passwords


def _employ(session: Session, by: Actor) -> dict[str, str]:
    passwords = {}
    for who, name, role in demo.PEOPLE:
        person, password = add_person(session, email=f"{who}@{demo.MAIL}", name=name, role=role, by=by)
        person.demo, person.one_time_password = True, False
        passwords[person.email] = password
    session.flush()
    return passwords


def _open_house(session: Session, currency: str, by: Actor) -> Company:
    people = {person.role: actor_of(person) for person in session.scalars(select(Staff).where(Staff.demo))}
    save_company(session, details=demo.SELLER, version=0, by=by)
    for code, facts in demo.CARRIERS.items():
        add_carrier(session, code=code, facts=facts, by=by)
    open_doors(session, by=by)
    for code, name, kind, days in demo.CHANNELS:
        add_channel(session, code=code, kind=kind, rules=ChannelRules(name, days * MINUTES_IN["days"], may_wait=False, ship_complete=True), by=by)
    for country, (name, *rates) in demo.TAXES.items():
        for tax_class, rate in zip(RatedClass, rates, strict=True):
            add_tax_rate(session, country=country, tax_class=tax_class, facts=RateFacts(rate, name), by=by)
    sites = {
        letter: add_warehouse(session, House(site.code, site.name, site.kind, site.address, site.priority), by=by).id
        for letter, site in demo.SITES.items()
    }
    company = Company(
        clerk=people["clerk"],
        manager=people["manager"],
        picker=people["warehouse"],
        carriers={sites[letter]: carrier for letter, carrier in _HANDS.items()},
        sites=sites,
        customers={},
        currency=currency,
    )
    company.customers.update(_register(session, company))
    return company


def _register(session: Session, company: Company) -> Iterator[tuple[str, tuple[buyers.Buyer, int]]]:
    for buyer in buyers.BUYERS:
        details = CustomerDetails(buyer.name, buyer.reference, buyer.email, buyer.phone, buyer.language, buyer.tax_number, buyer.address)
        customer = create_customer(session, details=details, by=company.clerk)
        if buyer.credit:
            limit, days = buyer.credit
            granted = Credit(company.amount(limit), days)
            grant_credit(session, customer_id=customer.id, currency=company.currency, credit=granted, seen=Credit(), by=company.manager)
        yield buyer.reference, (buyer, customer.id)


def _stock_up(session: Session, company: Company) -> dict[tuple[str, str], StockLevel]:
    """Products and their first stock, each in its bin, with the reorder point at the site that has most of it."""
    levels = {}
    for number, goods in enumerate(assortment.GOODS, 1):
        facts = ProductFacts(
            sku=goods.sku,
            name=goods.name,
            price=company.amount(goods.price),
            currency=company.currency,
            gtin=assortment.gtin(number),
            weight_grams=goods.grams,
            tax_class=goods.tax_class.value,
            sellable=goods.sellable,
            discontinued=goods.discontinued,
        )
        product = create_product(session, facts=facts, by=company.manager)
        for letter, units in goods.opening.items():
            spot = Place(company.sites[letter], product.id)
            level = receive(session, place=spot, quantity=units, by=company.manager, reference="OPENING", kind=MovementKind.OPENING)
            set_bin(session, level_id=level.id, to=f"{letter}{1 + number // 8}-{1 + number % 8:02}", by=company.manager)
            levels[goods.sku, letter] = level
        first = max(goods.opening, key=lambda letter: goods.opening[letter])
        set_reorder_point(session, level_id=levels[goods.sku, first].id, reorder_point=goods.reorder_point, by=company.manager)
    return levels


def _stock_stories(session: Session, company: Company, levels: dict[tuple[str, str], StockLevel], until: datetime) -> Iterator[Story]:
    for sku, letter, units, days in assortment.RECEIPTS:
        yield receipt(session, company, _morning(until, days), levels[sku, letter].place, units, f"PO-{1000 + round(days * 7)}")
    for sku, letter, change, reason, days in assortment.CORRECTIONS:
        yield correction(session, company, _morning(until, days), levels[sku, letter].id, change, Reason(reason))


def _money_stories(session: Session, company: Company, until: datetime) -> Iterator[Story]:
    for buyer, customer_id in company.customers.values():
        if buyer.deposit:
            yield saving(session, company, until - timedelta(days=OPENED_DAYS_AGO - 2), buyer, customer_id)
    for reference, amount, days in buyers.PAID_OFF:
        yield paying_off(session, company, _morning(until, days), company.customers[reference][1], amount, f"BANK-{reference}-2")
    for reference, change, reason, days in buyers.WRONG_BALANCES:
        yield wrong_balance(session, company, until - timedelta(hours=9 * days), company.customers[reference][1], change, reason)


def _order_stories(session: Session, company: Company, until: datetime) -> Iterator[Story]:
    # Chance with a seed: every demo company has the same past, but for the numbers of its orders.
    for number, plan in enumerate(PLANS):
        chance = Random(number)
        yield ordering(session, company, plan, _when_placed(until, plan.days, chance), until, chance)


def _when_placed(until: datetime, days: float, chance: Random) -> datetime:
    """In office hours; today's in the last hours."""
    if days < 1:
        return until - timedelta(hours=9 * days)
    return datetime.combine((until - timedelta(days=days)).date(), time(chance.randrange(7, 17), chance.randrange(60)), UTC)


def _morning(until: datetime, days: float) -> datetime:
    return datetime.combine((until - timedelta(days=days)).date(), time(8, 30), UTC)
