"""What stands behind the question mark and in the path, on the list of orders and in the API: rows of the table of bad inputs on Q."""

from urllib.parse import quote

from tests.api.programs import program
from tests.bad_inputs.rows import Bad, Open, Send, Told
from tests.cast import Cast


def _asking(cast: Cast) -> Send:
    cast.made(lambda: cast.stock("LAMP", 100))
    shop, manager = program(cast, "orders", "prices", "stock", "catalogue"), cast.client("manager")

    def ask(path: str) -> Told:
        return Told.by(shop.get(path.removeprefix("/api/v1")) if path.startswith("/api/") else manager.get(path))

    return ask


SURFACES: dict[str, Open] = {"Q": _asking}


def _asked(number: str, status: int, *paths: str, code: str = "", pointer: str = "") -> list[Bad]:
    return [Bad(number, "Q", path, status, code, pointer) for path in paths]


ROWS = [
    *_asked("B4", 422, "/orders/?customer=" + "9" * 5000),
    *_asked("B4", 422, "/api/v1/orders?limit=" + "9" * 5000, code="bad_limit", pointer="limit"),
    *_asked("B30", 400, "/orders/?q=%00", "/search?q=%00", "/orders/?sku=%00", "/api/v1/orders?q=%00", "/api/v1/orders/%00", "/api/v1/stock/%00"),
    *_asked("B38", 422, "/api/v1/orders?" + "&".join(f"a{number}=1" for number in range(10_000)), code="unknown_field"),
    *_asked("B38", 422, "/api/v1/orders?" + "&".join(f"a{number % 5000}=1" for number in range(10_000)), code="given_twice"),
    *_asked("B52", 200, *(f"/orders/?q={quote(text)}" for text in ("' OR 1=1--", "%27", "\\", "%", "_"))),
    *_asked("B52", 200, *(f"/api/v1/orders?q={quote(text)}" for text in ("' OR 1=1--", "%27", "\\", "%", "_"))),
    *_asked("B53", 200, "/orders/?q=" + quote("<script>alert(1)</script>")),
    *_asked("B56", 422, "/orders/?from=2026-W01-1", "/orders/?to=20260101", "/orders/?from=1766534400000", "/orders/?from=1e12"),
    *_asked("B56", 422, *(f"/api/v1/orders?from={text}" for text in ("2026-W01-1", "20260101", "1766534400000", "1e12")), code="bad_date"),
    *_asked("B57", 422, "/orders/?from=0001-01-01", "/orders/?to=9999-12-31"),
    *_asked("B57", 422, "/api/v1/orders?from=0001-01-01", "/api/v1/orders?to=9999-12-31", code="bad_date"),
    *_asked("B58", 422, "/orders/?from=2026-02-30"),
    *_asked("B58", 422, "/api/v1/orders?from=2026-02-30", code="bad_date", pointer="from"),
    *_asked("B83", 422, *(f"/orders/?customer={text}" for text in ("-1", "1e9", "abc", "1.0", "１"))),
    *_asked("B83", 422, "/orders/?status=password_hash", "/orders/?sort=password_hash", "/orders/?cursor=x"),
    *_asked("B83", 422, *(f"/api/v1/orders?limit={text}" for text in ("0", "-1", "1e9", "abc", "1.0", "１")), code="bad_limit", pointer="limit"),
    *_asked("B83", 422, "/api/v1/orders?sort=password_hash", "/api/v1/orders?page=0", code="unknown_field"),
    *_asked("B83", 404, *(f"/api/v1/orders/{text}" for text in ("1.0", "１", "-1", "1e9", "abc", "x" * 5000)), code="not_found"),
    *_asked("B83", 404, "/orders/1.0", "/orders/abc", "/orders/" + "x" * 5000),
]  # fmt: skip
