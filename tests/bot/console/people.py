"""People of the staff for tests: an account, a session, and a client or a browser page that is signed in with it."""

import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from httpx2 import Response
from starlette.testclient import TestClient

from bot.console.frame import Console
from bot.console.visit import csrf_of
from knowledge import sessions, staff
from knowledge.models import Role, SessionOrigin, SessionStage
from knowledge.staff import NewStaff, StaffMember
from tests.bot.web.page import Page, read

_NUMBERS = itertools.count(1)
_CSRF = re.compile(r'name="csrf" value="([0-9a-f]{64})"')
DEPARTMENT = "総合窓口課"
NAMES = ["山田 花子", "佐藤 一郎", "鈴木 みどり", "高橋 健", "田中 さくら", "伊藤 誠"]


def add_person(console: Console, *roles: Role, department: str | None = DEPARTMENT) -> StaffMember:
    """A person with these roles."""
    number = next(_NUMBERS)
    new = NewStaff(f"clerk{number}", NAMES[number % len(NAMES)], department, frozenset(roles))
    with console.pocket.sessions.begin() as session:
        return staff.member(session, staff.add(session, new, console.clock()))


def token_for(console: Console, member: StaffMember, stage: SessionStage = SessionStage.FULL) -> str:
    """The token of a new session."""
    with console.pocket.sessions.begin() as session:
        return sessions.begin(session, member.id, stage, SessionOrigin.LOCAL, console.clock())


@dataclass(frozen=True)
class Clerk:
    """A signed-in person's browser, without a window: forms carry the token of the page they stand on."""

    client: TestClient
    member: StaffMember
    token: str
    csrf: str

    def get(self, path: str, **more: Any) -> Response:
        """A page, by its path below /staff."""
        return self.client.get(f"/staff{path}", **more)

    def post(self, path: str, data: Mapping[str, Any] | None = None, **more: Any) -> Response:
        """A form that is sent; `data` may hold lists for fields that stand more than once."""
        return self.client.post(f"/staff{path}", data={"csrf": self.csrf, **(data or {})}, **more)

    def page(self, path: str) -> Page:
        """A page that must open, read as a browser reads it."""
        answer = self.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return read(answer.text)

    def after(self, answer: Response) -> Page:
        """The page a change leads to."""
        assert answer.status_code == 303, (answer.status_code, answer.text)
        return read(self.client.get(answer.headers["location"]).text)


def clerk_of(console: Console, app: Any, member: StaffMember, stage: SessionStage = SessionStage.FULL) -> Clerk:
    """A person at a browser of their own."""
    token = token_for(console, member, stage)
    client = TestClient(app, follow_redirects=False)
    client.cookies.set(console.cookies.session, token, domain="testserver.local", path="/")
    return Clerk(client, member, token, csrf_of(token))


def csrf_in(document: str) -> str:
    """The token that the forms of a page carry, empty where there is none."""
    found = _CSRF.search(document)
    return found[1] if found else ""
