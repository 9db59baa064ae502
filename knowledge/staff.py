"""The people of the console: accounts, roles and departments."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from knowledge.errors import PocketError
from knowledge.models import GuideRow, Role, StaffRole, StaffRow, StaffSession, StaffStatus

LOGIN = re.compile(r"[a-z0-9][a-z0-9._@-]{1,63}", re.ASCII)


class LoginTakenError(PocketError):
    """そのログイン名はすでに使われています。別の名前にしてください。"""


class LoginUnfitError(PocketError):
    """ログイン名は、半角の英小文字・数字・「.」「_」「-」「@」で2〜64文字にしてください。"""


class ExternalIdTakenError(PocketError):
    """その庁内アカウントは、すでにほかの職員に登録されています。"""


class NoSuchStaffError(PocketError):
    """その職員は登録されていません。一覧から選び直してください。"""


@dataclass(frozen=True)
class StaffMember:
    """A person of the staff, as everybody else needs them."""

    id: int
    login: str
    name: str
    department: str | None
    roles: frozenset[Role]
    active: bool = True

    @property
    def told(self) -> dict[str, str | list[str] | None]:
        """The account as the audit log tells of it."""
        return {"login": self.login, "name": self.name, "department": self.department, "roles": sorted(self.roles)}

    def has(self, *roles: Role) -> bool:
        """Whether the person holds one of these roles."""
        return not self.roles.isdisjoint(roles)

    def may_review(self, owner: str, author: int) -> bool:
        """Whether the person may decide on what `author` handed in for a department: never on their own."""
        if author == self.id:
            return False
        return self.has(Role.SYSTEM) or (self.has(Role.REVIEWER) and self.department == owner)


@dataclass(frozen=True)
class NewStaff:
    """What an account starts from, or is changed to; `external` is the subject or mail at the office's own sign-in."""

    login: str
    name: str
    department: str | None
    roles: frozenset[Role]
    external: str | None = None


def add(session: Session, new: NewStaff, now: datetime) -> StaffRow:
    """Make an account that nobody can sign in to until it has a password or an external id."""
    login = plain_login(new.login)
    if not LOGIN.fullmatch(login):
        raise LoginUnfitError
    if by_login(session, login):
        raise LoginTakenError
    row = StaffRow(login=login, status=StaffStatus.ACTIVE.value, totp_step=0, created_at=now)
    _fill(session, row, new, now)
    return row


def change(session: Session, row: StaffRow, new: NewStaff, now: datetime) -> None:
    """Change everything about a person but the login; with other rights they must sign in again."""
    before = member(session, row)
    _fill(session, row, new, now)
    if (before.department, before.roles) != (new.department, new.roles):
        end_sessions(session, row.id)


def _fill(session: Session, row: StaffRow, new: NewStaff, now: datetime) -> None:
    holder = by_external_id(session, new.external) if new.external else None
    if holder and holder.id != row.id:
        raise ExternalIdTakenError
    row.name, row.department, row.external_id, row.changed_at = new.name, new.department, new.external, now
    session.add(row)
    session.flush()
    set_roles(session, row.id, new.roles)


def plain_login(typed: str) -> str:
    """A login as it is kept: without spaces around it, in small letters."""
    return typed.strip().lower()


def plain_external(typed: str) -> str | None:
    """A subject or mail as it is kept: a mail in small letters, a subject as the provider writes it."""
    plain = typed.strip()
    return (plain.lower() if "@" in plain else plain) or None


def by_login(session: Session, login: str) -> StaffRow | None:
    """The account of a login as it is kept."""
    return session.scalars(select(StaffRow).where(StaffRow.login == login)).one_or_none()


def by_external_id(session: Session, external: str) -> StaffRow | None:
    """The account of a subject or mail at the office's own sign-in."""
    return session.scalars(select(StaffRow).where(StaffRow.external_id == external)).one_or_none()


def get(session: Session, staff_id: int) -> StaffRow:
    """The account of an id."""
    row = session.get(StaffRow, staff_id)
    if row is None:
        raise NoSuchStaffError
    return row


def member(session: Session, row: StaffRow) -> StaffMember:
    """The person of an account, with the roles held now."""
    return _member(row, roles_of(session, row.id))


def _member(row: StaffRow, roles: frozenset[Role]) -> StaffMember:
    return StaffMember(row.id, row.login, row.name, row.department, roles, row.status == StaffStatus.ACTIVE)


def roles_of(session: Session, staff_id: int) -> frozenset[Role]:
    """The roles a person holds."""
    held = session.scalars(select(StaffRole.role).where(StaffRole.staff_id == staff_id))
    return frozenset(Role(role) for role in held)


def set_roles(session: Session, staff_id: int, roles: Iterable[Role]) -> None:
    """Let a person hold exactly these roles."""
    session.execute(delete(StaffRole).where(StaffRole.staff_id == staff_id))
    session.add_all(StaffRole(staff_id=staff_id, role=role.value) for role in sorted(set(roles)))
    session.flush()


def disable(session: Session, row: StaffRow, now: datetime) -> None:
    """Let a person in no more; whoever is signed in as them is out at once."""
    row.status, row.changed_at = StaffStatus.DISABLED.value, now
    end_sessions(session, row.id)


def enable(row: StaffRow, now: datetime) -> None:
    """Let a person in again."""
    row.status, row.changed_at = StaffStatus.ACTIVE.value, now


def end_sessions(session: Session, staff_id: int, but: str = "") -> None:
    """Sign a person out everywhere but in the session with that digest."""
    session.execute(delete(StaffSession).where(StaffSession.staff_id == staff_id, StaffSession.digest != but))


def everybody(session: Session) -> list[StaffMember]:
    """All accounts with their roles, by department and name."""
    rows = session.scalars(select(StaffRow).order_by(StaffRow.department, StaffRow.name, StaffRow.id)).all()
    held: dict[int, set[Role]] = {}
    for role in session.scalars(select(StaffRole)):
        held.setdefault(role.staff_id, set()).add(Role(role.role))
    return [_member(row, frozenset(held.get(row.id, ()))) for row in rows]


def departments(session: Session) -> list[str]:
    """The departments that own guides, by how many they own."""
    by_count = select(GuideRow.owner).group_by(GuideRow.owner).order_by(func.count().desc(), GuideRow.owner)
    return list(session.scalars(by_count))
