"""Who may open what: the one table of route × role. A route without a row here refuses to start."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts

from knowledge.models import Role, SessionStage
from knowledge.sessions import SignedIn


class Door(Enum):
    """What it takes to come in at all."""

    OPEN = "nothing"
    HALF_WAY = "a sign-in that lacks its second factor or a password of one's own"
    SIGNED_IN = "a whole sign-in"


class Entry(Enum):
    """What becomes of somebody at a door."""

    IN = "come in"
    SIGN_IN = "sign in first"
    HOME = "has no business here any more: to the home page"
    REFUSED = "not with these roles"


@dataclass(frozen=True)
class Row:
    """A door, and for signed-in people the roles of which they need one."""

    door: Door
    roles: frozenset[Role] = frozenset()

    def entry(self, signed_in: SignedIn | None) -> Entry:
        """What becomes of somebody who comes with this session, or with none."""
        if self.door is Door.OPEN:
            return Entry.IN
        if signed_in is None:
            return Entry.SIGN_IN
        whole = signed_in.stage is SessionStage.FULL
        if self.door is Door.HALF_WAY:
            return Entry.HOME if whole else Entry.IN
        if not whole:
            return Entry.SIGN_IN
        return Entry.REFUSED if self.roles.isdisjoint(signed_in.member.roles) else Entry.IN


def only(*roles: Role) -> Row:
    """A row for people with one of these roles."""
    return Row(Door.SIGNED_IN, frozenset(roles))


ANYBODY = Row(Door.OPEN)
HALF_WAY = Row(Door.HALF_WAY)
STAFF = only(*Role)
KNOWLEDGE = only(Role.EDITOR, Role.REVIEWER, Role.SYSTEM)
REVIEW = only(Role.REVIEWER, Role.SYSTEM)
SYSTEM = only(Role.SYSTEM)
AUDIT = only(Role.AUDITOR)
WRITING = only(Role.NOTICES)
APPROVAL = only(Role.APPROVER)
NOTICES = only(Role.NOTICES, Role.APPROVER)

ACCESS: dict[str, Row] = {
    # sign-in
    "GET /sign-in": ANYBODY,
    "POST /sign-in": ANYBODY,
    "GET /sign-in/code": HALF_WAY,
    "POST /sign-in/code": HALF_WAY,
    "GET /sign-in/enrol": HALF_WAY,
    "POST /sign-in/enrol": HALF_WAY,
    "GET /sign-in/password": HALF_WAY,
    "POST /sign-in/password": HALF_WAY,
    "POST /sign-out": STAFF,
    # one's own account
    "GET /account": STAFF,
    "POST /account/password": STAFF,
    "POST /account/recovery-codes": STAFF,
    # a form that came after the session had ended
    "GET /kept": STAFF,
    "POST /kept/send": STAFF,
    "POST /kept/discard": STAFF,
    # the staff
    "GET /people": SYSTEM,
    "POST /people": SYSTEM,
    "GET /people/new": SYSTEM,
    "GET /people/{person}": SYSTEM,
    "POST /people/{person}": SYSTEM,
    "POST /people/{person}/disable": SYSTEM,
    "POST /people/{person}/enable": SYSTEM,
    "POST /people/{person}/password": SYSTEM,
    "POST /people/{person}/second-factor": SYSTEM,
    # the audit log
    "GET /audit": AUDIT,
    "POST /audit/verify": AUDIT,
    "POST /audit/export": AUDIT,
    # questions
    "GET /questions": KNOWLEDGE,
    "GET /questions/{group}": KNOWLEDGE,
    "POST /questions/{group}/assign": KNOWLEDGE,
    "POST /questions/{group}/dismiss": KNOWLEDGE,
    "POST /questions/{group}/reopen": KNOWLEDGE,
    "POST /questions/{group}/check": KNOWLEDGE,
    # numbers
    "GET /numbers": STAFF,
    "POST /numbers/csv": STAFF,
    "POST /numbers/open-data": STAFF,
    # guides
    "GET /guides": KNOWLEDGE,
    "POST /guides/search": KNOWLEDGE,
    "POST /guides/try": KNOWLEDGE,
    "GET /guides/new": KNOWLEDGE,
    "POST /guides/edit": KNOWLEDGE,
    "POST /guides/preview": KNOWLEDGE,
    "POST /guides/related": KNOWLEDGE,
    "GET /guides/drafts/{draft}": KNOWLEDGE,
    "GET /guides/drafts/{draft}/edit": KNOWLEDGE,
    "GET /guides/drafts/{draft}/conflict": KNOWLEDGE,
    "POST /guides/drafts/{draft}/merge": KNOWLEDGE,
    "POST /guides/drafts/{draft}/submit": KNOWLEDGE,
    "POST /guides/drafts/{draft}/discard": KNOWLEDGE,
    "POST /guides/drafts/{draft}/send-back": REVIEW,
    "POST /guides/drafts/{draft}/publish": REVIEW,
    "GET /guides/{guide}": KNOWLEDGE,
    "GET /guides/{guide}/edit": KNOWLEDGE,
    "GET /guides/{guide}/versions/{number}": KNOWLEDGE,
    "POST /guides/{guide}/withdraw": KNOWLEDGE,
    "POST /guides/{guide}/return": KNOWLEDGE,
    "GET /guides/{guide}/golden": KNOWLEDGE,
    "POST /guides/{guide}/golden": KNOWLEDGE,
    "POST /guides/{guide}/golden/retire": REVIEW,
    # the exchange of guides
    "GET /exchange": KNOWLEDGE,
    "POST /exchange/export": KNOWLEDGE,
    "POST /exchange/plan": KNOWLEDGE,
    "POST /exchange/drafts": KNOWLEDGE,
    # sources
    "GET /sources": KNOWLEDGE,
    "GET /sources/new": KNOWLEDGE,
    "POST /sources/upload": KNOWLEDGE,
    "POST /sources/fetch": KNOWLEDGE,
    "GET /sources/changes": KNOWLEDGE,
    "GET /sources/changes/{page}": KNOWLEDGE,
    "POST /sources/changes/{page}": KNOWLEDGE,
    "GET /sources/submissions/{number}": KNOWLEDGE,
    "POST /sources/submissions/{number}/approve": REVIEW,
    "POST /sources/submissions/{number}/refuse": KNOWLEDGE,
    "GET /sources/in-use/{source_id}": KNOWLEDGE,
    "POST /sources/in-use/{source_id}/withdraw": KNOWLEDGE,
    # notices
    "GET /notices": NOTICES,
    "GET /notices/new": WRITING,
    "POST /notices/new": WRITING,
    "GET /notices/month": NOTICES,
    "GET /notices/testers": NOTICES,
    "POST /notices/testers": WRITING,
    "POST /notices/testers/{tester}/remove": WRITING,
    "GET /notices/{notice}": NOTICES,
    "GET /notices/{notice}/edit": WRITING,
    "POST /notices/{notice}/edit": WRITING,
    "POST /notices/{notice}/test": NOTICES,
    "POST /notices/{notice}/submit": WRITING,
    "POST /notices/{notice}/return": NOTICES,
    "POST /notices/{notice}/approve": APPROVAL,
    "POST /notices/{notice}/break-glass": NOTICES,
    "POST /notices/{notice}/schedule": WRITING,
    "POST /notices/{notice}/start": WRITING,
    "POST /notices/{notice}/pause": NOTICES,
    "POST /notices/{notice}/resume": NOTICES,
    "POST /notices/{notice}/stop": NOTICES,
    "POST /notices/{notice}/batches/{batch}": NOTICES,
    # notices to one person
    "GET /templates": NOTICES,
    "GET /templates/new": WRITING,
    "POST /templates/new": WRITING,
    "GET /templates/{template}": NOTICES,
    "GET /templates/{template}/edit": WRITING,
    "POST /templates/{template}/edit": WRITING,
    "POST /templates/{template}/submit": WRITING,
    "POST /templates/{template}/return": NOTICES,
    "POST /templates/{template}/approve": APPROVAL,
    "POST /templates/{template}/withdraw": NOTICES,
    # notices that follow data
    "GET /rules": NOTICES,
    "GET /rules/new": WRITING,
    "POST /rules/new": WRITING,
    "POST /rules/budget": APPROVAL,
    "GET /rules/collection": NOTICES,
    "POST /rules/collection": WRITING,
    "POST /rules/collection/pack": WRITING,
    "GET /rules/{rule}": NOTICES,
    "GET /rules/{rule}/edit": WRITING,
    "POST /rules/{rule}/edit": WRITING,
    "POST /rules/{rule}/submit": WRITING,
    "POST /rules/{rule}/return": NOTICES,
    "POST /rules/{rule}/approve": APPROVAL,
    "POST /rules/{rule}/withdraw": NOTICES,
    "GET /systems": SYSTEM,
    "POST /systems": SYSTEM,
    "POST /systems/{system}/scopes": SYSTEM,
    "POST /systems/{system}/withdraw": SYSTEM,
    "POST /notices/testers/{tester}/on-call": WRITING,
    # disaster mode
    "GET /disaster": NOTICES,
    "POST /disaster/ask": NOTICES,
    "POST /disaster/{request}/confirm": APPROVAL,
    "POST /disaster/{request}/withdraw": NOTICES,
    "GET /disaster/announce": WRITING,
    "POST /disaster/announce": WRITING,
    "GET /disaster/shelters": NOTICES,
    "POST /disaster/shelters": NOTICES,
    # home
    "GET /": STAFF,
}
DEMO_ACCESS: dict[str, Row] = {"POST /sign-in/demo": ANYBODY}
"""Routes that exist in demo mode only."""
EXTERNAL_ACCESS: dict[str, Row] = {"GET /sign-in/oidc": ANYBODY, "GET /sign-in/oidc/back": ANYBODY}
"""Routes that exist where the office's own sign-in is configured."""
UPLOADS: dict[str, int] = {
    "/rules/collection": 1024 * 1024,
    "/kept/send": 1024 * 1024,
    "/guides/edit": 512 * 1024,
    "/guides/preview": 512 * 1024,
    "/sources/upload": 21 * 1024 * 1024,
    "/exchange/plan": 11 * 1024 * 1024,
    "/exchange/drafts": 16 * 1024 * 1024,
}
"""Routes that take large bodies, with the most bytes each takes; only from people who are, or just were, signed in."""


STATIC = "/static"
"""Style and script, which hold nothing of the ward's."""


class UndeclaredRouteError(Exception):
    """A route and the table do not agree: each route needs a row, and each row a route."""


def routes_of(app: FastAPI) -> set[str]:
    """Every route of an application as the table writes it: method and path."""
    found: set[str] = set()
    for context in iter_route_contexts(app.routes):
        declarable = isinstance(context.original_route, APIRoute)
        methods = context.methods or () if declarable else ("ANY",)
        found |= {f"{method} {context.path}" for method in methods}
    return found - {f"ANY {STATIC}"}


def check_table(routes: Iterable[str], table: Iterable[str]) -> None:
    """Raise UndeclaredRouteError where routes and rows differ."""
    differing = set(routes) ^ set(table)
    if differing:
        raise UndeclaredRouteError(", ".join(sorted(differing)))
