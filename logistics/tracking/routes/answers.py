"""What a carrier answered when it was asked by hand, pasted or as a file: looked over first, then taken."""

from typing import Any

from flask import Response, request, url_for
from sqlalchemy.orm import Session

from logistics.core.actors import current_actor, needs
from logistics.core.config import settings
from logistics.core.database import session
from logistics.core.keys import writes_once
from logistics.core.language import ngettext
from logistics.core.pages import done, page
from logistics.core.programs import takes_up_to
from logistics.core.refusals import NotFound
from logistics.core.strict_json import Malformed
from logistics.fulfilment.queries import find_carriers, find_shipment
from logistics.tracking.answering import LARGEST, Overview, look_over, read_answer
from logistics.tracking.forms import AnswerForm
from logistics.tracking.inbox_words import PROBLEMS
from logistics.tracking.reading.saying import Reading, Unreadable
from logistics.tracking.routes.blueprint import bp
from logistics.tracking.taking import Taken, take
from logistics.tracking.timeline import STATUS_TEXT, STATUS_TONE, local_time

# A form writes three bytes for one of many signs. What is larger than an answer may be is told beside its box, what is far larger is not read.
_LARGEST_BODY = 3 * LARGEST + 64 * 1024


@bp.get("/tracking/answers/new")
@needs("tracking.record")
def new_answer() -> Response:
    """The form for an answer; `shipment` names the parcel whose carrier was asked."""
    return _page(_form(session(), formdata=None, data={"carrier": _carrier_of(request.args.get("shipment", ""))}))


@bp.post("/tracking/answers/new")
@needs("tracking.record")
@takes_up_to(_LARGEST_BODY)
def create_answer() -> Response:
    """Show what was read, or with `take` take it."""
    if "take" in request.form:
        return _take()
    form = _form(session())
    reading = _read(form)
    if reading is None:
        return _page(form, status=422)
    return _page(form, overview=look_over(session(), form.teller, reading))


@writes_once
def _take(session: Session) -> Response:
    form = _form(session)
    reading = _read(form)
    if reading is None:
        return _page(form, status=422)
    taken = take(session, form.teller, reading, by=current_actor())
    return done(to=url_for(".new_answer"), message=_say(taken))


def _read(form: AnswerForm) -> Reading | None:
    """What the answer says; None where it says nothing that can be read, which stands beside its box then."""
    if not form.validate():
        return None
    try:
        raw, form_of_answer = (form.answer.data or "").encode(), form.answer_format.data or ""
        return read_answer(raw, form=form_of_answer, carrier=form.teller, shop_zone=settings().timezone)
    except (Malformed, Unreadable) as refusal:
        form.answer.errors = [refusal.message]
        return None


def _form(session: Session, **options: Any) -> AnswerForm:
    return AnswerForm(find_carriers(session, active=True), **options)


def _carrier_of(reference: str) -> str | None:
    try:
        carrier = find_shipment(session(), reference).carrier if reference else None
    except NotFound:
        return None
    return carrier.code if carrier else None


def _page(form: AnswerForm, *, status: int = 200, overview: Overview | None = None) -> Response:
    words = {"status_text": STATUS_TEXT, "status_tone": STATUS_TONE, "problem_text": PROBLEMS, "local_time": local_time}
    return page("tracking/new_answer.html", fragment="answer_reading", status=status, form=form, overview=overview, **words)


def _say(taken: Taken) -> str:
    told = [ngettext("%(num)s event is new.", "%(num)s events are new.", taken.new)]
    if taken.known:
        told.append(ngettext("%(num)s was known.", "%(num)s were known.", taken.known))
    if taken.parked:
        told.append(ngettext("%(num)s waits for its parcel.", "%(num)s wait for their parcels.", taken.parked))
    return " ".join(told)
