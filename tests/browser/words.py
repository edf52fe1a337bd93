"""What the interface says in each language: tests name a text in English and find it as its reader would."""

from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from typing import Any

import logistics

_FOLDER = Path(logistics.__file__).parent / "translations"


class Words:
    """One language: `words("Place order")`, `words("Order %(number)s is placed.", number="...")`."""

    def __init__(self, language: str = "en") -> None:
        self.language = language
        self._said: NullTranslations = NullTranslations()
        if language != "en":
            with (_FOLDER / language / "LC_MESSAGES" / "messages.mo").open("rb") as file:
                self._said = GNUTranslations(file)

    def __call__(self, english: str, **values: Any) -> str:
        """The text in this language; one that has a plural, as it is told of one. Raises AssertionError for an untranslated one."""
        said = self._said.gettext(english)
        if said == english and self.language != "en":
            said = self._said.ngettext(english, english, 1)
            assert said != english, f"not translated: {english}"
        return said % values if values else said
