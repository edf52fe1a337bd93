"""`flask import KIND FILE`: the operator takes a file in."""

from pathlib import Path

import click
from flask.cli import with_appcontext

from logistics.core.importing import Report, importer_of
from logistics.core.language import _
from logistics.core.operators import note_command, operator
from logistics.core.refusals import NotFound
from logistics.core.sheets import LARGEST_FILE, RowError
from logistics.core.taking_in import import_file
from logistics.core.transactions import in_transaction


@click.command("import")
@click.argument("kind")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would happen, and write nothing.")
@click.option("--valid-rows", is_flag=True, help="Take the rows that are right, where others are wrong.")
@click.option("--channel", default="", help="For new orders: the channel they come from.")
@with_appcontext
def import_command(kind: str, file: Path, dry_run: bool, valid_rows: bool, channel: str) -> None:
    """Import a CSV or XLSX file of KIND: products, stock, customers, new-orders, orders (history), or tracking.

    Exit code 1 when a row was refused.
    """
    try:
        importer = importer_of(kind).given(channel=channel)
    except NotFound as refusal:
        raise click.BadParameter(refusal.message, param_hint="KIND") from None
    with file.open("rb") as stream:
        content = stream.read(LARGEST_FILE + 1)
    if not dry_run:
        in_transaction(lambda session: note_command(session, f"import {kind}"))
    report = import_file(importer, content, name=file.name, by=operator(), dry_run=dry_run, valid_rows=valid_rows)
    for note in report.notes:
        click.echo(_line(note), err=True)
    for error in report.refused:
        click.echo(_line(error), err=True)
    click.echo(_summary(report, dry_run))
    if report.refused:
        raise SystemExit(1)


def _line(error: RowError) -> str:
    if not error.row:
        return _printable(error.message)
    if not error.column:
        return _printable(_("Row %(row)s: %(message)s", row=error.row, message=error.message))
    return _printable(_("Row %(row)s, %(column)s: %(message)s", row=error.row, column=error.column, message=error.message))


def _summary(report: Report, dry_run: bool) -> str:
    counts = {"new": report.new, "changed": report.changed, "same": report.same, "refused": len(report.refused), "notes": len(report.notes)}
    if dry_run:
        return str(
            _(
                "Nothing was written. It would be %(new)s new, %(changed)s changed, %(same)s unchanged; errors: %(refused)s, notes: %(notes)s.",
                **counts,
            )
        )
    return str(_("%(new)s new, %(changed)s changed, %(same)s unchanged; errors: %(refused)s, notes: %(notes)s.", **counts))


def _printable(text: str) -> str:
    # A file may hold escape sequences, which a terminal would obey.
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)
