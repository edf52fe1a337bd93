"""Drafts: what is typed is kept as it was typed, holds no stock, and is one order in the end or nothing."""

import re
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.database import db
from logistics.core.events import EventLog
from logistics.core.keys import new_key
from logistics.inventory.models import StockLevel
from logistics.orders.draft_queries import count_drafts, find_drafts
from logistics.orders.drafting import DraftContent, discard_old_drafts, save_draft
from logistics.orders.models import OrderDraft
from tests.cast import Cast
from tests.orders.test_new_order_pages import LEEDS, PARTIAL, form, line, only_order, value


def test_what_is_typed_is_kept_as_it_was_typed_and_touches_no_stock(cast: Cast) -> None:
    cast.made(lambda: cast.stock("LAMP", 5))
    browser = cast.client("clerk")
    typed = form(postcode="nowhere", shipping="1,5", note="Zwölf <b>\0", priority="5", when_short="wait") | line(0, "lamp", "1_000", note="blue")

    answer = browser.post("/orders/drafts", data=typed | {"stock": "99"}, headers=PARTIAL)

    draft = only_draft(cast)
    assert (answer.status_code, answer.headers["HX-Replace-Url"]) == (200, f"/orders/drafts/{draft.number}")
    assert re.search(r"Draft saved \d\d:\d\d", answer.text)
    assert (value(answer, "draft"), value(answer, "draft_version")) == (draft.number, "1")
    assert draft.fields["note"] == "Zwölf <b>\ufffd"
    assert {"stock", "form_key", "csrf_token"} & set(draft.fields) == set()
    page = browser.get(f"/orders/drafts/{draft.number}")
    assert [value(page, name) for name in ("postcode", "shipping", "lines-0-quantity", "lines-0-note")] == ["nowhere", "1,5", "1_000", "blue"]
    assert "Zwölf &lt;b&gt;" in page.text
    assert "aria-invalid" not in page.text, "nothing of it is judged before it is placed"
    with cast.app.app_context():
        assert db.session.scalar(select(func.sum(StockLevel.reserved))) == 0


def test_an_empty_form_is_no_draft(cast: Cast) -> None:
    browser = cast.client("clerk")
    empty = {"form_key": new_key(), "currency": "USD", "language": "en", "lines-0-quantity": "1"}
    assert browser.post("/orders/drafts", data=empty, headers=PARTIAL).status_code == 200
    assert count(cast, OrderDraft) == 0
    assert browser.post("/orders/drafts", data=form(form_key="short")).status_code == 422


def test_one_window_saves_one_draft_however_often(cast: Cast) -> None:
    browser, first = cast.client("clerk"), form(name="Jo")
    for name in ("Jo", "Jo B", "Jo Blank"):
        browser.post("/orders/drafts", data=first | {"name": name}, headers=PARTIAL)
    again = browser.post("/orders/drafts", data=first | {"name": "Jo Blank"}, headers=PARTIAL)

    draft = only_draft(cast)
    assert (draft.name, draft.version) == ("Jo Blank", 3)
    assert value(again, "draft_version") == "3", "what has not changed is not written"


def test_two_windows_on_one_draft_lose_nothing(cast: Cast) -> None:
    browser = cast.client("clerk")
    left = form(name="Left")
    opened = browser.post("/orders/drafts", data=left, headers=PARTIAL)
    number = value(opened, "draft")
    right = left | {"form_key": new_key(), "draft": number, "draft_version": "1"}

    taken_over = browser.post("/orders/drafts", data=right | {"name": "Right"}, headers=PARTIAL)
    assert (value(taken_over, "draft"), value(taken_over, "draft_version")) == (number, "2")
    late = browser.post("/orders/drafts", data=left | {"draft": number, "draft_version": "1", "name": "Left again"}, headers=PARTIAL)

    assert "Yours is now a draft of its own" in late.text
    assert value(late, "draft") != number
    with cast.app.app_context():
        assert sorted(db.session.scalars(select(OrderDraft.name))) == ["Left again", "Right"]


def test_a_placed_draft_is_an_order_of_its_number(cast: Cast) -> None:
    cast.made(lambda: cast.stock("LAMP", 5))
    browser = cast.client("clerk")
    typed = form() | line(0, "LAMP", 9)
    number = value(browser.post("/orders/drafts", data=typed, headers=PARTIAL), "draft")
    typed |= {"draft": number, "draft_version": "1"}

    assert browser.post("/orders/new", data=typed).status_code == 409
    assert only_draft(cast).number == number, "a refusal leaves it"
    browser.post("/orders/new", data=typed | {"lines-0-quantity": "2"})

    assert only_order(cast).number == number
    assert count(cast, OrderDraft) == 0


def test_a_draft_of_this_window_is_gone_even_if_its_number_never_arrived(cast: Cast) -> None:
    cast.made(lambda: cast.stock("LAMP", 5))
    browser, typed = cast.client("clerk"), form() | line(0, "LAMP", 1)
    number = value(browser.post("/orders/drafts", data=typed, headers=PARTIAL), "draft")

    browser.post("/orders/new", data=typed)
    late = browser.post("/orders/drafts", data=typed | {"name": "Too late"}, headers=PARTIAL)

    assert only_order(cast).number == number
    assert "This order was placed." in late.text
    assert count(cast, OrderDraft) == 0


def test_a_draft_is_placed_once_from_two_windows(cast: Cast) -> None:
    cast.made(lambda: cast.stock("LAMP", 5))
    browser, typed = cast.client("clerk"), form() | line(0, "LAMP", 1)
    number = value(browser.post("/orders/drafts", data=typed, headers=PARTIAL), "draft")
    typed |= {"draft": number, "draft_version": "1"}
    other = typed | {"form_key": new_key(), "name": "Somebody Else"}

    assert browser.post("/orders/new", data=typed).status_code == 303
    refused = browser.post("/orders/new", data=other)
    saved = browser.post("/orders/drafts", data=other, headers=PARTIAL)

    assert refused.status_code == 409
    assert f"This draft was placed as order {number}." in refused.text
    assert f'href="/orders/{number}"' in saved.text
    assert only_order(cast).name == "Mina Park"
    assert count(cast, OrderDraft) == 0


def test_clerks_see_their_own_drafts_and_managers_all(cast: Cast) -> None:
    cast.made(lambda: cast.stock("LAMP", 5))
    clerk, manager = cast.client("clerk"), cast.client("manager")
    mine = value(clerk.post("/orders/drafts", data=form(name="Clara's") | line(0, "LAMP", 2), headers=PARTIAL), "draft")
    theirs = value(manager.post("/orders/drafts", data=form(name="Max's"), headers=PARTIAL), "draft")

    own, everybodys = clerk.get("/orders/drafts").text, manager.get("/orders/drafts").text

    assert "Clara&#39;s" in own
    assert "USD 36.00" in own
    assert "Max&#39;s" not in own
    assert "Clara&#39;s" in everybodys
    assert "Max&#39;s" in everybodys
    assert clerk.get(f"/orders/drafts/{theirs}").status_code == 404
    clerk.post(f"/orders/drafts/{theirs}/removal")
    stolen = clerk.post("/orders/drafts", data=form(name="Mine now", draft=theirs, draft_version="1"), headers=PARTIAL)
    assert "This draft was discarded." in stolen.text, "somebody else's draft is not there"
    assert count(cast, OrderDraft) == 2
    assert manager.get(f"/orders/drafts/{mine}").status_code == 200
    assert manager.get(f"/orders/drafts/{theirs}").status_code == 200


def test_a_manager_goes_on_with_a_clerks_draft_and_places_it(cast: Cast) -> None:
    cast.made(lambda: cast.stock("LAMP", 5))
    clerk, manager = cast.client("clerk"), cast.client("manager")
    number = value(clerk.post("/orders/drafts", data=form() | line(0, "LAMP", 1), headers=PARTIAL), "draft")
    opened = form(draft=number, draft_version="1", name="Checked") | line(0, "LAMP", 1)

    manager.post("/orders/drafts", data=opened, headers=PARTIAL)
    assert (only_draft(cast).name, only_draft(cast).version) == ("Checked", 2)
    assert "Checked" in clerk.get("/orders/drafts").text, "it is the clerk's all the same"
    manager.post("/orders/new", data=opened)

    assert only_order(cast).number == number


def test_a_draft_is_found_by_what_is_in_it_and_discarded(cast: Cast) -> None:
    cast.made(lambda: cast.stock("LAMP", 5, name="Oak lamp"))
    browser = cast.client("clerk")
    number = value(browser.post("/orders/drafts", data=form(name="Jo", phone="0113 496 0009") | line(0, "LAMP", 1), headers=PARTIAL), "draft")
    for question in ("jo", "0009", "oak", "lamp", number):
        assert f'href="/orders/drafts/{number}"' in browser.get(f"/orders/drafts?q={question}").text, question
    assert "No draft fits" in browser.get("/orders/drafts?q=nobody").text

    answer = browser.post(f"/orders/drafts/{number}/removal")
    browser.post(f"/orders/drafts/{number}/removal")

    assert answer.location == "/orders/drafts"
    assert "No drafts" in browser.get("/orders/drafts").text
    with cast.app.app_context():
        assert db.session.scalar(select(func.count()).where(EventLog.name == "DraftDiscarded")) == 1
    assert browser.get(f"/orders/drafts/{number}").status_code == 404


def test_a_late_save_brings_no_discarded_draft_back_but_whoever_wants_it_keeps_it(cast: Cast) -> None:
    browser, typed = cast.client("clerk"), form(name="Jo")
    number = value(browser.post("/orders/drafts", data=typed, headers=PARTIAL), "draft")
    typed |= {"draft": number, "draft_version": "1", "name": "Jo Blank"}
    browser.post(f"/orders/drafts/{number}/removal")

    late = browser.post("/orders/drafts", data=typed, headers=PARTIAL)

    assert "This draft was discarded." in late.text
    assert count(cast, OrderDraft) == 0
    kept = browser.post("/orders/drafts", data=typed | {"anew": "1"}, headers=PARTIAL)
    assert value(kept, "draft") == only_draft(cast).number != number
    assert only_draft(cast).name == "Jo Blank"


def test_without_javascript_a_draft_is_saved_by_its_button(cast: Cast) -> None:
    browser = cast.client("clerk")
    answer = browser.post("/orders/drafts", data=form(name="Jo"))
    assert (answer.status_code, answer.location) == (303, f"/orders/drafts/{only_draft(cast).number}")
    assert value(browser.get(answer.location), "name") == "Jo"


def test_the_list_pages_by_what_was_touched_last(session: Session, cast: Cast) -> None:
    for number in range(60):
        save(session, cast, name=f"Draft {number}")
    first = find_drafts(session, by=cast.actor())
    second = find_drafts(session, by=cast.actor(), cursor=first.next or "")

    assert (len(first.rows), len(second.rows), second.next) == (50, 10, None)
    assert len({row.id for page in (first, second) for row in page.rows}) == 60
    assert (count_drafts(session, by=cast.actor()), count_drafts(session, by=cast.actor("manager"))) == (60, 0)
    assert count_drafts(session, by=cast.actor("manager"), everybodys=True) == 60


def test_drafts_nobody_touched_for_thirty_days_are_discarded(session: Session, cast: Cast) -> None:
    with clock.replaying(clock.now() - timedelta(days=30, minutes=1)):
        save(session, cast, name="Old")
    with clock.replaying(clock.now() - timedelta(days=29)):
        save(session, cast, name="Young")

    assert discard_old_drafts(session) == 1
    assert [row.name for row in find_drafts(session, by=cast.actor()).rows] == ["Young"]


@pytest.mark.parametrize("who", ["picker", "auditor"])
def test_who_may_not_take_orders_has_no_drafts(cast: Cast, client: FlaskClient, who: str) -> None:
    browser = cast.client(who)
    assert browser.get("/orders/drafts").status_code == 403
    assert browser.post("/orders/drafts", data=form(name="Jo")).status_code == 403
    assert count(cast, OrderDraft) == 0


def test_saving_costs_few_queries(cast: Cast, queries: SimpleNamespace) -> None:
    mina = cast.made(lambda: (cast.customer().id, cast.stock("LAMP", 3)))[0]
    browser, typed = cast.client("clerk"), form(customer_id=mina)
    for number in range(20):
        typed |= line(number, "LAMP", 1)
    browser.post("/orders/drafts", data=typed, headers=PARTIAL)
    queries.count = 0
    queries.statements.clear()

    browser.post("/orders/drafts", data=typed | {"name": "Another"}, headers=PARTIAL)

    assert queries.count <= 9, queries.statements


def only_draft(cast: Cast) -> OrderDraft:
    """The one draft there is."""
    with cast.app.app_context():
        return db.session.scalars(select(OrderDraft)).one()


def count(cast: Cast, kind: Any) -> int:
    """How many there are."""
    with cast.app.app_context():
        return db.session.scalar(select(func.count()).select_from(kind)) or 0


def save(session: Session, cast: Cast, **values: Any) -> OrderDraft:
    """A draft of the clerk's."""
    content = DraftContent(fields={**LEEDS, **values}, currency="USD", **values)
    return save_draft(session, number="", version=0, form_key=new_key(), content=content, by=cast.actor())[0]
