"""The columns in which files say who somebody is and where they live, for every import that has them."""

from collections.abc import Callable

from logistics.core import parsing
from logistics.core.addresses import Address
from logistics.core.contacts import check_email
from logistics.core.country_names import read_country
from logistics.core.language import lazy
from logistics.core.refusals import BadValue
from logistics.core.sheets import Column

ADDRESS = tuple(Address.__dataclass_fields__)


def line(longest: int) -> Callable[[str], str]:
    """A reader of one line of text."""
    return lambda text: parsing.clean_line(text, longest=longest)


def read_email(text: str) -> str:
    """An e-mail address as it is written. Raises BadValue."""
    address = parsing.clean_line(text, longest=254)
    if error := check_email(address):
        raise BadValue(error.code, error.message)
    return address


EMAIL = Column("email", read_email, label=lazy("E-mail"), also="mail|e-mail address|customer email|邮箱|电子邮箱|电子邮件|买家邮箱")
PHONE = Column(
    "phone",
    line(40),
    label=lazy("Phone"),
    also=(
        "telephone|tel|mobile|phone number|mobile phone|contact phone|shipping phone|电话|手机|手机号|手机号码|"
        "联系电话|联系手机|收货人手机|收货人电话|收件人电话|收件人手机"
    ),
)
ADDRESS_COLUMNS = (
    Column(
        "line1",
        line(200),
        label=lazy("Street and number"),
        also=("address|address 1|address line 1|street|street address|ship address|shipping address1|shipping street|详细地址|街道地址|街道|地址"),
    ),
    Column("line2", line(200), label=lazy("Address line 2"), also="address 2|shipping address2|apartment|地址2"),
    Column("district", line(100), label=lazy("District"), also="suburb|区|区县|县区|收货区县"),
    Column("city", line(100), label=lazy("City"), also="town|ship city|shipping city|市|城市|收货城市"),
    Column(
        "region",
        line(100),
        label=lazy("Region, state or province"),
        also="region|state|province|county|ship region|shipping province|省|省份|州|收货省份",
    ),
    Column("postcode", line(20), label=lazy("Postcode"), also="postal code|zip|zip code|post code|ship postal code|shipping zip|邮编|邮政编码"),
    Column("country", read_country, label=lazy("Country"), also="country code|ship country|shipping country|国家|国家/地区"),
)
