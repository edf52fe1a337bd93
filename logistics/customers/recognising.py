"""Recognising customers by what a file or a shop says of them: their reference, else their e-mail address, else their phone number."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import any_, cast, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY
from sqlalchemy.orm import Session
from sqlalchemy.types import Text

from logistics.core.contacts import dialled
from logistics.core.search import fold
from logistics.customers.models import Customer


@dataclass(frozen=True)
class Person:
    """What is said of somebody who may be a customer already. The phone number is dialled from `country`."""

    reference: str = ""
    email: str = ""
    phone: str = ""
    country: str = ""
    name: str = ""


class Doubt(Exception):
    """Several customers fit what is said of somebody. `names` are theirs."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(", ".join(names))
        self.names = list(names)


def recognise(session: Session, people: Sequence[Person]) -> list[Customer | Doubt | None]:
    """Which customer each of these people is, None for nobody we know, Doubt where several fit. Three statements, however many people.

    Whose reference is given is found by it alone. A phone number is believed where nothing else speaks against it: a household has one.
    """
    by_reference = {str(one.reference).lower(): one for one in _find_by_reference(session, people)}
    candidates = _find_by_contact(session, [person for person in people if not person.reference])
    return [by_reference.get(person.reference.lower()) if person.reference else _choose(person, candidates) for person in people]


def recognise_one(session: Session, person: Person) -> Customer | None:
    """Which customer this person is; of several who fit as well, the one we have known longest. Otherwise as recognise."""
    if person.reference:
        return next(iter(_find_by_reference(session, [person])), None)
    return next(iter(_find_fitting(person, _find_by_contact(session, [person]))), None)


def _find_by_reference(session: Session, people: Sequence[Person]) -> Sequence[Customer]:
    references = sorted({person.reference.lower() for person in people if person.reference})
    if not references:
        return []
    return session.scalars(select(Customer).where(func.lower(Customer.reference) == any_(literal(references, ARRAY(Text))))).all()


def _find_by_contact(session: Session, people: Sequence[Person]) -> Sequence[Customer]:
    """Everybody who may be one of them, by the words that a customer is searched by."""
    words = {word for person in people for word in (_email_word(person.email), _digits(person.phone, person.country)) if word}
    if not words:
        return []
    wanted = " | ".join(f"'{word}'" for word in sorted(words))
    return session.scalars(select(Customer).where(Customer.search.op("@@", is_comparison=True)(cast(wanted, TSQUERY))).order_by(Customer.id)).all()


def _choose(person: Person, candidates: Sequence[Customer]) -> Customer | Doubt | None:
    fitting = _find_fitting(person, candidates)
    if len(fitting) > 1:
        return Doubt([one.name for one in fitting])
    return fitting[0] if fitting else None


def _find_fitting(person: Person, candidates: Sequence[Customer]) -> list[Customer]:
    name, digits = fold(person.name), _digits(person.phone, person.country)
    if person.email:
        same = [one for one in candidates if one.email.lower() == person.email.lower()]
        if same:
            return [one for one in same if fold(one.name) == name] or same
    same = [one for one in candidates if digits and _digits(one.phone, one.country) == digits]
    same = [one for one in same if not (one.email and person.email) or fold(one.name) == name]
    return [one for one in same if fold(one.name) == name] or same


def _email_word(email: str) -> str:
    # As core.search cuts a whole address.
    return re.sub(r"[\W_]", "", fold(email))[:60]


def _digits(phone: str, country: str) -> str:
    return dialled(phone, country).lstrip("+")
