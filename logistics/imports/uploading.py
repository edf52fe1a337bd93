"""Taking a file in to be imported: looked at from outside, its headings read, and kept. Nothing of it is written yet."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import PurePosixPath

from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import Actor
from logistics.core.delimited import guess_layout
from logistics.core.events import publish
from logistics.core.importing import Importer
from logistics.core.language import _
from logistics.core.refusals import FieldError, Invalid
from logistics.core.sheets import BadSheet, Layout, Reading, Source, is_workbook, rows_of, text_of
from logistics.core.tables import problem
from logistics.imports.events import ImportUploaded
from logistics.imports.matching import guess_sources, recall
from logistics.imports.models import Import, ImportFile
from logistics.orders.models import Channel

_ROWS_SHOWN = 6
_LONGEST_SAMPLE = 60


@dataclass(frozen=True)
class Sample:
    """The top of a file as a layout reads it: its headings, and the first few rows below."""

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]

    def of(self, at: int | None) -> list[str]:
        """What stands below a heading, each text once."""
        return list(dict.fromkeys(row[at][:_LONGEST_SAMPLE] for row in self.rows if at is not None and at < len(row) and row[at].strip()))

    def unused(self, sources: Mapping[str, Source]) -> list[str]:
        """The headings from which nothing is read."""
        used = {source.at for source in sources.values()}
        return [heading for at, heading in enumerate(self.headings) if heading and at not in used]


def upload(session: Session, importer: Importer, *, channel: str, file_name: str, content: bytes, language: str, by: Actor) -> tuple[Import, bool]:
    """Keep a file to be imported, and whether it is known how to read it because one with these headings was confirmed before.

    Raises Invalid for a file that cannot be read at all, for one without rows, and for a name that hides what it is.
    """
    name = read_file_name(file_name)
    place = _find_channel(session, channel) if importer.constants else None
    sample, layout, _sure = look_at(content, name)
    if not sample.rows:
        raise unreadable(BadSheet(problem("no_rows", _("The file has a heading but no rows."))))
    known = recall(session, importer.kind, place.id if place else None, sample.headings)
    if known and not _reads(content, name, known.layout, sample.headings):
        known = None
    reading = known or Reading(layout, guess_sources(sample.headings, importer.columns))
    run = Import(
        kind=importer.kind,
        channel_id=place.id if place else None,
        file_name=name,
        size=len(content),
        headings=list(sample.headings),
        sample=[list(row) for row in sample.rows] if is_workbook(name) else [],
        language=language,
        started_by=by.id,
        created_at=clock.now(),
    )
    keep_reading(run, reading.layout, reading.sources or {})
    session.add(run)
    session.flush()
    session.add(ImportFile(import_id=run.id, content=content))
    publish(session, ImportUploaded(run.id, run.kind, run.size), by=by)
    return run, known is not None


def look_at(content: bytes, name: str) -> tuple[Sample, Layout, bool]:
    """The top of a file, how it seems to be written, and whether that is beyond doubt. Raises Invalid."""
    try:
        layout, sure = (Layout(), True) if is_workbook(name) else guess_layout(content)
        return sample_of(content, name, layout), layout, sure
    except BadSheet as bad:
        raise unreadable(bad) from bad


def sample_of(content: bytes, name: str, layout: Layout) -> Sample:
    """The top of a file, read with this layout. Raises BadSheet."""
    rows = [[text_of(field).strip() for field in fields] for _number, fields in islice(rows_of(content, name, layout), _ROWS_SHOWN)]
    return Sample(rows[0], rows[1:]) if rows else Sample([], [])


def unreadable(bad: BadSheet) -> Invalid:
    """A file that cannot be read, as a refusal of the form's field."""
    errors = [FieldError("file", error.code, error.message) for error in bad.errors]
    refusal = Invalid(errors[0].message, errors=errors)
    refusal.status = 413 if errors[0].code in ("too_large", "too_many_rows") else 422
    return refusal


def keep_reading(run: Import, layout: Layout, sources: Mapping[str, Source]) -> None:
    """Note on an import how its file is to be read."""
    run.layout = asdict(layout)
    run.sources = {name: asdict(source) for name, source in sources.items()}


def read_file_name(text: str) -> str:
    """The name of a file as it is shown, without its folders. Raises Invalid for characters that hide what it is."""
    name = PurePosixPath(text.replace("\\", "/")).name.strip()
    if not name or any(unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp") for char in name) or len(name) > 200:
        message = _("Give the file a plain name, of at most 200 characters.")
        raise Invalid(message, errors=[FieldError("file", "bad_file_name", message)])
    return name


def _reads(content: bytes, name: str, layout: Layout, headings: Sequence[str]) -> bool:
    """Whether the layout gives these headings."""
    try:
        return list(sample_of(content, name, layout).headings) == list(headings)
    except BadSheet:
        return False


def _find_channel(session: Session, code: str) -> Channel:
    channel = session.scalar(select(Channel).where(Channel.code == (code or "import"), Channel.active))
    if channel is None:
        message = _("Choose a channel that takes orders.")
        raise Invalid(message, errors=[FieldError("channel", "unknown_channel", message)])
    return channel
