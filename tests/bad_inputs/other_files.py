"""Files of products and of orders of long ago, through the pages of imports: rows of the table of bad inputs on C."""

from datetime import timedelta

from logistics.core import clock
from tests.bad_inputs.file_contents import LOOKED_AT, File, csv, importing
from tests.bad_inputs.rows import Bad, Open
from tests.imports.uploads import xlsx_file

PRODUCT = ["sku", "name", "price"]
HISTORY = ["order", "customer", "placed_at", "paid_at", "shipped_at", "carrier", "sku", "quantity", "unit_price"]
SURFACES: dict[str, Open] = {
    "C products": importing("products", "manager", lambda cast: cast.product("LAMP")),
    "C history": importing("orders", "manager", lambda cast: (cast.product("LAMP"), cast.customer(reference="C-1"), cast.carrier("DHL"))),
}


def _products(*skus: str, price: str = "18.00") -> File:
    return csv(*([sku, "Thing", price] for sku in skus), heading=PRODUCT)


def _many() -> File:
    """A thousand products, one code of which stands in rows 5 and 900."""
    skus = [f"SKU-{at}" for at in range(2, 1000)]
    skus[5 - 2] = skus[900 - 2] = "TWICE"
    return _products(*skus)


def _price(number: str, code: str, *texts: str) -> list[Bad]:
    return [Bad(number, "C products", _products("NEW-1", price=text), 409, code, "price", 2, writes=LOOKED_AT) for text in texts]


def _sku(number: str, code: str, *texts: str) -> list[Bad]:
    return [Bad(number, "C products", _products(text), 409, code, "sku", 2, writes=LOOKED_AT) for text in texts]


def _order(**changed: str) -> File:
    dates = {"placed_at": "2019-05-06", "paid_at": "2019-05-07", "shipped_at": "2019-05-08"}
    given = {"order": "OLD-1", "customer": "C-1", **dates, "carrier": "DHL", "sku": "LAMP", "quantity": "1", "unit_price": "18.00"}
    return csv([{**given, **changed}[name] for name in HISTORY], heading=HISTORY)


def _dated(number: str, name: str, code: str, *texts: str) -> list[Bad]:
    return [Bad(number, "C history", _order(**{name: text}), 409, code, name, 2, writes=LOOKED_AT) for text in texts]


ROWS = [
    *_price("B14", "bad_amount", "NaN", "sNaN", "1E+100000"),
    *_price("B15", "bad_amount", "-0.01"),
    *_price("B15", "too_many_decimals", "0.001"),
    Bad("B16", "C products", _products("GIFT", price="0"), 303),
    *_sku("B20", "required", "", "   "),
    *_sku("B20", "too_long", "A" * 65),
    *_sku("B21", "bad_code", "\u00a0NEW-1"),
    Bad("B21", "C products", _products(" NEW-1\t"), 303),
    Bad("B22", "C products", _products("abc-1", "ABC-1"), 409, "repeated", "sku", 2, says="2, 3", writes=LOOKED_AT),
    *_sku("B23", "bad_code", "Ａ1", "А1", "LA\u200dMP"),
    Bad("B24", "C products", _many(), 409, "repeated", "sku", 5, says="5, 900", writes=LOOKED_AT),
    Bad("B25", "C products", _products("1-2", "3E5", "00123"), 303),
    *(
        Bad("B25", "C products", File(xlsx_file([[code, "Thing", "1"]], PRODUCT), "a.xlsx"), 409, "format_as_text", "sku", 2, writes=LOOKED_AT)
        for code in (clock.now().replace(tzinfo=None), 3e5, 1.5)
    ),
    *_dated("B55", "placed_at", "no_offset", "2019-05-06T10:00:00"),
    *_dated("B56", "placed_at", "bad_date", "2019-W01-1"),
    *_dated("B56", "placed_at", "bad_time", "20190506", "1557136800000", "1e12"),
    *_dated("B57", "placed_at", "bad_time", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z"),
    *_dated("B58", "placed_at", "bad_time", "2019-05-06T23:59:60Z", "2019-05-06T24:00Z", "2019-02-30T10:00Z"),
    *_dated("B58", "placed_at", "bad_date", "2019-02-30"),
    Bad("B60", "C history", _order(placed_at=str((clock.now() + timedelta(days=2)).date()), paid_at="", shipped_at=""), 409, "future", "placed_at", 2,
        writes=LOOKED_AT),
    *_dated("B61", "shipped_at", "too_early", "2019-05-05"),
    *_dated("B61", "paid_at", "too_early", "2019-05-05"),
]  # fmt: skip
