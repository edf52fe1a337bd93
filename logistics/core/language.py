"""The interface's languages: English and Simplified Chinese, chosen per request (Flask-Babel behind one door)."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from flask import Flask, g, has_request_context, request
from flask_babel import Babel, force_locale, ngettext
from flask_babel import get_locale as _babel_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as lazy

Thing = TypeVar("Thing")
LOCALES = {"en": "English", "zh_Hans": "简体中文"}
DEFAULT = "en"

__all__ = ["DEFAULT", "LOCALES", "_", "current_locale", "each_in_its_language", "init_app", "lazy", "ngettext", "speaking", "spoken"]


def init_app(app: Flask) -> None:
    """Choose the language for each request: what was asked for in the URL, then the person's own, then the browser's."""
    app.config.setdefault("BABEL_TRANSLATION_DIRECTORIES", f"{app.root_path}/translations")
    app.config.setdefault("BABEL_DEFAULT_TIMEZONE", app.config["TIMEZONE"])
    Babel(app, locale_selector=_select)


def current_locale() -> str:
    """The code of the language being spoken now, a key of LOCALES."""
    return spoken(str(_babel_locale() or DEFAULT))


def spoken(code: str | None) -> str:
    """The interface language nearest to a BCP 47 or POSIX code; English when none is near."""
    if code in LOCALES:
        return str(code)
    return "zh_Hans" if code and code.lower().replace("_", "-").startswith("zh") else DEFAULT


@contextmanager
def speaking(code: str | None) -> Iterator[None]:
    """Speak this language inside the block: for mail, which goes to somebody else than who caused it."""
    with force_locale(spoken(code)):
        yield


def each_in_its_language(things: Iterable[Thing], language: Callable[[Thing], str]) -> Iterator[Thing]:
    """The things one after the other; until the next one is asked for, the language of this one is spoken. For papers in a row."""
    for thing in things:
        with speaking(language(thing)):
            yield thing


def _select() -> str:
    if not has_request_context():
        return DEFAULT
    if asked := request.args.get("lang"):
        return spoken(asked)
    preferred = getattr(g, "language", None) or request.cookies.get("language")
    return spoken(preferred or request.accept_languages.best_match(["en", "zh", "zh-CN", "zh-Hans", "zh-TW"], DEFAULT))
