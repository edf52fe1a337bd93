"""Whoever runs a `flask` command: they are not signed in, so the event log names the user of the operating system."""

import os
import pwd
from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy.orm import Session

from logistics.core.actors import Actor
from logistics.core.events import Event, publish


@dataclass(frozen=True)
class CommandRun(Event):
    """Somebody ran a command on the server. What it changed has events of its own, in the same transaction."""

    SUBJECT: ClassVar[str] = "command"
    command: str
    os_user: str

    @property
    def subject_id(self) -> int:
        """Commands have no ids."""
        return 0


def operator() -> Actor:
    """The user of the operating system, as somebody who acts."""
    return Actor("system", None, os_user())


def note_command(session: Session, command: str) -> None:
    """Put into the event log that this command ("staff add") is being run, and by whom."""
    publish(session, CommandRun(command, os_user()), by=operator())


def os_user() -> str:
    """The name of the user this process runs as, by its id: the environment could say anything."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())
