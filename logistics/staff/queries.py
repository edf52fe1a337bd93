"""Reads for the pages about people and about what everybody did."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Row, Select, and_, func, select
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.events import Event, EventLog
from logistics.core.paging import Slice, cut_page, read_cursor
from logistics.staff.models import Staff, StaffSession
from logistics.staff.signing_in import ABSOLUTE, IDLE

PAGE = 50


@dataclass(frozen=True)
class PeopleSearch:
    """Whom the list of people shows: those who can sign in, or those who no longer can."""

    active: bool = True
    cursor: str = ""

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> "PeopleSearch":
        """As the URL says."""
        return cls(query.get("status") != "inactive", query.get("cursor", ""))


def find_people(session: Session, search: PeopleSearch) -> Slice[Row[Any]]:
    """People by name: id, name, email, role, active, one_time_password, demo, last_seen_at, open_sessions."""
    moment = clock.now()
    live = and_(StaffSession.revoked_at.is_(None), StaffSession.last_seen_at >= moment - IDLE, StaffSession.created_at >= moment - ABSOLUTE)
    seen = (
        select(StaffSession.staff_id, func.max(StaffSession.last_seen_at).label("last_seen_at"), func.count().filter(live).label("open_sessions"))
        .group_by(StaffSession.staff_id)
        .subquery()
    )
    sorted_by = func.lower(Staff.name)
    people = (
        select(
            Staff.id,
            Staff.name,
            sorted_by.label("sorted_by"),
            Staff.email,
            Staff.role,
            Staff.active,
            Staff.one_time_password,
            seen.c.last_seen_at,
            func.coalesce(seen.c.open_sessions, 0).label("open_sessions"),
        )
        .outerjoin(seen, seen.c.staff_id == Staff.id)
        .where(Staff.active.is_(search.active))
        .order_by(sorted_by, Staff.id)
        .limit(PAGE + 1)
    )
    if search.cursor:
        name, person_id = read_cursor(search.cursor, str, int)
        people = people.where((sorted_by > name) | and_(sorted_by == name, Staff.id > person_id))
    return cut_page(session.execute(people).all(), PAGE, "sorted_by", "id")


def find_person(session: Session, person_id: int) -> Staff | None:
    """One person."""
    return session.get(Staff, person_id)


def name_of(session: Session, person_id: int | None) -> str:
    """Who a member of staff is; an empty text for nobody."""
    return session.scalar(select(Staff.name).where(Staff.id == person_id)) or "" if person_id else ""


@dataclass(frozen=True)
class EventSearch:
    """Which events are wanted. Ids of 0 and empty texts leave a filter open."""

    name: str = ""
    subject: str = ""
    subject_id: int = 0
    person: int = 0
    cursor: str = ""

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> "EventSearch":
        """As the URL says; an id that is no number finds nothing."""
        texts = {name: query.get(name, "")[:60] for name in ("name", "subject")}
        return cls(**texts, subject_id=_id(query.get("subject_id", "")), person=_id(query.get("person", "")), cursor=query.get("cursor", ""))

    @property
    def is_open(self) -> bool:
        """Whether nothing is filtered."""
        return replace(self, cursor="") == EventSearch()


def find_events(session: Session, search: EventSearch) -> Slice[Row[Any]]:
    """Events, the latest first: id, at, name, subject, subject_id, actor_kind, actor_id, actor (a name or None), data."""
    log = EventLog
    events = (
        select(log.id, log.at, log.name, log.subject, log.subject_id, log.actor_kind, log.actor_id, Staff.name.label("actor"), log.data)
        .outerjoin(Staff, and_(Staff.id == log.actor_id, log.actor_kind == "staff"))
        .order_by(log.id.desc())
        .limit(PAGE + 1)
    )
    return cut_page(session.execute(_filtered(events, search)).all(), PAGE, "id")


def find_people_to_filter_by(session: Session) -> Sequence[Row[int, str]]:
    """Everybody who ever worked here, by name: id, name. At most 500."""
    return session.execute(select(Staff.id, Staff.name).order_by(func.lower(Staff.name)).limit(500)).all()


def event_kinds() -> list[type[Event]]:
    """Every kind of event the house knows, by name."""
    return sorted(_below(Event), key=lambda kind: kind.__name__)


def _below(kind: type[Event]) -> set[type[Event]]:
    return {found for below in kind.__subclasses__() for found in {below, *_below(below)}}


def _filtered(events: Select[Any], search: EventSearch) -> Select[Any]:
    if search.name:
        events = events.where(EventLog.name == search.name)
    if search.subject:
        events = events.where(EventLog.subject == search.subject)
    if search.subject_id:
        events = events.where(EventLog.subject_id == search.subject_id)
    if search.person:
        events = events.where(EventLog.actor_kind == "staff", EventLog.actor_id == search.person)
    if search.cursor:
        events = events.where(EventLog.id < read_cursor(search.cursor, int)[0])
    return events


def _id(text: str) -> int:
    """The id that was typed; -1, which finds nothing, for what is none."""
    if not text:
        return 0
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else -1
