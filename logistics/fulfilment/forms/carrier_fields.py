"""What only a carrier's form asks for: codes, names and times as carriers have them."""

import re
from datetime import time
from difflib import get_close_matches
from typing import Any
from zoneinfo import available_timezones

from wtforms.widgets import TimeInput

from logistics.core.forms import CodeField, LineField, ReadField
from logistics.core.language import _
from logistics.core.refusals import BadValue
from logistics.fulfilment.rules import read_tracking_url


class TrackingUrlField(ReadField):
    """The address of a carrier's tracking page."""

    def read(self, text: str) -> str:
        """As typed, when it is one."""
        return read_tracking_url(text)

    def empty(self) -> str:
        """A carrier without tracking page."""
        return ""


class CarrierCodeField(CodeField):
    """A carrier's code: it stands in addresses of pages and in files."""

    def read(self, text: str) -> str:
        """The code: letters, digits, hyphen and underscore."""
        code = super().read(text)
        if not re.fullmatch(r"[A-Za-z0-9_-]+", code):
            raise BadValue("bad_code", _("Use letters without accents, digits, - and _ only."))
        return code


class TimeOfDayField(ReadField):
    """A time of the day, like 16:00."""

    widget = TimeInput()

    def read(self, text: str) -> time:
        """The time, without seconds."""
        written = text.strip()
        if not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", written):
            raise BadValue("bad_time", _("Write hours and minutes, like 16:00."))
        return time.fromisoformat(written)

    def write(self, value: Any) -> str:
        """Hours and minutes."""
        return value.strftime("%H:%M") if value else ""


class ZoneNameField(LineField):
    """The name of a time zone."""

    def read(self, text: str) -> str:
        """The name, as it is written in the list of zones whatever the case."""
        typed = super().read(text)
        known = {name.lower(): name for name in available_timezones() if "/" in name or name == "UTC"}
        if typed.lower() not in known:
            near = get_close_matches(typed.lower(), known, n=1)
            raise BadValue("bad_timezone", _("Write the zone like %(example)s.", example=known[near[0]] if near else "Europe/London"))
        return str(known[typed.lower()])


class AliasesField(LineField):
    """Other names of a carrier, with spaces or commas between them."""

    def read(self, text: str) -> str:
        """In small letters, each once, with spaces between them."""
        return " ".join(dict.fromkeys(super().read(text).lower().replace(",", " ").split()))
