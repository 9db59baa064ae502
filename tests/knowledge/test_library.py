"""The ward's knowledge as rows, on both databases."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from knowledge import library
from knowledge.database import Sessions
from knowledge.guide import Desk, Guide
from knowledge.library import Synced
from knowledge.models import GuideRow, PackKind, PackRecord, SourcePassage, SourceRow
from knowledge.pack import load_pack
from knowledge.passages import Field, OwnerKind
from knowledge.records import LifeEvent, OtherBody, Ward
from tests.knowledge.packs import BODIES, DESKS, GUIDE, write_pack

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
RECORDS = 8
"""Records of the small pack beside its guide: ward, offtopic, and one each of desk, event, body, crisis, talk, fact."""

MENU_NAMES = {"en": "Menu", "zh": "菜单", "ko": "메뉴", "vi": "Menu"}


def _sync(sessions: Sessions, directory: Path, now: datetime = NOW, **files: str) -> Synced:
    pack = load_pack(write_pack(directory, **files))
    with sessions.begin() as session:
        return library.sync_pack(session, pack, now)


def _guide(sessions: Sessions, id_: str = "tennyu") -> Guide | None:
    with sessions() as session:
        return library.guide(session, id_)


def _row(sessions: Sessions) -> GuideRow:
    with sessions() as session:
        row = session.get(GuideRow, "tennyu")
        assert row
        return row


def test_a_pack_is_loaded_once(sessions: Sessions, tmp_path: Path) -> None:
    """The second time nothing is written, and says so."""
    assert _sync(sessions, tmp_path) == Synced(created=1 + RECORDS)
    before = _row(sessions)
    assert _sync(sessions, tmp_path, NOW + timedelta(days=1)) == Synced(skipped=1 + RECORDS)
    assert (_row(sessions).version, _row(sessions).updated_at) == (before.version, before.updated_at) == (1, NOW)


def test_a_changed_guide_gets_a_new_version(sessions: Sessions, tmp_path: Path) -> None:
    """Counted as updated, read back as it is now."""
    _sync(sessions, tmp_path)
    changed = GUIDE.replace("answer: 14日以内に届け出ます。", "answer: 二週間のうちに。").replace(
        "2027-03-31", "2027-09-30"
    )
    assert _sync(sessions, tmp_path, guides=changed) == Synced(updated=1, skipped=RECORDS)
    guide, row = _guide(sessions), _row(sessions)
    assert guide
    assert (guide.answer, row.version, row.review_by) == ("二週間のうちに。", 2, date(2027, 9, 30))


def test_a_changed_record_is_updated_and_a_gone_one_deleted(sessions: Sessions, tmp_path: Path) -> None:
    """The database holds exactly the pack."""
    more = DESKS + "- {id: sogo, name: 総合窓口課, phone: 03-4566-2352}\n"
    _sync(sessions, tmp_path, desks=more)
    report = _sync(sessions, tmp_path, other_bodies=BODIES.replace("警察です。", "池袋警察です。"))
    assert (report.updated >= 1, report.deleted, report.created) == (True, 1, 0)
    with sessions() as session:
        assert [desk.id for desk in library.records(session, Desk)] == ["daihyo"]
        body = library.record(session, OtherBody, "police")
        assert body
        assert body.answer == "池袋警察です。"


def test_a_guide_that_left_the_pack_is_withdrawn_and_may_come_back(sessions: Sessions, tmp_path: Path) -> None:
    """Nothing of it is answered or indexed meanwhile."""
    _sync(sessions, tmp_path)
    other = GUIDE.replace("id: tennyu", "id: tenkyo")
    event = (tmp_path / "life_events.yaml").read_text("utf-8").replace("tennyu", "tenkyo")
    report = _sync(sessions, tmp_path, guides=other, life_events=event)
    assert (report.created, report.deleted) == (1, 1)
    assert _guide(sessions) is None
    with sessions() as session:
        assert [guide.id for guide in library.guides(session)] == ["tenkyo"]
        assert "tennyu" not in {passage.owner.id for passage in library.indexed_passages(session, NOW.date())}
    _sync(sessions, tmp_path)
    assert _guide(sessions) is not None


def test_publishing_is_known_by_digest(sessions: Sessions, tmp_path: Path) -> None:
    """An unchanged guide keeps its version; a withdrawn one is published again by being published."""
    _sync(sessions, tmp_path)
    guide = _guide(sessions)
    assert guide
    with sessions.begin() as session:
        assert library.publish(session, guide, NOW) is False
        library.withdraw(session, guide.id, NOW)
        assert library.guide(session, guide.id) is None
        assert library.publish(session, guide, NOW) is True
        library.withdraw(session, "unknown", NOW)
    assert (_guide(sessions), _row(sessions).version) == (guide, 3)


def test_guides_come_in_the_order_asked_for(sessions: Sessions, tmp_path: Path) -> None:
    """Those there are; all of them by id."""
    third = GUIDE.replace("id: tennyu", "id: aaa").replace("life_events: [moving-in]", "life_events: []")
    _sync(sessions, tmp_path, guides=GUIDE + third)
    with sessions() as session:
        assert [each.id for each in library.guides(session, ["tennyu", "none", "aaa"])] == ["tennyu", "aaa"]
        assert [each.id for each in library.guides(session)] == ["aaa", "tennyu"]
        assert library.guides(session, []) == []


def test_guides_are_known_by_what_they_relate_to(sessions: Sessions, tmp_path: Path) -> None:
    """A guide that mentions another elsewhere than among its related ones is none of them."""
    pack = load_pack(write_pack(tmp_path))
    with sessions.begin() as session:
        library.sync_pack(session, pack, NOW)
        ids = [guide.id for guide in pack.guides]
        relating = pack.guides[0].model_copy(update={"id": "relating", "related": (ids[0],)})
        mentioning = pack.guides[0].model_copy(update={"id": "mentioning", "answer": f'"{ids[0]}"', "related": ()})
        for each in (relating, mentioning):
            library.publish(session, each, NOW)
        known = {guide.id for guide in pack.guides if ids[0] in guide.related}
        assert {guide.id for guide in library.relating_to(session, ids[0])} == {"relating", *known}


def test_records_keep_the_packs_order(sessions: Sessions, tmp_path: Path) -> None:
    """A menu is shown as it was written, and follows when the pack is written anew."""
    line = (write_pack(tmp_path) / "life_events.yaml").read_text("utf-8")
    other = line.replace("id: moving-in", "id: arrival")
    both = GUIDE.replace("[moving-in]", "[moving-in, arrival]")
    for events, expected in ((line + other, ["moving-in", "arrival"]), (other + line, ["arrival", "moving-in"])):
        _sync(sessions, tmp_path, guides=both, life_events=events)
        with sessions() as session:
            assert [each.id for each in library.records(session, LifeEvent)] == expected


def test_the_ward_and_a_guides_desks_are_read_back(sessions: Sessions, tmp_path: Path) -> None:
    """By reference, in the guide's order."""
    _sync(sessions, tmp_path)
    guide = _guide(sessions)
    assert guide
    with sessions() as session:
        assert library.ward(session) == Ward.model_validate(
            {
                "id": "toshima",
                "name": "豊島区",
                "notice": "サンプルです。",
                "switchboard": "daihyo",
                "site": "https://example.jp/",
                "menu": [{"label": "メニュー", "names": MENU_NAMES, "sign": "tiles"}],
            }
        )
        assert [desk.phone for desk in library.desks(session, guide)] == ["03-3981-1111"]


def test_without_a_pack_there_is_no_ward(sessions: Sessions) -> None:
    """A database that was never set up."""
    with sessions() as session, pytest.raises(AssertionError):
        library.ward(session)


def _add_source(sessions: Sessions) -> None:
    with sessions.begin() as session:
        session.add(
            SourceRow(
                id="dx",
                title="DX計画",
                kind="text",
                origin="a",
                digest="d",
                extractor="x",
                added_at=NOW,
                updated_at=NOW,
            )
        )
        session.flush()
        passage = {"position": 0, "section": "第2章", "page": 3, "text": "書かない窓口", "digest": "d"}
        session.add(SourcePassage(id=7, source_id="dx", **passage))


def test_everything_that_can_be_found_is_indexed(sessions: Sessions, tmp_path: Path) -> None:
    """Guides, events, bodies, crises, talk, what is off topic, and passages of sources under their title."""
    _sync(sessions, tmp_path)
    _add_source(sessions)
    with sessions() as session:
        passages = list(library.indexed_passages(session, NOW.date()))
    counts = Counter(passage.owner.kind for passage in passages)
    assert counts == {
        OwnerKind.GUIDE: 11,
        OwnerKind.LIFE_EVENT: 4,
        OwnerKind.OTHER_BODY: 4,
        OwnerKind.CRISIS: 5,
        OwnerKind.SMALLTALK: 5,
        OwnerKind.FOLLOW_UP: 5,
        OwnerKind.OFFTOPIC: 20,
        OwnerKind.SOURCE: 1,
    }
    assert [(p.field, p.text) for p in passages if p.owner.kind == OwnerKind.SOURCE] == [
        (Field.FACT, "DX計画 第2章 書かない窓口")
    ]


def test_a_passage_of_a_source_is_read_with_its_source(sessions: Sessions) -> None:
    """Or not at all, when it is gone."""
    _add_source(sessions)
    with sessions() as session:
        found = library.source_passage(session, 7)
        assert found
        assert (found[0].text, found[0].page, found[1].title) == ("書かない窓口", 3, "DX計画")
        assert library.source_passage(session, 8) is None


def test_records_are_those_of_the_pack_that_is_there(sessions: Sessions, tmp_path: Path) -> None:
    """What is kept between questions never outlives its pack, neither for others nor for whoever loads the new one."""
    _sync(sessions, tmp_path / "a")
    with sessions() as session:
        assert [body.id for body in library.records(session, OtherBody)] == ["police"]
    renamed = load_pack(write_pack(tmp_path / "b", other_bodies=BODIES.replace("police", "tax")))
    with sessions.begin() as session:
        assert [body.id for body in library.records(session, OtherBody)] == ["police"]
        library.sync_pack(session, renamed, NOW)
        assert [body.id for body in library.records(session, OtherBody)] == ["tax"]
    with sessions() as session:
        assert [body.id for body in library.records(session, OtherBody)] == ["tax"]


def test_records_are_read_also_where_no_edition_was_noted(sessions: Sessions, tmp_path: Path) -> None:
    """A database filled before packs had one digest answers as it did."""
    _sync(sessions, tmp_path)
    with sessions.begin() as session:
        session.delete(session.get_one(PackRecord, (PackKind.PACK, "pack")))
    for _ in range(2):
        with sessions() as session:
            assert [body.id for body in library.records(session, OtherBody)] == ["police"]
