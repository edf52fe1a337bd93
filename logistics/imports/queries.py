"""Reads for the pages of imports."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, select, tuple_
from sqlalchemy.orm import Session, joinedload

from logistics.core.actors import Actor, may
from logistics.core.importing import Importer, importer_of, importers
from logistics.core.language import _
from logistics.core.paging import Slice, cut_page, read_cursor
from logistics.core.refusals import Invalid, NotFound
from logistics.core.sheets import Layout, is_workbook
from logistics.imports.models import Import, ImportFile, ImportOutcome, ImportRow
from logistics.imports.uploading import Sample, sample_of
from logistics.orders.models import Channel

PAGE = 50
_ROWS_AT_ONCE = 2000


@dataclass(frozen=True)
class ReportSearch:
    """Which lines of a report are wanted."""

    show: str = ""
    cursor: str = ""

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> "ReportSearch":
        """As the URL says. Raises Invalid for an outcome there is not."""
        show = query.get("show", "")
        if show not in ("", *ImportOutcome):
            raise Invalid(_("This list cannot be shown in that way."))
        return cls(show, query.get("cursor", ""))


def kinds_for(actor: Actor) -> list[Importer]:
    """The kinds of files that somebody may import."""
    return [importer for importer in importers() if may(importer.needs, actor)]


def find_imports(session: Session, cursor: str, *, by: Actor) -> Slice[Import]:
    """Imports, the latest first, with who started them: everybody's for who may see all, else one's own."""
    runs = select(Import).options(joinedload(Import.starter), joinedload(Import.channel)).order_by(Import.created_at.desc(), Import.id.desc())
    if not may("imports.all", by):
        runs = runs.where(Import.started_by == by.id)
    if cursor:
        runs = runs.where(tuple_(Import.created_at, Import.id) < tuple_(*read_cursor(cursor, datetime, int)))
    return cut_page(session.scalars(runs.limit(PAGE + 1)).all(), PAGE, "created_at", "id")


def find_import(session: Session, import_id: int, *, by: Actor) -> Import:
    """One import. Raises NotFound where it is not there, or somebody else's and not to be seen."""
    run = session.get(Import, import_id, options=[joinedload(Import.starter), joinedload(Import.channel)])
    seen = run is not None and (run.started_by == by.id or may("imports.all", by)) and may(importer_of(run.kind).needs, by)
    if run is None or not seen:
        raise NotFound(_("There is no such import."))
    return run


def find_content(session: Session, run: Import) -> bytes:
    """The file of an import. Raises NotFound once it is erased."""
    content = session.scalar(select(ImportFile.content).where(ImportFile.import_id == run.id))
    if content is None:
        raise NotFound(_("The file of this import was erased. Upload it again."))
    return bytes(content)


def find_sample(session: Session, run: Import, layout: Layout) -> Sample:
    """The top of an import's file, as this layout reads it. Raises NotFound once it is erased, BadSheet where it cannot be read so."""
    if run.erased_at is None and is_workbook(run.file_name):
        return Sample(run.headings, run.sample)
    return sample_of(find_content(session, run), run.file_name, layout)


def find_report(session: Session, run: Import, search: ReportSearch) -> Slice[ImportRow]:
    """The lines of an import's present report, in the order in which they were written."""
    rows = select(ImportRow).where(ImportRow.import_id == run.id, ImportRow.pass_number == run.pass_number)
    if search.show:
        rows = rows.where(ImportRow.outcome == search.show)
    if search.cursor:
        rows = rows.where(ImportRow.id > read_cursor(search.cursor, int)[0])
    return cut_page(session.scalars(rows.order_by(ImportRow.id).limit(PAGE + 1)).all(), PAGE, "id")


def whole_report(session: Session, run: Import) -> Iterator[ImportRow]:
    """Every line of it, read in parts."""
    last = 0
    while True:
        rows = select(ImportRow).where(ImportRow.import_id == run.id, ImportRow.pass_number == run.pass_number, ImportRow.id > last)
        some = session.scalars(rows.order_by(ImportRow.id).limit(_ROWS_AT_ONCE)).all()
        yield from some
        if len(some) < _ROWS_AT_ONCE:
            return
        last = some[-1].id
        session.expunge_all()


def find_channels(session: Session) -> Sequence[Row[str, str]]:
    """The channels that take orders: code, name."""
    return session.execute(select(Channel.code, Channel.name).where(Channel.active).order_by(Channel.id)).all()
