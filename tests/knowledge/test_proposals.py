"""A content pack and staff work on the same guides: a pack never overwrites what staff keep, it proposes."""

from dataclasses import replace
from pathlib import Path

import pytest

from knowledge import comparison, drafts, library, open_drafts, versions
from knowledge.database import Sessions
from knowledge.guide import Guide
from knowledge.library import Synced
from knowledge.models import DraftOrigin, GuideDraft, GuideKeeper, GuideRow
from knowledge.pack import Pack, load_pack
from tests.knowledge.packs import write_pack
from tests.knowledge.staff_work import ADMIN, NOW, REVIEWER


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    """A small pack with one guide."""
    return load_pack(write_pack(tmp_path))


def _with(pack: Pack, **fields: object) -> Pack:
    guide = Guide.model_validate({**pack.guides[0].model_dump(), **fields})
    return replace(pack, guides=(guide,))


def _load(sessions: Sessions, pack: Pack) -> Synced:
    with sessions.begin() as session:
        return library.sync_pack(session, pack, NOW)


def _staff_publish(sessions: Sessions, guide: Guide) -> None:
    with sessions.begin() as session:
        draft = drafts.create(session, guide, versions.live_version(session, guide.id), ADMIN, NOW)
        draft = drafts.submit(session, draft.id, draft.revision, "直す", ADMIN, NOW)
        other = replace(ADMIN, id=6)
        draft = drafts.approve(session, draft.id, draft.revision, other, NOW)
        drafts.publish(session, draft.id, draft.revision, other, NOW)


def _proposals(sessions: Sessions) -> list[GuideDraft]:
    with sessions() as session:
        return [each for each in open_drafts.work_of(session, ADMIN) if each.origin == DraftOrigin.PACK]


def test_what_staff_published_survives_a_set_up(sessions: Sessions, pack: Pack) -> None:
    """`pocket init` with the same pack changes nothing and proposes nothing."""
    _load(sessions, pack)
    edited = _with(pack, answer="区の人が直した答え。").guides[0]
    _staff_publish(sessions, edited)
    report = _load(sessions, pack)
    assert (report.created, report.updated, report.deleted) == (0, 0, 0)
    with sessions() as session:
        assert library.guide(session, "tennyu") == edited
        assert session.get_one(GuideRow, "tennyu").keeper == GuideKeeper.STAFF
    assert _proposals(sessions) == []


def test_what_staff_withdrew_stays_withdrawn(sessions: Sessions, pack: Pack) -> None:
    """Also when the pack still has it, and when its record changes."""
    _load(sessions, pack)
    with sessions.begin() as session:
        drafts.withdraw(session, "tennyu", 1, "制度が終わった", ADMIN, NOW)
    _load(sessions, pack)
    _load(sessions, _with(pack, answer="パックの新しい答え。"))
    with sessions() as session:
        assert library.guide(session, "tennyu") is None
    assert len(_proposals(sessions)) == 1


def test_a_changed_record_becomes_a_proposal_on_top_of_what_staff_wrote(sessions: Sessions, pack: Pack) -> None:
    """The fields the pack changed, and nothing of staff's taken back; proposed once, replaced by a newer one."""
    _load(sessions, pack)
    edited = _with(pack, answer="区の人が直した答え。").guides[0]
    _staff_publish(sessions, edited)
    for _ in range(2):
        _load(sessions, _with(pack, audience="パックが広げた対象"))
    (proposal,) = _proposals(sessions)
    with sessions() as session:
        assert [change.path for change in comparison.difference(session, proposal)] == [("audience",)]
        assert drafts.content(proposal).answer == "区の人が直した答え。"
        assert library.guide(session, "tennyu") == edited
    _load(sessions, _with(pack, audience="もっと広げた対象"))
    (newer,) = _proposals(sessions)
    assert (newer.id, drafts.content(newer).audience) == (proposal.id, "もっと広げた対象")
    assert newer.revision > proposal.revision


def test_a_proposal_is_published_by_one_reviewer_after_somebody_submitted_it(sessions: Sessions, pack: Pack) -> None:
    """The pack wrote it; the clerk who submits and the one who approves are two."""
    _load(sessions, pack)
    _staff_publish(sessions, _with(pack, answer="区の人が直した答え。").guides[0])
    _load(sessions, _with(pack, audience="パックが広げた対象"))
    (proposal,) = _proposals(sessions)
    with sessions.begin() as session:
        draft = drafts.submit(session, proposal.id, proposal.revision, "取り入れる", ADMIN, NOW)
        draft = drafts.approve(session, draft.id, draft.revision, REVIEWER, NOW)
        drafts.publish(session, draft.id, draft.revision, REVIEWER, NOW)
        found = library.guide(session, "tennyu")
        assert found
        assert (found.answer, found.audience) == ("区の人が直した答え。", "パックが広げた対象")


def test_a_guide_that_only_staff_have_stays_when_the_pack_is_loaded(sessions: Sessions, pack: Pack) -> None:
    """The pack withdraws only what it brought."""
    _load(sessions, pack)
    own = Guide.model_validate({**pack.guides[0].model_dump(), "id": "kuno-mono", "life_events": ()})
    _staff_publish(sessions, own)
    assert _load(sessions, pack).deleted == 0
    with sessions() as session:
        assert library.guide(session, "kuno-mono") == own
