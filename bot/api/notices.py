"""Notices to one person: asked for under a key of the ward system's own, and what became of them."""

import re
from typing import Annotated

from fastapi import APIRouter, Header, Path, Response
from sqlalchemy.orm import Session

from bot.api.doors import Calling, TheApi, Transaction
from bot.api.forms import Accepted, NoticeOrder, NoticeState, PlaceTold, TemplateTold, Told
from bot.api.problems import (
    KeyNeededError,
    LinkNotReadyError,
    LinkUnknownError,
    TemplateNotAllowedError,
    TemplateNotApprovedError,
)
from bot.line.client import Message
from bot.line.flex import postback
from bot.notices.messages import render, written
from handlers.actions import EndLink
from handlers.phrases import phrases
from handlers.reply import Choice
from knowledge import api_clients, letters, links, template, templates
from knowledge.api_clients import Caller
from knowledge.days import day_in_japan
from knowledge.letters import Order
from knowledge.links import LinkState
from knowledge.models import Letter, LetterOrigin, NoticeTemplate, ResidentLink, World
from knowledge.notice import Content, Variant
from knowledge.segment import digest
from knowledge.text import Language

router = APIRouter()
_KEY = re.compile(r"[!-~]{1,64}", re.ASCII)
LetterId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
IdempotencyKey = Annotated[
    str, Header(alias="Idempotency-Key", description="要求ごとの値。同じ値と同じ内容なら、同じ答えを返します（30日）。")
]


@router.post("/v1/notices", status_code=202)
def ask(
    order: NoticeOrder, caller: Calling, api: TheApi, session: Transaction, answer: Response, key: IdempotencyKey = ""
) -> Accepted:
    """Ask for a notice to one linked resident. The same key with the same body gives the same answer and no second
    notice; with another body it is refused.
    """
    if not _KEY.fullmatch(key):
        raise KeyNeededError
    now = api.clock()
    before = letters.reserve(session, caller.id, key, digest(order.model_dump(mode="json")), now)
    if before is not None:
        answer.headers["Idempotent-Replayed"] = "true"
        return _accepted(before)
    words = _template(session, caller, order.template)
    link = _link(session, caller, order.link, api)
    value = templates.content_of(words)
    content = template.fill(session, value, order.values, day_in_japan(now))
    letter = letters.put(
        session,
        Order(
            LetterOrigin.SYSTEM,
            link.resident_id or 0,
            written(_messages(session, content, link)),
            client=caller.id,
            link=link.id,
            subject=templates.COURSE.subject(words),
            standing=templates.digest_of(words),
            keeps_quiet=value.keeps_quiet,
        ),
        now,
    )
    letters.settle_key(session, caller.id, key, letter)
    return _accepted(letter)


@router.get("/v1/notices/{notice}")
def tell(notice: LetterId, caller: Calling, session: Transaction) -> Told:
    """What became of a notice: accepted, delivered to LINE, blocked, refused, expired, unknown."""
    row = letters.of_client(session, caller.id, notice)
    return Told(id=row.id, status=NoticeState.of(row.status), accepted_at=row.accepted_at, closed_at=row.closed_at)


@router.get("/v1/templates")
def list_templates(caller: Calling, session: Transaction) -> list[TemplateTold]:
    """The templates this system may use, with the places to fill."""
    return [_told(session, row) for row in api_clients.scopes(session, caller.id)]


def _told(session: Session, row: NoticeTemplate) -> TemplateTold:
    value = templates.content_of(row)
    places = [PlaceTold.model_validate(place.model_dump()) for place in value.places]
    languages = [each.value for each in Variant if each in value.texts]
    usable = templates.COURSE.approval(session, row) is not None
    return TemplateTold(template=row.slug, title=row.title, usable=usable, languages=languages, places=places)


def _accepted(letter: Letter) -> Accepted:
    """The answer to the request, always the same: what became of the notice since is asked for by its id."""
    return Accepted(id=letter.id, status=NoticeState.ACCEPTED, accepted_at=letter.accepted_at)


def _template(session: Session, caller: Caller, slug: str) -> NoticeTemplate:
    row = next((each for each in api_clients.scopes(session, caller.id) if each.slug == slug), None)
    if row is None:
        raise TemplateNotAllowedError
    if templates.COURSE.approval(session, row) is None:
        raise TemplateNotApprovedError
    return row


def _link(session: Session, caller: Caller, token: str, api: TheApi) -> ResidentLink:
    row = links.of_token(session, caller.id, token)
    if row is None:
        raise LinkUnknownError
    if (state := links.state(row, api.clock())) is not LinkState.LINKED:
        raise LinkNotReadyError(state)
    return row


def _messages(session: Session, content: Content, link: ResidentLink) -> list[Message]:
    """The notice in the resident's own words, with one press to hear no more from this system."""
    variant = letters.variant_for(session, link.resident_id or 0, frozenset(content.texts))
    messages = render(content, variant, World.LIVE, "")
    say = phrases(Language.JA if variant is Variant.EASY else Language(variant.value))
    item = {"type": "action", "action": postback(Choice(say.link_end, EndLink(link.id)))}
    messages[-1]["quickReply"] = {"items": [item]}
    return messages
