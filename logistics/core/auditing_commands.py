"""`flask audit`: does every number add up?"""

from collections.abc import Iterator
from typing import Any

import click
from flask.cli import with_appcontext

from logistics.core.auditing import Finding, audit
from logistics.core.database import db
from logistics.core.operators import note_command
from logistics.core.transactions import in_transaction

SHOWN_AT_MOST = 50


@click.command("audit")
@click.option("--strict", is_flag=True, help="Fail on warnings too.")
@with_appcontext
def audit_command(strict: bool) -> None:
    """Check every invariant in one snapshot and print what breaks it. Exit code 1 when anything does."""
    in_transaction(lambda session: note_command(session, "audit --strict" if strict else "audit"))
    findings = audit(db.engine)
    broken = [finding for finding in findings if finding.offenders]
    for finding in broken:
        for line in _lines(finding):
            click.echo(line)
    click.echo(f"{len(findings)} checks, {len(broken)} with offenders.")
    if any(strict or not finding.invariant.warning for finding in broken):
        raise SystemExit(1)


def _lines(finding: Finding) -> Iterator[str]:
    invariant, offenders = finding.invariant, finding.offenders
    mark = " (warning)" if invariant.warning else ""
    yield f"{invariant.code}{mark} {invariant.title}: {len(offenders)}"
    for offender in offenders[:SHOWN_AT_MOST]:
        yield "  " + " ".join(f"{name}={_shown(value)}" for name, value in offender.items())
    if len(offenders) > SHOWN_AT_MOST:
        yield f"  and {len(offenders) - SHOWN_AT_MOST} more"


def _shown(value: Any) -> str:
    # What people typed may hold escape sequences, which a terminal would obey.
    return repr(value) if isinstance(value, str) else str(value)
