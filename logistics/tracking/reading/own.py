"""Our own format, for carriers and programs that write to us by themselves:

{"events": [{"tracking_number", "id", "at", "status", "text"?, "place"?, "code"?, "problem"?, "expected_on"?, "signer"?, "proof"?}]}

`status` is one of TrackingStatus but "disputed", `problem` one of Problem, `proof` one of ProofKind, `at` an RFC 3339 time with its offset,
`expected_on` a day. `id` is the sender's own for the event; the same again is the same event.
"""

from collections.abc import Callable, Mapping
from datetime import tzinfo
from difflib import get_close_matches
from typing import Any, TypeVar

from logistics.core.language import _
from logistics.core.parsing import clean_line, clean_note, parse_day, parse_instant
from logistics.core.refusals import BadValue, FieldError
from logistics.fulfilment.rules import read_tracking_number
from logistics.tracking.models import Problem, ProofKind, TrackingStatus
from logistics.tracking.reading.saying import Expected, Reading, Said, Unreadable

Value = TypeVar("Value")
NAMES = ("tracking_number", "id", "at", "status", "text", "place", "code", "problem", "expected_on", "signer", "proof")
NEEDED = ("tracking_number", "id", "at", "status")
STATUSES = tuple(status.value for status in TrackingStatus if status is not TrackingStatus.DISPUTED)


def read(body: Mapping[str, Any], *, zone: tzinfo) -> Reading:  # every time in it has its offset
    """What a body of ours says. Raises Unreadable, which names every field that is wrong or unknown."""
    if not isinstance(body, Mapping):
        raise Unreadable(_("The body must be one JSON object, in braces: line 1, column 1."))
    problems: list[FieldError] = [_unknown(name, ("events",), "") for name in body if name != "events"]
    events = body.get("events")
    if not isinstance(events, list) or not events:
        problems.append(FieldError("/events", "required", _("“events” must be a list with at least one event.")))
        events = []
    told = [_Fields(values, f"/events/{at}/", problems) for at, values in enumerate(events)]
    said = tuple(one for fields in told if (one := _said(fields)))
    expected = tuple(days for fields in told if (days := _expected(fields)))
    if problems:
        raise Unreadable(_("This is not what an event looks like here."), errors=problems)
    return Reading(said, expected)


class _Fields:
    """One event; what is wrong with it is noted under its path."""

    def __init__(self, values: Any, path: str, problems: list[FieldError]) -> None:
        self.values: Mapping[str, Any] = values if isinstance(values, dict) else {}
        self.path, self.problems = path, problems
        if not isinstance(values, dict):
            problems.append(FieldError(path.rstrip("/"), "bad_type", _("This must be an object.")))
            return
        problems += [_unknown(name, NAMES, path) for name in self.values if name not in NAMES]
        missing = [name for name in NEEDED if self.values.get(name) in (None, "")]
        problems += [FieldError(path + name, "required", _("This is needed.")) for name in missing]

    def read(self, name: str, reader: Callable[[str], Value]) -> Value | None:
        """The value of a field; None where there is none, or a wrong one."""
        value = self.values.get(name)
        if value in (None, ""):
            return None
        try:
            if not isinstance(value, str):
                raise BadValue("bad_type", _("This must be a text."))
            return reader(value)
        except BadValue as error:
            self.problems.append(FieldError(self.path + name, error.code, error.message))
            return None


def _said(fields: _Fields) -> Said | None:
    """What an event says; None, and why is noted, where it does not say when."""
    at = fields.read("at", parse_instant)
    status, problem, proof = (fields.read(*given) for given in (("status", _status), ("problem", _problem), ("proof", _proof)))
    told = {
        "tracking_number": fields.read("tracking_number", read_tracking_number),
        "code": fields.read("code", _line(60)),
        "text": fields.read("text", lambda text: clean_note(text, longest=500)),
        "place": fields.read("place", _line(200)),
        "event_id": fields.read("id", _line(200)),
        "signer": fields.read("signer", _line(200)),
    }
    if at is None:
        return None
    return Said(
        occurred_at=at,
        status=TrackingStatus(status) if status else None,
        problem=Problem(problem) if problem else None,
        proof=ProofKind(proof) if proof else None,
        **{name: text or "" for name, text in told.items()},
    )


def _expected(fields: _Fields) -> Expected | None:
    day = fields.read("expected_on", parse_day)
    number = fields.values.get("tracking_number")
    return Expected(str(number), day, day) if day else None


def _line(longest: int) -> Callable[[str], str]:
    return lambda text: clean_line(text, longest=longest)


def _choice(text: str, choices: tuple[str, ...]) -> str:
    if text not in choices:
        raise BadValue("unknown_value", _("Say one of: %(choices)s.", choices=", ".join(choices)))
    return text


def _status(text: str) -> str:
    return _choice(text, STATUSES)


def _problem(text: str) -> str:
    return _choice(text, tuple(Problem))


def _proof(text: str) -> str:
    return _choice(text, tuple(ProofKind))


def _unknown(name: str, known: tuple[str, ...], path: str) -> FieldError:
    # A name may be anything of any length; it is shown only as far as it helps.
    shown = "".join(char if char.isprintable() else "?" for char in name)[:60]
    near = get_close_matches(shown, known, 1)
    leave = _("There is no field “%(name)s” here. Leave it out.", name=shown)
    message = _("There is no field “%(name)s” here. Is “%(near)s” meant?", name=shown, near=near[0]) if near else leave
    return FieldError(f"{path or '/'}{shown}", "unknown_field", message)
