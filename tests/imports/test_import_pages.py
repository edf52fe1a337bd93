"""Importing in the browser: uploaded, mapped, looked at, written by the worker, found again."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from logistics.catalog.models import Product
from logistics.core import clock, jobs
from logistics.core.delimited import read_delimited
from logistics.core.events import EventLog
from logistics.core.sheets import Layout
from logistics.customers.models import Customer
from logistics.imports import tasks
from logistics.imports.models import Import, ImportFile, ImportRow, ImportState
from logistics.imports.working import ImportJournal
from logistics.inventory.models import StockLevel
from logistics.orders.models import Order
from tests.cast import Cast
from tests.imports.uploads import HEADING, carried_out, checked, confirm, csv_file, newest, order, rows_of, shown, upload, work, xlsx_file

PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture(autouse=True)
def shelf(app: Flask, session: Session, cast: Cast) -> None:
    """Ten lamps, and tasks that run in this application."""
    jobs.init_app(app)
    cast.made(lambda: cast.stock("LAMP", 10))


@pytest.fixture
def clerk(cast: Cast) -> FlaskClient:
    return cast.client("clerk")


def test_a_file_goes_from_upload_to_orders(clerk: FlaskClient, session: Session) -> None:
    answer = upload(clerk, csv_file([order("W-1"), order("W-2", quantity="3")]))
    run = newest()
    assert (answer.status_code, answer.location) == (303, f"/imports/{run.id}/columns")
    assert (run.state, run.file_name, run.headings) == ("uploaded", "orders.csv", HEADING)

    assert confirm(clerk, run.id).location == f"/imports/{run.id}"
    assert newest().state == "checking"
    run = work()
    assert (run.state, run.new, run.errors, _orders(session)) == ("checked", 2, 0, 0)
    assert "Import everything" in clerk.get(f"/imports/{run.id}").text

    assert clerk.post(f"/imports/{run.id}/run", data={"mode": "all"}).status_code == 303
    run = work()
    assert (run.state, run.new, run.done, run.things) == ("done", 2, 2, 2)
    page = clerk.get(f"/imports/{run.id}").text
    for number in session.scalars(select(Order.number)):
        assert f'href="/orders/{number}"' in page
    assert [(row.name, row.outcome) for row in rows_of(run)] == [("W-1", "new"), ("W-2", "new")]


def test_the_columns_are_guessed_in_both_languages_and_shown_with_what_stands_in_them(clerk: FlaskClient) -> None:
    heading = ["订单编号", "收货人", "联系电话", "收货地址", "商品编码", "数量", "买家留言", "颜色"]
    upload(clerk, csv_file([["T-1", "张三", "13800138000", "浙江省杭州市西湖区文三路100号", "LAMP", "2", "快一点", "红"]], heading))

    page = clerk.get(f"/imports/{newest().id}/columns").text
    fields = shown(page)

    assert {name: fields[f"at-{name}"] for name in ("order", "name", "phone", "full_address", "sku", "quantity", "note", "email")} == {
        "order": "0", "name": "1", "phone": "2", "full_address": "3", "sku": "4", "quantity": "5", "note": "6", "email": "",
    }  # fmt: skip
    assert "浙江省杭州市西湖区文三路100号" in page


def test_a_mapping_is_remembered_for_the_next_file_of_the_channel_and_can_be_changed(clerk: FlaskClient, session: Session) -> None:
    heading = ["Bestellung", "Wer", "Wohin", "Ort", "PLZ", "Artikel", "Menge"]
    rows = [["B-1", "Mina Park", "12 Park Row", "Leeds", "LS1 5HD", "LAMP", "1"]]
    ours = {"order": "0", "name": "1", "line1": "2", "city": "3", "postcode": "4", "sku": "5", "quantity": "6"}
    changes = {**{f"at-{name}": at for name, at in ours.items()}, "fixed-country": "United Kingdom"}

    assert checked(clerk, csv_file(rows, heading), changes=changes).new == 1
    again = upload(clerk, csv_file([["B-2", *rows[0][1:]]], [" bestellung", *heading[1:]]))

    assert again.location == f"/imports/{newest().id}", "straight to the dry run"
    assert (work().state, newest().new) == ("checked", 1)
    assert "Change the columns" in clerk.get(again.location).text
    assert shown(clerk.get(f"{again.location}/columns").text)["fixed-country"] == "United Kingdom"
    other = upload(clerk, csv_file(rows, heading), channel="desk")
    assert other.location.endswith("/columns"), "another channel's files may mean something else"


def test_needed_columns_must_be_chosen_and_what_was_chosen_is_kept(clerk: FlaskClient, session: Session) -> None:
    upload(clerk, csv_file([["a", "b"]], ["Menge", "Wort"]))
    run = newest()

    answer = confirm(clerk, run.id, {"at-quantity": "0", "fixed-country": "Atlantis", "at-note": "77"})

    assert answer.status_code == 422
    assert shown(answer.text)["at-quantity"] == "0"
    assert answer.text.count("This column is needed.") == 2, "order and SKU"
    assert answer.text.count("Please check what is marked below.") == 1
    assert "is no country we know" in answer.text
    assert "Choose one of the file" in answer.text
    assert newest().state == "uploaded"


def test_the_preview_shows_a_file_as_another_encoding_reads_it(clerk: FlaskClient) -> None:
    text = "订单号;收货人;商品编码;数量\nT-1;张三;LAMP;1\n"
    upload(clerk, text.encode("gb18030"))
    run = newest()
    page = clerk.get(f"/imports/{run.id}/columns").text
    assert "张三" in page
    assert (run.layout["encoding"], run.layout["delimiter"]) == ("gb18030", ";")

    otherwise = clerk.post(f"/imports/{run.id}/columns", data={**shown(page), "encoding": "cp1252", "preview": "1"}, headers=PARTIAL)
    impossible = clerk.post(f"/imports/{run.id}/columns", data={**shown(page), "encoding": "utf-8", "preview": "1"}, headers=PARTIAL)

    assert "张三" not in otherwise.text
    assert impossible.status_code == 422
    assert "GB 18030" in impossible.text


def test_with_errors_nothing_is_written_unless_only_what_is_right_is_asked_for(clerk: FlaskClient, session: Session) -> None:
    run = checked(clerk, csv_file([order("W-1"), order("W-2", sku="NONE"), order("W-3", quantity="0")]))

    assert (run.new, run.left_out, run.errors) == (1, 2, 2)
    assert [(row.row, row.field, row.code) for row in rows_of(run)] == [(3, "sku", "unknown_sku"), (4, "quantity", "bad_quantity"), (2, "", "")]
    page = clerk.get(f"/imports/{run.id}").text
    assert "Import everything" not in page
    assert clerk.post(f"/imports/{run.id}/run", data={"mode": "all"}).status_code == 409

    clerk.post(f"/imports/{run.id}/run", data={"mode": "valid"})
    run = work()
    assert (run.state, run.new, run.left_out, run.errors) == ("done", 1, 2, 2)
    assert session.scalars(select(Order.external_id)).all() == ["W-1"]


def test_the_same_file_again_adds_nothing_and_says_so(clerk: FlaskClient, session: Session) -> None:
    content = csv_file([order("W-1"), order("W-2")])
    carried_out(clerk, content)

    run = checked(clerk, content)

    assert (run.new, run.same) == (0, 2)
    assert clerk.post(f"/imports/{run.id}/run", data={"mode": "all"}).status_code == 409
    assert "Nothing of this file is to be written." in clerk.get(f"/imports/{run.id}").text
    assert _orders(session) == 2


def test_differences_are_shown_field_by_field(clerk: FlaskClient) -> None:
    carried_out(clerk, csv_file([order("W-1")]))

    run = checked(clerk, csv_file([order("W-1", quantity="2", city="York")]))

    assert (run.changed, run.new) == (1, 0)
    page = clerk.get(f"/imports/{run.id}").text
    assert "<del>1 × LAMP 18.00</del> <ins>2 × LAMP 18.00</ins>" in page
    assert "York" in page
    assert "0 new · 1 differs" in clerk.get("/imports/").text


@pytest.mark.parametrize("name", ["orders.xlsx", "Orders.XLSX"])
def test_workbooks_go_the_same_way(clerk: FlaskClient, session: Session, name: str) -> None:
    run = carried_out(clerk, xlsx_file([order("W-1"), order("W-2")]), name=name)

    assert (run.state, run.new) == ("done", 2)
    assert _orders(session) == 2


def test_products_customers_and_stock_go_through_the_same_page(cast: Cast, session: Session) -> None:
    manager = cast.client("manager")
    products = csv_file([["CORD", "Cord", "2.50"], ["cord", "Twice", "1"], ["PLUG", "Plug", "1,5"]], ["Artikel", "Name", "Preis"])
    run = checked(manager, products, kind="products", name="p.csv", changes={"at-sku": "0", "at-price": "2"})
    assert (run.new, run.left_out, [(row.row, row.code) for row in rows_of(run)]) == (0, 3, [(2, "repeated"), (4, "bad_amount")])

    run = carried_out(manager, csv_file([["CORD", "Cord", "2.50"]], ["sku", "name", "price"]), kind="products", name="p.csv")
    assert (run.state, run.new, session.scalar(select(Product.price).where(Product.sku == "CORD"))) == ("done", 1, 250)
    run = carried_out(manager, csv_file([["C-1", "Ann"]], ["reference", "name"]), kind="customers", name="c.csv")
    assert session.scalar(select(Customer.name)) == "Ann"
    picker = cast.client("picker")
    run = carried_out(picker, csv_file([["LEEDS", "CORD", "7"]], ["warehouse", "sku", "quantity"]), kind="stock", name="s.csv")
    assert session.scalar(select(StockLevel.on_hand).join(Product).where(Product.sku == "CORD")) == 7


def test_valid_rows_of_one_transaction_are_all_that_are_right(cast: Cast, session: Session) -> None:
    manager = cast.client("manager")
    run = carried_out(
        manager, csv_file([["A", "Aa", "1"], ["B", "Bb", "x"], ["C", "Cc", "3"]], ["sku", "name", "price"]), kind="products", mode="valid"
    )

    assert (run.state, run.new, run.left_out) == ("done", 2, 1)
    assert session.scalars(select(Product.sku).where(Product.sku != "LAMP").order_by(Product.sku)).all() == ["A", "C"]


def test_it_is_stopped_between_orders_and_what_is_written_stays(clerk: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    run = checked(clerk, csv_file([order(f"W-{at}") for at in range(4)]))
    clerk.post(f"/imports/{run.id}/run", data={"mode": "all"})
    _after(monkeypatch, 2, lambda: clerk.post(f"/imports/{run.id}/cancellation"))

    run = work()

    assert (run.state, run.new, run.done, run.things) == ("cancelled", 2, 2, 4)
    assert session.scalars(select(Order.external_id).order_by(Order.id)).all() == ["W-0", "W-1"]
    assert "What the report says is new is written" in clerk.get(f"/imports/{run.id}").text
    assert clerk.post(f"/imports/{run.id}/run", data={"mode": "all"}).status_code == 409
    assert checked(clerk, csv_file([order(f"W-{at}") for at in range(4)])).new == 2, "the rest can be imported"


def test_pressed_twice_it_runs_once_in_the_first_mode(clerk: FlaskClient, session: Session) -> None:
    run = checked(clerk, csv_file([order("W-1")]))

    answers = [clerk.post(f"/imports/{run.id}/run", data={"mode": mode}).status_code for mode in ("all", "valid")]

    assert (answers, newest().mode) == ([303, 303], "all")
    jobs_waiting = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'imports.work' AND (args->>'import_id')::bigint = :id"
    assert session.scalar(text(jobs_waiting), {"id": run.id}) == 2, "the first look, and one run"


def test_before_anything_is_written_it_is_stopped_at_once(clerk: FlaskClient) -> None:
    upload(clerk, csv_file([order("W-1")]))

    assert clerk.post(f"/imports/{newest().id}/cancellation").status_code == 303
    assert newest().state == "cancelled"
    assert confirm(clerk, newest().id).status_code == 409


def test_broken_off_it_goes_on_where_it_stopped_and_tells_each_order_once(
    clerk: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = checked(clerk, csv_file([order("W-0"), order("W-1", sku="NONE"), *[order(f"W-{at}") for at in range(2, 5)]]))
    clerk.post(f"/imports/{run.id}/run", data={"mode": "valid"})
    with monkeypatch.context() as patch:
        _after(patch, 2, _die)
        with pytest.raises(KeyboardInterrupt):
            work()
    assert (newest().state, newest().new) == ("running", 2)

    run = work()

    assert (run.state, run.new, run.left_out, run.errors, run.done) == ("done", 4, 1, 1, 4)
    assert [(row.name, row.outcome) for row in rows_of(run)] == [
        ("W-1", "refused"), ("W-0", "new"), ("W-2", "new"), ("W-3", "new"), ("W-4", "new"),
    ]  # fmt: skip
    assert _orders(session) == 4


def test_a_dry_run_that_was_broken_off_begins_anew(clerk: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    upload(clerk, csv_file([order(f"W-{at}", quantity="4") for at in range(3)]))
    confirm(clerk, newest().id)
    with monkeypatch.context() as patch:
        patch.setattr("logistics.imports.working._end", _die)
        with pytest.raises(KeyboardInterrupt):
            work()

    run = work()

    assert (run.state, run.new, run.left_out, run.errors, len(rows_of(run))) == ("checked", 2, 1, 1, 3)


def test_who_lost_the_right_meanwhile_imports_no_further(clerk: FlaskClient, cast: Cast, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    run = checked(clerk, csv_file([order(f"W-{at}") for at in range(4)]))
    clerk.post(f"/imports/{run.id}/run", data={"mode": "all"})

    def demote() -> None:
        cast.person("clerk").role = "auditor"
        cast.session.commit()

    _after(monkeypatch, 1, demote)
    run = work()

    assert (run.state, run.problem, run.new) == ("cancelled", "not_allowed", 1)
    assert _orders(session) == 1
    assert "may not import this any more" in cast.client("manager").get(f"/imports/{run.id}").text


def test_a_mistake_of_ours_ends_it_and_says_what_is_written(clerk: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    run = checked(clerk, csv_file([order(f"W-{at}") for at in range(3)]))
    clerk.post(f"/imports/{run.id}/run", data={"mode": "all"})

    def stumble() -> None:
        raise ZeroDivisionError

    _after(monkeypatch, 1, stumble)
    run = work()

    assert (run.state, run.problem, run.new) == ("failed", "our_mistake", 1)
    assert "mistake of ours" in clerk.get(f"/imports/{run.id}").text


def test_an_import_without_a_job_is_given_up(clerk: FlaskClient, session: Session) -> None:
    upload(clerk, csv_file([order("W-1")]))
    confirm(clerk, newest().id)
    tasks.give_up_abandoned()
    assert newest().state == "checking", "its job waits"

    session.execute(text("DELETE FROM procrastinate_jobs WHERE task_name = 'imports.work'"))
    session.commit()
    tasks.give_up_abandoned()

    assert newest().state == "failed"


def test_the_report_is_a_file_that_runs_no_formula(clerk: FlaskClient) -> None:
    run = checked(clerk, csv_file([order("=1+1", sku="NONE"), order("@W-2"), order("@W-2", city="=York")]))

    answer = clerk.get(f"/imports/{run.id}/report.csv")

    assert answer.mimetype == "text/csv"
    assert "attachment" in answer.headers["Content-Disposition"]
    rows = [fields for _number, fields in read_delimited(answer.data, Layout())]
    assert rows[0][:4] == ["Row", "Column", "Outcome", "In the file"]
    assert [row[0] for row in rows[1:]] == ["2", "3", "4"]
    assert "\n=" not in answer.text
    assert ",=" not in answer.text


def test_the_report_is_filtered_and_paged(clerk: FlaskClient) -> None:
    run = checked(clerk, csv_file([order(f"W-{at}", sku="NONE") for at in range(60)] + [order("W-OK")]))

    first = clerk.get(f"/imports/{run.id}").text
    second = clerk.get(f"/imports/{run.id}?show=new").text

    assert first.count("There is no product") == 50
    assert "Next page" in first
    assert second.count('data-label="Row"') == 1
    assert "W-OK" in second
    assert clerk.get(f"/imports/{run.id}?show=nonsense").status_code == 422
    assert clerk.get(f"/imports/{run.id}?cursor=nonsense").status_code == 422


def test_the_list_shows_ones_own_and_managers_everybodys(cast: Cast, clerk: FlaskClient) -> None:
    upload(clerk, csv_file([order("W-1")]), name="mine.csv")
    mine = newest()
    manager = cast.client("manager")
    upload(manager, csv_file([order("W-1")]), name="theirs.csv")

    assert ("mine.csv" in clerk.get("/imports/").text, "theirs.csv" in clerk.get("/imports/").text) == (True, False)
    assert [f"{name}.csv" in manager.get("/imports/").text for name in ("mine", "theirs")] == [True, True]
    assert clerk.get(f"/imports/{newest().id}").status_code == 404
    for path in ("columns", "report.csv"):
        assert clerk.get(f"/imports/{newest().id}/{path}").status_code == 404
    for path in ("columns", "run", "cancellation"):
        assert clerk.post(f"/imports/{newest().id}/{path}").status_code == 404
    assert manager.get(f"/imports/{mine.id}").status_code == 200


@pytest.mark.parametrize(
    ("who", "kinds"), [("clerk", ["new-orders"]), ("picker", ["stock"]), ("manager", ["new-orders", "products", "customers", "stock", "orders"])]
)
def test_each_role_imports_what_it_may(cast: Cast, who: str, kinds: list[str]) -> None:
    browser = cast.client(who)
    page = browser.get("/imports/new").text

    for kind in ("new-orders", "products", "customers", "stock", "orders"):
        assert (f'value="{kind}"' in page) == (kind in kinds), kind
        answer = upload(browser, csv_file([["x"]], ["y"]), kind=kind)
        assert answer.status_code == (303 if kind in kinds else 422), kind


def test_more_than_ten_uploads_an_hour_are_too_many_but_only_for_oneself(cast: Cast, clerk: FlaskClient) -> None:
    codes = [upload(clerk, csv_file([order("W-1")])).status_code for _try in range(11)]

    assert codes == [303] * 10 + [429]
    assert upload(cast.client("manager"), csv_file([order("W-1")])).status_code == 303


def test_the_same_form_sent_twice_uploads_once(clerk: FlaskClient, session: Session) -> None:
    answers = [upload(clerk, csv_file([order("W-1")]), key="0123456789abcdef") for _time in range(2)]

    assert answers[0].location == answers[1].location
    assert session.scalar(select(func.count()).select_from(Import)) == 1


def test_what_happened_is_in_the_event_log(clerk: FlaskClient, session: Session) -> None:
    carried_out(clerk, csv_file([order("W-1")]))

    told = session.execute(select(EventLog.name, EventLog.data["state"].astext).where(EventLog.subject == "import").order_by(EventLog.id)).all()
    assert [tuple(row) for row in told] == [
        ("ImportUploaded", None), ("ImportMoved", "checking"), ("ImportMoved", "checked"), ("ImportMoved", "running"), ("ImportMoved", "done"),
    ]  # fmt: skip


def test_files_and_reports_go_after_a_while_and_the_counts_stay(clerk: FlaskClient, session: Session) -> None:
    run = carried_out(clerk, csv_file([order("W-1"), order("W-2")]))
    upload(clerk, csv_file([order("W-1")]), channel="desk")
    unfinished = newest()
    session.execute(update(Import).values(created_at=clock.now() - timedelta(days=31)))
    session.commit()

    tasks.erase_old_files()

    assert [session.scalar(select(func.count()).select_from(table)) for table in (ImportFile, ImportRow)] == [0, 0]
    page = clerk.get(f"/imports/{run.id}").text
    assert "were erased" in page
    assert ">2<" in page
    session.expire_all()
    assert session.get_one(Import, unfinished.id).state == ImportState.CANCELLED
    assert clerk.get(f"/imports/{run.id}/columns").status_code == 404


def test_an_unchanged_page_is_answered_with_304(clerk: FlaskClient) -> None:
    upload(clerk, csv_file([order("W-1")]))
    confirm(clerk, newest().id)
    first = clerk.get(f"/imports/{newest().id}", headers=PARTIAL)
    tag = first.headers["HX-PTag"]

    assert 'hx-trigger="every 1s' in first.text
    assert clerk.get(f"/imports/{newest().id}", headers={**PARTIAL, "HX-PTag": tag}).status_code == 304
    work()
    after = clerk.get(f"/imports/{newest().id}", headers={**PARTIAL, "HX-PTag": tag})
    assert after.status_code == 200
    assert "every 1s" not in after.text, "nothing is to come"


def test_pages_ask_the_database_little(clerk: FlaskClient, queries: object) -> None:
    run = checked(clerk, csv_file([order(f"W-{at}", sku="NONE") for at in range(60)]))
    for path, most in ((f"/imports/{run.id}", 10), ("/imports/", 10), (f"/imports/{run.id}/columns", 10)):
        queries.count = 0  # type: ignore[attr-defined]
        assert clerk.get(path).status_code == 200
        assert queries.count <= most, path  # type: ignore[attr-defined]


def test_an_empty_file_of_each_kind_has_its_heading(clerk: FlaskClient) -> None:
    answer = clerk.get("/imports/blank/new-orders.csv")

    assert answer.text.startswith("\ufefforder,customer,buyer,name,")
    assert clerk.get("/imports/blank/dragons.csv").status_code == 404


def _orders(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Order)) or 0


def _die(*_arguments: object) -> None:
    raise KeyboardInterrupt


def _after(monkeypatch: pytest.MonkeyPatch, orders: int, do: object) -> None:
    """Do something once so many orders are written: before the next one begins."""
    enter, entered = ImportJournal.enter, []

    def entering(journal: ImportJournal, session: Session) -> None:
        entered.append(1)
        if len(entered) == orders + 2:  # the first is the beginning itself
            session.rollback()
            do()  # type: ignore[operator]
        enter(journal, session)

    monkeypatch.setattr(ImportJournal, "enter", entering)
