"""Importing files in the browser."""

import hashlib
from collections.abc import Iterable, Sequence
from contextlib import closing
from itertools import chain
from typing import Any

from flask import Blueprint, Response, request, url_for
from sqlalchemy.orm import Session

from logistics.core.actors import Actor, current_actor, needs
from logistics.core.database import session
from logistics.core.exports import csv_lines
from logistics.core.importing import importer_of
from logistics.core.keys import writes_once
from logistics.core.language import _, current_locale
from logistics.core.limits import count_try
from logistics.core.pages import done, page, polled
from logistics.core.programs import takes_up_to
from logistics.core.refusals import Invalid, NotFound
from logistics.core.sheets import LARGEST_FILE, BadSheet, is_workbook
from logistics.core.transactions import writes
from logistics.imports import queries
from logistics.imports.forms import ColumnsForm, UploadForm
from logistics.imports.matching import fingerprint, guess_sources
from logistics.imports.models import Import, ImportMode, ImportRow
from logistics.imports.queries import ReportSearch
from logistics.imports.running import cancel, confirm_columns, has_anything_to_write, start_check, start_run
from logistics.imports.tasks import work
from logistics.imports.uploading import Sample, upload
from logistics.imports.wording import COMPARED, OUTCOMES, STATES
from logistics.orders.wording import channel_text

bp = Blueprint("imports", __name__, url_prefix="/imports")
# Uploads of one person (SEC48).
LIMIT = "10/hour"
_FORM_FIELDS = 256 * 1024


@bp.get("/")
@needs("imports.write")
def list_imports() -> Response:
    """What was imported, the latest first."""
    cursor = request.args.get("cursor", "")
    runs = queries.find_imports(session(), cursor, by=current_actor())
    return page(
        "imports/imports.html",
        fragment="imports_table",
        runs=runs,
        cursor=cursor,
        states=STATES,
        labels=_labels(),
        compared={importer.kind for importer in queries.kinds_for(current_actor()) if importer.compare},
    )


@bp.get("/new")
@needs("imports.write")
def new_import() -> Response:
    """Choose a file; `?kind=` and `?channel=` choose what it is."""
    form = _upload_form(formdata=None)
    form.kind.data = request.args.get("kind") if request.args.get("kind") in [kind.kind for kind in form.kinds] else form.kind.default
    form.channel.data = request.args.get("channel") or form.channel.default
    return page("imports/new.html", form=form)


@bp.post("/new")
@needs("imports.write")
@takes_up_to(LARGEST_FILE + _FORM_FIELDS)
def create_import() -> Response:
    """Keep the file. Read as files like it were read before, it is looked at straight away; otherwise its columns are to be confirmed."""
    count_try(LIMIT, "import", str(current_actor().id))
    return _create_import()


@writes_once
def _create_import(session: Session) -> Response:
    form = _upload_form()
    if form.validate():
        with closing(form.file.data) as file:
            name, content = file.filename or "", file.read(LARGEST_FILE + 1)
        given: dict[str, Any] = {"channel": form.channel.data, "file_name": name, "content": content, "language": current_locale()}
        try:
            run, known = upload(session, form.importer, **given, by=current_actor())
        except Invalid as refusal:
            form.add_errors(refusal)
            return page("imports/new.html", status=refusal.status, form=form)
        if not known:
            return done(to=url_for(".edit_columns", import_id=run.id))
        start_check(session, run.id, work=work, by=current_actor())
        return done(to=url_for(".show_import", import_id=run.id), message=_("The columns are read as the last time."))
    return page("imports/new.html", status=422, form=form)


@bp.get("/blank/<kind>.csv")
@needs("imports.write")
def show_blank(kind: str) -> Response:
    """An empty file of this kind, with its heading."""
    importer = importer_of(kind)
    return _download([[column.name for column in importer.columns]], f"{importer.kind}.csv")


@bp.get("/<int:import_id>")
@needs("imports.write")
def show_import(import_id: int) -> Response:
    """How far an import has come, and its report; kept up to date while the worker has it."""
    run, search = _found(session(), import_id), ReportSearch.from_query(request.args)
    tag = _tag(search, run.state, run.done, run.things, run.errors, run.cancel_asked, run.pass_number, current_locale())
    if request.headers.get("HX-PTag") == tag:
        return polled(tag, Response())
    rows = queries.find_report(session(), run, search)
    importer = importer_of(run.kind)
    answer = page(
        "imports/import.html",
        fragment="import_state",
        run=run,
        importer=importer,
        rows=rows,
        search=search,
        can_run=has_anything_to_write(run),
        states=STATES,
        outcomes=COMPARED if importer.compare else OUTCOMES,
        labels={column.name: str(column.label or column.name) for column in importer.columns},
        channel=channel_text(run.channel.code, run.channel.name) if run.channel else "",
        tag=tag,
    )
    return polled(tag, answer)


@bp.get("/<int:import_id>/columns")
@needs("imports.write")
def edit_columns(import_id: int) -> Response:
    """Which column of the file is which of ours, as it is guessed or was chosen, with what stands in them."""
    run = _found(session(), import_id)
    reading = run.reading
    form = ColumnsForm(formdata=None, columns=importer_of(run.kind).columns, layout=reading.layout, sources=reading.sources)
    return _columns_page(run, form, queries.find_sample(session(), run, reading.layout))


@bp.post("/<int:import_id>/columns")
@needs("imports.write")
@writes
def update_columns(session: Session, import_id: int) -> Response:
    """Read the file like this, or only show how it would be read (`preview`)."""
    run = _found(session, import_id)
    importer = importer_of(run.kind)
    form = ColumnsForm(columns=importer.columns, layout=run.reading.layout)
    try:
        sample = queries.find_sample(session, run, form.layout)
    except BadSheet as bad:
        form.encoding.errors = [error.message for error in bad.errors]
        return _columns_page(run, form, Sample([], []), status=422)
    if fingerprint(sample.headings) != request.form.get("fingerprint"):
        # Read otherwise its columns are others, and what was chosen means nothing any more.
        form.fill(guess_sources(sample.headings, importer.columns))
        return _columns_page(run, form, sample)
    if "preview" in request.form or not form.check(len(sample.headings)):
        return _columns_page(run, form, sample, status=200 if "preview" in request.form else 422)
    confirm_columns(session, run.id, headings=sample.headings, layout=form.layout, sources=form.sources, work=work, by=current_actor())
    return done(to=url_for(".show_import", import_id=run.id))


@bp.post("/<int:import_id>/run")
@needs("imports.write")
@writes
def create_run(session: Session, import_id: int) -> Response:
    """Write it: all of it or nothing, or only what is right."""
    run = _found(session, import_id)
    mode = ImportMode.VALID if request.form.get("mode") == ImportMode.VALID else ImportMode.ALL
    start_run(session, run.id, mode=mode, work=work, by=current_actor())
    return done(to=url_for(".show_import", import_id=run.id))


@bp.post("/<int:import_id>/cancellation")
@needs("imports.write")
@writes
def create_cancellation(session: Session, import_id: int) -> Response:
    """Stop it."""
    run = cancel(session, _found(session, import_id).id, by=current_actor())
    return done(to=url_for(".show_import", import_id=run.id))


@bp.get("/<int:import_id>/report.csv")
@needs("imports.write")
def show_report(import_id: int) -> Response:
    """The whole report as a file."""
    run = _found(session(), import_id)
    heading = [_("Row"), _("Column"), _("Outcome"), _("In the file"), _("Here"), _("Code"), _("What is said")]
    rows = (_in_fields(row) for row in queries.whole_report(session(), run))
    return _download(chain([heading], rows), f"import-{run.id}.csv")


def _found(session: Session, import_id: int) -> Import:
    return queries.find_import(session, import_id, by=current_actor())


def _upload_form(**options: Any) -> UploadForm:
    who: Actor = current_actor()
    channels = [(row.code, channel_text(row.code, row.name)) for row in queries.find_channels(session())]
    kinds = queries.kinds_for(who)
    if not kinds:
        raise NotFound(_("There is nothing you may import."))
    return UploadForm(kinds=kinds, channels=channels, **options)


def _columns_page(run: Import, form: ColumnsForm, sample: Sample, *, status: int = 200) -> Response:
    return page(
        "imports/columns.html",
        fragment="columns_form",
        status=status,
        run=run,
        form=form,
        sample=sample,
        importer=importer_of(run.kind),
        fingerprint=fingerprint(sample.headings),
        is_workbook=is_workbook(run.file_name),
    )


def _labels() -> dict[str, str]:
    return {importer.kind: str(importer.label) for importer in queries.kinds_for(current_actor())}


def _in_fields(row: ImportRow) -> list[str]:
    said = [row.message] if row.message else []
    for what, here, says in row.differences:
        said.append(_("%(what)s: here “%(here)s”, in the file “%(says)s”.", what=what, here=here, says=says))
    return [str(row.row or ""), row.field, str(OUTCOMES[row.outcome][1]), row.name, row.number, row.code, " ".join(said)]


def _download(rows: Iterable[Sequence[str]], name: str) -> Response:
    return Response("".join(csv_lines(rows)), mimetype="text/csv", headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _tag(*shown: Any) -> str:
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]
