"""What an order costs, entry by entry, and by what it differs from what was billed: plain values in, plain values out.

An entry is what a document prints of a line, of shipping, or of an allowance at one tax rate. Its amounts are minor units: `amount` as priced,
`tax`, and `gross` with tax.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from logistics.orders.models import Order, OrderLine
from logistics.orders.rules import line_net, tax_of, with_tax

LINE, SHIPPING, ALLOWANCE = "line", "shipping", "allowance"


@dataclass(frozen=True)
class Entry:
    """One row of a document. `line` is the order line's id; rates and discounts are basis points. What is given back is negative."""

    kind: str
    tax_bp: int
    amount: int
    tax: int
    gross: int
    line: int = 0
    units: int = 0
    sku: str = ""
    name: str = ""
    unit_price: int = 0
    discount_bp: int = 0

    @property
    def discounted(self) -> int:
        """By how much it is less than its units at their price, in minor units."""
        return self.units * self.unit_price - self.amount

    @property
    def key(self) -> tuple[str, int, int]:
        """What stays the same while it is billed in parts."""
        return self.kind, self.line, self.tax_bp

    def plus(self, other: "Entry", sign: int) -> "Entry":
        """The two together, or with -1 what it is more than the other."""
        named = ("units", "amount", "tax", "gross")
        return replace(self, **{name: getattr(self, name) + sign * getattr(other, name) for name in named})

    @classmethod
    def read(cls, facts: Mapping[str, Any]) -> "Entry":
        """The entry of a document's content."""
        return cls(**facts)


def entries_of(order: Order) -> list[Entry]:
    """What the order costs now, without what was cancelled; together that is rules.due. The lines' products must be loaded."""
    if all(line.cancelled == line.ordered for line in order.lines):
        return []
    entries = [_line(order, line) for line in order.lines if line.cancelled < line.ordered]
    if order.shipping:
        entries.append(_charge(order, SHIPPING, order.shipping, order.shipping_tax_bp))
    return entries + _allowances(order, entries)


def difference(now: Iterable[Entry], billed: Iterable[Entry]) -> list[Entry]:
    """What is to be billed so that all that was billed, entry by entry, becomes what is there now. Less than was billed is negative."""
    left = {entry.key: entry for entry in now}
    for entry in billed:
        there = left.get(entry.key, replace(entry, units=0, amount=0, tax=0, gross=0))
        left[entry.key] = there.plus(entry, -1)
    return [entry for entry in left.values() if entry.units or entry.gross or entry.tax]


def turned(entries: Iterable[Entry]) -> list[Entry]:
    """The same as a credit note says it: what is given back is positive."""
    return [replace(entry, units=0, amount=0, tax=0, gross=0).plus(entry, -1) for entry in entries]


def totals_of(entries: Sequence[Entry]) -> dict[str, int]:
    """Net, tax and total of a document."""
    total, tax = sum(entry.gross for entry in entries), sum(entry.tax for entry in entries)
    return {"net": total - tax, "tax": tax, "total": total}


def taxes_of(entries: Sequence[Entry]) -> list[dict[str, int]]:
    """The summary by tax rate, the highest first: tax_bp, net, tax, gross."""
    rates: list[dict[str, int]] = []
    for rate in sorted({entry.tax_bp for entry in entries}, reverse=True):
        sums = totals_of([entry for entry in entries if entry.tax_bp == rate])
        rates.append({"tax_bp": rate, "net": sums["net"], "tax": sums["tax"], "gross": sums["total"]})
    return rates


def as_facts(entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """As a document's content keeps them."""
    return [asdict(entry) for entry in entries]


def _line(order: Order, line: OrderLine) -> Entry:
    units = line.ordered - line.cancelled
    charge = _charge(order, LINE, line_net(line, units), line.tax_bp)
    product = line.product
    named = replace(charge, line=line.id, sku=product.sku, name=product.name)
    return replace(named, units=units, unit_price=line.unit_price, discount_bp=line.discount_bp)


def _charge(order: Order, kind: str, amount: int, tax_bp: int) -> Entry:
    included = order.tax_included
    return Entry(kind, tax_bp, amount, tax_of(amount, tax_bp, included=included), with_tax(amount, tax_bp, included=included))


def _allowances(order: Order, entries: Sequence[Entry]) -> list[Entry]:
    """What was given back, shared out over the rates by what they cost with tax, so that its tax is known; to the last minor unit."""
    whole = sum(entry.gross for entry in entries)
    left, shares = min(order.allowance, whole), []
    for rate in taxes_of(entries):
        share = left * rate["gross"] // whole if whole else 0
        left, whole = left - share, whole - rate["gross"]
        tax = tax_of(share, rate["tax_bp"], included=True)
        amount = share if order.tax_included else share - tax
        shares.append(Entry(ALLOWANCE, rate["tax_bp"], -amount, -tax, -share))
    return [share for share in shares if share.gross]
