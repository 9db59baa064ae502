"""The exchange: guides go out and come back the same; a plan tells every change; nothing publishes itself."""

import io
import re
import zipfile
from html import unescape
from pathlib import Path

import pytest
from httpx2 import Response
from openpyxl import load_workbook
from sqlalchemy import select

from bot.console.frame import Console
from bot.console.sheet import from_csv, original, to_csv, to_excel
from indexer.sandbox import Limits, rows_apart
from knowledge.guide import Guide
from knowledge.guide_rows import HEADER, row_of
from knowledge.models import AuditEntry, DraftStatus, GuideDraft, GuideRow, Role
from knowledge.pack_files import published
from tests.bot.console.conftest import Staff
from tests.bot.console.people import Clerk
from tests.bot.console.test_sheet import STARTS
from tests.indexer.hostile import hostile


def guides(console: Console) -> list[Guide]:
    with console.pocket.sessions() as session:
        return published(session)


def owner(console: Console) -> str:
    return guides(console)[0].owner


def table(*rows: Guide) -> list[list[str]]:
    return [row_of(guide) for guide in rows]


def plan(clerk: Clerk, data: bytes, name: str = "guides.csv") -> Response:
    return clerk.post("/exchange/plan", files={"file": (name, data)})


def counts(answer: Response) -> list[int]:
    """Created, changed, unchanged, refused."""
    assert answer.status_code == 200, answer.text
    return [int(number) for number in re.findall(r"<li><b>(\d+)</b>件", answer.text)]


def wanted(answer: Response) -> list[str]:
    found = re.findall(r'name="wanted" value="([^"]*)"', answer.text)
    assert found
    return list(map(unescape, found))


def drafts(console: Console) -> list[GuideDraft]:
    with console.pocket.sessions() as session:
        return list(session.scalars(select(GuideDraft)))


@pytest.mark.parametrize(("form", "name"), [("csv", "guides.csv"), ("excel", "guides.xlsx"), ("pack", "pack.zip")])
def test_what_goes_out_comes_back_unchanged(console: Console, staff: Staff, form: str, name: str) -> None:
    """An import of one's own export changes nothing, in each format; the export is in the log."""
    clerk = staff(Role.SYSTEM)
    sent = clerk.post("/exchange/export", {"form": form})
    assert f'filename="{name}"' in sent.headers["content-disposition"]
    assert counts(plan(clerk, sent.content, name)) == [0, 0, len(guides(console)), 0]
    with console.pocket.sessions() as session:
        assert session.scalars(select(AuditEntry.action)).all() == ["guides_exported"]


def test_a_department_s_own(console: Console, staff: Staff) -> None:
    """Only its guides, each in one row."""
    name = owner(console)
    sent = staff(Role.EDITOR).post("/exchange/export", {"form": "csv", "department": name})
    ids = [row[0] for row in from_csv(sent.content.decode("utf-8-sig"))[1:]]
    assert ids == [guide.id for guide in guides(console) if guide.owner == name]


def test_a_change_becomes_a_draft_and_is_not_public(console: Console, staff: Staff) -> None:
    """The plan shows both wordings; the draft waits for review with the reason; the public guide stays."""
    guide = guides(console)[0]
    clerk = staff(Role.EDITOR, department=guide.owner)
    changed = guide.model_copy(update={"title": "まとめて直した題名"})
    answer = plan(clerk, to_csv(HEADER, table(changed, *guides(console)[1:3])))
    assert (counts(answer), "まとめて直した" in answer.text) == ([0, 1, 2, 0], True)
    assert drafts(console) == []
    sent = clerk.post("/exchange/drafts", {"wanted": wanted(answer), "reason": "4月の見直し"})
    assert sent.status_code == 303
    (draft,) = drafts(console)
    assert (draft.guide_id, draft.status, draft.reason) == (guide.id, DraftStatus.SUBMITTED, "4月の見直し")
    assert Guide.model_validate(draft.content) == changed
    assert guides(console)[0] == guide


def test_every_guide_may_change_at_once(console: Console, staff: Staff) -> None:
    """As when the year turns: a plan of more than a form's field holds becomes all its drafts."""
    clerk, every = staff(Role.SYSTEM), guides(console)
    answer = plan(clerk, to_csv(HEADER, table(*(each.model_copy(update={"audience": "区民"}) for each in every))))
    parts = wanted(answer)
    assert (counts(answer)[1], sum(map(len, parts)) > 1024 * 1024) == (
        sum(each.audience != "区民" for each in every),
        True,
    )
    assert clerk.post("/exchange/drafts", {"wanted": parts, "reason": "年度の切り替え"}).status_code == 303
    assert len(drafts(console)) == counts(answer)[1]


def test_who_takes_a_table_in_twice_is_told(console: Console, staff: Staff) -> None:
    """Whose drafts there are already, at each guide and before the button; new guides among them."""
    guide, quiet = guides(console)[:2]
    clerk = staff(Role.SYSTEM)
    fresh = guide.model_copy(update={"id": "atarashii-annai"})
    rows = to_csv(HEADER, table(guide.model_copy(update={"title": "x"}), fresh))
    first = plan(clerk, rows)
    assert "下書きがもう" not in first.text
    clerk.post("/exchange/drafts", {"wanted": wanted(first), "reason": "4月の見直し"})
    again = plan(clerk, rows).text
    assert (again.count("あなたの下書きがもう1つあります"), "このうち2件には" in again) == (2, True)
    assert "下書きがもう" not in plan(clerk, to_csv(HEADER, table(quiet.model_copy(update={"title": "x"})))).text


def test_a_new_guide_and_one_of_others(console: Console, staff: Staff) -> None:
    """A new id in one's own department is a new draft; other departments' guides are refused by row."""
    mine, *rest = guides(console)
    other = next(guide for guide in rest if guide.owner != mine.owner)
    fresh = mine.model_copy(update={"id": "atarashii-annai", "title": "新しい案内"})
    clerk = staff(Role.EDITOR, department=mine.owner)
    answer = plan(clerk, to_csv(HEADER, table(fresh, other.model_copy(update={"title": "x"}))))
    assert counts(answer) == [1, 0, 0, 1]
    assert f"{other.owner}の案内は、あなたには変えられません" in answer.text
    assert clerk.post("/exchange/drafts", {"wanted": wanted(answer), "reason": "追加"}).status_code == 303
    assert [draft.guide_id for draft in drafts(console)] == ["atarashii-annai"]


def test_a_plan_that_is_overtaken_makes_nothing(console: Console, staff: Staff) -> None:
    """When a guide was changed meanwhile, no draft of the plan is made, and the page says so."""
    guide = guides(console)[0]
    clerk = staff(Role.SYSTEM)
    answer = plan(clerk, to_csv(HEADER, table(guide.model_copy(update={"title": "x"}))))
    with console.pocket.sessions.begin() as session:
        row = session.get(GuideRow, guide.id)
        assert row
        row.version += 1
    sent = clerk.post("/exchange/drafts", {"wanted": wanted(answer), "reason": "理由"})
    assert (sent.status_code, drafts(console)) == (422, [])


def test_without_a_reason_the_plan_comes_back(console: Console, staff: Staff) -> None:
    """With everything still in it."""
    clerk = staff(Role.SYSTEM)
    answer = plan(clerk, to_csv(HEADER, table(guides(console)[0].model_copy(update={"title": "x"}))))
    again = clerk.post("/exchange/drafts", {"wanted": wanted(answer), "reason": " "})
    assert (again.status_code, "理由を書いてください" in again.text, drafts(console)) == (422, True, [])
    assert clerk.post("/exchange/drafts", {"wanted": wanted(again), "reason": "理由"}).status_code == 303


@pytest.mark.parametrize("given", ["", "[", "[[1, 2]]", '{"a": 1}'])
def test_a_plan_that_was_tampered_with_is_refused(staff: Staff, given: str) -> None:
    """What is no list of guides makes no draft."""
    assert staff(Role.SYSTEM).post("/exchange/drafts", {"wanted": given, "reason": "x"}).status_code == 400


def test_mistakes_are_told_by_row_and_column(console: Console, staff: Staff) -> None:
    """Each with its line in the file; the good rows are planned all the same."""
    rows = table(*guides(console)[:3])
    rows[1][HEADER.index("次に見直す日")] = "来年"
    rows.append(list(rows[0]))
    answer = plan(staff(Role.SYSTEM), to_csv(HEADER, rows))
    assert counts(answer) == [0, 0, 2, 2]
    assert "3行目" in answer.text
    assert "<b>次に見直す日</b>：日付は" in answer.text
    assert "同じ id の行" in answer.text


@pytest.mark.parametrize(
    ("column", "cell", "told"),
    [
        ("担当の部署", "総合窓口かかり", "「総合窓口かかり」という部署はありません"),
        ("窓口", "nai-madoguchi", "1行目：「nai-madoguchi」という id の窓口はありません"),
        ("関連する手続き", "juminhyo\nnai", "2行目：「nai」という id の手続案内はありません"),
        ("ライフイベント", "nai", "1行目：「nai」という id のライフイベントはありません"),
    ],
)
def test_what_nobody_has_is_refused_by_row(console: Console, staff: Staff, column: str, cell: str, told: str) -> None:
    """As the form of a guide refuses it; the other rows are planned."""
    rows = table(*(guide.model_copy(update={"title": "x"}) for guide in guides(console)[:2]))
    rows[1][HEADER.index(column)] = cell
    answer = plan(staff(Role.SYSTEM), to_csv(HEADER, rows))
    assert counts(answer) == [0, 1, 0, 1]
    assert (f"<b>{column}</b>：{told}" in answer.text, "3行目" in answer.text) == (True, True)


def test_new_guides_may_name_each_other(console: Console, staff: Staff) -> None:
    """What comes in the same file is there; a department of somebody of the staff is, too."""
    some, new = guides(console)[0], staff(Role.EDITOR, department="新しい課").member.department
    one = some.model_copy(update={"id": "one", "related": ("two",), "owner": new})
    two = some.model_copy(update={"id": "two", "related": ("one",), "owner": new})
    assert counts(plan(staff(Role.SYSTEM), to_csv(HEADER, table(one, two)))) == [2, 0, 0, 0]


def test_rows_without_an_id_are_not_taken_for_each_other(console: Console, staff: Staff) -> None:
    """Each is told what an id is."""
    rows = table(*guides(console)[:2])
    rows[0][0] = rows[1][0] = ""
    answer = plan(staff(Role.SYSTEM), to_csv(HEADER, rows))
    assert (counts(answer), answer.text.count("<b>id</b>：id がありません")) == ([0, 0, 0, 2], 2)


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("a.csv", "題名,分野\r\na,b\r\n".encode(), "「id」の列がありません"),
        ("a.csv", "id,メモ\r\na,b\r\n".encode(), "知らない列があります：メモ"),
        ("a.csv", b"", "空"),
        ("a.csv", b'"id', "引用符"),
        ("a.docx", b"x", "選んでください"),
        ("a.zip", b"x", "開けません"),
        ("a.xlsx", b"x", "開けません"),
    ],
)
def test_what_is_no_table_says_so(staff: Staff, name: str, data: bytes, told: str) -> None:
    """At the field of the file."""
    answer = plan(staff(Role.EDITOR), data, name)
    assert (answer.status_code, told in answer.text) == (422, True)


def test_shift_jis_is_read(console: Console, staff: Staff) -> None:
    """A table saved by an older Excel; only the columns that are in it count."""
    guide = guides(console)[0]
    data = f"id,題名\r\n{guide.id},直した題名①\r\n".encode("cp932")
    assert counts(plan(staff(Role.SYSTEM), data)) == [0, 1, 0, 0]


def test_a_pack_with_mistakes_tells_them_all(staff: Staff) -> None:
    """As the command line does, by file and line."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("ward.yaml", "id: x\nid: y\n")
    answer = plan(staff(Role.SYSTEM), written.getvalue(), "pack.zip")
    assert (answer.status_code, "ward.yaml:2" in answer.text, "desks.yaml" in answer.text) == (422, True, True)


def test_a_deep_or_foreign_zip_is_refused(staff: Staff) -> None:
    """Nesting that would break the reader of YAML, and files that are none of a pack's."""
    for name, text in (("ward.yaml", "[" * 200_000), ("ward.yaml", "- " * 100_000), ("run.sh", "x")):
        written = io.BytesIO()
        with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, text)
        assert plan(staff(Role.SYSTEM), written.getvalue(), "pack.zip").status_code == 422
    slip = next(file.data for file in hostile(1) if "slip" in file.name)
    assert plan(staff(Role.SYSTEM), slip, "pack.zip").status_code == 422


def test_no_cell_of_excel_runs_and_none_is_lost(tmp_path: Path) -> None:
    """Every dangerous beginning is a text with its mark in the file, and itself again when read."""
    values = [start + rest for start in STARTS for rest in ("cmd|' /C calc'!A0", "", "_x000D_", "_x005F_", "\x1f\x00")]
    path = tmp_path / "a.xlsx"
    path.write_bytes(to_excel(("a",), [(value,) for value in values], "表"))
    cells = [cell for (cell,) in load_workbook(path).active.iter_rows(min_row=2)]
    assert {cell.data_type for cell in cells} <= {"s", "inlineStr"}
    assert not any(str(cell.value).startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠")) for cell in cells)
    assert [original(cell) for (cell,) in rows_apart(path, Limits())[1:]] == values


def test_odd_texts_come_back_from_both_tables(console: Console, staff: Staff) -> None:
    """A title that begins like a formula, with control characters after it, is the same guide again."""
    guide = guides(console)[0]
    titled = [{"id": f"odd-{number}", "title": f"{start}1+1_x000D_"} for number, start in enumerate("=+-@＝＋－＠")]
    odd = [guide.model_copy(update=each) for each in titled]
    clerk = staff(Role.SYSTEM)
    for name, data in (("a.csv", to_csv(HEADER, table(*odd))), ("a.xlsx", to_excel(HEADER, table(*odd), "手続案内"))):
        answer = plan(clerk, data, name)
        assert counts(answer) == [len(odd), 0, 0, 0]
        assert clerk.post("/exchange/drafts", {"wanted": wanted(answer), "reason": name}).status_code == 303
    titles = [draft.content["title"] for draft in drafts(console)]
    assert sorted(titles) == sorted([each.title for each in odd] * 2)
