"""People who sign in, and their sessions."""

import hashlib
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from logistics.core.database import Base, PrimaryKey, one_of


class Role(StrEnum):
    """What a member of staff is here for; permissions.py says what each role may do."""

    ADMIN = "admin"
    MANAGER = "manager"
    CLERK = "clerk"
    WAREHOUSE = "warehouse"
    AUDITOR = "auditor"


class Staff(Base):
    """Somebody who signs in."""

    __tablename__ = "staff"
    __table_args__ = (
        CheckConstraint(one_of("role", Role), name="role"),
        CheckConstraint("theme IN ('', 'light', 'dark')", name="theme"),
    )

    id: Mapped[PrimaryKey]
    email: Mapped[str] = mapped_column(String(254))
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(20))
    password_hash: Mapped[str] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(default=True)
    language: Mapped[str] = mapped_column(String(10), default="")
    theme: Mapped[str] = mapped_column(String(5), default="")
    # Somebody else has seen it: its owner chooses another before anything else.
    one_time_password: Mapped[bool] = mapped_column(default=False)
    demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    @property
    def is_active_admin(self) -> bool:
        """Whether they can sign in and let others in."""
        return self.active and self.role == Role.ADMIN.value


Index("uq_staff_email", func.lower(Staff.email), unique=True)


class StaffSession(Base):
    """One browser somebody signed in with. The cookie holds a random token, the table only its hash."""

    __tablename__ = "staff_sessions"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    ip: Mapped[str] = mapped_column(String(60), default="")
    browser: Mapped[str] = mapped_column(String(200), default="")

    staff: Mapped[Staff] = relationship()

    @staticmethod
    def hash_of(token: str) -> str:
        """What is kept of a token. It has 256 random bits, so a plain digest cannot be reversed by guessing."""
        return hashlib.sha256(token.encode()).hexdigest()

    @property
    def handle(self) -> str:
        """What pages call this session by: made from the hash, which itself is shown nowhere."""
        return hashlib.sha256(f"handle:{self.token_hash}".encode()).hexdigest()[:16]
