"""The page with the phone: a chat anyone can use in a browser, in the place of LINE's app."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.templating import Jinja2Templates

from bot.simulator.page_state import chat_state
from bot.simulator.page_tools import Tools
from bot.simulator.people import User
from bot.simulator.platform import Platform

_HERE = Path(__file__).parent
_COOKIE = "pocket_simulator_user"
_MOST_PICTURE_BYTES = 10_000_000
_HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
}


def page_routes(platform: Platform) -> list[BaseRoute]:
    """Return the page, what its script calls, and its files."""
    page = _Page(platform, Tools(platform), Jinja2Templates(_HERE / "templates"))
    return [
        Route("/", page.show),
        Route("/chat", page.chat),
        Route("/act", page.act, methods=["POST"]),
        Route("/picture", page.picture, methods=["POST"]),
        Route("/menu/{menu_id}", page.menu),
        Route("/content/{message_id}", page.content),
        Mount("/static", StaticFiles(directory=_HERE / "static")),
    ]


@dataclass(frozen=True)
class _Page:
    """Its endpoints; the user is the one of the browser's cookie, so that several people can try it at once."""

    platform: Platform
    tools: Tools
    templates: Jinja2Templates

    async def show(self, request: Request) -> Response:
        """The page itself; a browser without a user gets one."""
        user = self._user(request)
        response = self.templates.TemplateResponse(request, "phone.html", {"new": user is None}, headers=_HEADERS)
        if user is None:
            user = self.platform.add_user("練習用の住民")
            path = f"{request.scope.get('root_path', '')}/"
            response.set_cookie(_COOKIE, user.id, path=path, httponly=True, samesite="strict")
        return response

    async def chat(self, request: Request) -> Response:
        """What happened since the line the browser saw last."""
        user = self._user(request)
        if user is None:
            return _gone()
        since = request.query_params.get("since", "0")
        first = int(since) if since.isascii() and since.isdigit() else 0
        return JSONResponse(chat_state(self.platform, self.tools, user, first), headers=_HEADERS)

    async def act(self, request: Request) -> Response:
        """Do what the resident, or the person trying things out, does; the body says what."""
        user = self._user(request)
        if user is None:
            return _gone()
        if request.headers.get("content-type", "").partition(";")[0] != "application/json":
            return _told("形式が正しくありません。", 415)
        try:
            asked = await request.json()
        except ValueError:
            return _told("形式が正しくありません。", 400)
        if not isinstance(asked, Mapping):
            return _told("形式が正しくありません。", 400)
        return await self._done(user, asked)

    async def picture(self, request: Request) -> Response:
        """Send a picture; the body is its bytes."""
        user = self._user(request)
        kind = request.headers.get("content-type", "")
        if user is None:
            return _gone()
        if kind not in ("image/jpeg", "image/png"):
            return _told("JPEGかPNGの写真を選んでください。", 415)
        if int(request.headers.get("content-length") or _MOST_PICTURE_BYTES + 1) > _MOST_PICTURE_BYTES:
            return _told("写真は10MBまでです。", 413)
        return await self._done(user, {"kind": "picture", "content": await request.body(), "type": kind})

    async def menu(self, request: Request) -> Response:
        """The picture of a rich menu."""
        with self.platform.lock:
            menu = self.platform.menus.menus.get(request.path_params["menu_id"])
        if menu is None or menu.picture is None:
            return Response(status_code=404, headers=_HEADERS)
        return Response(menu.picture.content, media_type=menu.picture.content_type, headers=_HEADERS)

    async def content(self, request: Request) -> Response:
        """A picture the user of this browser sent."""
        user, message_id = self._user(request), request.path_params["message_id"]
        with self.platform.lock:
            mine = user is not None and any(item.message_id == message_id and not item.unsent for item in user.chat)
            kept = self.platform.contents.get(message_id) if mine else None
        if kept is None:
            return Response(status_code=404, headers=_HEADERS)
        return Response(kept.content, media_type=kept.content_type, headers=_HEADERS)

    async def _done(self, user: User, asked: Mapping[str, Any]) -> Response:
        return _told(await run_in_threadpool(self.tools.do, user, asked))

    def _user(self, request: Request) -> User | None:
        with self.platform.lock:
            return self.platform.people.find(request.cookies.get(_COOKIE, ""))


def _told(notice: str, status: int = 200) -> Response:
    return JSONResponse({"notice": notice}, status, _HEADERS)


def _gone() -> Response:
    return _told("この練習は終わりました。ページを開き直してください。", 410)
