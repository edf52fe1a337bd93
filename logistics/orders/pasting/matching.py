"""What a message names, looked up: the customer by phone number or e-mail address, the products by SKU, barcode or name."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import Row, any_, case, cast, func, literal, or_, select, true
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY
from sqlalchemy.orm import Session
from sqlalchemy.types import BigInteger, Text

from logistics.catalog.models import Product
from logistics.core.contacts import dialled
from logistics.core.search import as_query, matches
from logistics.customers.models import Customer
from logistics.orders.pasting.board import Board, Goods, Piece

MOST_CANDIDATES = 5


@dataclass(frozen=True)
class MatchedGoods:
    """Goods that were asked for, and the product they are, if it is one; else how many `fit`."""

    goods: Goods
    product: Product | None = None
    exact: bool = False
    fit: int = 0

    @property
    def sure(self) -> bool:
        """Whether nobody needs to look at which product it is."""
        return self.exact or (self.product is not None and self.goods.plain)


@dataclass(frozen=True)
class Understood:
    """A message, read and looked up. `rest` is what nobody understood, word for word; `customers` are who it may be from,
    `language` what it is written in, where that is plain."""

    fields: Sequence[Piece]
    lines: Sequence[MatchedGoods]
    rest: Sequence[str]
    customers: Sequence[Customer] = field(default_factory=tuple)
    by_name: bool = False
    language: str = ""

    @property
    def customer(self) -> Customer | None:
        """Who it is from, if that is one customer."""
        return self.customers[0] if len(self.customers) == 1 else None


def look_up(session: Session, board: Board) -> Understood:
    """Find who and what a message that was read means, in few statements whatever its length.

    What may not be goods at all and fits no product is given back as not understood.
    """
    found = _find_products(session, board.goods)
    lines = [_match(goods, found.get(at, [])) for at, goods in enumerate(board.goods)]
    kept = [line for line in lines if line.goods.plain or line.fit]
    left = [(line.goods.start, board.pasted[line.goods.start : line.goods.end]) for line in lines if line not in kept]
    fields = [piece for piece in board.pieces if piece.kind != "filler"]
    customers = _find_customers(session, board)
    named = board.first("name")
    by_name = not customers and named is not None
    if by_name and named:
        customers = _find_named(session, named.value)
    return Understood(fields, kept, [*board.rest(), *(text for _start, text in left)], customers, by_name, "zh_Hans" if board.is_chinese else "")


def _match(goods: Goods, found: Sequence[tuple[Product, bool]]) -> MatchedGoods:
    exact = [product for product, is_exact in found if is_exact]
    if len(exact) == 1:
        return MatchedGoods(goods, exact[0], exact=True, fit=1)
    return MatchedGoods(goods, found[0][0] if len(found) == 1 else None, fit=len(found))


def _find_customers(session: Session, board: Board) -> Sequence[Customer]:
    """Whose phone number or e-mail address it is."""
    phone, email, country = board.first("phone"), board.first("email"), board.first("country")
    home = country.value if country else "CN" if board.is_chinese else ""
    number = dialled(phone.value, home) if phone else ""
    asked = [text for text in (number, phone.value if phone else "", email.value if email else "") if text]
    if not asked:
        return []
    # The search column narrows it down by its index; what is the same is decided here.
    some = session.scalars(select(Customer).where(or_(*(matches(Customer.search, text) for text in asked))).order_by(Customer.id).limit(50)).all()
    by_email = [one for one in some if email and one.email.lower() == email.value.lower()]
    by_phone = [one for one in some if number and dialled(one.phone, one.country or home) == number]
    # The number of one and the address of another: somebody has to choose.
    return ([one for one in by_email if one in by_phone] or [*by_email, *by_phone])[:MOST_CANDIDATES]


def _find_named(session: Session, name: str) -> Sequence[Customer]:
    called = select(Customer).where(matches(Customer.search, name), func.lower(Customer.name) == name.lower())
    return session.scalars(called.order_by(Customer.id).limit(MOST_CANDIDATES)).all()


def _find_products(session: Session, goods: Sequence[Goods]) -> dict[int, list[tuple[Product, bool]]]:
    """The products that fit each text, and whether each is exactly that: at most MOST_CANDIDATES, all texts in one statement."""
    texts = [one.product for one in goods]
    if not any(texts):
        return {}
    asked = (
        func.unnest(
            literal([text.lower() for text in texts], ARRAY(Text)),
            literal([as_query(_singular(text)) if text else "" for text in texts], ARRAY(Text)),
            literal([_barcode(text) for text in texts], ARRAY(Text)),
        )
        .table_valued("text", "query", "barcode", with_ordinality="at", name="asked")
        .render_derived()
    )
    barcode = (asked.c.barcode != "") & (Product.gtin != "") & (func.lpad(Product.gtin, 14, "0") == asked.c.barcode)
    exact = (func.lower(Product.sku) == asked.c.text) | (func.lower(Product.name) == asked.c.text) | barcode
    fits = exact | ((asked.c.query != "") & Product.search.op("@@")(cast(asked.c.query, TSQUERY)))
    best = (
        select(Product.id, exact.label("exact"))
        .where(Product.sellable, asked.c.text != "", fits)
        .order_by(case((exact, 0), else_=1), func.lower(Product.sku))
        .limit(MOST_CANDIDATES)
        .lateral()
    )
    rows = session.execute(select(asked.c.at, best.c.id, best.c.exact).select_from(asked).join(best, true())).all()
    return _with_products(session, rows)


def _with_products(session: Session, rows: Sequence[Row[int, int, bool]]) -> dict[int, list[tuple[Product, bool]]]:
    ids = sorted({row.id for row in rows})
    products = {product.id: product for product in session.scalars(select(Product).where(Product.id == any_(literal(ids, ARRAY(BigInteger)))))}
    found: dict[int, list[tuple[Product, bool]]] = {}
    for row in rows:
        found.setdefault(row.at - 1, []).append((products[row.id], row.exact))
    return found


def _singular(text: str) -> str:
    """Without the s of a plural: every word is asked for by how it begins."""
    return re.sub(r"(?<=[a-z]{2})s\b", "", text, flags=re.IGNORECASE | re.ASCII)


def _barcode(text: str) -> str:
    digits = text.replace(" ", "")
    return digits.zfill(14) if re.fullmatch(r"[0-9]{8,14}", digits) else ""
