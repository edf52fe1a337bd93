"""The macros that all templates share: gathered from several files, each told of on top of its own."""

import re
from collections import Counter
from pathlib import Path

from flask import Flask

FOLDER = Path(__file__).parent.parent.parent / "templates" / "shared" / "ui"


def test_every_macro_stands_once_and_is_told_of_on_top_of_its_file(app: Flask) -> None:
    given: Counter[str] = Counter()
    for file in sorted(FOLDER.iterdir()):
        text = file.read_text()
        names = [name for name in re.findall(r"macro (\w+)\(", text) if not name.startswith("_")]
        assert [name for name in names if not re.search(rf"\b{name}\(", text.split("-#}")[0])] == [], file.name
        given.update(names)

    assert set(given.values()) == {1}
    assert set(vars(app.jinja_env.globals["ui"])) == set(given)


def test_macros_of_one_file_use_those_of_another(app: Flask) -> None:
    with app.test_request_context():
        drawn = app.jinja_env.from_string("{{ ui.empty('tag', 'Nothing', action_label='Add', action_href='/new') }}").render()

    assert "#tag" in drawn
    assert 'href="/new"' in drawn
