"""A real browser (Debian's Chromium by Playwright) on a house of real processes, with everything the pages ask for.

Without Chromium these tests are skipped, or fail if LOGISTICS_REQUIRE_BROWSER=1. Every page that is driven here must stay silent:
an error on the console, a dialog of the browser or a request to anywhere else fails the test. One database serves all the tests
of a file, so each test makes people, products and orders of its own. LOGISTICS_SHOTS names a folder for pictures of the main job's steps.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect, sync_playwright
from sqlalchemy import make_url

from logistics.core.auditing import audit
from logistics.core.database import db
from logistics.staff.signing_in import open_session
from tests.browser.windows import WAIT_MS, Windows
from tests.cast import Cast
from tests.conftest import SECRET, _clone, build_app, renew
from tests.house import House

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--disable-dev-shm-usage",
]  # fmt: skip


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser, started once."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        if os.environ.get("LOGISTICS_REQUIRE_BROWSER") == "1":
            pytest.fail("Chromium is not installed, and LOGISTICS_REQUIRE_BROWSER=1")
        pytest.skip("Chromium is not installed: apt-get install chromium")
    expect.set_options(timeout=WAIT_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def dwelling(server: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Gunicorn and worker, started once: that takes longer than most tests do. Under them lies a new database for every file."""
    for url in _clone(server, template, f"browsed_{os.getpid()}"):
        app = build_app(url)
        surroundings = {"MAIL_FOLDER": str(tmp_path_factory.mktemp("mails")), "SHOP_NAME": "Lamp & Son", "WEB_WORKERS": "1"}
        with House(app, url, SECRET, environment=surroundings) as running:
            yield running


@pytest.fixture(scope="module")
def town(server: str, template: str, dwelling: House) -> Iterator[Flask]:
    """The application on the database that the house lives in; the next file finds a new one. The house makes new connections to it."""
    yield dwelling.app
    with dwelling.app.app_context():
        # What a browser did must add up like everything else.
        offenders = [(finding.invariant.code, finding.offenders) for finding in audit(db.engine) if finding.offenders]
        db.session.remove()
        db.engine.dispose()
    renew(server, template, str(make_url(dwelling.url).database))
    assert offenders == []


@pytest.fixture(scope="module")
def mails(town: Flask, dwelling: House) -> Path:
    """The folder in which the worker leaves the mails it sends, those of other files cleared away."""
    folder = Path(dwelling.environment["MAIL_FOLDER"])
    for mail in folder.iterdir():
        mail.unlink()
    return folder


@pytest.fixture(scope="module")
def house(town: Flask, dwelling: House) -> House:
    """Gunicorn and worker on the database of this file."""
    return dwelling


@pytest.fixture
def cast(town: Flask) -> Cast:
    """The permanent cast, in the house: `cast.made(lambda: ...)` commits."""
    return Cast(town)


@pytest.fixture
def windows(chromium: Browser, house: House, town: Flask) -> Iterator[Windows]:
    """Opens windows, and at the end of the test wants to hear that nothing went wrong in any of them."""
    opened = Windows(chromium, house, lambda who: _sign_in(town, house, who))
    yield opened
    opened.close()
    assert opened.noises == []


@pytest.fixture
def open_browser(windows: Windows) -> Callable[..., Page]:
    """Opens a window: `open_browser("clerk", phone=True, language="zh_Hans", dark=True, script=False)`; None is somebody without a sign-in."""
    return windows.open


@pytest.fixture
def look(request: pytest.FixtureRequest) -> Callable[[Page, str], None]:
    """Keeps a picture of a step in the folder LOGISTICS_SHOTS, where it is set."""
    folder = os.environ.get("LOGISTICS_SHOTS")

    def keep(page: Page, name: str) -> None:
        if folder:
            page.screenshot(path=Path(folder) / f"{request.node.callspec.id}-{name}.png", full_page=True, caret="initial")

    return keep


def _sign_in(town: Flask, house: House, who: str) -> dict[str, str]:
    with town.app_context():
        token = open_session(db.session(), Cast(town).person(who))
        db.session.commit()
        db.session.remove()
    name, _equals, value = house.visitor(token).cookie.partition("=")
    return {"name": name, "value": value, "url": f"http://127.0.0.1:{house.port}"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything below this folder needs the browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
