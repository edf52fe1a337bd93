"""`flask seed` and `flask simulate carriers`."""

from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.config import Settings, settings
from logistics.core.operators import note_command, operator
from logistics.core.refusals import Refusal
from logistics.core.transactions import in_transaction
from logistics.payments.commands import simulate
from logistics.seeds import sign_ins
from logistics.seeds.seeding import is_seeded
from logistics.seeds.seeding import seed as seed_company
from logistics.seeds.simulating.finding import find_cast
from logistics.seeds.simulating.posting import Teller, Unreachable
from logistics.seeds.simulating.running import Run, describe, plan, play


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


@simulate.command("carriers")
@click.option("--seed", "number", type=click.IntRange(0, 2**31), default=1, help="The same number tells the same tales.")
@click.option("--parcels", type=click.IntRange(1, 10_000), default=None, help="At most so many, the oldest first. Otherwise all that are out.")
@click.option("--carrier", "codes", multiple=True, help="Only this carrier's, by its code. May be given again.")
@click.option("--speed", type=click.FloatRange(0, 10_000_000), default=0, help="Seconds of the tales told in one second. Otherwise all at once.")
@click.option("--hook", default="", help="Where carriers knock. Otherwise /hooks/carriers below BASE_URL.")
def simulate_carriers(number: int, parcels: int | None, codes: tuple[str, ...], speed: float, hook: str) -> None:
    """Tell the running shop what might happen to its parcels: late, twice, out of order, lost, refused, returned. For demo and training.

    Only where nobody but this machine reaches the shop. Plays carriers that send our own format and share a secret with it.
    Exits with 1 when there is nobody to play, or an answer was wrong (right is 200, and 422 for a status that nobody knows).
    """
    if not _is_private(settings()):
        raise click.ClickException("Carriers are played only with a loopback HOST and without an https BASE_URL: these parcels may be real.")
    cast = in_transaction(lambda session: find_cast(session, only=codes, most=parcels))
    if not cast.travellers:
        raise click.ClickException(_why_nobody(cast.secrets))
    run, teller = plan(cast, seed=number, now=clock.now()), Teller(hook or f"{settings().base_url}/hooks/carriers", cast.secrets)
    try:
        play(run, teller, speed=speed)
    except Unreachable as error:
        raise click.ClickException(f"The shop does not answer ({error}). Is it running, and is BASE_URL its address?") from None
    finally:
        teller.close()
    _tell_run(run)


def _tell_run(run: Run) -> None:
    for line in describe(run):
        click.echo(line)
    answers = ", ".join(f"{times} x {status}" for status, times in sorted(run.answers.items()))
    events = sum(part.events for part in run.parts)
    click.echo(f"\nTold {events} events of {len(run.parts)} parcels in {len(run.postings)} messages; answers: {answers}.")
    click.echo("The worker takes them in from now on; then each parcel should end as it says above.")
    if run.wrong:
        raise click.ClickException(f"{run.wrong} of the answers are not what a shop that works would give.")


def _why_nobody(secrets: Mapping[str, str]) -> str:
    if secrets:
        return "No parcel is on its way with a carrier that could tell of it. Dispatch one first."
    return "No carrier sends our own format and shares a secret with the shop: set both on its page in the settings."


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
