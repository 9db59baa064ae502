"""One request to the console: who comes, whether they may, and the page or the way on they get.

`Visited` and `Transaction` are what an endpoint asks for.
"""

import hmac
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, TypeVar

from fastapi import Depends, Path, Request
from sqlalchemy.orm import Session
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bot.console.access import ACCESS, DEMO_ACCESS, EXTERNAL_ACCESS, Entry
from bot.console.errors import AlreadySignedInError, ForeignFormError, NotAllowedError, SignInNeededError
from bot.console.frame import Console
from bot.console.messages import Message, Said
from knowledge import kept_forms, library, sessions
from knowledge.disaster.mode import Standing, current
from knowledge.disaster.switch import waiting
from knowledge.errors import PocketError
from knowledge.models import SessionOrigin, World
from knowledge.records import Ward
from knowledge.sessions import SignedIn
from knowledge.staff import StaffMember

SAFE = ("GET", "HEAD")
FIELD, HEADER = "csrf", "x-csrf-token"
LONGEST_TOKEN = 100
UNKEPT = {FIELD, "next", "code", "login", "password", "again", "current", "confirm"}
"""Fields that are not given back when a session has ended: nobody composed them, or they are secret."""
TABLE = ACCESS | DEMO_ACCESS | EXTERNAL_ACCESS


Refused = TypeVar("Refused", bound=PocketError)
Refusing = Callable[[Session, Refused], Response]
"""The page that says what kept a step from being taken."""


@dataclass(frozen=True)
class Visit:
    """A request, its browser's token and, where that belongs to a session, the person."""

    console: Console
    token: str
    fresh: bool
    signed_in: SignedIn | None
    ward: Ward
    said: Said | None
    address: str
    now: datetime
    standing: Standing | None = None
    asked: bool = False

    @property
    def member(self) -> StaffMember:
        """The person; only behind a door that needs a sign-in."""
        assert self.signed_in
        return self.signed_in.member

    @property
    def csrf(self) -> str:
        """What a form of this browser carries."""
        return csrf_of(self.token)

    def may(self, route: str) -> bool:
        """Whether a route of the table (`GET /people`) is open to this visitor."""
        return TABLE[route].entry(self.signed_in) is Entry.IN

    def page(self, template: str, status: int = 200, **values: object) -> HTMLResponse:
        """A page of `templates/`, which is given `visit` and the values; a waiting message is shown and forgotten."""
        content = self.console.templates.get_template(template).render(visit=self, **values)
        return self._with_cookies(HTMLResponse(content, status))

    def to(self, path: str, message: Message | None = None, **values: str) -> Response:
        """The way on after a change: another page by GET, where the message is shown once."""
        answer = RedirectResponse(path, 303)
        cookies = self.console.cookies
        if message:
            cookies.put(answer, cookies.message, Said(message, values).pack())
        return answer

    def take(
        self, step: Callable[[Session], None], done: Response, refused: type[Refused], page: Refusing[Refused]
    ) -> Response:
        """Take a step in a transaction of its own; what keeps it from being taken is said on a page."""
        try:
            with self.console.pocket.sessions.begin() as session:
                step(session)
        except refused as error:
            with self.console.pocket.sessions() as session:
                return page(session, error)
        return done

    def _with_cookies(self, page: HTMLResponse) -> HTMLResponse:
        cookies = self.console.cookies
        if self.fresh:
            cookies.put(page, cookies.session, self.token)
        if self.said:
            cookies.put(page, cookies.message, "")
        return page


def csrf_of(token: str) -> str:
    """What the forms of a browser with this token carry: it follows from the token, which no other site can read."""
    return hmac.digest(token.encode(), b"form", "sha256").hex()


def console_of(request: Request) -> Console:
    """The console that was mounted."""
    console: Console = request.app.state.console
    return console


def arrive(console: Console, request: Request) -> Visit:
    """Who comes; a browser without a token gets a fresh one, which belongs to no session."""
    now, cookies = console.clock(), console.cookies
    token = request.cookies.get(cookies.session, "")
    known = 0 < len(token) <= LONGEST_TOKEN and token.isascii()
    token = token if known else sessions.new_token()
    with console.pocket.sessions.begin() as session:
        signed_in = sessions.visit(session, token, now) if known else None
        ward = library.ward(session)
        standing, asked = current(session), waiting(session, World.LIVE, now) is not None
    if signed_in and signed_in.origin is SessionOrigin.DEMO and not console.demo:
        signed_in = None
    said = Said.unpack(request.cookies.get(cookies.message, ""))
    address = request.client.host if request.client else ""
    return Visit(console, token, not known, signed_in, ward, said, address, now, standing, asked)


async def posted(request: Request) -> FormData | None:
    """The form of a changing request."""
    return None if request.method in SAFE else await request.form()


def admit(
    request: Request,
    console: Annotated[Console, Depends(console_of)],
    form: Annotated[FormData | None, Depends(posted)],
) -> Visit:
    """Let a visitor in as the table says; a change needs the token of this browser's own forms."""
    visit = arrive(console, request)
    if _carries_nul(request, form):
        raise HTTPException(400)
    if form is not None and not _is_ours(visit, request, form):
        raise ForeignFormError
    match TABLE[f"{request.method} {request.scope['route'].path}"].entry(visit.signed_in):
        case Entry.SIGN_IN:
            raise SignInNeededError(_typed(form), kept=_keep(console, visit, request, form))
        case Entry.HOME:
            raise AlreadySignedInError
        case Entry.REFUSED:
            raise NotAllowedError
        case Entry.IN:
            return visit


def _carries_nul(request: Request, form: FormData | None) -> bool:
    """Whether there is a NUL anywhere: nobody types one, and no database takes it in a text."""
    texts = [value for _, value in form.multi_items() if isinstance(value, str)] if form else []
    return any("\0" in text for text in (request.url.path, *request.query_params.values(), *texts))


def _is_ours(visit: Visit, request: Request, form: FormData) -> bool:
    given = request.headers.get(HEADER) or form.get(FIELD)
    return not visit.fresh and isinstance(given, str) and hmac.compare_digest(given.encode(), visit.csrf.encode())


def _typed(form: FormData | None) -> kept_forms.Fields:
    """What a form brought that can be given back: no file, and nothing secret."""
    fields = form.multi_items() if form else []
    return tuple((name, value) for name, value in fields if isinstance(value, str) and name not in UNKEPT)


def _keep(console: Console, visit: Visit, request: Request, form: FormData | None) -> bool:
    """Keep a form that somebody sent, not a script, for whom its ended session was; whether that could be done."""
    if form is None or FIELD not in form or HEADER in request.headers:
        return False
    with console.pocket.sessions.begin() as session:
        return kept_forms.keep(session, visit.token, request.url.path, _typed(form), visit.now)


def transaction(console: Annotated[Console, Depends(console_of)]) -> Iterator[Session]:
    """One database session for one request: committed before the answer leaves, rolled back when it fails."""
    with console.pocket.sessions.begin() as session:
        yield session


Id = Annotated[int, Path(ge=1, le=2**31 - 1)]
"""A row's number in a path; any other is refused before a database sees it."""
Visited = Annotated[Visit, Depends(admit)]
Transaction = Annotated[Session, Depends(transaction, scope="function")]
