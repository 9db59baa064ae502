"""Two people changed the same guide: what was there, what the other wrote, what is mine, and one text made of them."""

from collections.abc import Iterator, Mapping
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import ValidationError
from sqlalchemy.orm import Session
from starlette.datastructures import FormData
from starlette.responses import Response

from bot.console.frame import PATH
from bot.console.guides.readable import REFERRING, named, text_of
from bot.console.messages import Message
from bot.console.visit import Transaction, Visited, posted
from knowledge import comparison, draft_state, drafts, references, versions
from knowledge.clerk import Clerk, NotYourGuideError
from knowledge.differences import Triple, Value, merged
from knowledge.draft_state import DraftChangedError
from knowledge.errors import PocketError
from knowledge.guide import Guide
from knowledge.models import GuideDraft

router = APIRouter(prefix="/guides/drafts")
THEIRS = "theirs"
MERGED = "同時に書かれた下書きと、1つにまとめました。"


class NotMergeableError(PocketError):
    """選んだ組み合わせでは、1つの案内になりません。選び直すか、まとめずに自分の下書きを直してください。"""


@router.get("/{draft}/conflict")
def conflict(visit: Visited, session: Transaction, draft: str) -> Response:
    """The three texts of each field that differs; what only one of them changed needs no choice."""
    row = drafts.get(session, draft)
    if not Clerk.of(visit.member).may_edit(row.owner):
        raise NotYourGuideError
    triples = comparison.three_ways(session, row)
    if not triples:
        return visit.to(f"{PATH}/guides/drafts/{draft}")
    rival = _rival(session, row)
    theirs = drafts.content(rival) if rival else comparison.live(session, row)
    called = references.called(session, drafts.content(row), comparison.base(session, row), theirs)
    return visit.page(
        "guides/conflict.html",
        draft=row,
        rival=rival,
        clashes=[(each.field, *_texts(each, called)) for each in triples if each.clash],
        agreed=[(each.field, *_texts(each, called)) for each in triples if not each.clash],
    )


def _texts(triple: Triple, called: Mapping[str, str]) -> Iterator[str]:
    names = called if triple.field in REFERRING else {}
    return (named(text_of(value), names) for value in (triple.base, triple.theirs, triple.mine))


def _rival(session: Session, draft: GuideDraft) -> GuideDraft | None:
    rival = session.get(GuideDraft, draft.rival) if draft.rival else None
    return rival if rival and rival.status in draft_state.OPEN else None


@router.post("/{draft}/merge")
def merge(visit: Visited, session: Transaction, draft: str, data: Annotated[FormData, Depends(posted)]) -> Response:
    """Make one text of both: mine where I chose so or was alone, theirs elsewhere; neither draft's own text is lost."""
    row = drafts.get(session, draft)
    triples = comparison.three_ways(session, row)
    if not triples or str(data.get("revision")) != str(row.revision):
        raise DraftChangedError
    theirs = {each.field: each.theirs for each in triples if each.clash and data.get(each.field) == THEIRS}
    whole = _whole(session, row, theirs)
    clerk, rival = Clerk.of(visit.member), _rival(session, row)
    if rival:
        saved = drafts.save(session, rival.id, rival.revision, whole, clerk, visit.now)
        drafts.discard(session, row.id, row.revision, clerk, visit.now, MERGED)
    else:
        live = versions.live_version(session, row.guide_id)
        saved = drafts.save(session, row.id, row.revision, whole, clerk, visit.now, base_version=live)
    return visit.to(f"{PATH}/guides/drafts/{saved.draft.id}", Message.DRAFTS_MERGED)


def _whole(session: Session, draft: GuideDraft, theirs: dict[str, Value]) -> Guide:
    rival = _rival(session, draft)
    other = drafts.content(rival) if rival else comparison.live(session, draft)
    mine = drafts.content(draft)
    both = merged(comparison.base(session, draft), other or mine, mine)
    try:
        return Guide.model_validate({**both.model_dump(mode="json"), **theirs})
    except ValidationError as error:
        raise NotMergeableError from error
