"""What the interface says in each language: tests name a text in English and find it as its reader would."""

from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from typing import Any

import logistics

_FOLDER = Path(logistics.__file__).parent / "translations"


class _Untranslated(NullTranslations):
    def gettext(self, message: str) -> str:
        raise AssertionError(f"not translated: {message}")


class Words:
    """One language: `words("Place order")`, `words("Order %(number)s is placed.", number="...")`."""

    def __init__(self, language: str = "en") -> None:
        self.language = language
        self._said: NullTranslations = NullTranslations()
        if language != "en":
            with (_FOLDER / language / "LC_MESSAGES" / "messages.mo").open("rb") as file:
                self._said = GNUTranslations(file)
            self._said.add_fallback(_Untranslated())

    def __call__(self, english: str, **values: Any) -> str:
        """The text in this language. Raises AssertionError for an untranslated one."""
        said = self._said.gettext(english)
        return said % values if values else said
