"""A real browser (Debian's Chromium by Playwright) on a house of real processes, with everything the pages ask for.

Without Chromium these tests are skipped, or fail if LOGISTICS_REQUIRE_BROWSER=1. Every page that is driven here must stay silent:
an error on the console or a request to anywhere else fails the test.
"""

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from logistics.core.database import db
from logistics.staff.signing_in import open_session
from tests.cast import Cast
from tests.conftest import SECRET
from tests.house import House

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--disable-dev-shm-usage",
]  # fmt: skip
DESK, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser, started once."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        if os.environ.get("LOGISTICS_REQUIRE_BROWSER") == "1":
            pytest.fail("Chromium is not installed, and LOGISTICS_REQUIRE_BROWSER=1")
        pytest.skip("Chromium is not installed: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def house(town: Flask) -> Iterator[House]:
    """Gunicorn and worker on a database of their own."""
    with House(town, town.config["SQLALCHEMY_DATABASE_URI"], SECRET) as running:
        yield running


@pytest.fixture
def open_browser(chromium: Browser, house: House, town: Flask) -> Iterator[Callable[..., Page]]:
    """Opens a window: `open_browser("clerk", phone=True, language="zh_Hans", dark=True)`; None is somebody without a sign-in."""
    contexts: list[BrowserContext] = []
    noises: list[str] = []

    def open_window(who: str | None, *, phone: bool = False, language: str = "en", dark: bool = False, script: bool = True) -> Page:
        context = chromium.new_context(
            viewport=PHONE if phone else DESK,  # type: ignore[arg-type]
            has_touch=phone,
            locale="zh-CN" if language == "zh_Hans" else "en-GB",
            color_scheme="dark" if dark else "light",
            base_url=f"http://127.0.0.1:{house.port}",
            java_script_enabled=script,
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        if who:
            context.add_cookies([_sign_in(town, house, who)])  # type: ignore[list-item]
        page = context.new_page()
        page.on("console", lambda message: noises.append(f"{page.url}: {message.text}") if message.type == "error" else None)
        page.on("pageerror", lambda error: noises.append(f"{page.url}: {error}"))
        page.on("request", lambda request: None if house.owns(request.url) else noises.append(f"foreign request: {request.url}"))
        return page

    yield open_window
    for context in contexts:
        context.close()
    assert [noise for noise in noises if not _is_expected(noise)] == []


def _sign_in(town: Flask, house: House, who: str) -> dict[str, str]:
    with town.app_context():
        token = open_session(db.session(), Cast(town).person(who))
        db.session.commit()
        db.session.remove()
    name, _equals, value = house.visitor(token).cookie.partition("=")
    return {"name": name, "value": value, "url": f"http://127.0.0.1:{house.port}"}


def _is_expected(noise: str) -> bool:
    # Chromium itself logs each 4xx answer; refusals are part of the tests.
    return "Failed to load resource: the server responded with a status of 4" in noise
