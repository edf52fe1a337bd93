"""What people type about people. Passwords are taken as they are: nothing is trimmed."""

from typing import Any

from wtforms import HiddenField, PasswordField
from wtforms.validators import InputRequired

from logistics.core.forms import EmailField, Form, LineField, choice_field
from logistics.core.language import lazy
from logistics.staff.models import Role

ROLES: list[tuple[str, Any]] = [
    (Role.ADMIN.value, lazy("Administrator")),
    (Role.MANAGER.value, lazy("Manager")),
    (Role.CLERK.value, lazy("Order clerk")),
    (Role.WAREHOUSE.value, lazy("Warehouse operator")),
    (Role.AUDITOR.value, lazy("Auditor")),
]
_NEEDED = InputRequired(lazy("This is needed."))


class SignInForm(Form):
    """Who are you?"""

    email = LineField(lazy("E-mail"), longest=254, required=True)
    password = PasswordField(lazy("Password"), [_NEEDED])
    next = HiddenField()


class PasswordForm(Form):
    """Another password for oneself."""

    current = PasswordField(lazy("Present password"), [_NEEDED])
    new = PasswordField(lazy("New password"), [_NEEDED])


class PersonForm(Form):
    """Somebody new."""

    name = LineField(lazy("Name"), required=True)
    email = EmailField(lazy("E-mail"), longest=254, required=True)
    role = choice_field(lazy("Role"), ROLES, default=Role.CLERK.value)


class RoleForm(Form):
    """Another role for somebody."""

    role = choice_field(lazy("Role"), ROLES)
    version = HiddenField()

    @property
    def seen_version(self) -> int:
        """The version this form was opened at; 0, which is always stale, for what is no number."""
        text = self.version.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else 0
