"""The settings page's addresses: the link from the chat, the page, its forms, what is kept as a file, and the ends.

The link's token is exchanged for a cookie at once, so it stands in no page's address; no address, cookie or log says
whose settings they are. Every form carries a word that follows from the cookie, and `bot.web.guard` lets no other
origin post.
"""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request
from starlette.datastructures import FormData
from starlette.responses import JSONResponse, RedirectResponse, Response

from bot.web.settings.form import Missing, sections, wanted
from bot.web.settings.pages import Mistake
from bot.web.settings.visit import HOME, Office, Visitor
from handlers.settings.actions import SettingsPage
from knowledge import choices
from knowledge.changes import ForgetAll, change_of
from knowledge.choosing import Done, Refusal
from knowledge.disclosure import held

_SAYABLE = ("saved", "unchanged")


async def posted(request: Request) -> FormData:
    """The form of a changing request."""
    return await request.form()


Form = Annotated[FormData, Depends(posted)]


def settings_router(office: Office) -> APIRouter:
    """The addresses below `/settings`."""
    router = APIRouter(prefix=HOME)
    _reading(router, office)
    _changing(router, office)
    return router


def _reading(router: APIRouter, office: Office) -> None:
    @router.get("/open/{token}")
    def follow(request: Request, token: str) -> Response:
        return office.follow(request, token)

    @router.get("")
    def show(request: Request, done: str = "") -> Response:
        return office.visited(request, lambda visitor: _page(office, visitor, done))

    @router.get("/erase")
    def ask(request: Request) -> Response:
        return office.visited(request, lambda visitor: office.pages.erase(visitor.seen()))

    @router.get("/mine.json")
    def mine(request: Request) -> Response:
        return office.visited(request, _kept)


def _changing(router: APIRouter, office: Office) -> None:
    @router.post("/erase")
    def erase(request: Request, form: Form) -> Response:
        return office.visited(request, lambda visitor: _erase(office, visitor), form)

    @router.post("/leave")
    def leave(request: Request, form: Form) -> Response:
        return office.visited(request, lambda visitor: office.end(visitor, "left"), form)

    @router.post("/change")
    def make(request: Request, form: Form) -> Response:
        return office.visited(request, lambda visitor: _make(office, visitor, str(form.get("change", ""))), form)

    @router.post("/{section}")
    def save(request: Request, section: str, form: Form) -> Response:
        if section not in sections():
            raise HTTPException(404)
        return office.visited(request, lambda visitor: _save(office, visitor, SettingsPage(section), form), form)


def _page(office: Office, visitor: Visitor, done: str) -> Response:
    said = done if done in _SAYABLE else ""
    return office.pages.settings(replace(visitor.seen(), done=said, undo=bool(said and visitor.undo)))


def _kept(visitor: Visitor) -> Response:
    name = {"content-disposition": 'attachment; filename="pocket-mine.json"'}
    return JSONResponse(held(visitor.session, visitor.resident, visitor.seal), headers=name)


def _erase(office: Office, visitor: Visitor) -> Response:
    page = office.end(visitor, "erased")
    visitor.change(ForgetAll())
    return page


def _make(office: Office, visitor: Visitor, said: str) -> Response:
    """One-tap deletes, and the way back: both are plain words of ours. Deleting everything is asked about first."""
    made = visitor.undo if said == "undo" else change_of(said.split(":"))
    if made is None or isinstance(made, ForgetAll):
        return RedirectResponse(HOME, 303)
    return _answer(office, visitor, visitor.change(made), None)


def _save(office: Office, visitor: Visitor, section: SettingsPage, form: FormData) -> Response:
    asked = wanted(section, form, choices.read(visitor.session, visitor.resident))
    if isinstance(asked, Missing):
        return _answer(office, visitor, Done(), Mistake(section, asked, form))
    done = visitor.change(asked)
    return _answer(office, visitor, done, Mistake(section, done.refusal, form) if done.refusal else None)


def _answer(office: Office, visitor: Visitor, done: Done, mistake: Mistake | None) -> Response:
    """The form again with what is wrong; otherwise the page anew, so that loading it again sends nothing twice."""
    if done.refusal is Refusal.NO_FRIEND:
        return office.end(visitor, "gone")
    if mistake:
        return office.pages.settings(replace(visitor.seen(), mistake=mistake))
    return RedirectResponse(f"{HOME}?done={'saved' if done.changed else 'unchanged'}", 303)
