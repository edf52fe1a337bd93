"""What the list can be asked for: one spelling for one search, and a clear no for what cannot be shown."""

from datetime import date
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logistics.core.refusals import Invalid
from logistics.orders.filtering import QUICK_DAYS, SHOWN, Flag, OrderSearch, Sort

DAYS = st.none() | st.dates(date(1990, 1, 1), date(2099, 12, 31))
WORDS = st.text(st.characters(codec="utf-8", categories=["L", "N", "P"]), max_size=20)


@st.composite
def searches(draw: st.DrawFn) -> OrderSearch:
    first, last = draw(DAYS), draw(DAYS)
    return OrderSearch.from_query(
        {
            "q": draw(WORDS),
            "status": draw(st.sampled_from(["", *SHOWN])),
            "flags": ",".join(draw(st.lists(st.sampled_from(Flag), max_size=4))),
            "sku": draw(WORDS),
            "customer": draw(st.sampled_from(["", "1", "999999999999999999"])),
            "channel": draw(WORDS),
            "warehouse": draw(st.sampled_from(["", "LEEDS", "杭州"])),
            "days": draw(st.sampled_from(["", *map(str, QUICK_DAYS)])),
            "from": str(first or ""),
            "to": str(last or ""),
            "sort": draw(st.sampled_from(["", *Sort])),
        }
    )


@given(searches())
def test_a_search_is_what_its_own_words_say(search: OrderSearch) -> None:
    assert OrderSearch.from_text(search.text) == search
    assert OrderSearch.from_query(dict(parse_qsl(search.url(cursor="abc")[1:]))).cursor == "abc"


@given(searches())
def test_taking_every_filter_off_leaves_words_status_and_order(search: OrderSearch) -> None:
    bare = OrderSearch.from_text(search.without_filters()[1:])

    assert (bare.q, bare.status, bare.sort) == (search.q, search.status, search.sort)
    assert bare.filters == 0


def test_flags_are_told_in_one_order_and_once() -> None:
    assert OrderSearch.from_query({"flags": "urgent,held,urgent"}).text == "flags=held,urgent"


def test_a_query_is_never_empty_so_that_the_first_view_does_not_come_back() -> None:
    assert OrderSearch().url() == "?sort=newest"
    assert OrderSearch(status="paid").url(status="") == "?sort=newest"


def test_days_that_are_named_go_before_days_counted_back() -> None:
    search = OrderSearch.from_query({"days": "7", "from": "2026-11-01"})

    assert (search.days, search.span(date(2026, 11, 26))) == (0, (date(2026, 11, 1), None))
    assert OrderSearch(days=7).span(date(2026, 11, 26)) == (date(2026, 11, 20), None)
    assert OrderSearch(days=1).span(date(2026, 11, 26)) == (date(2026, 11, 26), None)


@pytest.mark.parametrize(
    "query",
    [
        {"status": "lost"}, {"status": "draft"}, {"flags": "pretty"}, {"flags": "held;urgent"}, {"customer": "x"}, {"customer": "-1"},
        {"customer": "9" * 40}, {"customer": "١"}, {"days": "8"}, {"days": "-1"}, {"from": "yesterday"}, {"to": "2026-13-01"},
        {"sort": "password_hash"}, {"q": "a" * 121}, {"q": "\u0007"}, {"sku": "s" * 65},
    ],
)  # fmt: skip
def test_what_cannot_be_shown_is_refused(query: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        OrderSearch.from_query(query)


@pytest.mark.parametrize("text", ["q=" + "a" * 1000, "status=lost", "&".join(f"x{n}=1" for n in range(30))])
def test_a_text_that_is_no_search_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        OrderSearch.from_text(text)
