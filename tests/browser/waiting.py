"""Waiting for what happens, never for a time: a machine that is busy with everything else takes long over little."""

import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page

from tests.browser.windows import WAIT_MS

_LOOK_MS = 100
# Lets every region that looks for news do so now. Answers of each, by its id, whether it asked: one in which somebody writes does not.
_SEEN = """() => new Promise(resolve => {
  const asked = {};
  const note = event => { if (event.detail.ctx.sourceEvent?.type === "seen") asked[event.detail.ctx.sourceElement.id] = !event.defaultPrevented; };
  document.addEventListener("htmx:before:request", note);
  document.dispatchEvent(new Event("seen"));
  setTimeout(() => { document.removeEventListener("htmx:before:request", note); resolve(asked); }, 300);
})"""
# Notes every element that is lit up from now on because a swap changed it.
_NOTE_FLASHES = """() => {
  window.flashed = [];
  const note = records => { for (const { target } of records) if (target.matches(".changed")) window.flashed.push(target.id); };
  new MutationObserver(note).observe(document.body, { subtree: true, attributeFilter: ["class"] });
}"""


def until(page: Page, happened: Callable[[], Any]) -> None:
    """Wait for what no window shows, or what one sees only on looking again. Windows go on meanwhile."""
    end = time.monotonic() + WAIT_MS / 1000
    while not happened():
        assert time.monotonic() < end, "it did not happen in time"
        page.wait_for_timeout(_LOOK_MS)


def look_for_news(page: Page) -> dict[str, bool]:
    """Let every region look for news now, as it does every few seconds. Answers of each, by its id, whether it asked the server."""
    return dict(page.evaluate(_SEEN))


def note_flashes(page: Page) -> Callable[[str], bool]:
    """From now on remember what is lit up, which is over soon; answers a question: was the element of this id?"""
    page.evaluate(_NOTE_FLASHES)
    return lambda element_id: element_id in page.evaluate("window.flashed")
