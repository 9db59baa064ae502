"""What residents will see of a guide: the very LINE message, the very web answer, and the plain text."""

import json
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from jinja2 import Template
from sqlalchemy.orm import Session

from bot.line.layout import lay_out
from bot.text_layout import as_text
from bot.web.display import environment
from bot.web.pages import Carried
from handlers import answers
from handlers.asking import Asking
from handlers.reply import Outcome, Reply
from knowledge import dated
from knowledge.guide import Guide
from knowledge.text import Language

LANGUAGES = tuple(Language)


@dataclass(frozen=True)
class Preview:
    """One answer in its three layouts; `line` is the JSON of the messages that LINE would get."""

    outcome: Outcome
    line: str
    web: str
    text: str


@cache
def _glance() -> Template:
    return environment().get_template("glance.html")


def preview(session: Session, guide: Guide, now: datetime, language: Language = Language.JA) -> Preview:
    """A guide as a resident who reads `language` would see it at `now`, laid out by the product itself."""
    asking = Asking(session, "", language, (), "preview", now)
    return laid_out(answers.tell(asking, dated.on(guide, asking.today)), language)


def laid_out(reply: Reply, language: Language = Language.JA) -> Preview:
    """A reply in its three layouts."""
    web = _glance().render(reply=reply, carried=Carried(language=language))
    return Preview(reply.outcome, json.dumps(lay_out(reply), ensure_ascii=False), web, as_text(reply))
