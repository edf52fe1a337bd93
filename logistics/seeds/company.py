"""Harbour & Pine, a company that does not exist: what it sells, where from, to whom, and who works there.

Telephone numbers are those set aside for fiction where a country has some. Addresses are shaped as the country asks; nobody lives there
whom we know of. E-mail addresses end where no mail is ever delivered (RFC 2606).
"""

from dataclasses import dataclass
from datetime import time

from logistics.core.addresses import Address
from logistics.fulfilment.contracting import CarrierFacts, ServiceFacts
from logistics.fulfilment.zoning import Zone
from logistics.inventory.models import WarehouseKind
from logistics.orders.models import ChannelKind
from logistics.payments.company import CompanyDetails
from logistics.staff.models import Role

NAME = "Harbour & Pine"
MAIL = "harbour-pine.example"


@dataclass(frozen=True)
class Site:
    """A warehouse of the company."""

    code: str
    name: str
    kind: WarehouseKind
    priority: int
    address: Address


def located(country: str, city: str, line1: str, postcode: str, *, region: str = "", district: str = "") -> Address:
    """An address, by what each of them has."""
    return Address(line1, district=district, city=city, region=region, postcode=postcode, country=country)


PEOPLE = (
    ("admin", "Rosa Lindqvist", Role.ADMIN),
    ("manager", "Tomasz Hale", Role.MANAGER),
    ("clerk", "Grace Okafor", Role.CLERK),
    ("picker", "张伟", Role.WAREHOUSE),
    ("auditor", "Inês Duarte", Role.AUDITOR),
)

# Code, name, whose shop it is, and for how many days an unpaid order keeps its stock.
CHANNELS = (
    ("web", "harbour-pine.example", ChannelKind.SHOPIFY, 3),
    ("trade", "Harbour & Pine Trade", ChannelKind.WOOCOMMERCE, 30),
)

SITES = {
    "L": Site("LEEDS", "Leeds", WarehouseKind.WAREHOUSE, 10, located("GB", "Leeds", "Unit 4, Pontefract Lane", "LS9 0PX")),
    "R": Site("ROTTERDAM", "Rotterdam", WarehouseKind.DISTRIBUTION_CENTRE, 20, located("NL", "Rotterdam", "Waalhaven Z.z. 21", "3089 JH")),
    "H": Site(
        "HANGZHOU",
        "杭州 Hangzhou",
        WarehouseKind.WAREHOUSE,
        30,
        located("CN", "杭州市", "滨安路1180号", "310052", region="浙江省", district="滨江区"),
    ),
}

SELLER = CompanyDetails(
    f"{NAME} Ltd",
    SITES["L"].address,
    tax_number="GB 000 0000 00",
    email=f"accounts@{MAIL}",
    phone="+44 113 496 0100",
    bank="Aire Bank, 00-00-00, account 00000000",
)

CARRIERS = {
    "northbay": CarrierFacts(
        "Northbay Parcel",
        "https://northbay-parcel.example/track/{number}",
        cut_off=time(16, 30),
        timezone="Europe/London",
        services=(ServiceFacts("next-day", "Next day"), ServiceFacts("standard", "Standard")),
        days={Zone.LOCAL: (1, 2), Zone.DOMESTIC: (1, 3), Zone.NEAR: (3, 6), Zone.FAR: (6, 14)},
    ),
    "veerpost": CarrierFacts(
        "Veerpost",
        "https://veerpost.example/volgen?code={number}",
        cut_off=time(17, 0),
        timezone="Europe/Amsterdam",
        services=(ServiceFacts("pakket", "Pakket"), ServiceFacts("brievenbus", "Brievenbuspakje")),
        days={Zone.LOCAL: (1, 1), Zone.DOMESTIC: (1, 2), Zone.NEAR: (2, 5), Zone.FAR: (5, 12)},
    ),
    "songgang": CarrierFacts(
        "松港速递 Songgang Express",
        "https://songgang-express.example/query?no={number}",
        aliases="songgang-express 松港",
        cut_off=time(18, 0),
        timezone="Asia/Shanghai",
        services=(ServiceFacts("standard", "标准快递"), ServiceFacts("same-city", "同城急送")),
        days={Zone.LOCAL: (1, 2), Zone.DOMESTIC: (2, 4), Zone.NEAR: (3, 6), Zone.FAR: (7, 15)},
    ),
}

# What the tax is called, and the standard and a reduced rate in basis points, where the company's customers live in the EU and Britain.
# From "VAT rules and rates: standard, special & reduced rates" of the EU's Your Europe portal, and from "VAT rates" on gov.uk. Where a
# country has several reduced rates this is one of them; a shop of one's own asks its accountant which goods go under which.
TAXES = {
    "DE": ("MwSt.", 1900, 700),
    "FR": ("TVA", 2000, 550),
    "GB": ("VAT", 2000, 500),
    "IE": ("VAT", 2300, 1350),
    "IT": ("IVA", 2200, 1000),
    "NL": ("BTW", 2100, 900),
    "PT": ("IVA", 2300, 600),
    "SE": ("Moms", 2500, 1200),
}
