"""Tax rates: added, changed, removed, and read by country."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.catalog.models import RatedClass, TaxClass, TaxRate
from logistics.catalog.rules import parse_rate, parse_tax_class
from logistics.catalog.taxing import RateFacts, add_tax_rate, change_tax_rate, rates_in, remove_tax_rate
from logistics.core.events import EventLog
from logistics.core.refusals import BadValue, Invalid, NotFound, Stale
from tests.cast import Cast


def add(session: Session, cast: Cast, country: str = "GB", tax_class: RatedClass = RatedClass.STANDARD, rate: int = 2000) -> TaxRate:
    return add_tax_rate(session, country=country, tax_class=tax_class, facts=RateFacts(rate, "VAT"), by=cast.actor("manager"))


def test_a_country_has_the_rates_that_are_in_force_there(session: Session, cast: Cast) -> None:
    add(session, cast)
    add(session, cast, tax_class=RatedClass.REDUCED, rate=500)
    add(session, cast, "NL", rate=2100)
    off = add(session, cast, "DE", rate=1900)
    change_tax_rate(session, rate_id=off.id, facts=RateFacts(1900, "VAT", active=False), version=1, by=cast.actor("manager"))

    assert rates_in(session, "GB") == {"standard": 2000, "reduced": 500}
    assert rates_in(session, "NL") == {"standard": 2100}
    assert rates_in(session, "DE") == rates_in(session, "US") == rates_in(session, "") == {}


def test_there_is_one_rate_for_a_class_in_a_country(session: Session, cast: Cast) -> None:
    add(session, cast)

    with pytest.raises(Invalid) as taken:
        add(session, cast, rate=1750)
    with pytest.raises(Invalid) as nowhere:
        add(session, cast, "XX")

    assert [(error.pointer, error.code) for error in (*taken.value.errors, *nowhere.value.errors)] == [
        ("tax_class", "rate_taken"),
        ("country", "unknown_country"),
    ]
    assert rates_in(session, "GB") == {"standard": 2000}


def test_a_save_that_comes_too_late_is_refused_and_one_that_changes_nothing_is_none(session: Session, cast: Cast) -> None:
    rate = add(session, cast)
    by = cast.actor("manager")

    change_tax_rate(session, rate_id=rate.id, facts=RateFacts(2000, "VAT"), version=0, by=by)
    assert rate.version == 1
    change_tax_rate(session, rate_id=rate.id, facts=RateFacts(1750, "VAT"), version=1, by=by)
    with pytest.raises(Stale):
        change_tax_rate(session, rate_id=rate.id, facts=RateFacts(1500, "VAT"), version=1, by=by)
    with pytest.raises(NotFound):
        change_tax_rate(session, rate_id=rate.id + 1000, facts=RateFacts(1500, "VAT"), version=1, by=by)

    assert rates_in(session, "GB") == {"standard": 1750}


def test_a_rate_is_thrown_away_once_and_everything_is_told(session: Session, cast: Cast) -> None:
    rate = add(session, cast)
    change_tax_rate(session, rate_id=rate.id, facts=RateFacts(1750, "VAT"), version=1, by=cast.actor("manager"))

    for _time in range(2):
        remove_tax_rate(session, rate_id=rate.id, by=cast.actor("manager"))

    assert rates_in(session, "GB") == {}
    told = session.execute(select(EventLog.name, EventLog.data).where(EventLog.subject == "tax_rate").order_by(EventLog.id)).all()
    assert [(row.name, row.data["rate"]) for row in told] == [("TaxRateSaved", 2000), ("TaxRateSaved", 1750), ("TaxRateRemoved", 1750)]


@pytest.mark.parametrize(("typed", "points"), [("20", 2000), (" 7.5 ", 750), ("0", 0), ("100", 10_000), ("8.25", 825)])
def test_a_rate_is_written_in_percent(typed: str, points: int) -> None:
    assert parse_rate(typed) == points


@pytest.mark.parametrize("typed", ["-5", "100.01", "7,5", "20%", "", "1e1", "７"])
def test_what_is_no_rate_is_refused(typed: str) -> None:
    with pytest.raises(BadValue) as refusal:
        parse_rate(typed)
    assert refusal.value.code == "bad_rate"


def test_a_tax_class_is_one_of_four_words() -> None:
    assert [parse_tax_class(f" {word.upper()} ") for word in TaxClass] == list(TaxClass)
    with pytest.raises(BadValue):
        parse_tax_class("luxury")
