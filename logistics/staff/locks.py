"""The only row locks of staff: people, always in id order. Nothing else is locked beside them."""

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from logistics.staff.models import Role, Staff


def lock_person_and_admins(session: Session, person_id: int) -> dict[int, Staff]:
    """Lock this person and every administrator who can sign in, so that two of them cannot lock each other out."""
    people = select(Staff).where(or_(Staff.id == person_id, and_(Staff.role == Role.ADMIN.value, Staff.active)))
    rows = session.scalars(people.order_by(Staff.id).with_for_update(key_share=True).execution_options(populate_existing=True))
    return {row.id: row for row in rows}


def lock_person(session: Session, person_id: int) -> Staff | None:
    """Lock one person."""
    return session.get(Staff, person_id, with_for_update={"key_share": True}, populate_existing=True)
