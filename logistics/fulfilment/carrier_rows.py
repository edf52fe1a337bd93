"""The services and the days of a carrier, as they are typed: rows that come and go, so they are read by hand."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from logistics.core import parsing
from logistics.core.language import _
from logistics.core.refusals import BadValue
from logistics.fulfilment.contracting import Days, ServiceFacts
from logistics.fulfilment.zoning import Zone

MOST_SERVICES = 50
MOST_DAYS = 365
# Longer than any part may be, so that what is too long is said and not cut off unseen.
LONGEST_TYPED = 300
_SERVICE = re.compile(r"services-([0-9]{1,6})-(code|name|active)")


@dataclass
class ServiceInput:
    """A service as it was typed, and what is wrong with it."""

    number: int
    code: str = ""
    name: str = ""
    active: bool = False
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def is_blank(self) -> bool:
        """Whether nobody has begun this row."""
        return not (self.code.strip() or self.name.strip())

    def read(self) -> ServiceFacts:
        """The service; what is wrong with it stands in `errors` then."""
        return ServiceFacts(self._part("code", self.code, _read_code), self._part("name", self.name, _read_name), self.active)

    def _part(self, part: str, typed: str, read: Any) -> str:
        if not typed.strip():
            self.errors[part] = _("This is needed.")
            return ""
        try:
            return str(read(typed))
        except BadValue as error:
            self.errors[part] = error.message
            return ""


@dataclass
class DaysInput:
    """The fewest and the most days to a zone as they were typed, and what is wrong with them."""

    zone: Zone
    least: str = ""
    most: str = ""
    error: str = ""

    def read(self) -> Days | None:
        """The days, or None where none were typed; what is wrong stands in `error` then. One number alone is both."""
        typed = [text.strip() for text in (self.least, self.most)]
        if not any(typed):
            return None
        least, most = (_read_days(text or other) for text, other in zip(typed, typed[::-1], strict=True))
        if least is None or most is None:
            self.error = _("Write whole days, 0 to %(most)s, like 2 and 4.", most=MOST_DAYS)
        elif least > most:
            self.error = _("The fewest days cannot be more than the most.")
        return (least or 0, most or 0)


def typed_services(typed: Any) -> list[ServiceInput]:
    """The services among the fields that were sent (a MultiDict), by their number; more than MOST_SERVICES are not looked at."""
    rows: dict[int, ServiceInput] = {}
    for name in typed:
        if named := _SERVICE.fullmatch(name):
            row = rows.setdefault(int(named[1]), ServiceInput(int(named[1])))
            value = typed.getlist(name)[0][:LONGEST_TYPED]
            setattr(row, named[2], bool(value) if named[2] == "active" else value)
    return sorted(rows.values(), key=lambda row: row.number)[: MOST_SERVICES + 1]


def typed_days(typed: Any) -> list[DaysInput]:
    """The days of every zone among the fields that were sent."""
    return [DaysInput(zone, *(str(typed.get(f"days-{zone}-{part}", ""))[:LONGEST_TYPED] for part in ("least", "most"))) for zone in Zone]


def services_as_typed(services: tuple[ServiceFacts, ...]) -> list[ServiceInput]:
    """As somebody would have typed them."""
    return [ServiceInput(number, service.code, service.name, service.active) for number, service in enumerate(services)]


def days_as_typed(days: Mapping[Zone, Days]) -> list[DaysInput]:
    """As somebody would have typed them."""
    return [DaysInput(zone, *(str(many) for many in days[zone])) if zone in days else DaysInput(zone) for zone in Zone]


def name_twice(services: list[ServiceInput]) -> None:
    """Note beside each service that has the code of one above it that it has."""
    seen = set[str]()
    for service in services:
        code = service.code.strip().lower()
        if code in seen:
            service.errors["code"] = _("There is a service with this code above.")
        seen.add(code)


def _read_code(typed: str) -> str:
    code = parsing.parse_code(typed, longest=40)
    if not re.fullmatch(r"[A-Za-z0-9_-]+", code):
        raise BadValue("bad_code", _("Use letters without accents, digits, - and _ only."))
    return code


def _read_name(typed: str) -> str:
    return parsing.clean_line(typed, longest=100)


def _read_days(typed: str) -> int | None:
    return int(typed) if re.fullmatch(r"[0-9]{1,3}", typed) and int(typed) <= MOST_DAYS else None
