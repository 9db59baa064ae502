"""Made-up people for trying the console; they exist in demo mode only and have no password."""

from datetime import datetime

from sqlalchemy.orm import Session

from knowledge import staff
from knowledge.models import Role
from knowledge.staff import NewStaff, StaffMember

NAMES = {
    Role.EDITOR: "見本 えり",
    Role.REVIEWER: "見本 かくや",
    Role.NOTICES: "見本 つばさ",
    Role.APPROVER: "見本 みとめ",
    Role.SYSTEM: "見本 かなめ",
    Role.AUDITOR: "見本 しらべ",
}


def person(session: Session, role: Role, now: datetime) -> StaffMember:
    """The sample person of a role; editor and reviewer belong to the department that owns the most guides."""
    login = f"demo-{role.value}"
    row = staff.by_login(session, login)
    if row is None:
        owners = staff.departments(session)
        department = owners[0] if owners and role in (Role.EDITOR, Role.REVIEWER) else None
        row = staff.add(session, NewStaff(login, NAMES[role], department, frozenset({role})), now)
    return staff.member(session, row)
