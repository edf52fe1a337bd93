"""`flask seed`."""

from ipaddress import ip_address
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.orm import Session

from logistics.core.config import Settings, settings
from logistics.core.operators import note_command, operator
from logistics.core.refusals import Refusal
from logistics.core.transactions import in_transaction
from logistics.seeds import sign_ins
from logistics.seeds.seeding import is_seeded
from logistics.seeds.seeding import seed as seed_company


@click.command("seed")
@with_appcontext
def seed() -> None:
    """Make the demo company, or find it made, and print its sign-ins. Only where nobody but this machine reaches the shop."""
    if not _is_private(settings()):
        raise click.ClickException("The demo has known people in it: it is seeded only with a loopback HOST and without an https BASE_URL.")
    folder = Path(current_app.root_path).parent / "var"

    def run(session: Session) -> dict[str, str]:
        note_command(session, "seed")
        if is_seeded(session):
            return sign_ins.refresh(session, sign_ins.read(folder), by=operator())
        return seed_company(session, settings(), by=operator())

    try:
        passwords = in_transaction(run)
    except Refusal as refusal:
        raise click.ClickException(refusal.message) from refusal
    sign_ins.keep(folder, passwords)
    click.echo(in_transaction(lambda session: sign_ins.tell(session, passwords)))


def _is_private(given: Settings) -> bool:
    try:
        loopback = given.host == "localhost" or ip_address(given.host).is_loopback
    except ValueError:
        loopback = False
    return loopback and not given.https
