"""What everybody did."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import Response, current_app, request

from logistics.core.actors import needs
from logistics.core.database import session
from logistics.core.pages import page
from logistics.staff import queries
from logistics.staff.queries import EventSearch
from logistics.staff.routes.blueprint import bp


@bp.get("/settings/events")
@needs("events.read")
def list_events() -> Response:
    """The event log, the latest first."""
    search = EventSearch.from_query(request.args)
    kinds, words = queries.event_kinds(), current_app.extensions["event_names"]
    events = queries.find_events(session(), search)
    keys = sorted({row.actor_id for row in events.rows if row.actor_kind == "key"})
    return page(
        "staff/events.html",
        fragment="events_table",
        search=search,
        events=events,
        # Keys stand on a higher rung, which says what they are called.
        keys=current_app.extensions["names_of_keys"](session(), keys) if keys else {},
        people=queries.find_people_to_filter_by(session()),
        names=_by_label({kind.__name__ for kind in kinds}, words.EVENTS),
        subjects=_by_label({kind.SUBJECT for kind in kinds}, words.SUBJECTS),
        labels=words.EVENTS,
        subject_labels=words.SUBJECTS,
    )


def _by_label(names: Iterable[str], labels: Mapping[str, Any]) -> list[tuple[str, str]]:
    return sorted(((name, str(labels.get(name, name))) for name in names), key=lambda pair: pair[1])
