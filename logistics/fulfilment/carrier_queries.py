"""Reads for the list of carriers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, selectinload

from logistics.core import parsing
from logistics.core.language import _
from logistics.core.refusals import BadValue, Invalid
from logistics.fulfilment.models import Carrier

STATES = ("", "active", "off", "reporting")


@dataclass(frozen=True)
class CarrierSearch:
    """Which carriers are wanted: of any state, those that are offered, those that are not, or those that only report."""

    q: str = ""
    state: str = ""

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> "CarrierSearch":
        """As the URL says. Raises Invalid for what cannot be searched for."""
        if query.get("state", "") not in STATES:
            raise Invalid(_("This list cannot be shown in that way."))
        try:
            return cls(parsing.clean_line(query.get("q", ""), longest=120), query.get("state", ""))
        except BadValue as error:
            raise Invalid(error.message) from error


def search_carriers(session: Session, search: CarrierSearch) -> Sequence[Carrier]:
    """Carriers as searched for, with their services: those that are offered first, then by name."""
    conditions: dict[str, Any] = {
        "active": Carrier.active & Carrier.takes_parcels,
        "off": ~Carrier.active,
        "reporting": ~Carrier.takes_parcels,
    }
    carriers = select(Carrier).options(selectinload(Carrier.services), selectinload(Carrier.zones))
    if search.state:
        carriers = carriers.where(conditions[search.state])
    if search.q:
        asked = search.q.lower()
        names = (Carrier.code, Carrier.name, Carrier.aliases)
        carriers = carriers.where(or_(*(func.lower(name).contains(asked, autoescape=True) for name in names)))
    return session.scalars(carriers.order_by(Carrier.active.desc(), func.lower(Carrier.name), Carrier.id)).all()
