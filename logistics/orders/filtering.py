"""What the list of orders can be asked for, and how its URL says so."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qsl, urlencode

from logistics.core import parsing
from logistics.core.config import settings
from logistics.core.language import _
from logistics.core.money import parse_currency, parse_money, plain
from logistics.core.refusals import BadValue, Invalid
from logistics.orders.models import OrderStatus

SHOWN = tuple(status for status in OrderStatus if status != OrderStatus.DRAFT)
# How many days back a quick choice reaches; today is the first of them.
QUICK_DAYS = (1, 7, 30)
LONGEST_QUERY = 1000


class Sort(StrEnum):
    """In which order they stand."""

    NEWEST = "newest"
    OLDEST = "oldest"
    PRIORITY = "priority"
    EXPIRES = "expires"
    TOTAL = "total"
    NAME = "name"


class Flag(StrEnum):
    """What is remarkable about an order, beside its status."""

    ATTENTION = "attention"
    HELD = "held"
    WAITING = "waiting"
    EXPIRING = "expiring"
    URGENT = "urgent"
    PART_PAID = "part_paid"
    OVERPAID = "overpaid"
    COD = "cod"
    TERMS = "terms"
    NOTE = "note"
    IMPORTED = "imported"


@dataclass(frozen=True)
class OrderSearch:
    """Which orders are wanted, and in which order. An id of 0, no days and empty texts leave a filter open.

    Days are the shop's, both included; `days` counts back from today and gives way to `first_day` and `last_day`. All of `flags` hold.
    `least` and `most` are totals in minor units of `currency`, both included: only orders of that currency fit then.
    """

    q: str = ""
    status: str = ""
    flags: tuple[Flag, ...] = ()
    sku: str = ""
    customer: int = 0
    channel: str = ""
    warehouse: str = ""
    days: int = 0
    first_day: date | None = None
    last_day: date | None = None
    least: int | None = None
    most: int | None = None
    currency: str = ""
    sort: Sort = Sort.NEWEST
    cursor: str = ""

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> "OrderSearch":
        """As the URL says; several flags stand in one text with commas between them. Raises Invalid for what cannot be searched for."""
        try:
            first_day, last_day = _day(query.get("from", "")), _day(query.get("to", ""))
            currency = _currency(query)
            return cls(
                q=parsing.clean_line(query.get("q", ""), longest=120),
                status=_one_of(query.get("status", ""), "", *SHOWN),
                flags=_flags(query.get("flags", "")),
                sku=parsing.clean_line(query.get("sku", ""), longest=64),
                customer=_number(query.get("customer", "")),
                channel=parsing.clean_line(query.get("channel", ""), longest=40),
                warehouse=parsing.clean_line(query.get("warehouse", ""), longest=20),
                days=0 if first_day or last_day else int(_one_of(query.get("days", ""), "", *map(str, QUICK_DAYS)) or 0),
                first_day=first_day,
                last_day=last_day,
                least=_amount(query.get("least", ""), currency),
                most=_amount(query.get("most", ""), currency),
                currency=currency,
                sort=Sort(_one_of(query.get("sort", "") or Sort.NEWEST, *Sort)),
                cursor=query.get("cursor", ""),
            )
        except BadValue as error:
            raise Invalid(error.message) from error

    @classmethod
    def from_text(cls, text: str) -> "OrderSearch":
        """From a query as `text` writes it. Raises Invalid for one that is too long, or says what cannot be searched for."""
        if len(text) > LONGEST_QUERY:
            raise _refusal()
        try:
            return replace(cls.from_query(dict(parse_qsl(text, max_num_fields=20))), cursor="")
        except ValueError:
            raise _refusal() from None

    @property
    def text(self) -> str:
        """The same as the query of a URL, from its beginning: one spelling for one search."""
        named: dict[str, Any] = {
            "q": self.q,
            "status": self.status,
            "flags": ",".join(self.flags),
            "sku": self.sku,
            "customer": self.customer,
            "channel": self.channel,
            "warehouse": self.warehouse,
            "days": self.days,
            "from": self.first_day,
            "to": self.last_day,
            "least": self.least_text,
            "most": self.most_text,
            "currency": self.currency,
            "sort": "" if self.sort == Sort.NEWEST else self.sort,
        }
        # Never empty: without a query the list shows what somebody wants to see first.
        return urlencode({name: value for name, value in named.items() if value}, safe=",") or f"sort={Sort.NEWEST}"

    def url(self, **changes: Any) -> str:
        """The query for a link, with some of it changed; it starts from the first page unless `cursor` is given."""
        cursor = changes.pop("cursor", "")
        return f"?{replace(self, **changes).text}" + (f"&cursor={cursor}" if cursor else "")

    def without(self, flag: Flag) -> str:
        """The query for a link that takes one flag off."""
        return self.url(flags=tuple(other for other in self.flags if other != flag))

    @property
    def least_text(self) -> str:
        """The lowest total wanted, as it is typed."""
        return "" if self.least is None else plain(self.least, self.currency)

    @property
    def most_text(self) -> str:
        """The highest total wanted, as it is typed."""
        return "" if self.most is None else plain(self.most, self.currency)

    def without_total(self) -> str:
        """The query for a link that takes the bounds of the total off."""
        return self.url(least=None, most=None, currency="")

    def without_filters(self) -> str:
        """The query for a link that takes all filters off, but for the status and the typed words."""
        return f"?{OrderSearch(q=self.q, status=self.status, sort=self.sort).text}"

    def span(self, today: date) -> tuple[date | None, date | None]:
        """The first and the last day wanted; None leaves an end open."""
        return (today - timedelta(days=self.days - 1), None) if self.days else (self.first_day, self.last_day)

    @property
    def is_open(self) -> bool:
        """Whether nothing is filtered."""
        return self._bare() == OrderSearch()

    @property
    def is_narrow(self) -> bool:
        """Whether anything but the status narrows the list."""
        return replace(self._bare(), status="") != OrderSearch()

    @property
    def filters(self) -> int:
        """How many filters are on, beside the status and the typed words."""
        dates = bool(self.days or self.first_day or self.last_day)
        return len(self.flags) + sum(map(bool, (self.sku, self.customer, self.channel, self.warehouse, dates, self.currency)))

    def _bare(self) -> "OrderSearch":
        return replace(self, cursor="", sort=Sort.NEWEST)


def _flags(text: str) -> tuple[Flag, ...]:
    wanted = {Flag(_one_of(name, *Flag)) for name in text.split(",") if name}
    return tuple(flag for flag in Flag if flag in wanted)


def _currency(query: Mapping[str, str]) -> str:
    """The currency of the totals asked for, the shop's where none is said; none where no totals are."""
    if not (query.get("least", "").strip() or query.get("most", "").strip()):
        return ""
    return parse_currency(query.get("currency", "").strip() or settings().currency)


def _amount(text: str, currency: str) -> int | None:
    return parse_money(text, currency) if text.strip() else None


def _number(text: str) -> int:
    if not (text == "" or (text.isascii() and text.isdigit() and len(text) <= 18)):
        raise _refusal()
    return int(text or 0)


def _one_of(text: str, *known: str) -> str:
    if text not in known:
        raise _refusal()
    return text


def _day(text: str) -> date | None:
    return parsing.parse_day(text, first=1990) if text else None


def _refusal() -> Invalid:
    return Invalid(_("This list cannot be shown in that way."))
