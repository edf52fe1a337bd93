"""How somebody likes the interface: language and colours."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from logistics.core.language import LOCALES, _
from logistics.core.refusals import Invalid
from logistics.staff.models import Staff

THEMES = ("", "light", "dark")


def prefer(session: Session, *, person_id: int, language: str | None = None, theme: str | None = None) -> None:
    """Keep what was chosen; None leaves it as it is, an empty theme follows the system. Raises Invalid for an unknown choice."""
    if language is not None:
        check_language(language)
    if theme is not None and theme not in THEMES:
        raise Invalid(_("There is no such choice."))
    chosen = {name: value for name, value in (("language", language), ("theme", theme)) if value is not None}
    if chosen:
        session.execute(update(Staff).where(Staff.id == person_id).values(**chosen))


def check_language(language: str) -> None:
    """Raise Invalid unless the interface speaks this."""
    if language not in LOCALES:
        raise Invalid(_("There is no such choice."))
