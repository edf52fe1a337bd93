"""Harbour & Pine, a company that does not exist: what it sells, where from, to whom, and who works there.

Telephone numbers are those set aside for fiction where a country has some. Addresses are shaped as the country asks; nobody lives there
whom we know of. E-mail addresses end where no mail is ever delivered (RFC 2606).
"""

from dataclasses import dataclass
from datetime import time

from stdnum import ean

from logistics.catalog.models import TaxClass
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


@dataclass(frozen=True)
class Goods:
    """A product: its price in hundredths, and how many units lie at which site at first ("L" for Leeds, and so on)."""

    sku: str
    name: str
    price: int
    grams: int
    opening: dict[str, int]
    reorder_point: int = 0
    sellable: bool = True
    discontinued: bool = False
    tax_class: TaxClass = TaxClass.STANDARD


@dataclass(frozen=True)
class Buyer:
    """A customer, with what they have deposited, in hundredths; and how far they may buy on terms (hundredths, days), where they may."""

    reference: str
    name: str
    phone: str
    address: Address
    deposit: int = 0
    language: str = "en"
    credit: tuple[int, int] | None = None
    tax_number: str = ""

    @property
    def email(self) -> str:
        """Where nothing arrives."""
        return f"{self.reference.lower()}@example.com"


def _in(country: str, city: str, line1: str, postcode: str, *, region: str = "", district: str = "") -> Address:
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
    "L": Site("LEEDS", "Leeds", WarehouseKind.WAREHOUSE, 10, _in("GB", "Leeds", "Unit 4, Pontefract Lane", "LS9 0PX")),
    "R": Site("ROTTERDAM", "Rotterdam", WarehouseKind.DISTRIBUTION_CENTRE, 20, _in("NL", "Rotterdam", "Waalhaven Z.z. 21", "3089 JH")),
    "H": Site(
        "HANGZHOU",
        "杭州 Hangzhou",
        WarehouseKind.WAREHOUSE,
        30,
        _in("CN", "杭州市", "滨安路1180号", "310052", region="浙江省", district="滨江区"),
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

GOODS = (
    Goods("LAMP-OAK", "Harbour lamp, oak", 8900, 1450, {"L": 60, "R": 30}, 12),
    Goods("LAMP-ASH", "Harbour lamp, ash", 8900, 1450, {"L": 40, "R": 20}, 12),
    Goods("LAMP-CLIP", "Clip lamp, brass", 4500, 620, {"L": 50, "H": 40}, 10),
    Goods("SHADE-LINEN", "Linen shade, 30 cm", 2900, 310, {"L": 80, "R": 40, "H": 40}, 20),
    Goods("BULB-E27-3", "Warm bulbs E27, box of three", 1450, 210, {"L": 200, "R": 120, "H": 90}, 40),
    Goods("MUG-SEA", "Stoneware mug, sea green", 1650, 380, {"L": 150, "R": 90}, 30),
    Goods("MUG-SAND", "Stoneware mug, sand", 1650, 380, {"L": 140, "R": 80}, 30),
    Goods("BOWL-22", "Stoneware bowl, 22 cm", 2400, 720, {"L": 70, "R": 40}, 15),
    Goods("PLATE-27-2", "Dinner plates 27 cm, pair", 3600, 1500, {"L": 60, "R": 30}, 12),
    Goods("JUG-1L", "Water jug, 1 litre", 3200, 940, {"L": 36, "R": 18}, 10),
    Goods("TEAPOT-IRON", "Cast-iron teapot, 800 ml", 6800, 2100, {"H": 60, "L": 12}, 10),
    Goods("TEA-LONGJING", "Longjing green tea, 100 g 龙井茶", 2200, 130, {"H": 180, "R": 30}, 40, tax_class=TaxClass.REDUCED),
    Goods("TEA-PUER", "Pu’er tea cake, 357 g 普洱茶饼", 3900, 380, {"H": 90}, 20, tax_class=TaxClass.REDUCED),
    Goods("CUP-CELADON-4", "Celadon cups, set of four 青瓷杯", 5200, 640, {"H": 75, "R": 20}, 15),
    Goods("TRAY-BAMBOO", "Bamboo tray, 40 × 28 cm", 2700, 680, {"H": 85, "L": 30}, 15),
    Goods("SCROLL-BOX", "Scroll box, camphor wood", 4400, 520, {"H": 11}, 8),
    Goods("FAN-SILK", "Folding fan, silk 丝绸折扇", 1900, 90, {"H": 160}, 30),
    Goods("SCARF-SILK", "Silk scarf, 90 cm", 5900, 80, {"H": 30, "R": 20}, 25),
    Goods("THROW-WOOL", "Wool throw, 130 × 180 cm", 7900, 1200, {"L": 55, "R": 35}, 15),
    Goods("THROW-COTTON", "Cotton throw, 130 × 170 cm", 4900, 900, {"L": 60, "R": 30}, 15),
    Goods("CUSHION-45", "Cushion cover, 45 cm", 2300, 180, {"L": 120, "R": 60, "H": 40}, 25),
    Goods("TOWEL-LINEN-2", "Linen tea towels, pair", 1800, 160, {"L": 130, "R": 70}, 25),
    Goods("APRON-DENIM", "Denim apron", 3400, 420, {"L": 45, "R": 25}, 10),
    Goods("BOARD-PINE", "Pine chopping board", 2600, 1100, {"L": 65, "R": 35}, 15),
    Goods("SPOONS-BEECH-3", "Beech spoons, set of three", 1250, 140, {"L": 140, "R": 60}, 25),
    Goods("CANDLE-PINE", "Candle, pine and salt, 220 g", 2100, 410, {"L": 160, "R": 90}, 35),
    Goods("CANDLE-FIG", "Candle, fig leaf, 220 g", 2100, 410, {"L": 120, "R": 60}, 30),
    Goods("SOAP-SEA-2", "Sea salt soap, two bars", 1100, 220, {"L": 180, "R": 80}, 40),
    Goods("HOOK-BRASS-5", "Brass hooks, pack of five", 1950, 260, {"L": 90, "R": 45}, 20),
    Goods("CLOCK-SHIP", "Ship’s clock, 20 cm", 9900, 1300, {"L": 14, "R": 8}, 6),
    Goods("BAROMETER", "Aneroid barometer, brass", 11900, 980, {"L": 10}, 4),
    Goods("ROPE-DOORSTOP", "Rope doorstop", 2800, 1600, {"L": 40, "R": 20}, 8),
    Goods("BASKET-RUSH", "Rush basket, large", 3800, 760, {"L": 32, "R": 16}, 8),
    Goods("STOOL-OAK", "Oak stool, 45 cm", 12900, 4200, {"L": 18, "R": 10}, 15),
    Goods("SHELF-PINE-80", "Pine shelf, 80 cm", 5400, 3600, {"L": 24, "R": 14}, 6),
    Goods("NOTEBOOK-A5-3", "A5 notebooks, set of three", 1400, 330, {"L": 220, "R": 120, "H": 80}, 50),
    Goods("PEN-BRASS", "Brass ballpoint pen", 2500, 60, {"L": 110, "H": 60}, 20),
    Goods("MAP-NORTHSEA", "Chart of the North Sea, print", 3000, 240, {"L": 70, "R": 30}, 12),
    Goods("LANTERN-TIN", "Tin lantern", 3300, 830, {"L": 26}, 10, discontinued=True),
    Goods("GIFTBOX-L", "Gift box, large (with orders only)", 600, 190, {"L": 300, "R": 150, "H": 150}, 60, sellable=False),
)

BUYERS = (
    Buyer("MINA", "Mina Park", "+44 113 496 0181", _in("GB", "Leeds", "12 Park Row", "LS1 5HD"), 45000),
    Buyer("OWENS", "Owens & Daughter Interiors", "+44 20 7946 0231", _in("GB", "London", "88 Bermondsey Street", "SE1 3UB"), 220000),
    Buyer("FLETCHER", "Isla Fletcher", "+44 131 496 0622", _in("GB", "Edinburgh", "5 Royal Terrace", "EH7 5AB")),
    Buyer("TIDEWATER", "Tidewater Café", "+44 117 496 0144", _in("GB", "Bristol", "3 Narrow Quay", "BS1 4QA"), 150000),
    Buyer("ABBOTT", "Noah Abbott", "+44 161 496 0390", _in("GB", "Manchester", "41 Tib Street", "M4 1LX")),
    Buyer("KELLER", "Jonas Keller", "+49 30 23125 014", _in("DE", "Berlin", "Torstraße 140", "10119")),
    Buyer("HAFENLICHT", "Hafenlicht GmbH", "+49 40 66969 210", _in("DE", "Hamburg", "Große Elbstraße 27", "22767"), 250000, tax_number="DE 0"),
    Buyer("WINTER", "Clara Winter", "+49 89 99998 312", _in("DE", "München", "Amalienstraße 45", "80799")),
    Buyer("DUBOIS", "Élise Dubois", "+33 1 99 00 25 81", _in("FR", "Paris", "16 rue des Martyrs", "75009"), 30000),
    Buyer("MARCHAND", "Maison Marchand", "+33 5 36 49 12 04", _in("FR", "Bordeaux", "7 quai des Chartrons", "33000")),
    Buyer("DEVRIES", "Sanne de Vries", "", _in("NL", "Amsterdam", "Prinsengracht 402", "1016 JB"), 60000),
    Buyer("BAKKER", "Bakker Wonen", "", _in("NL", "Rotterdam", "Witte de Withstraat 63", "3012 BN"), credit=(150000, 30), tax_number="NL 0B00"),
    Buyer("ROSSI", "Marta Rossi", "", _in("IT", "Milano", "Via Tortona 31", "20144", region="MI")),
    Buyer("SOUSA", "Tiago Sousa", "", _in("PT", "Porto", "Rua das Flores 88", "4050-265")),
    Buyer("SANDSTROM", "Elin Sandström", "", _in("SE", "Stockholm", "Götgatan 52", "118 26"), 25000),
    Buyer("OBRIEN", "Ciara O’Brien", "", _in("IE", "Dublin", "14 South William Street", "D02 EE77")),
    Buyer("CARTER", "Lena Carter", "+1 212 555 0147", _in("US", "New York", "231 West 18th Street, Apt 5C", "10011", region="NY"), 50000),
    Buyer(
        "PIERPOINT", "Pier Point Goods", "+1 206 555 0192",
        _in("US", "Seattle", "1402 Western Avenue", "98101", region="WA"), credit=(200000, 14),
    ),
    Buyer("NGUYEN", "Kim Nguyen", "+61 3 5550 4417", _in("AU", "Fitzroy", "9 Smith Street", "3065", region="VIC")),
    Buyer("TANAKA", "田中 由紀", "", _in("JP", "渋谷区", "神南1-12-4", "150-0041", region="東京都")),
    Buyer(
        "LI-NA", "李娜", "+86 199 0000 1021",
        _in("CN", "杭州市", "文三路188号 3幢502室", "310012", region="浙江省", district="西湖区"), 120000, "zh_Hans",
    ),
    Buyer(
        "WANG-HAO", "王浩", "+86 199 0000 1035",
        _in("CN", "上海市", "世纪大道1600号", "200122", region="上海市", district="浦东新区"), 0, "zh_Hans",
    ),
    Buyer(
        "CHENJIA", "陈家茶馆", "+86 199 0000 1048",
        _in("CN", "深圳市", "科技园南路18号", "518057", region="广东省", district="南山区"), 300000, "zh_Hans",
    ),
    Buyer(
        "ZHAO-MIN", "赵敏", "+86 199 0000 1052",
        _in("CN", "北京市", "建国路93号", "100022", region="北京市", district="朝阳区"), 0, "zh_Hans",
    ),
    Buyer(
        "LIU-YANG", "刘洋", "+86 199 0000 1069",
        _in("CN", "成都市", "人民南路四段27号", "610041", region="四川省", district="武侯区"), 40000, "zh_Hans",
    ),
)  # fmt: skip
# What came in since (SKU, site, units, days ago), and what somebody found to be wrong (SKU, site, change, reason, days ago).
RECEIPTS = (
    ("MUG-SEA", "L", 60, 19),
    ("MUG-SAND", "L", 60, 19),
    ("TEA-LONGJING", "H", 80, 16),
    ("CUP-CELADON-4", "H", 24, 16),
    ("CANDLE-PINE", "L", 72, 12),
    ("BULB-E27-3", "R", 60, 9),
    ("TEAPOT-IRON", "H", 12, 6),
    ("LAMP-OAK", "L", 20, 5),
)
CORRECTIONS = (
    ("BOWL-22", "L", -2, "damaged", 17),
    ("JUG-1L", "L", -1, "damaged", 11),
    ("NOTEBOOK-A5-3", "L", 6, "found", 8),
    ("SCARF-SILK", "H", -1, "own_use", 4),
)
# What was paid off of what was bought on terms (customer, hundredths, days ago), and how a balance is to be corrected by more than one
# person may alone (customer, hundredths, why, days ago): that waits for somebody else.
PAID_OFF = (("BAKKER", 30000, 3.2),)
WRONG_BALANCES = (("TIDEWATER", -24000, "A part of BANK-TIDEWATER-1 was meant for Tidewater Boats, not for the café.", 0.3),)
# Mail to her comes back: what that looks like belongs into a demo too.
WRONG_ADDRESS = "OBRIEN"


def gtin(position: int) -> str:
    """A barcode number for the product at this position of GOODS, in the range that GS1 leaves to shops for themselves (20...)."""
    digits = f"2000{position:08d}"
    return digits + str(ean.calc_check_digit(digits))
