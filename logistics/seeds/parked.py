"""The order that the demo company's web shop sends with a code nobody here knows, as Shopify writes it (REST Admin API, Order)."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.money import decimals
from logistics.seeds.buyers import Buyer
from logistics.seeds.orders import WEB
from logistics.seeds.playing import Story
from logistics.seeds.stories import Company

BUYER = "FLETCHER"
DAYS_AGO = 0.3
# SKU and name at the shop, units, price in hundredths. The first is ours; the second was renamed at the shop: it is our MUG-SEA.
_LINES = (("BOWL-22", "Stoneware bowl, 22 cm", 1, 2400), ("MUG-SEAGREEN", "Stoneware mug, sea green (new glaze)", 2, 1650))

# A shop's body is received and worked: channel's code, topic, body, and who shares a secret with the shop where none is shared.
Send = Callable[..., None]


def sending(session: Session, company: Company, send: Send, until: datetime) -> Story:
    """The shop sends it."""
    yield until - timedelta(days=DAYS_AGO)
    buyer, _customer_id = company.customers[BUYER]
    send(session, code=WEB, topic="orders/create", body=_body(company, buyer), by=company.manager)


def _body(company: Company, buyer: Buyer) -> Mapping[str, Any]:
    total = sum(units * price for _sku, _title, units, price in _LINES)
    moment, address = clock.now().isoformat(timespec="seconds"), buyer.address
    place = {
        "name": buyer.name,
        "address1": address.line1,
        "city": address.city,
        "zip": address.postcode,
        "country_code": address.country,
        "phone": buyer.phone,
    }
    return {
        "id": 5_921_340_066,
        "name": "#1901",
        "email": buyer.email,
        "created_at": moment,
        "updated_at": moment,
        "currency": company.currency,
        "financial_status": "paid",
        "taxes_included": True,
        "total_price": _written(company, total),
        "total_outstanding": "0",
        "customer": {"email": buyer.email, "first_name": buyer.name.split()[0], "last_name": buyer.name.split()[-1]},
        "shipping_address": place,
        "billing_address": place,
        "line_items": [
            {"id": row, "variant_id": 44_100 + row, "sku": sku, "name": title, "quantity": units, "price": _written(company, price)}
            for row, (sku, title, units, price) in enumerate(_LINES, 1)
        ],
    }


def _written(company: Company, hundredths: int) -> str:
    """An amount as a shop writes it."""
    places = decimals(company.currency)
    return f"{company.amount(hundredths) / 10**places:.{places}f}"
