"""Tax rates: what goods of a class are taxed with in the country they go to. A change is for orders placed from then on."""

from dataclasses import asdict, dataclass

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from logistics.catalog.events import TaxRateRemoved, TaxRateSaved
from logistics.catalog.locks import lock_tax_rate
from logistics.catalog.models import RatedClass, TaxRate
from logistics.core.actors import Actor
from logistics.core.countries import parse_country
from logistics.core.events import publish
from logistics.core.language import _
from logistics.core.refusals import BadValue, FieldError, Invalid, NotFound, Stale


@dataclass(frozen=True)
class RateFacts:
    """What people say about a tax rate. `rate_bp` is in basis points; `name` is what the tax is called, such as VAT."""

    rate_bp: int
    name: str
    active: bool = True


def add_tax_rate(session: Session, *, country: str, tax_class: RatedClass, facts: RateFacts, by: Actor) -> TaxRate:
    """Add the rate of a class in a country (ISO 3166). Raises Invalid for no such country, and where there is one already."""
    _check_country(country)
    given = {"country": country, "tax_class": tax_class.value, "version": 1, **asdict(facts)}
    # On conflict nothing: a rival who adds the same at this moment gets the same clear answer.
    rate: TaxRate | None = session.scalar(insert(TaxRate).values(given).on_conflict_do_nothing().returning(TaxRate))
    if rate is None:
        message = _("There is a rate for this class in this country already. Change that one.")
        raise Invalid(message, errors=[FieldError("tax_class", "rate_taken", message)])
    _tell(session, rate, by)
    return rate


def change_tax_rate(session: Session, *, rate_id: int, facts: RateFacts, version: int, by: Actor) -> TaxRate:
    """Save a rate as seen at `version`. A no-op when nothing changes. Locks the rate. Raises Stale, NotFound."""
    rate = lock_tax_rate(session, rate_id)
    if rate is None:
        raise NotFound(_("There is no such tax rate."))
    if (rate.rate_bp, rate.name, rate.active) == (facts.rate_bp, facts.name, facts.active):
        return rate
    if rate.version != version:
        raise Stale(_("Somebody else has changed this tax rate meanwhile. Compare, then save again."))
    rate.rate_bp, rate.name, rate.active = facts.rate_bp, facts.name, facts.active
    rate.version += 1
    _tell(session, rate, by)
    return rate


def remove_tax_rate(session: Session, *, rate_id: int, by: Actor) -> None:
    """Throw a rate away; orders that were placed with it keep it. A no-op where it is gone already."""
    gone = session.scalar(delete(TaxRate).where(TaxRate.id == rate_id).returning(TaxRate))
    if gone:
        publish(session, TaxRateRemoved(gone.id, gone.country, gone.tax_class, gone.rate_bp), by=by)


def get_tax_rate(session: Session, rate_id: int) -> TaxRate:
    """The rate with this id. Raises NotFound."""
    rate = session.get(TaxRate, rate_id)
    if rate is None:
        raise NotFound(_("There is no such tax rate."))
    return rate


def rates_in(session: Session, country: str) -> dict[str, int]:
    """What goods that go to this country are taxed with today, in basis points by tax class. A class without a rate is not taxed."""
    rows = session.execute(select(TaxRate.tax_class, TaxRate.rate_bp).where(TaxRate.country == country, TaxRate.active))
    return {row.tax_class: row.rate_bp for row in rows}


def _check_country(country: str) -> None:
    try:
        parse_country(country)
    except BadValue as error:
        message = _("Choose a country from the list.")
        raise Invalid(message, errors=[FieldError("country", error.code, message)]) from error


def _tell(session: Session, rate: TaxRate, by: Actor) -> None:
    session.flush()
    publish(session, TaxRateSaved(rate.id, rate.country, rate.tax_class, rate.rate_bp, rate.active), by=by)
