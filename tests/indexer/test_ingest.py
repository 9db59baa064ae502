"""Ingestion into a real database: the rows follow the files, and only what changed is touched."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from indexer.documents import Reason
from indexer.errors import SourceMissingError
from indexer.ingest import FileReport, IngestReport, add_sources, extractor_version, remove_source
from indexer.sandbox import Limits
from knowledge.database import Sessions
from knowledge.models import SourcePassage, SourceRow
from tests.indexer.papers import PLANS, make_pdf, needs_plans, written

NOW = datetime(2026, 11, 21, 0, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
CHAPTERS = {
    "1. 転入届": "引っ越してきた日から14日以内に届け出てください。転出証明書と本人確認書類をお持ちください。" * 2,
    "2. 転出届": "引っ越す日の前後14日以内に届け出てください。オンラインでも届け出ることができ、来庁は要りません。" * 2,
    "3. 転居届": "区内で引っ越した日から14日以内に届け出てください。家族の分もまとめて届け出ることができます。" * 2,
}


def notice(chapters: dict[str, str]) -> str:
    return "\n\n".join(f"{title}\n\n{text}" for title, text in chapters.items())


def add(sessions: Sessions, *paths: Path, now: datetime = NOW) -> IngestReport:
    with sessions.begin() as session:
        return add_sources(session, paths, now=now, limits=Limits())


def rows(session: Session) -> list[SourcePassage]:
    return list(session.scalars(select(SourcePassage).order_by(SourcePassage.source_id, SourcePassage.position)))


def counts(report: FileReport) -> tuple[int, int, int, int]:
    return report.created, report.updated, report.skipped, report.deleted


def test_a_file_becomes_a_source_with_passages(sessions: Sessions, tmp_path: Path) -> None:
    """Title, kind, origin, times, sections, order and digests are stored."""
    report = add(sessions, written(tmp_path / "Moving Guide_2026.txt", notice(CHAPTERS)))
    assert [counts(file) for file in report.files] == [(3, 0, 0, 0)]
    with sessions() as session:
        source = session.scalars(select(SourceRow)).one()
        assert (source.id, source.kind, source.origin) == ("moving-guide-2026", "text", "Moving Guide_2026.txt")
        assert (source.added_at, source.updated_at, source.extractor) == (NOW, NOW, extractor_version())
        assert [(row.position, row.section) for row in rows(session)] == list(enumerate(CHAPTERS))
        assert [row.text for row in rows(session)] == list(CHAPTERS.values())
        assert all(len(row.digest) == 64 for row in rows(session))


def test_adding_again_changes_nothing(sessions: Sessions, tmp_path: Path) -> None:
    """An unchanged file is skipped: same rows, same times, no extraction."""
    path = written(tmp_path / "moving.txt", notice(CHAPTERS))
    add(sessions, path)
    with sessions() as session:
        before = [(row.id, row.position, row.digest) for row in rows(session)]
    report = add(sessions, path, now=LATER)
    assert not report.changed
    assert counts(report.files[0]) == (0, 0, 3, 0)
    with sessions() as session:
        assert [(row.id, row.position, row.digest) for row in rows(session)] == before
        assert session.scalars(select(SourceRow.updated_at)).one() == NOW


def test_one_changed_paragraph_changes_one_digest(sessions: Sessions, tmp_path: Path) -> None:
    """The other passages keep their rows, so only the new one is encoded again."""
    path = written(tmp_path / "moving.txt", notice(CHAPTERS))
    add(sessions, path)
    with sessions() as session:
        before = {row.digest: row.id for row in rows(session)}
    written(path, notice(CHAPTERS | {"2. 転出届": CHAPTERS["2. 転出届"].replace("14日", "30日")}))
    report = add(sessions, path, now=LATER)
    assert counts(report.files[0]) == (1, 0, 2, 1)
    with sessions() as session:
        after = {row.digest: row.id for row in rows(session)}
        assert len(before.keys() & after.keys()) == 2
        assert all(after[digest] == before[digest] for digest in before.keys() & after.keys())
        assert "30日以内" in rows(session)[1].text
        assert session.scalars(select(SourceRow.updated_at)).one() == LATER


def test_a_moved_passage_keeps_its_row(sessions: Sessions, tmp_path: Path) -> None:
    """A chapter put in front moves the rest: positions are updated, digests and ids stay."""
    path = written(tmp_path / "moving.txt", notice(CHAPTERS))
    add(sessions, path)
    with sessions() as session:
        before = [row.id for row in rows(session)]
    written(
        path, notice({"1. はじめての方へ": "この案内は、はじめて引っ越してきた方のためのものです。" * 3} | CHAPTERS)
    )
    report = add(sessions, path, now=LATER)
    assert counts(report.files[0]) == (1, 3, 0, 0)
    with sessions() as session:
        assert [row.id for row in rows(session)][1:] == before


def test_new_extraction_code_reads_the_file_again(sessions: Sessions, tmp_path: Path) -> None:
    """A source made by other code is extracted anew even if its bytes are the same; equal passages stay."""
    path = written(tmp_path / "moving.txt", notice(CHAPTERS))
    add(sessions, path)
    with sessions.begin() as session:
        session.scalars(select(SourceRow)).one().extractor = "older"
        rows(session)[0].digest = "0" * 64
    assert counts(add(sessions, path).files[0]) == (1, 0, 2, 1)


def test_a_bad_file_harms_no_other_and_stores_nothing(sessions: Sessions, tmp_path: Path) -> None:
    """Broken, empty and unreadable files are reported one by one; the good one between them is taken."""
    good = written(tmp_path / "moving.txt", notice(CHAPTERS))
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.4 nothing")
    locked = make_pdf(tmp_path / "locked.pdf", [["秘密です。"]], password="secret")
    empty = tmp_path / "empty.md"
    empty.touch()
    report = add(sessions, broken, good, locked, empty, tmp_path / "none.txt")
    assert [file.error is None for file in report.files] == [False, True, False, False, False]
    assert [(file.origin, file.source_id) for file in report.failed][:2] == [("broken.pdf", None), ("locked.pdf", None)]
    assert "保護を解除" in (report.files[2].error or "")
    with sessions() as session:
        assert session.scalars(select(SourceRow.origin)).all() == ["moving.txt"]
        assert len(rows(session)) == 3


def test_a_file_that_turns_bad_leaves_what_was_stored(sessions: Sessions, tmp_path: Path) -> None:
    """When the new version can not be read, the old one keeps answering."""
    path = written(tmp_path / "moving.txt", notice(CHAPTERS))
    add(sessions, path)
    path.write_bytes(b"\x00\x01\x02" * 100)
    report = add(sessions, path, now=LATER)
    assert "文字コード" in (report.files[0].error or "")
    with sessions() as session:
        assert [row.text for row in rows(session)] == list(CHAPTERS.values())


def test_what_was_left_out_is_reported_with_its_place(sessions: Sessions, tmp_path: Path) -> None:
    """A picture page is named by its number, with what the department can do."""
    pages = [
        ["転入届は14日以内に届け出てください。窓口は総合窓口です。"],
        [],
        ["転出届は前後14日以内に届け出てください。"],
    ]
    report = add(sessions, make_pdf(tmp_path / "guide.pdf", pages))
    assert [(part.where, part.why) for part in report.files[0].left_out] == [("p.2", Reason.PICTURE_PAGE)]
    with sessions() as session:
        assert [row.page for row in rows(session)] == [1, 3]


def test_names_that_say_little_still_get_their_own_ids(sessions: Sessions, tmp_path: Path) -> None:
    """Japanese names and equal names with another suffix become different, stable ids."""
    text = "転入届は14日以内に届け出てください。窓口は総合窓口です。"
    names = ["転入の手引き.txt", "転出の手引き.txt", "guide.txt", "guide.md"]
    report = add(sessions, *(written(tmp_path / name, text) for name in names))
    ids = [file.source_id for file in report.files]
    assert len(set(ids)) == 4
    assert ids[2] == "guide"
    assert [file.source_id for file in add(sessions, *(tmp_path / name for name in names)).files] == ids


def test_removing_a_source_removes_its_passages(sessions: Sessions, tmp_path: Path) -> None:
    """Only that source goes; an id that is not there is an error."""
    add(sessions, written(tmp_path / "a.txt", notice(CHAPTERS)), written(tmp_path / "b.txt", notice(CHAPTERS)))
    with sessions.begin() as session:
        assert remove_source(session, "a") == 3
    with sessions() as session:
        assert {row.source_id for row in rows(session)} == {"b"}
        with pytest.raises(SourceMissingError, match="「a」という資料はありません"):
            remove_source(session, "a")


@needs_plans
def test_the_five_plans_are_ingested_and_then_skipped(sessions: Sessions) -> None:
    """All five plan texts become sources; a second run writes nothing."""
    paths = sorted(PLANS.glob("*.txt"))
    first = add(sessions, *paths)
    assert not first.failed
    assert [file.created > 70 for file in first.files] == [True] * 5
    second = add(sessions, *paths, now=LATER)
    assert not second.changed
    assert [file.skipped for file in second.files] == [file.created for file in first.files]
