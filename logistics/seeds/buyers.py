"""Who buys at Harbour & Pine. Like all of the company they do not exist (seeds.company says how)."""

from dataclasses import dataclass

from logistics.core.addresses import Address
from logistics.seeds.company import located


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


BUYERS = (
    Buyer("MINA", "Mina Park", "+44 113 496 0181", located("GB", "Leeds", "12 Park Row", "LS1 5HD"), 45000),
    Buyer("OWENS", "Owens & Daughter Interiors", "+44 20 7946 0231", located("GB", "London", "88 Bermondsey Street", "SE1 3UB"), 220000),
    Buyer("FLETCHER", "Isla Fletcher", "+44 131 496 0622", located("GB", "Edinburgh", "5 Royal Terrace", "EH7 5AB")),
    Buyer("TIDEWATER", "Tidewater Café", "+44 117 496 0144", located("GB", "Bristol", "3 Narrow Quay", "BS1 4QA"), 150000),
    Buyer("ABBOTT", "Noah Abbott", "+44 161 496 0390", located("GB", "Manchester", "41 Tib Street", "M4 1LX")),
    Buyer("KELLER", "Jonas Keller", "+49 30 23125 014", located("DE", "Berlin", "Torstraße 140", "10119")),
    Buyer("HAFENLICHT", "Hafenlicht GmbH", "+49 40 66969 210", located("DE", "Hamburg", "Große Elbstraße 27", "22767"), 250000, tax_number="DE 0"),
    Buyer("WINTER", "Clara Winter", "+49 89 99998 312", located("DE", "München", "Amalienstraße 45", "80799")),
    Buyer("DUBOIS", "Élise Dubois", "+33 1 99 00 25 81", located("FR", "Paris", "16 rue des Martyrs", "75009"), 30000),
    Buyer("MARCHAND", "Maison Marchand", "+33 5 36 49 12 04", located("FR", "Bordeaux", "7 quai des Chartrons", "33000")),
    Buyer("DEVRIES", "Sanne de Vries", "", located("NL", "Amsterdam", "Prinsengracht 402", "1016 JB"), 60000),
    Buyer("BAKKER", "Bakker Wonen", "", located("NL", "Rotterdam", "Witte de Withstraat 63", "3012 BN"), credit=(150000, 30), tax_number="NL 0B00"),
    Buyer("ROSSI", "Marta Rossi", "", located("IT", "Milano", "Via Tortona 31", "20144", region="MI")),
    Buyer("SOUSA", "Tiago Sousa", "", located("PT", "Porto", "Rua das Flores 88", "4050-265")),
    Buyer("SANDSTROM", "Elin Sandström", "", located("SE", "Stockholm", "Götgatan 52", "118 26"), 25000),
    Buyer("OBRIEN", "Ciara O’Brien", "", located("IE", "Dublin", "14 South William Street", "D02 EE77")),
    Buyer("CARTER", "Lena Carter", "+1 212 555 0147", located("US", "New York", "231 West 18th Street, Apt 5C", "10011", region="NY"), 50000),
    Buyer(
        "PIERPOINT", "Pier Point Goods", "+1 206 555 0192",
        located("US", "Seattle", "1402 Western Avenue", "98101", region="WA"), credit=(200000, 14),
    ),
    Buyer("NGUYEN", "Kim Nguyen", "+61 3 5550 4417", located("AU", "Fitzroy", "9 Smith Street", "3065", region="VIC")),
    Buyer("TANAKA", "田中 由紀", "", located("JP", "渋谷区", "神南1-12-4", "150-0041", region="東京都")),
    Buyer(
        "LI-NA", "李娜", "+86 199 0000 1021",
        located("CN", "杭州市", "文三路188号 3幢502室", "310012", region="浙江省", district="西湖区"), 120000, "zh_Hans",
    ),
    Buyer(
        "WANG-HAO", "王浩", "+86 199 0000 1035",
        located("CN", "上海市", "世纪大道1600号", "200122", region="上海市", district="浦东新区"), 0, "zh_Hans",
    ),
    Buyer(
        "CHENJIA", "陈家茶馆", "+86 199 0000 1048",
        located("CN", "深圳市", "科技园南路18号", "518057", region="广东省", district="南山区"), 300000, "zh_Hans",
    ),
    Buyer(
        "ZHAO-MIN", "赵敏", "+86 199 0000 1052",
        located("CN", "北京市", "建国路93号", "100022", region="北京市", district="朝阳区"), 0, "zh_Hans",
    ),
    Buyer(
        "LIU-YANG", "刘洋", "+86 199 0000 1069",
        located("CN", "成都市", "人民南路四段27号", "610041", region="四川省", district="武侯区"), 40000, "zh_Hans",
    ),
)  # fmt: skip
# What was paid off of what was bought on terms (customer, hundredths, days ago), and how a balance is to be corrected by more than one
# person may alone (customer, hundredths, why, days ago): that waits for somebody else.
PAID_OFF = (("BAKKER", 30000, 3.2),)
WRONG_BALANCES = (("TIDEWATER", -24000, "A part of BANK-TIDEWATER-1 was meant for Tidewater Boats, not for the café.", 0.3),)
# Mail to her comes back: what that looks like belongs into a demo too.
WRONG_ADDRESS = "OBRIEN"
