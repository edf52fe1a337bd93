"""What an administrator types about a channel."""

import re
from typing import Any

from wtforms import BooleanField

from logistics.core.forms import CodeField, Form, LineField, ReadField, VersionField, choice_field
from logistics.core.language import _, lazy
from logistics.core.refusals import BadValue
from logistics.orders.channelling import ChannelRules
from logistics.orders.models import Channel, ChannelKind
from logistics.orders.rules import MINUTES_IN, in_units
from logistics.orders.wording import CHANNEL_KINDS, timeout_text

MOST_MINUTES = 366 * MINUTES_IN["days"]
MOST_QUIET_DAYS = 365
NEVER = "never"
# There is one desk.
OFFERED = (ChannelKind.SHOPIFY, ChannelKind.WOOCOMMERCE, ChannelKind.API, ChannelKind.IMPORT)
KINDS = [(kind.value, CHANNEL_KINDS[kind]) for kind in OFFERED]
UNITS = [("minutes", lazy("minutes")), ("hours", lazy("hours")), ("days", lazy("days")), (NEVER, lazy("No time-out"))]


class ChannelCodeField(CodeField):
    """A channel's code: it stands in addresses of pages and hooks, and in files. Capitals are made small."""

    def read(self, text: str) -> str:
        """The code: small letters, digits, hyphen and underscore."""
        code = super().read(text).lower()
        if not re.fullmatch(r"[a-z0-9_-]+", code):
            raise BadValue("bad_code", _("Use letters without accents, digits, - and _ only."))
        if code == "new":
            raise BadValue("reserved_code", _("This word has a meaning of its own here. Choose another code."))
        return code


class CountField(ReadField):
    """How many minutes, hours or days."""

    def read(self, text: str) -> int:
        """A whole number of 1 or more."""
        written = text.strip(" ")
        if not re.fullmatch(r"[1-9][0-9]{0,5}", written):
            raise BadValue("bad_number", _("Write a whole number of 1 or more, like 3."))
        return int(written)


class ChannelForm(Form):
    """A channel: how it is called, and what holds for its orders."""

    name = LineField(lazy("Name"), longest=100, required=True)
    code = ChannelCodeField(lazy("Code"), longest=40, required=True)
    kind = choice_field(lazy("Kind"), KINDS)
    timeout = CountField(lazy("Time to pay"))
    unit = choice_field(lazy("Unit"), UNITS, default="days")
    may_wait = BooleanField(lazy("Takes orders that must wait for goods"))
    ship_complete = BooleanField(lazy("Ships only complete orders"), default=True)
    tax_included = BooleanField(lazy("Prices hold their tax"), default=True)
    capture_at_dispatch = BooleanField(lazy("Takes the balance at dispatch"))
    invoices = BooleanField(lazy("Issues invoices"), default=True)
    delivered_after_days = CountField(lazy("Counted as delivered after quiet days"), default=10)
    active = BooleanField(lazy("Takes orders"), default=True)
    version = VersionField()

    @classmethod
    def of(cls, channel: Channel) -> "ChannelForm":
        """The form of a channel that is there, filled with what holds now."""
        number, unit = in_units(channel.payment_timeout_minutes) if channel.payment_timeout_minutes else (None, NEVER)
        return cls(formdata=None, obj=channel, data={"timeout": number, "unit": unit})._for(channel)

    @classmethod
    def sent_for(cls, channel: Channel) -> "ChannelForm":
        """The form of a channel that is there, as it was sent."""
        return cls()._for(channel)

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether all of it can be taken: a unit needs its number, and a time is a year at most."""
        fine: bool = super().validate(extra_validators)
        if (self.delivered_after_days.data or 0) > MOST_QUIET_DAYS:
            self.delivered_after_days.errors = [_("Write at most %(most)s days.", most=MOST_QUIET_DAYS)]
            fine = False
        if self.unit.data == NEVER or self.timeout.errors or self.unit.errors:
            return fine
        if self.timeout.data is None:
            self.timeout.errors = [_("This is needed.")]
        elif (self.minutes or 0) > MOST_MINUTES:
            self.timeout.errors = [_("An order can wait for its money for a year at most.")]
        return fine and not self.timeout.errors

    @property
    def minutes(self) -> int | None:
        """How long an unpaid order keeps its stock, None for ever."""
        return None if self.unit.data == NEVER or self.timeout.data is None else self.timeout.data * MINUTES_IN[self.unit.data]

    @property
    def rules(self) -> ChannelRules:
        """What was typed, once the form is valid."""
        active = bool(self.active.data) if "active" in self else True
        included = bool(self.tax_included.data) if "tax_included" in self else True
        invoices = bool(self.invoices.data) if "invoices" in self else None
        choices = (bool(self.may_wait.data), bool(self.ship_complete.data))
        money = {"tax_included": included, "capture_at_dispatch": bool(self.capture_at_dispatch.data)}
        quiet = self.delivered_after_days.data
        return ChannelRules(self.name.data or "", self.minutes, *choices, active, **money, invoices=invoices, delivered_after_days=quiet)

    def differences(self, thing: Channel) -> list[tuple[str, str, str]]:
        """As Form says, and the time-out in words."""
        found = super().differences(thing)
        if thing.payment_timeout_minutes != self.minutes:
            found.append((str(self.timeout.label.text), timeout_text(thing.payment_timeout_minutes), timeout_text(self.minutes)))
        return found

    def _for(self, channel: Channel) -> "ChannelForm":
        del self.code, self.kind
        if not channel.can_close:
            del self.active
        if channel.reckons_tax:
            del self.tax_included
        return self
