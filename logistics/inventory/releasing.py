"""Taking promises back: all of them, or so many units; what is free then goes to others that wait."""

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from logistics.core.actors import Actor
from logistics.core.events import publish
from logistics.inventory.events import StockReleased
from logistics.inventory.keeping import lock_reserved_levels
from logistics.inventory.lifecycle import move, split_off_rest
from logistics.inventory.models import Reservation, ReservationState
from logistics.inventory.offering import serve, tell_served


def release_units(session: Session, *, left: Mapping[int, int], by: Actor) -> list[Reservation]:
    """Take promises to these order lines (by id) back until no more than so many units of each are promised.

    What waits goes first, then what was promised last; what is picked goes last of all. A promise of which a part stays is split: the
    part that stays keeps its row. Locks the stock rows of all these lines in one statement; the rows that are released.
    """
    reservations = lock_reserved_levels(session, order_line_ids=sorted(left))
    promised: dict[int, list[Reservation]] = {}
    for row in reservations:
        promised.setdefault(row.order_line_id, []).append(row)
    given_up = [row for line_id, rows in promised.items() for row in _cut(session, rows, sum(row.quantity for row in rows) - left[line_id])]
    return give_up(session, given_up, by=by)


def give_up(session: Session, reservations: Sequence[Reservation], *, by: Actor) -> list[Reservation]:
    """Release these open promises and offer what is free to others that wait. Their stock rows must be locked. A no-op for none."""
    if not reservations:
        return []
    waited = {reservation for reservation in reservations if reservation.state == ReservationState.WAITING}
    for reservation in reservations:
        move(reservation, ReservationState.RELEASED)
    # Before what is free is offered: nobody is offered what they have just given back.
    session.flush()
    for reservation in reservations:
        if reservation in waited:
            reservation.level.waiting -= reservation.quantity
        else:
            reservation.level.reserved -= reservation.quantity
    served = serve(session, {reservation.level for reservation in reservations})
    session.flush()
    publish(session, StockReleased(reservations[0].id, reservations[0].reference, _summary(reservations)), by=by)
    tell_served(session, served, by=by)
    return list(reservations)


def _cut(session: Session, rows: Sequence[Reservation], units: int) -> list[Reservation]:
    """What is to be released of a line's promises so that `units` fewer are left: first the unpicked parts, then the picked ones."""
    chosen, units = [], max(0, units)
    for row in sorted(rows, key=_first_to_go):
        if spare := min(units, row.quantity - row.picked):
            chosen.append(_take(session, row, spare))
            units -= spare
    for row in sorted((row for row in rows if row not in chosen), key=_first_to_go):
        if part := min(units, row.quantity):
            chosen.append(_take(session, row, part))
            units -= part
    return chosen


def _first_to_go(row: Reservation) -> tuple[bool, int]:
    return row.state != ReservationState.WAITING, -row.id


def _take(session: Session, row: Reservation, units: int) -> Reservation:
    """The row itself, or as many units of it as a row of their own: those that are picked stay as long as they can."""
    if units == row.quantity:
        return row
    level = row.level
    rest = split_off_rest(session, row, row.quantity - units)
    set_committed_value(rest, "level", level)
    return rest


def _summary(reservations: Sequence[Reservation]) -> tuple[tuple[int, int, int], ...]:
    return tuple((row.order_line_id, row.stock_level_id, row.quantity) for row in reservations)
