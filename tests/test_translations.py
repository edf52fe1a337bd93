"""Both languages are complete: every text of the house has its Chinese, with the same placeholders, and that is what is spoken."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from flask import Flask

from logistics.core.language import _, ngettext, speaking

ROOT = Path(__file__).parent.parent
CHINESE = ROOT / "logistics/translations/zh_Hans/LC_MESSAGES"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
NAME = re.compile(r"%\((\w+)\)")
RUN = "run bin/translations, and translate what is new in messages.po"
# A text of one form, or the forms of a plural.
Text = str | tuple[str, ...] | list[str]


@pytest.fixture(scope="module")
def said() -> dict[str, Text]:
    """What the house says, by its English (the singular of a plural)."""
    with (ROOT / "babel.cfg").open() as file:
        mapping, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call] # has no types
    found = extract_from_dir(
        ROOT,
        mapping,
        options,
        keywords={**DEFAULT_KEYWORDS, "lazy": None},
        directory_filter=lambda path: any(Path(path).is_relative_to(ROOT / folder) for folder in ("logistics", "templates")),
    )
    return {_first(text): text for _file, _line, text, _comments, _context in found}


@pytest.fixture(scope="module")
def chinese() -> Catalog:
    with (CHINESE / "messages.po").open("rb") as file:
        return read_po(file, locale="zh_Hans")


def test_every_text_has_its_chinese(said: dict[str, Text], chinese: Catalog) -> None:
    assert sorted(text for text in said if not _is_translated(chinese.get(text))) == [], RUN


def test_a_text_that_counts_is_written_as_one(said: dict[str, Text], chinese: Catalog) -> None:
    counting = {text for text, forms in said.items() if len(_forms(forms)) > 1}

    assert {_first(message.id) for message in _messages(chinese) if message.pluralizable} == counting, RUN


def test_nothing_is_translated_that_nobody_says(said: dict[str, Text], chinese: Catalog) -> None:
    assert sorted(_first(message.id) for message in _messages(chinese) if _first(message.id) not in said) == [], RUN


def test_no_translation_is_uncertain(chinese: Catalog) -> None:
    assert [message.id for message in _messages(chinese) if message.fuzzy] == []


def test_a_translation_has_the_placeholders_of_its_text(chinese: Catalog) -> None:
    odd = [(message.id, message.string) for message in _messages(chinese) if _is_translated(message) and not _has_its_placeholders(message)]

    assert odd == []


def test_what_is_compiled_is_what_is_written(chinese: Catalog) -> None:
    with (CHINESE / "messages.mo").open("rb") as file:
        compiled = read_mo(file)

    assert _pairs(compiled) == _pairs(chinese), "run bin/translations"


def test_chinese_is_spoken_whatever_the_count(app: Flask, chinese: Catalog) -> None:
    with app.app_context(), speaking("zh_Hans"):
        assert _("Cancelled") == "已取消"
        for one, many, string in ((*_forms(message.id), *_forms(message.string)) for message in _messages(chinese) if message.pluralizable):
            given = dict.fromkeys(NAME.findall(one + many), "some")
            for count in (0, 1, 2, 5):
                # Without the rule in the file's header, Python takes English's and finds no second form.
                assert ngettext(one, many, **{**given, "num": count}) == string % {**given, "num": count}


def _messages(catalog: Catalog) -> list[Message]:
    """All but the header."""
    return [message for message in catalog if message.id]


def _pairs(catalog: Catalog) -> dict[tuple[str, ...], tuple[str, ...]]:
    """What is translated: every form of a text, with every form of its translation."""
    return {_forms(message.id): _forms(message.string) for message in _messages(catalog) if _is_translated(message)}


def _is_translated(message: Message | None) -> bool:
    return message is not None and all(_forms(message.string))


def _has_its_placeholders(message: Message) -> bool:
    """All of the text's. Where "a parcel" becomes "%(num)s parcels", Chinese may do without the number, too."""
    wanted = [set(PLACEHOLDER.findall(form)) for form in _forms(message.id)]
    used = [set(PLACEHOLDER.findall(form)) for form in _forms(message.string)]
    return all(set.intersection(*wanted) <= placeholders <= set.union(*wanted) for placeholders in used)


def _forms(text: Text | None) -> tuple[str, ...]:
    return tuple(text) if isinstance(text, (tuple, list)) else (text or "",)


def _first(text: Text) -> str:
    return _forms(text)[0]
