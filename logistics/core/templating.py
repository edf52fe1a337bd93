"""What every template can use: filters for numbers, money and times in the reader's language, the `ui` macros, and the frame's facts."""

import hashlib
from datetime import date, datetime
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_timedelta
from babel.numbers import format_decimal
from flask import Flask, current_app, g, get_flashed_messages, request, url_for
from flask_wtf.csrf import generate_csrf
from jinja2 import Environment, StrictUndefined

from logistics.core import clock
from logistics.core.actors import may, signed_in
from logistics.core.language import LOCALES, current_locale
from logistics.core.money import decimals, format_money

MACROS = "shared/ui/"


def init_app(app: Flask) -> None:
    """Set up Jinja: unknown names are errors, macros are there in fragments too."""
    environment = app.jinja_env
    environment.undefined = StrictUndefined
    environment.trim_blocks = True
    environment.lstrip_blocks = True
    environment.filters.update(money=_money, number=_number, when=when_text, when_iso=_when_iso, day=day_text, hour=_hour, ago=_ago, percent=_percent)
    environment.globals.update(may=may, asset=asset, dom_id=dom_id, query_with=query_with, locales=list(LOCALES.items()), decimals=decimals)
    # The macros see only the globals that are there by then, and the guards that bring this one come later.
    environment.globals["csrf_token"] = generate_csrf
    app.context_processor(_frame)
    _gather_macros(environment)


def _gather_macros(environment: Environment) -> None:
    """Make `ui` of all public macros in shared/ui/; it is there before them, so that they can use each other by it."""
    environment.globals["ui"] = ui = SimpleNamespace()
    for name in environment.list_templates(filter_func=lambda name: name.startswith(MACROS)):
        vars(ui).update({macro: made for macro, made in vars(environment.get_template(name).module).items() if not macro.startswith("_")})


def dom_id(thing: Any, part: str = "") -> str:
    """The id of the element that shows a row: stock-level-7, or stock-level-7-bin for a part of it."""
    kind = "".join(f"-{char.lower()}" if char.isupper() else char for char in type(thing).__name__).lstrip("-")
    return f"{kind}-{thing.id}-{part}" if part else f"{kind}-{thing.id}"


def asset(path: str) -> str:
    """The URL of a static file, with its content's hash, so that browsers may keep it for good."""
    return url_for("static", filename=path, v=_content_hash(Path(str(current_app.static_folder)) / path))


def query_with(**changes: Any) -> str:
    """This page's query with some parameters changed; None takes one out. Paging starts anew unless `cursor` is given."""
    kept = {name: value for name, value in request.args.items() if name not in ("cursor", "lang")}
    kept.update(changes)
    return "?" + urlencode({name: value for name, value in kept.items() if value not in (None, "")})


def when_text(moment: datetime | None) -> str:
    """A day and a time in the shop's zone, as the reader writes them; an empty text for None."""
    return "" if moment is None else str(format_datetime(_local(moment), _pattern("y-MM-dd HH:mm", "y年M月d日 HH:mm"), locale=current_locale()))


def render_apart(template: str, **facts: Any) -> str:
    """Render a template that answers no request, such as a mail, in the language being spoken."""
    settings = current_app.config["SETTINGS"]
    found = current_app.jinja_env.get_template(template)
    return found.render(shop_name=settings.shop_name, locale=current_locale(), **facts)


@cache
def _content_hash(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12]


def _frame() -> dict[str, Any]:
    settings = current_app.config["SETTINGS"]
    return {
        "shop_name": settings.shop_name,
        "actor": signed_in(),
        "locale": current_locale(),
        "theme": getattr(g, "theme", "") or "",
        "flashes": get_flashed_messages(with_categories=True),
    }


def _money(minor: int | None, currency: str) -> str:
    return "" if minor is None else format_money(minor, currency, current_locale())


def _number(value: int | None) -> str:
    return "" if value is None else str(format_decimal(value, locale=current_locale()))


def _percent(basis_points: int) -> str:
    return f"{format_decimal(basis_points / 100, locale=current_locale())}%"


def _when_iso(moment: datetime) -> str:
    return moment.isoformat()


def day_text(moment: datetime | date | None) -> str:
    """A day as the reader writes it, of a moment the one in the shop's zone; an empty text for None."""
    if moment is None:
        return ""
    day = _local(moment).date() if isinstance(moment, datetime) else moment
    return str(format_date(day, "medium", locale=current_locale()))


def _hour(moment: datetime) -> str:
    """Hour and minute in the shop's zone."""
    return _local(moment).strftime("%H:%M")


def _ago(moment: datetime) -> str:
    """How long ago, in words."""
    return str(format_timedelta(moment - clock.now(), add_direction=True, locale=current_locale()))


def _pattern(english: str, chinese: str) -> str:
    return chinese if current_locale() == "zh_Hans" else english


def _local(moment: datetime) -> datetime:
    return moment.astimezone(ZoneInfo(current_app.config["TIMEZONE"]))
