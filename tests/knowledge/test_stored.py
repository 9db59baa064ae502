"""A stored guide that is none by the rules of today: it is silent, it alone, and the log names it without its text."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from knowledge import comparison, drafts, library, open_drafts
from knowledge.database import Sessions
from knowledge.guide import Guide
from knowledge.models import DraftOrigin, GuideKeeper, GuideRow
from knowledge.pack import Pack, load_pack
from knowledge.pack_files import published
from knowledge.passages import OwnerKind
from tests.damage import SECRET, damage
from tests.knowledge.packs import EVENTS, GUIDE, write_pack
from tests.knowledge.staff_work import ADMIN, NOW

OTHER = GUIDE.replace("id: tennyu", "id: tenkyo").replace("title: 転入届", "title: 転居届", 1)


@pytest.fixture
def pack(sessions: Sessions, tmp_path: Path) -> Pack:
    """Two guides that name each other, of which one was damaged after it was loaded."""
    both = GUIDE.replace("  source:", "  related: [tenkyo]\n  source:") + OTHER.replace(
        "  source:", "  related: [tennyu]\n  source:"
    )
    pack = load_pack(write_pack(tmp_path, guides=both, life_events=EVENTS.replace("[tennyu]", "[tennyu, tenkyo]")))
    with sessions.begin() as session:
        library.sync_pack(session, pack, NOW)
    damage(sessions, "tennyu")
    return pack


def test_one_bad_guide_silences_no_other(sessions: Sessions, pack: Pack) -> None:
    """Whether one is read, or all, or those that name one, or what is to be found."""
    with sessions() as session, capture_logs() as said:
        assert library.guide(session, "tennyu") is None
        assert drafts.whole(session, "tennyu") is None
        assert library.guide(session, "tenkyo") == pack.guides[1]
        assert library.guides(session) == library.guides(session, ["tennyu", "tenkyo"]) == [pack.guides[1]]
        assert [library.relating_to(session, id_) for id_ in ("tennyu", "tenkyo")] == [[pack.guides[1]], []]
        assert published(session) == [pack.guides[1]]
        found = {each.owner.id for each in library.indexed_passages(session, date(2026, 11, 21))}
        kinds = {each.owner.kind for each in library.indexed_passages(session, date(2026, 11, 21))}
    assert "tenkyo" in found
    assert "tennyu" not in found
    assert OwnerKind.LIFE_EVENT in kinds
    assert {"guide": "tennyu", "fields": ["hours.0.closes"], "event": "guide_unreadable", "log_level": "error"} in said
    assert SECRET not in repr(said)


def test_the_pack_can_mend_it(sessions: Sessions, pack: Pack) -> None:
    """A pack whose record changed is loaded as ever; what staff keep gets its record as a draft to be published."""
    with sessions.begin() as session:
        session.get_one(GuideRow, "tennyu").keeper = GuideKeeper.STAFF
    mended = Guide.model_validate({**pack.guides[0].model_dump(), "answer": "二週間のうちに。"})
    with sessions.begin() as session:
        library.sync_pack(session, replace(pack, guides=(mended, pack.guides[1])), NOW)
    with sessions() as session:
        (draft,) = (each for each in open_drafts.work_of(session, ADMIN) if each.origin == DraftOrigin.PACK)
        assert drafts.content(draft) == mended
        assert comparison.live(session, draft) is None
        assert comparison.base(session, draft) is None
        assert "answer" in [each.path[0] for each in comparison.difference(session, draft)]
        assert comparison.three_ways(session, draft) == ()
