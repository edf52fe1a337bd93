"""`flask staff`: people, from the shell of whoever runs the server. Each command puts the OS user into the event log."""

from collections.abc import Callable

import click
from flask.cli import AppGroup
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from logistics.core.contacts import check_email
from logistics.core.operators import note_command, operator
from logistics.core.parsing import clean_line
from logistics.core.refusals import BadValue, Refusal
from logistics.core.transactions import in_transaction
from logistics.staff.employing import add_person, renew_password
from logistics.staff.models import Role, Staff

staff = AppGroup("staff", help="People who sign in.")


@staff.command("add")
@click.argument("email")
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
@click.option("--name", default="", help="Their name; otherwise what stands before the @.")
def add(email: str, role: str, name: str) -> None:
    """Let somebody sign in, and print their one-time password once."""

    def run(session: Session) -> str:
        note_command(session, "staff add")
        address = clean_line(email, longest=254)
        if error := check_email(address):
            raise BadValue(error.code, error.message)
        called = clean_line(name) or address.partition("@")[0]
        person, password = add_person(session, email=address, name=called, role=Role(role), by=operator())
        return f"{person.email} can sign in as {person.role}. One-time password, shown only now: {password}"

    click.echo(_said(run))


@staff.command("password")
@click.argument("email")
def password(email: str) -> None:
    """Give somebody who lost theirs a new one-time password, and print it once. Their sessions end."""

    def run(session: Session) -> str:
        note_command(session, "staff password")
        person_id = session.scalar(select(Staff.id).where(func.lower(Staff.email) == email.strip().lower()))
        person, fresh = renew_password(session, person_id=person_id or 0, by=operator())
        return f"One-time password of {person.email}, shown only now: {fresh}"

    click.echo(_said(run))


@staff.command("list")
def list_staff() -> None:
    """Print who there is: e-mail, role, and whether they can sign in."""

    def run(session: Session) -> str:
        note_command(session, "staff list")
        people = session.scalars(select(Staff).order_by(func.lower(Staff.email)))
        lines = [f"{person.email}\t{person.role}\t{'active' if person.active else 'inactive'}" for person in people]
        return "\n".join(lines) or "There is nobody yet: flask staff add EMAIL --role admin"

    click.echo(_said(run))


def _said(run: Callable[[Session], str]) -> str:
    try:
        return in_transaction(run)
    except (BadValue, Refusal) as error:
        raise click.ClickException(error.message) from error
