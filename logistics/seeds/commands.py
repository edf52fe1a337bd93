"""`flask seed`."""

from collections.abc import Mapping
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
    kept = sign_ins.read(_folder())
    try:
        passwords = in_transaction(lambda session: _find_or_make(session, kept))
    except Refusal as refusal:
        raise click.ClickException(refusal.message) from refusal
    sign_ins.keep(_folder(), passwords)
    click.echo(in_transaction(lambda session: sign_ins.tell(session, passwords)))


def _find_or_make(session: Session, kept: Mapping[str, str]) -> dict[str, str]:
    passwords = sign_ins.refresh(session, kept, by=operator()) if is_seeded(session) else _make(session)
    # After the past, so that the event log reads in the order of time.
    note_command(session, "seed")
    return passwords


def _make(session: Session) -> dict[str, str]:
    return seed_company(session, settings(), send=current_app.extensions["send_as_shopify"], by=operator())


def _folder() -> Path:
    return Path(current_app.root_path).parent / "var"


def _is_private(given: Settings) -> bool:
    try:
        loopback = given.host == "localhost" or ip_address(given.host).is_loopback
    except ValueError:
        loopback = False
    return loopback and not given.https
