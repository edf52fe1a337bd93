"""The sprite holds just the icons that pages show."""

import re
from pathlib import Path

from logistics.furnishing import NAVIGATION

ROOT = Path(__file__).parent.parent
SPRITE = re.findall(r'<symbol[^>]* id="([^"]+)"', (ROOT / "static/icons.svg").read_text())
NAMED = re.compile(r"""(?:icon\(|icon=|'icon': |"icon": )['"]([a-z0-9-]+)['"]""")


def test_every_icon_that_is_named_is_there() -> None:
    named = {name for source in _sources() for name in NAMED.findall(source)} | {item.icon for item in NAVIGATION}

    assert named - set(SPRITE) == set()


def test_no_icon_is_carried_along_that_nobody_shows() -> None:
    words = {word for source in _sources() for word in re.findall(r"[a-z0-9]+(?:-[a-z0-9]+)*", source)}

    assert [icon for icon in SPRITE if icon not in words] == []


def _sources() -> list[str]:
    folders = (("templates", ".html"), ("logistics", ".py"), ("static", ".js"))
    return [path.read_text() for folder, suffix in folders for path in (ROOT / folder).rglob(f"*{suffix}")]
