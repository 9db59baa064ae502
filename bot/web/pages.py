"""Rendering: a start page, an answer, or an error, each a whole document."""

from dataclasses import dataclass, field
from enum import StrEnum
from http import HTTPStatus

import structlog
from jinja2 import Environment
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import HTMLResponse

from bot.web.display import environment
from bot.web.frame import Frame, read_frame
from handlers.reply import Choice, Reply
from knowledge.database import Sessions
from knowledge.text import Language

LONGEST_TYPED = 2_000
_log = structlog.get_logger(__name__)


class FieldProblem(StrEnum):
    """What is wrong with what was typed; the sentences stand in `ask.html`."""

    EMPTY = "empty"
    TOO_LONG = "too_long"


@dataclass(frozen=True)
class Carried:
    """What a page hands to the next one in hidden fields: the guides shown and the language spoken."""

    topics: tuple[str, ...] = ()
    language: Language = Language.JA


@dataclass(frozen=True)
class Said:
    """What was said, on its way to a page; `question` is what was typed, masked."""

    reply: Reply
    carried: Carried
    question: str = ""


@dataclass(frozen=True)
class Pages:
    """Lays pages out; `demo_path` is where the LINE simulator is mounted, if it is."""

    sessions: Sessions
    demo_path: str | None = None
    templates: Environment = field(default_factory=environment)

    def start(self, frame: Frame, menu: tuple[Choice, ...]) -> HTMLResponse:
        """The page to ask on."""
        return self._page("start.html", 200, frame=frame, menu=menu, carried=Carried(), demo_path=self.demo_path)

    def ask_again(self, frame: Frame, problem: FieldProblem, typed: str, carried: Carried) -> HTMLResponse:
        """The field once more, with what is wrong beside it and what was typed still in it."""
        return self._page("again.html", 422, frame=frame, problem=problem, typed=typed, carried=carried)

    def answer(self, frame: Frame, said: Said) -> HTMLResponse:
        """What was said to a question or a button."""
        return self._page("answer.html", 200, frame=frame, reply=said.reply, asked=said.question, carried=said.carried)

    def error(self, status: int) -> HTMLResponse:
        """What went wrong, without details, and where to turn instead."""
        return self._page("error.html", status, frame=self._any_frame(), code=status)

    def _any_frame(self) -> Frame:
        try:
            with self.sessions() as session:
                return read_frame(session)
        except (SQLAlchemyError, AssertionError) as error:
            _log.warning("frame_missing", error=type(error).__name__)
            return Frame()

    def _page(self, template: str, status: int, **values: object) -> HTMLResponse:
        content = self.templates.get_template(template).render(**{"longest": LONGEST_TYPED, **values})
        return HTMLResponse(content, HTTPStatus(status))
