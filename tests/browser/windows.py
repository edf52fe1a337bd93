"""Windows of a browser on the house, and an ear for whatever goes wrong in them."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Dialog, Page, Request

from tests.house import House

DESK, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
# Long for a machine that is busy with everything else; what passes does not wait for it.
WAIT_MS = 120_000


class Windows:
    """The windows of one test. `noises` are the errors, dialogs and foreign requests of all of them."""

    def __init__(self, browser: Browser, house: House, sign_in: Callable[[str], Any]) -> None:
        self.browser, self.house, self.sign_in = browser, house, sign_in
        self.contexts: list[BrowserContext] = []
        self.noises: list[str] = []

    def open(self, who: str | None, *, phone: bool = False, language: str = "en", dark: bool = False, script: bool = True) -> Page:
        """A window of somebody's own browser; None is somebody who is not signed in."""
        context = self.browser.new_context(
            viewport=PHONE if phone else DESK,  # type: ignore[arg-type]
            has_touch=phone,
            locale="zh-CN" if language == "zh_Hans" else "en-GB",
            color_scheme="dark" if dark else "light",
            base_url=f"http://127.0.0.1:{self.house.port}",
            java_script_enabled=script,
        )
        self.contexts.append(context)
        context.set_default_timeout(WAIT_MS)
        context.on("console", self._hear)
        context.on("weberror", lambda error: self.noises.append(f"error in {error.page.url if error.page else '?'}: {error.error}"))
        context.on("request", self._watch)
        context.on("dialog", self._dismiss)
        if who:
            context.add_cookies([self.sign_in(who)])
        return context.new_page()

    def close(self) -> None:
        """Close them all."""
        for context in self.contexts:
            context.close()

    def _hear(self, message: ConsoleMessage) -> None:
        # Chromium itself logs each 4xx answer; refusals are part of the tests.
        expected = "Failed to load resource: the server responded with a status of 4" in message.text
        if message.type == "error" and not expected:
            self.noises.append(f"console of {message.page.url if message.page else '?'}: {message.text}")

    def _watch(self, request: Request) -> None:
        if not self.house.owns(request.url):
            self.noises.append(f"foreign request: {request.url}")

    def _dismiss(self, dialog: Dialog) -> None:
        self.noises.append(f"dialog: {dialog.message}")
        dialog.dismiss()
