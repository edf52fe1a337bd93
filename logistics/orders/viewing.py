"""Keeping views of the list of orders: a name for its filters and its order. Each person has their own, and may share them if allowed."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from logistics.core.language import _
from logistics.core.refusals import FieldError, Invalid, NotFound, Stale
from logistics.orders.filtering import Flag, OrderSearch
from logistics.orders.models import DefaultView, OrderView
from logistics.staff.models import Staff

MOST_VIEWS = 50
# What every house has, by what a default calls it.
BUILT_IN: dict[str, str] = {"attention": OrderSearch(flags=(Flag.ATTENTION,)).text, "today": OrderSearch(days=1).text}


def find_views(session: Session, person_id: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """The views somebody can open, their own first: id, name, query, shared, version, mine, owner (a name), is_default."""
    mine = OrderView.staff_id == person_id
    is_default = select(DefaultView.staff_id).where(DefaultView.staff_id == person_id, DefaultView.view_id == OrderView.id).exists()
    shown = (OrderView.id, OrderView.name, OrderView.query, OrderView.shared, OrderView.version)
    views = select(*shown, mine.label("mine"), Staff.name.label("owner"), is_default.label("is_default")).join(Staff, Staff.id == OrderView.staff_id)
    return session.execute(views.where(or_(mine, OrderView.shared)).order_by(mine.desc(), OrderView.position, OrderView.id)).all()


def find_default(session: Session, person_id: int) -> tuple[str, str]:
    """What the list shows somebody first: its query, and the name of it where every house has it; both empty where nothing was chosen."""
    chosen = select(DefaultView.built_in, OrderView.query).outerjoin(OrderView, OrderView.id == DefaultView.view_id)
    # Somebody else's view that is no longer shared is nobody's default.
    seen = or_(DefaultView.view_id.is_(None), OrderView.shared, OrderView.staff_id == person_id)
    row = session.execute(chosen.where(DefaultView.staff_id == person_id, seen)).first()
    return (BUILT_IN.get(row.built_in) or row.query or "", row.built_in) if row else ("", "")


def keep_view(session: Session, *, person_id: int, name: str, query: str, shared: bool = False, instead: bool = False) -> OrderView:
    """Keep a view, behind those that are there; with `instead` in place of the one of theirs with this name.

    Raises Invalid for a query that asks for what cannot be searched for, a name that is theirs already, and for too many views.
    """
    text = OrderSearch.from_text(query).text
    earlier = session.scalar(select(OrderView).where(OrderView.staff_id == person_id, func.lower(OrderView.name) == name.lower()))
    if earlier and instead:
        earlier.query, earlier.shared, earlier.version = text, shared, earlier.version + 1
        return earlier
    count, last = session.execute(select(func.count(), func.max(OrderView.position)).where(OrderView.staff_id == person_id)).one()
    if count >= MOST_VIEWS:
        raise Invalid(_("You have %(count)s views already. Remove one first.", count=MOST_VIEWS))
    view = OrderView(staff_id=person_id, name=name, query=text, shared=shared, position=(last or 0) + 1)
    session.add(view)
    _flush_name(session, name)
    return view


def change_view(session: Session, *, view_id: int, person_id: int, name: str, shared: bool, version: int) -> OrderView:
    """Call a view of one's own otherwise, or share it. Raises Stale, Invalid for a name that is taken, NotFound."""
    view = _own(session, view_id, person_id)
    if view.version != version:
        raise Stale(_("Somebody else has changed this since you opened it."))
    view.name, view.shared, view.version = name, shared, version + 1
    _flush_name(session, name)
    return view


def remove_view(session: Session, *, view_id: int, person_id: int) -> str:
    """Throw a view of one's own away; the name it had. Raises NotFound."""
    view = _own(session, view_id, person_id)
    session.delete(view)
    return view.name


def move_view(session: Session, *, view_id: int, person_id: int, step: int) -> None:
    """Put a view of one's own one place earlier (step -1) or later (1) among them. A no-op at the end. Raises NotFound."""
    _own(session, view_id, person_id)
    views = list(session.scalars(select(OrderView).where(OrderView.staff_id == person_id).order_by(OrderView.position, OrderView.id)))
    at = next(place for place, view in enumerate(views) if view.id == view_id)
    if 0 <= at + step < len(views):
        views[at], views[at + step] = views[at + step], views[at]
    for place, view in enumerate(views):
        view.position = place


def choose_default(session: Session, *, person_id: int, view_id: int | None = None, built_in: str = "") -> None:
    """Show somebody this view first, their own, a shared one or a built-in one; nothing of them for the plain list. Raises NotFound."""
    if view_id is None and not built_in:
        if chosen := session.get(DefaultView, person_id):
            session.delete(chosen)
        return
    seen = select(OrderView.id).where(OrderView.id == view_id, or_(OrderView.staff_id == person_id, OrderView.shared))
    if built_in not in ("", *BUILT_IN) or (not built_in and session.scalar(seen) is None):
        raise NotFound(_("There is no such view."))
    row = insert(DefaultView).values(staff_id=person_id, view_id=None if built_in else view_id, built_in=built_in)
    changed = {"view_id": row.excluded.view_id, "built_in": row.excluded.built_in}
    session.execute(row.on_conflict_do_update(index_elements=[DefaultView.staff_id], set_=changed))


def _own(session: Session, view_id: int, person_id: int) -> OrderView:
    view = session.get(OrderView, view_id)
    if view is None or view.staff_id != person_id:
        raise NotFound(_("There is no such view."))
    return view


def _flush_name(session: Session, name: str) -> None:
    try:
        with session.begin_nested():
            session.flush()
    except IntegrityError:
        message = _("You have a view called “%(name)s” already.", name=name)
        raise Invalid(message, errors=[FieldError("name", "name_taken", message)]) from None
