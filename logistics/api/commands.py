"""`flask keys`: the keys of programs, from the shell of whoever runs the server. Each command puts the OS user into the event log."""

from collections.abc import Callable

import click
from flask.cli import AppGroup
from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.api.issuing import issue_key, revoke_key
from logistics.api.models import ApiKey, Scope
from logistics.api.queries.keys import find_all_keys
from logistics.core.operators import note_command, operator
from logistics.core.parsing import clean_line
from logistics.core.refusals import BadValue, Refusal
from logistics.core.transactions import in_transaction

keys = AppGroup("keys", help="Keys by which programs use the API.")


@keys.command("add")
@click.argument("channel")
@click.option("--scope", "scopes", multiple=True, type=click.Choice([scope.value for scope in Scope]), help="May be given often; orders if not.")
@click.option("--label", default="", help="What it is for.")
@click.option("--days", type=int, help="How long it lets in; otherwise until it is revoked.")
def add(channel: str, scopes: tuple[str, ...], label: str, days: int | None) -> None:
    """Let a program in to CHANNEL, and print its key once."""

    def run(session: Session) -> str:
        note_command(session, "keys add")
        chosen = [Scope(scope) for scope in scopes] or [Scope.ORDERS]
        _row, key = issue_key(session, channel=channel, scopes=chosen, label=clean_line(label, longest=100), days=days, by=operator())
        return f"Key of {channel}, shown only now: {key}"

    click.echo(_said(run))


@keys.command("list")
def list_keys() -> None:
    """Print which keys there are: prefix, channel, scopes, label, whether they let in, last use."""

    def run(session: Session) -> str:
        note_command(session, "keys list")
        return "\n".join(_line(key) for key in find_all_keys(session)) or "There are no keys yet: flask keys add CHANNEL"

    click.echo(_said(run))


@keys.command("revoke")
@click.argument("prefix")
def revoke(prefix: str) -> None:
    """Let nobody in any more with the key of this PREFIX (the eight characters after lgk_)."""

    def run(session: Session) -> str:
        note_command(session, "keys revoke")
        key_id = session.scalar(select(ApiKey.id).where(ApiKey.prefix == prefix.removeprefix("lgk_").rstrip("_")))
        key = revoke_key(session, key_id=key_id or 0, by=operator())
        return f"The key {key.prefix} of {key.channel.code} lets nobody in any more."

    click.echo(_said(run))


def _line(key: ApiKey) -> str:
    state = "live" if key.is_live else "revoked" if key.revoked_at else "expired"
    used = key.last_used_at.strftime("%Y-%m-%d %H:%M UTC") if key.last_used_at else "never used"
    return "\t".join((key.prefix, key.channel.code, ",".join(key.scopes), key.label, state, used))


def _said(run: Callable[[Session], str]) -> str:
    try:
        return in_transaction(run)
    except (BadValue, Refusal) as error:
        raise click.ClickException(error.message) from error
