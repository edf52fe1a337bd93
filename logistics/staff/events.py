"""What happens around people."""

from dataclasses import dataclass
from typing import ClassVar

from logistics.core.events import Event


@dataclass(frozen=True)
class StaffAdded(Event):
    """Somebody can sign in from now on."""

    SUBJECT: ClassVar[str] = "staff"
    staff_id: int
    role: str


@dataclass(frozen=True)
class StaffChanged(Event):
    """Their role or whether they may sign in was changed."""

    SUBJECT: ClassVar[str] = "staff"
    staff_id: int
    role: str
    active: bool


@dataclass(frozen=True)
class PasswordChanged(Event):
    """They have a new password; their other sessions ended."""

    SUBJECT: ClassVar[str] = "staff"
    staff_id: int


@dataclass(frozen=True)
class PasswordRenewed(Event):
    """An administrator gave them a one-time password; their sessions ended."""

    SUBJECT: ClassVar[str] = "staff"
    staff_id: int


@dataclass(frozen=True)
class SessionsEnded(Event):
    """All their sessions were ended."""

    SUBJECT: ClassVar[str] = "staff"
    staff_id: int


@dataclass(frozen=True)
class SignedIn(Event):
    """Somebody signed in."""

    SUBJECT: ClassVar[str] = "staff"
    staff_id: int


@dataclass(frozen=True)
class SignInRefused(Event):
    """A wrong password, or too many tries (`throttled`). The id is 0 where the address belongs to nobody."""

    SUBJECT: ClassVar[str] = "staff"
    staff_id: int
    throttled: bool


@dataclass(frozen=True)
class SignedOut(Event):
    """Somebody ended their session."""

    SUBJECT: ClassVar[str] = "staff"
    staff_id: int
