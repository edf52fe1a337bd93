"""Panels and navigation: how higher features appear on pages of lower ones, without the lower ones knowing them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, g, request, url_for
from sqlalchemy import ScalarSelect, select
from sqlalchemy.orm import Session

from logistics.core.actors import may
from logistics.core.database import session


@dataclass(frozen=True)
class Panel:
    """A part of somebody else's page: `place` names the page ("order"), `load` reads what the template finds as `panel`.

    The page shows its panels by `{% for template, panel in panels('order', order) %}{% include template %}{% endfor %}`.
    """

    place: str
    position: int
    template: str
    load: Callable[[Session, Any], Mapping[str, Any]]
    needs: str


@dataclass(frozen=True)
class NavigationItem:
    """An entry of the side navigation. `waiting` counts what waits there, as a subquery; `on_phone` puts it into the bottom bar too."""

    group: str
    position: int
    label: Any
    icon: str
    endpoint: str
    needs: str
    waiting: Callable[[], ScalarSelect[int]] | None = None
    on_phone: bool = False


def init_app(app: Flask) -> None:
    """Make the registries, and the context that layouts read."""
    app.extensions["panels"] = []
    app.extensions["navigation"] = []
    app.jinja_env.globals["panels"] = panels
    app.jinja_env.globals["side_navigation"] = side_navigation
    app.jinja_env.globals["phone_navigation"] = phone_navigation


def register_panel(app: Flask, panel: Panel) -> None:
    """Show this panel on its page."""
    app.extensions["panels"].append(panel)


def register_navigation(app: Flask, *items: NavigationItem) -> None:
    """Show these entries in the navigation."""
    app.extensions["navigation"].extend(items)


def panels(place: str, thing: Any) -> list[tuple[str, Mapping[str, Any]]]:
    """The panels of a page that this person may see, in order: template and what it needs."""
    chosen = [panel for panel in current_app.extensions["panels"] if panel.place == place and may(panel.needs)]
    return [(panel.template, panel.load(session(), thing)) for panel in sorted(chosen, key=lambda panel: panel.position)]


def no_facts(_session: Session, _thing: Any) -> Mapping[str, Any]:
    """The `load` of a panel that only says what can be done."""
    return {}


def side_navigation() -> list[dict[str, Any]]:
    """The groups of the side navigation, each with its items, as far as this person may see them."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for item in _visible():
        groups.setdefault(item.group, []).append(_shown(item))
    return [{"label": label, "items": items} for label, items in groups.items()]


def phone_navigation() -> list[dict[str, Any]]:
    """The bottom bar of a phone, at most five items."""
    return [_shown(item) for item in _visible() if item.on_phone][:5]


def _visible() -> list[NavigationItem]:
    items: list[NavigationItem] = current_app.extensions["navigation"]
    return [item for item in sorted(items, key=lambda item: item.position) if may(item.needs)]


def _shown(item: NavigationItem) -> dict[str, Any]:
    href = url_for(item.endpoint)
    return {
        "label": item.label,
        "href": href,
        "icon": item.icon,
        "count": _counts().get(item.endpoint),
        "active": href == _here(),
    }


def _here() -> str:
    """The entry that the page belongs to: the longest its path begins with, as features above hang pages below those of others."""
    if "navigation_here" not in g:
        entries = [url_for(item.endpoint) for item in _visible()]
        above = [href for href in entries if request.path == href or (href != "/" and request.path.startswith(href))]
        g.navigation_here = max(above, key=len, default="")
    here: str = g.navigation_here
    return here


def _counts() -> Mapping[str, int]:
    """How much waits at each entry that this person sees: one statement for all of them, and for both navigations."""
    if "navigation_counts" not in g:
        waiting = {item.endpoint: item.waiting().label(None) for item in _visible() if item.waiting}
        row = session().execute(select(*waiting.values())).one() if waiting else ()
        g.navigation_counts = dict(zip(waiting, row, strict=True))
    counts: Mapping[str, int] = g.navigation_counts
    return counts
