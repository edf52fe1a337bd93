"""Entering a shared secret, or having one made."""

import re
from datetime import timedelta
from typing import Any

from wtforms import StringField

from logistics.core.forms import Form, choice_field
from logistics.core.language import _, lazy

OVERLAPS: dict[str, tuple[timedelta, Any]] = {
    "day": (timedelta(hours=24), lazy("for 24 hours more")),
    "week": (timedelta(days=7), lazy("for 7 days more")),
    "none": (timedelta(0), lazy("not at all: it was seen by somebody else")),
}
_SHORTEST_SECRET, _LONGEST_SECRET = 16, 200


class SecretForm(Form):
    """A secret shared with somebody who signs: theirs is typed, ours is made. `overlap`: how long the one before still holds."""

    secret = StringField(lazy("Secret"))
    overlap = choice_field(lazy("The present one holds"), [(code, words) for code, (_time, words) in OVERLAPS.items()], default="day")

    def __init__(self, *arguments: Any, made_by_us: bool, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.is_made_by_us = made_by_us

    def validate(self, *arguments: Any, **options: Any) -> bool:
        """Whether a secret of theirs looks like one."""
        good = bool(super().validate(*arguments, **options))
        typed = self.typed
        if not self.is_made_by_us and not (_SHORTEST_SECRET <= len(typed) <= _LONGEST_SECRET and re.fullmatch(r"[!-~]+", typed)):
            message = _("Copy it from there as it is: %(fewest)s to %(most)s signs without spaces.", fewest=_SHORTEST_SECRET, most=_LONGEST_SECRET)
            self.secret.errors = [message]
            return False
        return good

    @property
    def typed(self) -> str:
        """What was typed, without the spaces that copying brings along."""
        return (self.secret.data or "").strip()

    @property
    def held_on(self) -> timedelta:
        """How long the one before still holds."""
        return OVERLAPS[self.overlap.data][0]
