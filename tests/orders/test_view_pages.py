"""Views of the list that people keep: their own, shared ones, and what the list shows first."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from logistics.core.keys import new_key
from logistics.orders.viewing import MOST_VIEWS, keep_view
from tests.cast import Cast

PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}


def keep(browser: FlaskClient, name: str, query: str = "status=paid", **fields: str) -> Any:
    """Keep a view as the dialog does."""
    return browser.post("/orders/views/new", data={"name": name, "query": query, "form_key": new_key(), **fields}, headers=PARTIAL)


def menu(browser: FlaskClient, query: str = "?sort=newest") -> list[str]:
    """What the menu of views offers: the built-in ones first."""
    page = browser.get(f"/orders/{query}").text
    part = page[page.index('id="views-menu"') :]
    return re.findall(r'class="item" href="/orders/\?[^"]*"[^>]*>([^<]+)</a>', part[: part.index("</details>")])


def test_a_view_keeps_filters_words_and_order(cast: Cast) -> None:
    browser = cast.client("clerk")
    dialog = browser.get("/orders/views/new?flags=urgent&flags=held&q=leeds&sort=oldest&typed=1&cursor=abc", headers=PARTIAL).text
    query = re.search(r'name="query"[^>]* value="([^"]+)"', dialog)
    assert query
    assert query[1] == "q=leeds&amp;flags=held,urgent&amp;sort=oldest"

    answer = keep(browser, "My Leeds urgent", query[1].replace("&amp;", "&"))
    assert answer.headers["HX-Redirect"] == "/orders/?q=leeds&flags=held,urgent&sort=oldest"
    assert menu(browser) == ["Needs attention", "Today", "My Leeds urgent"]
    page = browser.get("/orders/?q=leeds&flags=held,urgent&sort=oldest").text
    assert 'id="view-name">My Leeds urgent<' in page


def test_a_view_is_its_owners_until_a_manager_shares_it(cast: Cast) -> None:
    clerk, manager = cast.client("clerk"), cast.client("manager")
    keep(clerk, "Secret", shared="1")
    keep(manager, "For all", shared="1")
    keep(manager, "Mine alone")

    assert menu(clerk) == ["Needs attention", "Today", "Secret", "For all"], "a clerk shares nothing, even by hand"
    assert menu(manager) == ["Needs attention", "Today", "For all", "Mine alone"]
    assert "Shared by Manager" in clerk.get("/orders/views/").text


def test_the_list_begins_with_what_somebody_chose(cast: Cast) -> None:
    browser = cast.client("clerk")
    keep(browser, "Paid ones", first="1")

    first = browser.get("/orders/")
    assert (first.status_code, first.location) == (302, "/orders/?status=paid")
    assert browser.get("/orders/?sort=newest").status_code == 200
    assert browser.get("/orders/", headers=PARTIAL).status_code == 200
    for chosen, location in (("today", "/orders/?days=1"), ("attention", "/orders/?flags=attention")):
        browser.post("/orders/views/first", data={"view": chosen})
        assert browser.get("/orders/").location == location
    browser.post("/orders/views/first", data={"view": ""})
    assert browser.get("/orders/").status_code == 200
    assert browser.post("/orders/views/first", data={"view": "nothing"}, headers=PARTIAL).status_code == 404


def test_somebody_elses_view_is_a_default_only_while_it_is_shared(cast: Cast) -> None:
    clerk, manager = cast.client("clerk"), cast.client("manager")
    keep(manager, "For all", shared="1")
    (view_id,) = re.findall(r'id="view-(\d+)"', manager.get("/orders/views/").text)
    clerk.post("/orders/views/first", data={"view": view_id})
    assert clerk.get("/orders/").location == "/orders/?status=paid"

    manager.post(f"/orders/views/{view_id}", data={"name": "For all", "version": "1"})
    assert clerk.get("/orders/").status_code == 200
    assert clerk.post("/orders/views/first", data={"view": view_id}, headers=PARTIAL).status_code == 404


def test_views_are_renamed_moved_and_thrown_away(cast: Cast) -> None:
    browser = cast.client("manager")
    for name in ("One", "Two", "Three"):
        keep(browser, name)
    one, two, three = re.findall(r'id="view-(\d+)"', browser.get("/orders/views/").text)

    browser.post(f"/orders/views/{two}", data={"name": "Zwei", "version": "1", "shared": "1"})
    browser.post(f"/orders/views/{three}/place", data={"step": "earlier"})
    browser.post(f"/orders/views/{one}/place", data={"step": "earlier"})
    assert menu(browser)[2:] == ["One", "Three", "Zwei"]
    browser.post(f"/orders/views/{one}/place", data={"step": "later"})
    assert menu(browser)[2:] == ["Three", "One", "Zwei"]
    keep(browser, "Last")
    browser.post("/orders/views/first", data={"view": one})
    gone = browser.post(f"/orders/views/{one}/removal", headers=PARTIAL)
    assert "is gone" in gone.text
    assert menu(browser)[2:] == ["Three", "Zwei", "Last"]
    assert browser.get("/orders/").status_code == 200, "the default went with it"


def test_a_stale_rename_a_taken_name_and_nonsense_are_refused(cast: Cast) -> None:
    browser = cast.client("clerk")
    keep(browser, "One")
    keep(browser, "Two")
    one, two = re.findall(r'id="view-(\d+)"', browser.get("/orders/views/").text)

    assert browser.post(f"/orders/views/{one}", data={"name": "Uno", "version": "7"}, headers=PARTIAL).status_code == 409
    assert browser.post(f"/orders/views/{one}", data={"name": "tWO", "version": "1"}, headers=PARTIAL).status_code == 422
    assert browser.post(f"/orders/views/{one}", data={"name": "", "version": "1"}, headers=PARTIAL).status_code == 422
    taken = keep(browser, "one", "status=unpaid")
    assert taken.status_code == 422
    assert taken.headers["HX-Retarget"] == "#asked"
    assert 'name="instead"' in taken.text
    assert keep(browser, "one", "status=unpaid", instead="1").headers["HX-Redirect"] == "/orders/?status=unpaid"
    assert menu(browser)[2:] == ["One", "Two"]
    assert keep(browser, "", "status=paid").status_code == 422
    assert keep(browser, "x" * 61).status_code == 422
    assert keep(browser, "Odd", "status=lost").status_code == 422
    assert two


@pytest.mark.parametrize("path", ["", "/removal", "/place"])
def test_nobody_touches_somebody_elses_view(cast: Cast, path: str) -> None:
    keep(cast.client("manager"), "For all", shared="1")
    (view_id,) = re.findall(r'id="view-(\d+)"', cast.client("manager").get("/orders/views/").text)

    answer = cast.client("admin").post(f"/orders/views/{view_id}{path}", data={"name": "Mine now", "version": "1"}, headers=PARTIAL)

    assert answer.status_code == 404
    assert menu(cast.client("manager"))[2:] == ["For all"]


def test_there_is_an_end_to_views(cast: Cast) -> None:
    def make() -> None:
        for number in range(MOST_VIEWS):
            keep_view(cast.session, person_id=cast.person("clerk").id, name=f"View {number}", query="status=paid")

    cast.made(make)
    answer = keep(cast.client("clerk"), "One too many")

    assert answer.status_code == 422
    assert "Remove one first" in answer.text


def test_hostile_names_stay_text(cast: Cast) -> None:
    browser = cast.client("manager")
    keep(browser, '"><img src=x onerror=alert(1)>', shared="1")

    for page in ("/orders/?sort=newest", "/orders/views/"):
        assert "<img src=x" not in browser.get(page).text
