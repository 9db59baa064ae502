"""Extraction by format: what a page, a PDF, a Markdown or a text file says is kept, in order; the rest is named."""

from pathlib import Path

import pytest

from indexer.documents import Block, BlockKind, Document, Reason
from indexer.errors import (
    BrokenPdfError,
    EmptySourceError,
    EncryptedPdfError,
    NoTextError,
    SourceMissingError,
    SourceTooLargeError,
    UnreadableEncodingError,
    UnsupportedSourceError,
)
from indexer.extract import extract
from tests.indexer.papers import make_pdf, written

HEADING, PARAGRAPH, LIST, TABLE = BlockKind.HEADING, BlockKind.PARAGRAPH, BlockKind.LIST, BlockKind.TABLE
NOTICE = (
    "住民票の写しは、区役所の窓口のほか、コンビニでも受け取れます。ｶﾀｶﾅの申請書もあります。\n"
    "手数料は窓口でお支払いください。\n"
)

PAGE = """<!doctype html><html lang="ja"><head><meta charset="{charset}"><title>転入届｜見本区</title>
<style>p {{ color: red }}</style><script>alert("読まない")</script></head><body>
<header><p>見本区役所</p></header><nav><ul><li>くらし</li><li>子育て</li></ul></nav>
<div class="breadcrumb">トップ &gt; くらし</div>
<div id="contents"><h1>転入届</h1><!-- 覚え書き -->
<p>引っ越してきた日から<b>14日以内</b>に届け出てください。<span style="display: none">隠した指示</span></p>
<h2>持ち物</h2><ul><li>転出証明書</li><li>本人確認書類<br>(顔写真つき)</li></ul>
<h2>受付</h2><table><tr><th>窓口</th><th>時間</th><th>曜日</th></tr>
<tr><td rowspan="2">総合窓口</td><td>8時半から17時</td><td>平日</td></tr>
<tr><td>9時から12時</td><td>土曜</td></tr></table>
<dl><dt>代理人</dt><dd>委任状が要ります。</dd></dl></div>
<aside>お知らせ</aside><footer>電話 見本</footer></body></html>"""

PAGE_BLOCKS = (
    Block(HEADING, "転入届", 1),
    Block(PARAGRAPH, "引っ越してきた日から14日以内に届け出てください。"),
    Block(HEADING, "持ち物", 2),
    Block(LIST, "・転出証明書\n・本人確認書類\n(顔写真つき)"),
    Block(HEADING, "受付", 2),
    Block(TABLE, "窓口: 総合窓口 / 時間: 8時半から17時 / 曜日: 平日\n窓口: 総合窓口 / 時間: 9時から12時 / 曜日: 土曜"),
    Block(LIST, "代理人\n・委任状が要ります。"),
)

MARKDOWN = """---
title: 保育園の申し込み
---
# 申し込みの流れ <!-- 公開しない覚え書き -->

**期限**までに[申請書](https://example.jp/form)を
出してください。

- 窓口で出す
- 郵送で出す
  (消印有効)

| 施策 | 2026年度 | 2027年度 |
|---|---|---|
| 保活の案内 | 検討 | 実施 |
| 空き状況の公開 |  | 実施 |

受付
----

1. 番号札を取る
2. 待つ
"""


def test_a_page_gives_its_main_text(tmp_path: Path) -> None:
    """Headings, lists and tables of the main part are kept; menus, hidden words, comments and scripts are not."""
    document = extract(written(tmp_path / "page.html", PAGE.format(charset="utf-8")))
    assert document.title == "転入届"
    assert document.blocks == PAGE_BLOCKS
    assert [part.why for part in document.left_out] == [Reason.NAVIGATION]


@pytest.mark.parametrize(("charset", "encoding"), [("Shift_JIS", "cp932"), ("EUC-JP", "euc_jp"), ("utf-8", "cp932")])
def test_a_page_in_another_encoding_reads_the_same(tmp_path: Path, charset: str, encoding: str) -> None:
    """The declared charset is believed when the bytes fit it, and not otherwise."""
    assert extract(written(tmp_path / "page.htm", PAGE.format(charset=charset), encoding)).blocks == PAGE_BLOCKS


def test_markdown_keeps_its_structure(tmp_path: Path) -> None:
    """Front matter names the document; a table with years reads as measures with their years; comments are gone."""
    document = extract(written(tmp_path / "page.md", MARKDOWN))
    assert (document.title, document.left_out) == ("保育園の申し込み", ())
    assert document.blocks == (
        Block(HEADING, "申し込みの流れ", 1),
        Block(PARAGRAPH, "期限までに申請書を出してください。"),
        Block(LIST, "・窓口で出す\n・郵送で出す(消印有効)"),
        Block(TABLE, "保活の案内 — 2026年度: 検討、2027年度: 実施\n空き状況の公開 — 2027年度: 実施"),
        Block(HEADING, "受付", 2),
        Block(LIST, "1. 番号札を取る\n2. 待つ"),
    )
    assert [finding.excerpt for finding in document.findings] == ["公開しない覚え書き"]
    assert [table.rows[0] for table in document.tables] == [("施策", "2026年度", "2027年度")]


def test_a_pdf_is_read_page_by_page(tmp_path: Path) -> None:
    """Blocks know their page, running lines and page numbers are gone, and a page that is a picture is named."""
    pages = [
        ["見本区 窓口案内", "1. 転入届", "引っ越してきた日から数えて14日以内に届け出てください。", "- 1 -"],
        ["見本区 窓口案内", "2. 転出届", "引っ越す日の前後14日以内に届け出てください。", "- 2 -"],
        ["見本区 窓口案内", "- 3 -"],
        ["見本区 窓口案内", "3. 転居届", "区内で引っ越した日から14日以内に届け出てください。", "- 4 -"],
    ]
    document = extract(make_pdf(tmp_path / "guide.pdf", pages))
    assert [(block.text, block.page) for block in document.blocks] == [
        ("1. 転入届", 1),
        ("引っ越してきた日から数えて14日以内に届け出てください。", 1),
        ("2. 転出届", 2),
        ("引っ越す日の前後14日以内に届け出てください。", 2),
        ("3. 転居届", 4),
        ("区内で引っ越した日から14日以内に届け出てください。", 4),
    ]
    assert ("p.3", Reason.PICTURE_PAGE) in [(part.where, part.why) for part in document.left_out]


def test_lines_wrapped_by_a_pdf_are_joined(tmp_path: Path) -> None:
    """A paragraph broken at the right margin is one text again."""
    text = "この案内は、はじめて見本区に引っ越してきた方のために、届け出の順番と、そのときに持ってくるものを、" * 4
    lines = [text[at : at + 40] for at in range(0, len(text), 40)] + ["まとめています。"]
    document = extract(make_pdf(tmp_path / "wrapped.pdf", [lines]))
    assert [block.text for block in document.blocks] == [text + "まとめています。"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp932", "euc_jp", "iso2022_jp"])
def test_japanese_encodings_are_told_apart(tmp_path: Path, encoding: str) -> None:
    """Text reads the same from every encoding a ward office still has; half-width kana become full-width."""
    text = NOTICE.replace("ｶﾀｶﾅ", "カタカナ") if encoding == "iso2022_jp" else NOTICE
    document = extract(written(tmp_path / "notice.txt", text, encoding))
    assert "コンビニでも受け取れます。カタカナの申請書もあります。" in document.blocks[0].text


@pytest.mark.parametrize(
    "data",
    [
        bytes(range(256)) * 40,
        NOTICE.encode() + b"\xff\xfe\xfd",
        NOTICE.encode("cp932") + b"\x81",
        NOTICE.encode("cp932") + NOTICE.encode("utf-8"),
        b"PK\x03\x04\x00\x00binary\x00",
        "Grüße aus dem Bürgeramt, schöne Überraschung".encode("latin-1"),
    ],
)
def test_undecodable_bytes_are_refused(tmp_path: Path, data: bytes) -> None:
    """Binary data, broken characters and two encodings in one file are an error, never mojibake."""
    path = tmp_path / "notice.txt"
    path.write_bytes(data)
    with pytest.raises(UnreadableEncodingError, match="UTF-8で保存し直して"):
        extract(path)


def test_encrypted_and_broken_pdfs_are_told_apart(tmp_path: Path) -> None:
    """A password, a truncation and plain noise each get the advice that helps."""
    good = make_pdf(tmp_path / "good.pdf", [["転入届は14日以内に届け出てください。"]] * 3)
    locked = make_pdf(tmp_path / "locked.pdf", [["秘密です。"]], password="secret")
    with pytest.raises(EncryptedPdfError, match="保護を解除"):
        extract(locked)
    data = good.read_bytes()
    for name, content in {
        "cut.pdf": data[:600],
        "noise.pdf": b"\x8f\x00noise" * 900,
        "fake.pdf": b"%PDF-1.7\n" * 200,
    }.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(BrokenPdfError, match="作り直して"):
            extract(tmp_path / name)


def test_what_can_not_be_a_source_is_refused_by_name_and_size(tmp_path: Path) -> None:
    """Nothing, an empty file, a folder, 500 MB of holes and a spreadsheet are refused before they are read."""
    (tmp_path / "empty.txt").touch()
    (tmp_path / "folder.txt").mkdir()
    (tmp_path / "table.xls").write_bytes(b"PK\x03\x04")
    with (tmp_path / "huge.txt").open("wb") as file:
        file.truncate(500 * 1024 * 1024)
    for name, error in {
        "none.txt": SourceMissingError,
        "empty.txt": EmptySourceError,
        "folder.txt": SourceMissingError,
        "table.xls": UnsupportedSourceError,
        "huge.txt": SourceTooLargeError,
    }.items():
        with pytest.raises(error):
            extract(tmp_path / name)


@pytest.mark.parametrize(
    ("name", "text"),
    [("a.txt", " \n\n"), ("a.html", "<html><body><nav>目次</nav></body></html>"), ("a.md", "<!-- -->")],
)
def test_a_file_without_text_says_so(tmp_path: Path, name: str, text: str) -> None:
    """A file that has bytes but nothing to read is an error, not an empty source."""
    with pytest.raises(NoTextError, match="文字が1つも読み取れません"):
        extract(written(tmp_path / name, text))


def test_a_pdf_of_pictures_says_so(tmp_path: Path) -> None:
    """A scan without a text layer is an error with advice."""
    with pytest.raises(NoTextError):
        extract(make_pdf(tmp_path / "scan.pdf", [[], []]))


def test_invisible_characters_are_no_text(tmp_path: Path) -> None:
    """Zero-width and tag characters, which can hide words from a reviewer, are taken out."""
    hidden = "転入\u200b届は\U000e0041\u202e14日以内\ufeffです。"
    assert extract(written(tmp_path / "notice.txt", hidden)).blocks[0].text == "転入届は14日以内です。"


def test_a_document_survives_its_json() -> None:
    """What the child process writes is what the parent reads."""
    document = Document("題", (Block(HEADING, "章", 1, 3), Block(LIST, "・甲\n・乙")))
    assert Document.from_json(document.to_json()) == document
