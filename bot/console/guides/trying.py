"""「この質問で試す」: what a question would get, and why, now and with a draft as if it were public."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form
from sqlalchemy.orm import Session
from starlette.responses import Response

from bot.console.guides.preview import Preview, laid_out
from bot.console.guides.would_be import would_be
from bot.console.visit import Transaction, Visit, Visited
from handlers.conversation import Responder
from handlers.decision import Decision
from handlers.reply import Outcome
from knowledge import drafts, library
from knowledge.clerk import Clerk
from knowledge.passages import Owner, OwnerKind
from knowledge.records import LifeEvent, OtherBody
from knowledge.search import Hit
from knowledge.text import detect_language

router = APIRouter(prefix="/guides")
SHOWN = 6
LONGEST = 500


@dataclass(frozen=True)
class Competitor:
    """One thing that was found: what it is, its title, and its scores."""

    kind: OwnerKind
    id: str
    title: str
    hit: Hit


@dataclass(frozen=True)
class Tried:
    """What a question got: the outcome, the guide and why, what else was found, and the answer as it is laid out."""

    outcome: Outcome
    guide: str | None
    step: str
    decision: Decision | None
    competitors: tuple[Competitor, ...]
    preview: Preview


def tried(session: Session, responder: Responder, text: str, now: datetime) -> Tried:
    """Ask a question as residents do, without a row of it."""
    language = detect_language(text)
    thought = responder.consider(session, text, now, language)
    found = thought.hits.hits[:SHOWN] if thought.hits else ()
    return Tried(
        thought.reply.outcome,
        thought.reply.guide,
        thought.step,
        thought.decision,
        tuple(_competitor(session, hit) for hit in found),
        laid_out(thought.reply, language),
    )


def _competitor(session: Session, hit: Hit) -> Competitor:
    return Competitor(hit.owner.kind, hit.owner.id, _title(session, hit.owner), hit)


def _title(session: Session, owner: Owner) -> str:
    match owner.kind:
        case OwnerKind.GUIDE:
            guide = library.guide(session, owner.id)
            return guide.title if guide else owner.id
        case OwnerKind.LIFE_EVENT:
            event = library.record(session, LifeEvent, owner.id)
            return event.name if event else owner.id
        case OwnerKind.OTHER_BODY:
            body = library.record(session, OtherBody, owner.id)
            return body.name if body else owner.id
        case OwnerKind.SOURCE:
            return library.source_titles(session, [int(owner.id)]).get(int(owner.id), "")
        case _:
            return ""


@router.post("/try")
def try_out(
    visit: Visited,
    session: Transaction,
    text: Annotated[str, Form()] = "",
    guide: Annotated[str, Form()] = "",
    draft: Annotated[str, Form()] = "",
) -> Response:
    """What a question gets now; for a draft also what it would get."""
    words = text.strip()[:LONGEST]
    responder = visit.console.pocket.responder
    now = tried(session, responder, words, visit.now) if words else None
    then = _with_draft(visit, session, draft, words) if words and draft else None
    return visit.page(
        "guides/try.html",
        200 if words else 422,
        words=words,
        guide=guide,
        draft=draft,
        title=_title_of(session, guide, draft),
        now=now,
        then=then,
        limits=responder.limits,
        may_keep=_may_keep(visit, session, guide),
    )


def _with_draft(visit: Visit, session: Session, draft: str, words: str) -> Tried:
    wanted = drafts.content(drafts.get(session, draft))
    with would_be(visit.console.pocket, wanted, visit.now) as (pretending, responder):
        return tried(pretending, responder, words, visit.now)


def _title_of(session: Session, guide: str, draft: str) -> str:
    if draft:
        return drafts.content(drafts.get(session, draft)).title
    found = drafts.whole(session, guide) if guide else None
    return found[0].title if found else ""


def _may_keep(visit: Visit, session: Session, guide: str) -> bool:
    found = drafts.whole(session, guide) if guide else None
    return found is not None and Clerk.of(visit.member).may_edit(found[1].owner)
