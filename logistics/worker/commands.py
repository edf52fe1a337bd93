"""`flask worker`."""

import click
from flask.cli import with_appcontext

from logistics.core.config import settings
from logistics.worker.running import run


@click.command("worker")
@with_appcontext
def worker() -> None:
    """Run background tasks and their schedule. On SIGTERM it finishes the jobs it has, for a few seconds, and ends."""
    run(settings())
