"""axe-core in a window: WCAG 2.2 AA, in light and dark, on a desk and on a phone."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.windows import DESK, PHONE

_LEVELS = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}, "resultTypes": ["violations"]}
# Dark changes colours and nothing else.
_COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}, "resultTypes": ["violations"]}
# Another colour scheme fades in.
_WHEN_STILL = """async rules => {
  for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
  await Promise.all(document.getAnimations().map(animation => animation.finished.catch(() => null)));
  return axe.run(rules);
}"""
# Lists that are pushed sideways (class keep) and sheets of paper may be wider than a phone; nothing else may.
_OVERHANGING = """() => [document.documentElement, ...document.querySelectorAll('.card, .table-wrap:not(:has(.keep))')]
  .filter(() => !document.querySelector('.paper, .docs'))
  .filter(part => part.scrollWidth > part.clientWidth + 1 && getComputedStyle(part).display !== 'none')
  .map(part => `${part.scrollWidth - part.clientWidth} pixels of ${part.tagName.toLowerCase()} ${part.id || part.className}`)"""
_DRAWS = """() => Promise.race([
  new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true)))),
  new Promise(done => setTimeout(() => done(false), 10000)),
])"""
_axe = Axe()


def violations(page: Page) -> list[str]:
    """What axe finds wrong with a page as it stands there, at every size and in both colours, and what hangs over an edge."""
    page.evaluate(_axe.axe_script)
    found, before = [], page.viewport_size or DESK
    for name, size in (("desk", DESK), ("phone", PHONE)):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        if name == "phone":
            # As tall as the page: its bar at the bottom would cover what can be scrolled to.
            page.set_viewport_size({"width": size["width"], "height": page.evaluate("document.documentElement.scrollHeight")})
            found += [f"{page.url}: {part} hang over" for part in page.evaluate(_OVERHANGING)]
        for scheme, rules in (("light", _LEVELS), ("dark", _COLOURS)):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
            answer = page.evaluate(_WHEN_STILL, rules)
            found += [f"{page.url}, {name}, {scheme}: {_said(node, wrong)}" for wrong in answer["violations"] for node in wrong["nodes"]]
    _show_again(page, before)
    return found


def _show_again(page: Page, size: Any) -> None:
    """Give a window its size and colours back. One that was as tall as its page may draw nothing more until it is changed once more."""
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(size)
    for _try in range(10):
        if page.evaluate(_DRAWS):
            return
        page.set_viewport_size({**size, "height": size["height"] + 1})
        page.set_viewport_size(size)
    raise AssertionError(f"{page.url} draws nothing any more")


def _said(node: dict[str, Any], wrong: dict[str, Any]) -> str:
    return f"{wrong['id']} at {node['target']}: {' '.join(node['failureSummary'].split())} {node['html'][:200]}"
