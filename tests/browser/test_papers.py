"""Papers as Chromium prints them: as many pages as they need and no empty one, and nothing laid over anything where a page ends."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.cast import Cast


def ordered(cast: Cast, lines: int) -> str:
    """The number of an order of so many different things."""
    return str(cast.made(lambda: cast.order(lines=[(f"PAPER-{at:02}", 1) for at in range(lines)]).number))


def pages_of(page: Page, size: str) -> int:
    """How many pages the printer gets."""
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", page.pdf(format=size)))


@pytest.mark.parametrize("size", ["A4", "Letter"])
def test_a_short_confirmation_is_one_page_and_a_long_one_as_many_as_it_needs(cast: Cast, open_browser: Callable[..., Page], size: str) -> None:
    short, long = ordered(cast, 1), ordered(cast, 40)
    page = open_browser("manager")

    page.goto(f"/orders/{short}/confirmation")
    assert pages_of(page, size) == 1
    page.goto(f"/orders/{long}/confirmation")
    assert 2 <= pages_of(page, size) <= 4


def test_nothing_that_goes_over_pages_is_a_grid(cast: Cast, open_browser: Callable[..., Page]) -> None:
    page = open_browser("manager")
    page.goto(f"/orders/{ordered(cast, 1)}/confirmation")
    page.emulate_media(media="print")

    # Chromium lays what follows a broken grid over its last row.
    assert page.locator("main").evaluate("main => getComputedStyle(main).display") == "block"
