"""Forms of a product, of a parcel's dispatch and of what a carrier said: rows of the table of bad inputs on F."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from logistics.core import clock
from logistics.core.keys import new_key
from tests.bad_inputs.order_form import send_form
from tests.bad_inputs.rows import Bad, Open
from tests.cast import Cast

PRODUCT = {"sku": "NEW-1", "name": "Thing", "price": "18.00", "sellable": "y"}
DISPATCH = {"carrier": "DHL", "tracking_number": "JD0011"}
EVENT = {"status": "in_transit", "occurred_at": f"{clock.now() - timedelta(hours=1):%Y-%m-%dT%H:%M}", "offset": "+00:00"}
DELIVERY = {"signer": "M. Park", "kind": "self", "occurred_at": EVENT["occurred_at"], "offset": "+00:00"}


def _form(who: str, usual: dict[str, str], make: Callable[[Cast], str]) -> Open:
    """A form of somebody's, at the address that `make` gives, with what is sent instead of the usual."""

    def open_form(cast: Cast) -> Callable[[Any], Any]:
        url = cast.made(lambda: make(cast))
        browser = cast.client(who)
        return lambda sent: send_form(browser, url, {**usual, "form_key": new_key(), **sent})

    return open_form


def _parcel(state: str, noun: str) -> Callable[[Cast], str]:
    def make(cast: Cast) -> str:
        cast.carrier("DHL")
        return f"/shipments/{cast.shipment(state=state).reference}/{noun}"

    return make


def _known(cast: Cast) -> str:
    return f"/products/{cast.product('ABC-1').sku}"


def _adding(cast: Cast) -> str:
    cast.product("ABC-1")
    return "/products/new"


SURFACES: dict[str, Open] = {
    "F product": _form("manager", PRODUCT, _adding),
    "F known product": _form("manager", {**PRODUCT, "sku": "ABC-1", "version": "1"}, _known),
    "F dispatch": _form("picker", DISPATCH, _parcel("packed", "dispatch")),
    "F event": _form("clerk", EVENT, _parcel("shipped", "tracking-events")),
    "F delivery": _form("clerk", DELIVERY, _parcel("shipped", "delivery")),
}


def _wrong(number: str, surface: str, pointer: str, *texts: str, says: str = "") -> list[Bad]:
    return [Bad(number, surface, {pointer: text}, 422, pointer=pointer, says=says) for text in texts]


def _taken(number: str, surface: str, *changes: dict[str, str]) -> list[Bad]:
    return [Bad(number, surface, change, 303) for change in changes]


IN_TWO_DAYS = f"{clock.now() + timedelta(days=2):%Y-%m-%dT%H:%M}"
ROWS = [
    *_wrong("B14", "F product", "price", "NaN", "sNaN", "1E+100000"),
    *_wrong("B15", "F product", "price", "-0.01", "0.001"),
    *_taken("B16", "F product", {"price": "0"}),
    *_wrong("B20", "F product", "sku", "", "   ", "x" * 65),
    *_taken("B21", "F product", {"sku": " NEW-1\t"}),
    *_wrong("B21", "F product", "sku", "\u00a0NEW-1"),
    *_wrong("B22", "F product", "sku", "abc-1", "ABC-1", says="This SKU is taken: ABC-1"),
    *_wrong("B23", "F product", "sku", "Ａ1", "А1", "LA\u200dMP"),
    *_wrong("B29", "F product", "name", "a\x00b"),
    *_wrong("B33", "F product", "sku", "LA\u202eMP"),
    *_taken("B54", "F product", *({"name": text} for text in ("=cmd|'/c calc'!A1", "+1", "-1", "@SUM", "＝1+1"))),
    *_wrong("B56", "F event", "occurred_at", "2026-W01-1T10:00", "20260101", "1766534400000", "1e12"),
    *_wrong("B57", "F event", "occurred_at", "0001-01-01T00:00+14:00", "9999-12-31T23:59"),
    *_wrong("B58", "F event", "occurred_at", "2026-10-01T23:59:60", "2026-10-01T24:00", "2026-02-30T10:00"),
    *_taken("B59", "F event", *({"occurred_at": "2026-03-29T02:30", "offset": zone} for zone in ("+01:00", "+02:00"))),
    *_taken("B59", "F event", *({"occurred_at": "2026-10-25T01:30", "offset": zone} for zone in ("+00:00", "+01:00"))),
    *_wrong("B59", "F event", "offset", "", "CET", "+25:00"),
    *_wrong("B60", "F delivery", "occurred_at", IN_TWO_DAYS, says="still to come"),
    *_taken("B73", "F dispatch", {"tracking_number": "1"}, {"tracking_number": " JD 00 11 "}, {"tracking_number": "1Z999AA10123456785"}),
    *_wrong("B73", "F dispatch", "tracking_number", "", "   ", "x" * 200, "JD①", "JD\u202e1"),
    *_wrong("B73", "F dispatch", "carrier", "", "NONE"),
    Bad("B84", "F known product", {"price": "20.00"}, 409, before={"price": "19.00"}),
]
