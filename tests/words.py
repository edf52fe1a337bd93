"""Words on a page. A page also holds random keys and tokens, and some day one of these has any three letters in it."""

import re


def has_word(text: str, word: str) -> bool:
    """Whether the word stands there by itself, be it in an attribute."""
    return re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text) is not None
