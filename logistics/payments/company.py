"""Who sells: the details that stand on every document, kept by an administrator."""

from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from logistics.core.actors import Actor
from logistics.core.addresses import Address, check_address
from logistics.core.addressing import address_lines
from logistics.core.config import settings
from logistics.core.events import publish
from logistics.core.language import _
from logistics.core.refusals import FieldError, Invalid, Stale
from logistics.payments.events import CompanyChanged
from logistics.payments.locks import lock_company
from logistics.payments.models import Company, DocumentKind, DocumentSeries


@dataclass(frozen=True)
class CompanyDetails:
    """What documents say of the seller. The prefixes begin the numbers of invoices and credit notes."""

    name: str
    address: Address
    tax_number: str = ""
    email: str = ""
    phone: str = ""
    bank: str = ""
    invoice_prefix: str = "INV"
    credit_note_prefix: str = "CN"

    def as_columns(self) -> dict[str, str]:
        """By the names of Company's columns."""
        values = asdict(self)
        del values["address"]
        return values | self.address.as_columns()


def get_company(session: Session) -> Company:
    """The company as it is, read anew; until somebody has entered it, one with the shop's name only, of version 0 and in no database."""
    found = session.scalar(select(Company).where(Company.id == 1).execution_options(populate_existing=True))
    if found:
        return found
    empty = dict.fromkeys(Address("", "", "", "", "", "", "").as_columns(), "")
    blank = dict.fromkeys(("tax_number", "email", "phone", "bank"), "")
    return Company(id=1, name=settings().shop_name, **empty, **blank, invoice_prefix="INV", credit_note_prefix="CN", version=0)


def load_letterhead(session: Session, _thing: Any) -> dict[str, Any]:
    """For papers of features below: who writes them."""
    company = get_company(session)
    return {"company": company, "address": address_lines(company.address) if company.country else []}


def save_company(session: Session, *, details: CompanyDetails, version: int, by: Actor) -> Company:
    """Save what was seen at `version` (0: nothing was there). Documents issued before stay as they are. A no-op when nothing changes.

    Locks the company. Raises Invalid for an address that is none and for a prefix that numbers the other kind of document, and Stale.
    """
    if errors := _find_errors(session, details):
        raise Invalid(errors[0].message, errors=errors)
    session.execute(insert(Company).values(id=1, version=0, **details.as_columns()).on_conflict_do_nothing())
    company = lock_company(session)
    changed = [name for name, value in details.as_columns().items() if getattr(company, name) != value]
    if company.version and not changed:
        return company
    if company.version != version:
        raise Stale(_("Somebody else has changed the company’s details meanwhile. Compare, then save again."))
    for name in changed:
        setattr(company, name, getattr(details.address, name) if hasattr(details.address, name) else getattr(details, name))
    company.version += 1
    session.flush()
    publish(session, CompanyChanged(company.id, tuple(changed)), by=by)
    return company


def _find_errors(session: Session, details: CompanyDetails) -> list[FieldError]:
    errors = check_address(details.address)
    if details.invoice_prefix == details.credit_note_prefix:
        errors.append(FieldError("credit_note_prefix", "same_prefix", _("Credit notes need a prefix of their own.")))
    for field, kind in (("invoice_prefix", DocumentKind.INVOICE), ("credit_note_prefix", DocumentKind.CREDIT_NOTE)):
        used = select(DocumentSeries.id).where(DocumentSeries.prefix == getattr(details, field), DocumentSeries.kind != kind.value)
        if session.scalar(used.limit(1)):
            errors.append(FieldError(field, "prefix_taken", _("Documents of the other kind are numbered with this already. Choose another prefix.")))
    return errors
