"""Pages about customers and their money."""

import re
from types import SimpleNamespace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from logistics.core.actors import SYSTEM
from logistics.core.addresses import Address
from logistics.core.keys import new_key
from logistics.customers.crediting import deposit
from logistics.customers.models import Account, Customer, Entry
from logistics.customers.registering import create_customer
from logistics.customers.rules import CustomerDetails
from tests.cast import Cast

MINA = {
    "name": "Mina Park",
    "reference": "MINA",
    "email": "mina@example.com",
    "phone": "0113 496 0001",
    "language": "en",
    "country": "GB",
    "line1": "12 Park Row",
    "city": "Leeds",
    "postcode": "LS1 5HD",
}
PART = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture
def clerk(cast: Cast) -> FlaskClient:
    return cast.client("clerk")


def test_a_customer_is_added_found_and_opened(clerk: FlaskClient) -> None:
    added = clerk.post("/customers/new", data=_fresh(MINA))

    assert added.status_code == 303
    text = clerk.get(added.headers["Location"]).text
    assert "Mina Park is in the books." in text
    assert "12 Park Row\nLeeds\nLS1 5HD\nUnited Kingdom" in text
    for question in ("mina", "0001", "mina@example", "park"):
        assert "Mina Park" in clerk.get("/customers/", query_string={"q": question}, headers=PART).text
    assert "No customer fits" in clerk.get("/customers/?q=nobody").text


def test_a_form_that_is_sent_twice_adds_one_customer(cast: Cast, clerk: FlaskClient) -> None:
    sent = _fresh(MINA | {"reference": ""})
    first, second = clerk.post("/customers/new", data=sent), clerk.post("/customers/new", data=sent)
    assert first.headers["Location"] == second.headers["Location"]
    with cast.app.app_context():
        assert cast.session.scalar(select(func.count()).select_from(Customer)) == 1


@pytest.mark.parametrize("headers", [{}, PART])
def test_a_wrong_form_comes_back_with_what_was_typed_and_each_field_marked(clerk: FlaskClient, headers: dict[str, str]) -> None:
    answer = clerk.post("/customers/new", data=_fresh(MINA | {"postcode": "LS1", "phone": "call <me>", "city": ""}), headers=headers)

    assert answer.status_code == 422
    assert 'value="call &lt;me&gt;"' in answer.text
    marked = re.findall(r'<(?:input|select)[^>]*aria-invalid="true"[^>]*name="(\w+)"', answer.text)
    assert sorted(marked) == ["city", "phone", "postcode"]
    assert ("<html" in answer.text) == (not headers)


def test_details_are_changed_in_place(cast: Cast, clerk: FlaskClient) -> None:
    where = clerk.post("/customers/new", data=_fresh(MINA)).headers["Location"]
    assert 'value="LS1 5HD"' in clerk.get(f"{where}?edit=1", headers=PART).text

    answer = clerk.post(where, data=_fresh(MINA | {"phone": "0113 496 0002", "tax_number": "GB 0", "version": "1"}), headers=PART)

    assert (answer.status_code, answer.headers["HX-Redirect"]) == (200, where)
    assert "0113 496 0002" in clerk.get(where).text
    assert "<dt>Tax number</dt><dd>GB 0</dd>" in clerk.get(where).text


def test_a_save_that_comes_too_late_is_409_and_shows_both_values(clerk: FlaskClient) -> None:
    where = clerk.post("/customers/new", data=_fresh(MINA)).headers["Location"]
    clerk.post(where, data=_fresh(MINA | {"city": "York", "version": "1"}))

    late = clerk.post(where, data=_fresh(MINA | {"city": "Hull", "country": "IE", "postcode": "", "version": "1"}))

    assert late.status_code == 409
    assert "City is now “York”; you typed “Hull”." in late.text
    assert "Country is now “United Kingdom”; you typed “Ireland”." in late.text
    assert 'name="version" type="hidden" value="2"' in late.text


def test_a_deposit_is_booked_once_however_often_it_is_sent(cast: Cast, clerk: FlaskClient) -> None:
    where = clerk.post("/customers/new", data=_fresh(MINA)).headers["Location"]
    money = {"amount": "150.00", "currency": "USD", "reference": "BANK-7", "form_key": new_key()}

    answers = [clerk.post(f"{where}/deposits", data=money, headers=PART) for _turn in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert all("USD 150.00" in answer.text and "BANK-7" in answer.text for answer in answers)
    assert answers[0].headers["HX-Reswap"] == "outerHTML"
    assert answers[0].text.strip().startswith('<section class="card region" id="customer-money"')
    with cast.app.app_context():
        assert cast.session.scalar(select(Account.balance)) == 15_000
        assert cast.session.scalar(select(func.count()).select_from(Entry)) == 1
    assert clerk.post(f"{where}/deposits", data=money | {"amount": "50", "form_key": new_key()}).headers["Location"] == where


def test_amounts_are_read_in_the_currency_that_was_chosen(cast: Cast, clerk: FlaskClient) -> None:
    where = clerk.post("/customers/new", data=_fresh(MINA)).headers["Location"]
    wrong = clerk.post(f"{where}/deposits", data={"amount": "1.50", "currency": "JPY", "reference": "x", "form_key": new_key()}, headers=PART)
    assert wrong.status_code == 422
    assert "JPY has 0 decimals." in wrong.text
    assert clerk.post(f"{where}/deposits", data={"amount": "150", "currency": "JPY", "reference": "x", "form_key": new_key()}).status_code == 303
    with cast.app.app_context():
        assert cast.session.execute(select(Account.currency, Account.balance)).all() == [("JPY", 150)]


def test_a_clerk_records_up_to_the_limit_and_a_manager_above_it(cast: Cast, clerk: FlaskClient) -> None:
    where = clerk.post("/customers/new", data=_fresh(MINA)).headers["Location"]
    money = {"amount": "200.01", "currency": "USD", "reference": "BANK-7"}

    refused = clerk.post(f"{where}/deposits", data=money | {"form_key": new_key()}, headers=PART)

    assert refused.status_code == 403
    assert "You can record up to 200.00 USD in a day for one order or account. Ask a manager to record more." in refused.text
    assert 'value="200.01"' in refused.text
    with cast.app.app_context():
        assert cast.session.scalar(select(func.count()).select_from(Entry)) == 0
    assert cast.client("manager").post(f"{where}/deposits", data=money | {"form_key": new_key()}).status_code == 303


def test_a_clerks_deposits_of_one_day_count_together(cast: Cast, clerk: FlaskClient) -> None:
    where = clerk.post("/customers/new", data=_fresh(MINA)).headers["Location"]
    money = {"amount": "200", "currency": "USD", "reference": "BANK-7"}

    answers = [clerk.post(f"{where}/deposits", data=money | {"amount": amount, "form_key": new_key()}) for amount in ("150", "50.01", "50")]

    assert [answer.status_code for answer in answers] == [303, 403, 303]
    assert clerk.post(f"{where}/deposits", data=money | {"currency": "EUR", "form_key": new_key()}).status_code == 303, "another account"


def test_the_ledger_shows_the_latest_first_page_by_page_with_who_did_it(cast: Cast, clerk: FlaskClient) -> None:
    def fill() -> int:
        customer = _create(cast)
        for amount in range(1, 61):
            deposit(cast.session, customer_id=customer.id, currency="USD", amount=amount, reference=f"R{amount}", by=cast.actor("manager"))
        return customer.id

    where = f"/customers/{cast.made(fill)}"
    first = clerk.get(where).text
    older = re.search(r'rel="next" href="([^"]+)"', first)
    assert older
    second = clerk.get(older.group(1), headers=PART).text

    assert "R60" in first
    assert "Manager" in first
    assert first.index("R60<") < first.index("R59<")
    assert ("R11<" in first, "R10<" in first) == (True, False)
    assert ("R10<" in second, "R11<" in second, "<html" in second) == (True, False, False)


def test_options_are_found_by_what_people_say_on_the_phone(cast: Cast, clerk: FlaskClient) -> None:
    customer_id = cast.made(lambda: _create(cast).id)
    for question in ("0001", "mina", "MINA"):
        text = clerk.get("/customers/options", query_string={"customer": question}).text
        assert f'data-value="{customer_id}" data-text="Mina Park"' in text
    assert "data-exact" in clerk.get("/customers/options?q=mina").text
    assert "No customer fits." in clerk.get("/customers/options?q=zzz").text
    assert clerk.get("/customers/options?q=").text.strip() == ""


def test_the_warehouse_sees_no_customers_and_the_auditor_changes_none(cast: Cast) -> None:
    customer_id = cast.made(lambda: _create(cast).id)
    picker, auditor = cast.client("picker"), cast.client("auditor")
    for where in ("/customers/", "/customers/new", f"/customers/{customer_id}", "/customers/options?q=mina"):
        assert picker.get(where).status_code == 403
    assert auditor.get(f"/customers/{customer_id}").status_code == 200
    assert "deposits" not in auditor.get(f"/customers/{customer_id}").text
    for where in ("/customers/new", f"/customers/{customer_id}", f"/customers/{customer_id}/deposits"):
        assert auditor.post(where, data=_fresh(MINA)).status_code == 403
        assert picker.post(where, data=_fresh(MINA)).status_code == 403


@pytest.mark.parametrize("where", ["/customers/", "/customers/new", "/customers/1", "/customers/options?q=mina"])
def test_the_outsider_is_sent_to_sign_in(client: FlaskClient, where: str) -> None:
    answer = client.get(where)
    assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (302, "/sign-in")


@pytest.mark.parametrize("where", ["/customers/987654", "/customers/1.0", "/customers/９", f"/customers/{10**30}"])
def test_who_is_not_there_is_404(clerk: FlaskClient, where: str) -> None:
    assert clerk.get(where).status_code == 404


def test_pages_follow_each_other_without_gap_or_repeat(cast: Cast, clerk: FlaskClient) -> None:
    cast.made(lambda: [_create(cast, name=f"Customer {number % 9}", reference=f"C{number}") for number in range(110)])
    seen, where = [], "/customers/"
    while where:
        text = clerk.get(where).text
        seen += re.findall(r'href="/customers/(\d+)" data-row-link', text)
        following = re.search(r'rel="next" href="([^"]+)"', text)
        where = f"/customers/{following.group(1)}" if following else ""
    assert len(seen) == len(set(seen)) == 110


def test_a_list_of_fifty_and_a_page_take_few_statements(cast: Cast, clerk: FlaskClient, queries: SimpleNamespace) -> None:
    customer_id = cast.made(lambda: [_create(cast, reference=f"C{number}").id for number in range(60)])[0]
    for where, most in (("/customers/?q=park", 3), (f"/customers/{customer_id}", 8), ("/customers/options?q=mina", 3)):
        queries.count = 0
        assert clerk.get(where, headers=PART).status_code == 200
        assert queries.count <= most


def _create(cast: Cast, name: str = "Mina Park", reference: str = "MINA") -> Customer:
    address = Address(line1="12 Park Row", city="Leeds", postcode="LS1 5HD", country="GB")
    details = CustomerDetails(name=name, reference=reference, phone="0113 496 0001", address=address)
    return create_customer(cast.session, details=details, by=SYSTEM)


def _fresh(typed: dict[str, str]) -> dict[str, str]:
    """As a form that was just opened sends it."""
    return typed | {"form_key": new_key()}


def test_an_address_their_orders_went_to_is_forgotten_on_their_page(cast: Cast, clerk: FlaskClient) -> None:
    mina = cast.made(lambda: cast.order(address=Address("1 Mill Lane", "", "", "York", "", "YO1 6HS", "GB")).customer_id)
    page = clerk.get(f"/customers/{mina}").text
    removal = re.search(r'action="(/customers/\d+/addresses/\d+/removal)"', page)
    assert "1 Mill Lane, York" in page
    assert removal
    assert "/removal" not in cast.client("auditor").get(f"/customers/{mina}").text

    answer = clerk.post(removal[1], headers=PART)

    assert answer.status_code == 200
    assert answer.text.lstrip().startswith('<section class="card" id="customer-addresses"')
    assert "1 Mill Lane" not in answer.text
    assert clerk.post("/customers/999/addresses/1/removal").status_code == 404
