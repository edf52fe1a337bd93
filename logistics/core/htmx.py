"""htmx 4 on the server: htmx-flask knows the headers of htmx 2, and this adapter the one that htmx 4 decides by."""

from flask import Flask, Response, request
from htmx_flask import Htmx


def init_app(app: Flask) -> None:
    """Make `request.htmx` available."""
    Htmx(app)


def asks_for_part() -> bool:
    """Whether the browser wants a part of the page: a targeted swap, not boosted navigation and not a history restore."""
    headers = request.headers
    return (
        headers.get("HX-Request") == "true"
        and headers.get("HX-Request-Type") == "partial"
        and headers.get("HX-Boosted") != "true"
        and headers.get("HX-History-Restore-Request") != "true"
    )


def is_htmx() -> bool:
    """Whether htmx sent this request, boosted navigation included."""
    return request.headers.get("HX-Request") == "true"


def vary(response: Response) -> Response:
    """Say to caches that one URL has two answers."""
    response.vary.update(("HX-Request", "HX-Request-Type"))
    return response
