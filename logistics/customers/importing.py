"""Importing customers: upserted by reference. An empty field keeps what is known; an address that cannot be verified is taken and noted."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import any_, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import Text

from logistics.core import parsing
from logistics.core.actors import Actor
from logistics.core.addresses import Address
from logistics.core.importing import Importer, Report, Rows, at_row
from logistics.core.language import _, lazy, spoken
from logistics.core.refusals import Invalid
from logistics.core.sheets import Column, RowError, Sheet, find_repeats
from logistics.customers.columns import ADDRESS, ADDRESS_COLUMNS, EMAIL, PHONE, line
from logistics.customers.models import Customer
from logistics.customers.registering import create_customer, create_customers, find_changes, put_customer
from logistics.customers.rules import CustomerDetails, find_problems

_CREATED_AT_ONCE = 500

COLUMNS = (
    Column(
        "reference",
        parsing.parse_code,
        required=True,
        label=lazy("Customer reference"),
        also="customer id|customer no|customer number|customer code|客户编号|客户代码|会员编号",
    ),
    Column(
        "name",
        line(200),
        required=True,
        label=lazy("Name"),
        also="customer name|company|company name|full name|客户名称|客户姓名|姓名|名称",
    ),
    EMAIL,
    PHONE,
    *ADDRESS_COLUMNS,
    Column("language", lambda text: spoken(parsing.parse_code(text, longest=10)), label=lazy("Language of the messages"), also="locale|语言"),
    Column("tax_number", line(60), label=lazy("Tax number"), also="vat number|vat id|vat|tax id|税号|纳税人识别号|统一社会信用代码"),
)


def check(_session: Session, sheet: Sheet) -> list[RowError]:
    """References that stand twice in the file."""
    return find_repeats(sheet, lambda values: values["reference"].lower(), "reference")


def write(session: Session, rows: Rows, by: Actor) -> Report:
    """Create or change each customer."""
    report, fresh = Report(), list[tuple[int, CustomerDetails]]()
    known = _find_by_reference(session, [values["reference"].lower() for _number, values in rows])
    for number, values in rows:
        customer = known.get(values["reference"].lower())
        details = _details(values, customer)
        if customer is None:
            fresh.append((number, details))
            report.count("new")
        elif find_changes(customer, details):
            with at_row(number):
                put_customer(session, customer_id=customer.id, details=details, by=by, verify=False)
            report.count("changed")
        else:
            report.count("same")
            continue
        report.notes += _unverified(number, details)
    for begin in range(0, len(fresh), _CREATED_AT_ONCE):
        _create(session, fresh[begin : begin + _CREATED_AT_ONCE], by)
    return report


CUSTOMERS = Importer(
    kind="customers",
    columns=COLUMNS,
    write=write,
    check=check,
    label=lazy("Customers"),
    hint=lazy("Added, or changed where the reference is known. Addresses that cannot be verified are taken and listed."),
)


def _create(session: Session, some: Sequence[tuple[int, CustomerDetails]], by: Actor) -> None:
    try:
        create_customers(session, many=[details for _number, details in some], by=by)
    except Invalid:
        # A rival took a reference in this moment: one by one it is seen which.
        for number, details in some:
            with at_row(number):
                create_customer(session, details=details, by=by, verify=False)


def _details(values: Mapping[str, Any], customer: Customer | None) -> CustomerDetails:
    def given(name: str, default: str = "") -> str:
        known = getattr(customer, name) if customer else default
        return str(known if values[name] is None else values[name])

    own = {name: given(name) for name in ("reference", "name", "email", "phone", "tax_number")}
    return CustomerDetails(**own, language=given("language", "en"), address=Address(**{name: given(name) for name in ADDRESS}))


def _unverified(number: int, details: CustomerDetails) -> list[RowError]:
    return [
        RowError(number, problem.pointer, "unverified", _("Taken as it is: %(message)s", message=problem.message))
        for problem in find_problems(details)
    ]


def _find_by_reference(session: Session, references: Sequence[str]) -> dict[str, Customer]:
    reference = func.lower(Customer.reference)
    found = session.scalars(select(Customer).where(reference == any_(literal(list(references), ARRAY(Text)))))
    return {str(customer.reference).lower(): customer for customer in found}
