"""The event log's page, and the words for what it holds."""

import re
from typing import Any

import pytest
from flask import Flask

from logistics import event_names
from logistics.core.actors import SYSTEM
from logistics.core.events import publish
from logistics.staff.events import PasswordChanged, SessionsEnded
from logistics.staff.queries import event_kinds
from tests.cast import Cast

PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}


def test_the_latest_event_stands_first_with_who_did_it(cast: Cast) -> None:
    _happened(cast, 1)
    auditor = cast.client("auditor")

    rows = _rows(auditor.get("/settings/events").text)

    assert rows[:3] == ["Signed in", "Signed out everywhere", "Password changed"]
    assert "Clerk" in auditor.get("/settings/events").text


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("name=PasswordChanged", {"Password changed"}),
        ("subject=staff&subject_id={clerk}", {"Password changed", "Signed out everywhere"}),
        ("person={clerk}", {"Password changed"}),
        ("name=PasswordChanged&person={clerk}", {"Password changed"}),
        ("name=OrderPlaced", set()),
        ("name=x%27%20OR%201=1--", set()),
        ("subject=order&subject_id=1", set()),
        ("subject_id=nonsense", set()),
        ("subject_id=١٢", set()),
        ("person=99999999999999999999999", set()),
    ],
)
def test_the_filters_leave_what_was_asked_for(cast: Cast, query: str, expected: set[str]) -> None:
    _happened(cast, 2)
    clerk = cast.made(lambda: cast.person("clerk").id)

    answer = cast.client("auditor").get("/settings/events?" + query.format(clerk=clerk))

    assert answer.status_code == 200
    assert set(_rows(answer.text)) == expected


def test_htmx_gets_the_table_alone(cast: Cast) -> None:
    answer = cast.client("auditor").get("/settings/events", headers=PARTIAL)

    assert 'id="events-table"' in answer.text
    assert "<html" not in answer.text


def test_a_long_log_comes_in_pages_of_fifty_that_cost_the_same(cast: Cast, queries: Any) -> None:
    _happened(cast, 80)
    auditor, pages, costs = cast.client("auditor"), [], set()
    url = "/settings/events?subject=staff"

    while url:
        queries.count = 0
        page = auditor.get(url, headers=PARTIAL).text
        costs.add(queries.count)
        pages.append(_rows(page))
        following = re.search(r'rel="next" href="([^"]+)"', page)
        url = f"/settings/events{following.group(1)}".replace("&amp;", "&") if following else ""

    assert [len(rows) for rows in pages] == [50, 50, 50, 11]
    assert len(costs) == 1
    assert costs.pop() <= 6


def test_every_event_and_every_subject_has_a_name_for_people(app: Flask) -> None:
    kinds = [kind for kind in event_kinds() if kind.__module__.startswith("logistics.")]

    assert {kind.__name__ for kind in kinds} == set(event_names.EVENTS)
    assert {kind.SUBJECT for kind in kinds} - set(event_names.SUBJECTS) == set()


def _happened(cast: Cast, times: int) -> None:
    def make() -> None:
        clerk = cast.person("clerk")
        for _number in range(times):
            publish(cast.session, PasswordChanged(clerk.id), by=cast.actor("clerk"))
            publish(cast.session, SessionsEnded(clerk.id), by=SYSTEM)

    cast.made(make)


def _rows(page: str) -> list[str]:
    return re.findall(r'<td class="lead" title="[A-Za-z]+">([^<]+)</td>', page)
