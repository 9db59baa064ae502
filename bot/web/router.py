"""The three pages' addresses: what is typed or pressed comes by post and leaves as a page, never in an address."""

import re
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Form
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse, Response

from bot.web.frame import read_frame
from bot.web.pages import LONGEST_TYPED, Carried, FieldProblem, Pages, Said
from bot.wiring import Pocket
from handlers.actions import Action, ShowMenu, unpack
from handlers.conversation import Asker, Channel
from knowledge.masking import mask
from knowledge.text import Language, detect_language

_GUIDE_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)
_LONGEST_GUIDE_ID = 40
MOST_TOPICS = 20
_VISIBLE = re.compile(r"\S")
Typed = Annotated[str, Form()]


def web_router(pocket: Pocket, pages: Pages) -> APIRouter:
    """`GET /`, `POST /ask` and `POST /act`; a posted address that is opened again leads to the start."""
    router = APIRouter()

    @router.api_route("/", methods=["GET", "HEAD"])
    def start() -> Response:
        with pocket.sessions.begin() as session:
            menu = pocket.responder.act(session, ShowMenu(), Asker(Channel.WEB), datetime.now(UTC))
            return pages.start(read_frame(session), menu.choices)

    @router.post("/ask")
    def ask(question: Typed = "", topic: Typed = "", language: Typed = "") -> Response:
        carried = Carried(_guide_ids(topic), _language(language))
        problem = _problem(question)
        with pocket.sessions.begin() as session:
            if problem:
                return pages.ask_again(read_frame(session), problem, question[:LONGEST_TYPED], carried)
            return pages.answer(read_frame(session), _asked(pocket, session, question, carried))

    @router.post("/act")
    def act(action: Typed = "", topic: Typed = "", language: Typed = "") -> Response:
        carried, pressed = Carried(_guide_ids(topic), _language(language)), unpack(action)
        if pressed is None:
            return pages.error(400)
        with pocket.sessions.begin() as session:
            return pages.answer(read_frame(session), _pressed(pocket, session, pressed, carried))

    @router.get("/ask")
    @router.get("/act")
    def again() -> Response:
        return RedirectResponse("/", 303)

    return router


def _asked(pocket: Pocket, session: Session, question: str, carried: Carried) -> Said:
    asker = Asker(Channel.WEB, topics=carried.topics)
    reply = pocket.responder.ask(session, question, asker, datetime.now(UTC))
    return Said(reply, Carried(reply.topics or carried.topics, detect_language(question)), mask(question))


def _pressed(pocket: Pocket, session: Session, action: Action, carried: Carried) -> Said:
    asker = Asker(Channel.WEB, topics=carried.topics, language=carried.language)
    reply = pocket.responder.act(session, action, asker, datetime.now(UTC))
    return Said(reply, Carried(reply.topics or carried.topics, carried.language))


def _guide_ids(topic: str) -> tuple[str, ...]:
    ids = tuple(topic.split(",", MOST_TOPICS)[:MOST_TOPICS])
    return ids if all(len(id_) <= _LONGEST_GUIDE_ID and _GUIDE_ID.fullmatch(id_) for id_ in ids) else ()


def _language(code: str) -> Language:
    return Language(code) if code in set(Language) else Language.JA


def _problem(question: str) -> FieldProblem | None:
    if not _VISIBLE.search(question):
        return FieldProblem.EMPTY
    return FieldProblem.TOO_LONG if len(question) > LONGEST_TYPED else None
