"""A visit to the settings page: whose settings a browser may see, by a cookie that says nothing of it."""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from fastapi import HTTPException, Request
from sqlalchemy.orm import Session
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from bot.web.frame import read_frame
from bot.web.settings.pages import Seen, SettingsPages, asked_variant
from bot.wiring import Pocket
from knowledge import choices, settings_visits
from knowledge.changes import Change, Speakable
from knowledge.choosing import Done, change
from knowledge.days import day_in_japan
from knowledge.notice import Variant
from knowledge.sealing import Seal
from knowledge.settings_visits import VISIT_LIVES

HOME = "/settings"
LONGEST_TOKEN = 100


@dataclass(frozen=True)
class Visitor:
    """A browser that may see and change one resident's settings, within one transaction."""

    session: Session
    request: Request
    token: str
    resident: int
    undo: Speakable | None
    now: datetime
    seal: Seal | None

    @property
    def csrf(self) -> str:
        """What this browser's own forms carry; it follows from the cookie, which no other site can read."""
        return hmac.digest(self.token.encode(), b"settings form", "sha256").hex()

    def change(self, made: Change) -> Done:
        """Make a change, and remember what takes it back."""
        done = change(self.session, self.resident, made, self.now, self.seal)
        if done.refusal is None:
            settings_visits.remember(self.session, self.token, done.undo)
        return done

    def seen(self) -> Seen:
        """What the page shows."""
        return Seen(
            frame=read_frame(self.session),
            choices=choices.read(self.session, self.resident, self.seal),
            towns=choices.towns(self.session),
            today=day_in_japan(self.now),
            csrf=self.csrf,
            sealable=self.seal is not None,
            asked=_asked(self.request),
        )


@dataclass(frozen=True)
class Office:
    """What the addresses need: the installation and the pages."""

    pocket: Pocket
    pages: SettingsPages

    @property
    def cookie(self) -> str:
        """The cookie's name; over HTTPS no other host of the ward's domain can set one of that name."""
        return "__Host-pocket-settings" if self.secure else "pocket-settings"

    @property
    def secure(self) -> bool:
        """Whether residents reach us over HTTPS."""
        return self.pocket.settings.public_url.startswith("https://")

    def follow(self, request: Request, token: str) -> Response:
        """Exchange a link's token for a cookie; a link followed twice leads to the page it opened the first time."""
        with self.pocket.sessions.begin() as session:
            fresh = settings_visits.follow_link(session, token[:LONGEST_TOKEN], datetime.now(UTC))
            if fresh:
                return self._put_cookie(RedirectResponse(HOME, 303), fresh)
            if self._visitor(session, request):
                return RedirectResponse(HOME, 303)
            return self._gone(session, request)

    def visited(self, request: Request, act: Callable[[Visitor], Response], form: FormData | None = None) -> Response:
        """What `act` answers a visitor; raises 403 for a form that is none of this browser's own."""
        with self.pocket.sessions.begin() as session:
            visitor = self._visitor(session, request)
            if visitor is None:
                return self._gone(session, request)
            given = visitor.csrf if form is None else form.get("csrf")
            if not isinstance(given, str) or not hmac.compare_digest(given.encode(), visitor.csrf.encode()):
                raise HTTPException(403)
            return act(visitor)

    def end(self, visitor: Visitor, what: str) -> Response:
        """End a visit with a last page."""
        seen = visitor.seen()
        settings_visits.leave(visitor.session, visitor.token)
        page = self.pages.farewell(seen.frame, seen.choices.variant or seen.asked, what)
        return self._put_cookie(page, "")

    def _visitor(self, session: Session, request: Request) -> Visitor | None:
        token, now = request.cookies.get(self.cookie, ""), datetime.now(UTC)
        possible = token and token.isascii() and len(token) <= LONGEST_TOKEN
        found = settings_visits.visit(session, token, now) if possible else None
        if found is None:
            return None
        return Visitor(session, request, token, found.resident, found.undo, now, self.pocket.settings.seal)

    def _gone(self, session: Session, request: Request) -> Response:
        """The link was used, is too old, or the visit is over."""
        return self.pages.farewell(read_frame(session), _asked(request), "gone", 403)

    def _put_cookie(self, response: Response, token: str) -> Response:
        """Let the browser keep the visit's token as long as the visit may last; an empty one is forgotten."""
        age = int(VISIT_LIVES.total_seconds()) if token else 0
        response.set_cookie(
            self.cookie, token, max_age=age, path="/", secure=self.secure, httponly=True, samesite="lax"
        )
        return response


def _asked(request: Request) -> Variant:
    return asked_variant(request.headers.get("accept-language", ""))
