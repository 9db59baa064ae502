"""Hostile files, made on the spot: bombs, tricks and wrecks in every format, each with a number in its name."""

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from openpyxl import Workbook

Make = Callable[[random.Random], bytes]
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
S = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
TEXT = "この届け出は、引っ越してきた日から14日以内に、窓口でお願いします。"
XXE = '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a0 "はは">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    + "]>"
)


@dataclass(frozen=True)
class Hostile:
    """A file and its way of being hostile; `secret` must never come out of it."""

    name: str
    data: bytes


def hostile(rounds: int) -> Iterator[Hostile]:
    """Each kind of file `rounds` times, differing in sizes and numbers."""
    dice = random.Random(20261121)
    for number in range(rounds):
        for name, make in MAKERS.items():
            yield Hostile(f"{number}-{name}", make(dice))


def _word(body: str, head: str = "", more: dict[str, bytes] | None = None) -> bytes:
    document = f'{head}<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'
    return _zip({"word/document.xml": document.encode(), "[Content_Types].xml": b"<Types/>", **(more or {})})


def _zip(members: dict[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return written.getvalue()


def _paragraph(text: str = TEXT) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def _book(change: Callable[[dict[str, bytes]], object]) -> bytes:
    book = Workbook()
    book.active.append(["品目", "料金"])
    book.active.append(["机", "500円"])
    written = io.BytesIO()
    book.save(written)
    with zipfile.ZipFile(written) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    return _zip(members)


def _sheet(rows: str, head: str = "") -> Make:
    sheet = f'{head}<worksheet xmlns="{S}"><sheetData>{rows}</sheetData></worksheet>'.encode()
    return lambda _: _book(lambda members: members.update({"xl/worksheets/sheet1.xml": sheet}))


def _cell(at: str) -> str:
    return f'<row r="{at.lstrip("ABCDEFX")}"><c r="{at}" t="inlineStr"><is><t>{TEXT}</t></is></c></row>'


def _overlapping(dice: random.Random) -> bytes:
    """Many members that are all the same bytes."""
    data = bytearray(_word(_paragraph() * dice.randrange(100, 1000)))
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        first = archive.infolist()[0]
    directory = data.index(b"PK\x01\x02")
    entry = _entry(first)
    body, count = data[:directory], 500
    entries = b"".join(entry.replace(b"document.xml", f"docum{n:03}.xml".encode()) for n in range(count))
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, len(entries), len(body), 0)
    return bytes(body) + entries + end


def _entry(member: zipfile.ZipInfo) -> bytes:
    name = member.filename.encode()
    return struct.pack(
        "<4s4B4HL2L5H2L", b"PK\x01\x02", 20, 3, 20, 0, 0, 8, 0, 33, member.CRC, member.compress_size, member.file_size,
        len(name), 0, 0, 0, 0, 0, member.header_offset,
    ) + name  # fmt: skip


def _lying(_: random.Random) -> bytes:
    """A member that says it is small and is not."""
    data = bytearray(_word(_paragraph() + "<!--" + "a" * 20_000_000 + "-->"))
    size = struct.pack("<L", 20_000_000)
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = data.index(mark)
        data[at + offset : at + offset + 4] = struct.pack("<L", 1000)
    assert size
    return bytes(data)


def _link(_: random.Random) -> bytes:
    written = io.BytesIO(_word(_paragraph()))
    with zipfile.ZipFile(written, "a") as archive:
        member = zipfile.ZipInfo("word/link.xml")
        member.create_system, member.external_attr = 3, 0o120777 << 16
        archive.writestr(member, "/etc/passwd")
    return written.getvalue()


def _nested(_: random.Random) -> bytes:
    data = b"0" * 10_000_000
    for depth in range(6):
        data = _zip({f"{depth}-{n}.zip": data for n in range(8)})
    return _word(_paragraph(), more={"word/embeddings/inner.zip": data})


def _pdf(*objects: bytes, trailer: bytes = b"<</Root 1 0 R>>") -> bytes:
    written, offsets = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(written))
        written += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    table = b"".join(f"{offset:010} 00000 n \n".encode() for offset in offsets)
    start = str(len(written)).encode()
    return (
        written
        + f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
        + table
        + b"trailer"
        + trailer
        + b"\nstartxref\n"
        + start
        + b"\n%%EOF"
    )


CATALOG, PAGES = b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>"


def _stream(data: bytes, filters: bytes, more: bytes = b"") -> bytes:
    return b"<</Length " + str(len(data)).encode() + b"/Filter" + filters + more + b">>stream\n" + data + b"\nendstream"


def _pdf_page(content: bytes, more: bytes = b"") -> bytes:
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R" + more + b">>"
    return _pdf(CATALOG, PAGES, page, content)


def _pdf_bomb(dice: random.Random) -> bytes:
    data = zlib.compress(zlib.compress(b"q " * dice.randrange(100_000_000, 150_000_000), 9), 9)
    return _pdf_page(_stream(data, b"[/FlateDecode/FlateDecode]"))


def _pdf_pages(dice: random.Random) -> bytes:
    count = dice.randrange(100_000, 200_000)
    kids = b" ".join([b"3 0 R"] * count)
    return _pdf(
        CATALOG,
        b"<</Type/Pages/Kids[" + kids + b"]/Count " + str(count).encode() + b">>",
        b"<</Type/Page/Parent 2 0 R>>",
    )


def _pdf_deep(dice: random.Random) -> bytes:
    depth = dice.randrange(50_000, 100_000)
    return _pdf(CATALOG, PAGES, b"<</Type/Page/Parent 2 0 R/X " + b"[" * depth + b"]" * depth + b">>")


def _pdf_flood(dice: random.Random) -> bytes:
    width = dice.randrange(60_000, 65_000)
    picture = b"/Type/XObject/Subtype/Image/ColorSpace/DeviceRGB/BitsPerComponent 8/Width %d/Height %d" % (width, width)
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</XObject<</I 5 0 R>>>>>>"
    return _pdf(
        CATALOG,
        PAGES,
        page,
        _stream(zlib.compress(b"q 600 0 0 800 0 0 cm /I Do Q"), b"/FlateDecode"),
        _stream(zlib.compress(b"\0" * 1000), b"/FlateDecode", picture),
    )


def _pdf_objects(dice: random.Random) -> bytes:
    return _pdf(CATALOG, PAGES, *(b"<</A %d 0 R>>" % (n + 1) for n in range(dice.randrange(50_000, 100_000))))


def _pdf_loop(_: random.Random) -> bytes:
    return _pdf(CATALOG, b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2>>")


def _pdf_draws(dice: random.Random) -> bytes:
    lines = b"0 0 m 100 100 l S " * dice.randrange(1_000_000, 2_000_000)
    return _pdf_page(_stream(zlib.compress(lines, 9), b"/FlateDecode"))


def _wreck(dice: random.Random) -> bytes:
    whole = bytearray(_pdf_page(_stream(zlib.compress(b"BT (a) Tj ET"), b"/FlateDecode")))
    for _ in range(20):
        whole[dice.randrange(9, len(whole))] = dice.randrange(256)
    return bytes(whole)


def _broken_zip(dice: random.Random) -> bytes:
    whole = bytearray(_word(_paragraph() * 50))
    for _ in range(10):
        whole[dice.randrange(len(whole))] = dice.randrange(256)
    return bytes(whole)


MERGED = (
    f'<worksheet xmlns="{S}"><sheetData>{_cell("A1")}</sheetData>'
    '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells></worksheet>'
)
MAKERS: dict[str, Make] = {
    "overlap.docx": _overlapping,
    "bomb.docx": lambda dice: _word(_paragraph() + "<w:p/>" * dice.randrange(8_000_000, 9_000_000)),
    "huge.docx": lambda dice: _word(_paragraph("あ" * dice.randrange(30_000_000, 32_000_000))),
    "nested.docx": _nested,
    "lying.docx": _lying,
    "link.docx": _link,
    "slip.docx": lambda _: _word(
        _paragraph(), more={"../../../../tmp/pocket-slipped": b"x", "/tmp/pocket-slipped": b"x"}
    ),
    "many.docx": lambda dice: _word(
        _paragraph(), more={f"word/{n}.xml": b"" for n in range(dice.randrange(3000, 4000))}
    ),
    "xxe.docx": lambda _: _word(_paragraph("&x;"), XXE),
    "laughs.docx": lambda _: _word(_paragraph("&a11;"), LAUGHS),
    "utf16.docx": lambda _: _zip(
        {"word/document.xml": (XXE.replace("?>", ' encoding="UTF-16"?>') + "<r>&x;</r>").encode("utf-16")}
    ),
    "deep.docx": lambda dice: _word("<w:sdt><w:sdtContent>" * dice.randrange(50_000, 90_000)),
    "macro.docx": lambda _: _word(_paragraph(), more={"word/vbaProject.bin": b"\xd0\xcf\x11\xe0AutoOpen"}),
    "broken.docx": _broken_zip,
    "old.docx": lambda _: bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 5000,
    "wide.xlsx": _sheet(_cell("A1") + _cell("XFD1048576")),
    "rows.xlsx": lambda dice: _sheet("<row><c><v>1</v></c></row>" * dice.randrange(1_500_000, 2_000_000))(dice),
    "merged.xlsx": lambda _: _book(lambda members: members.update({"xl/worksheets/sheet1.xml": MERGED.encode()})),
    "xxe.xlsx": _sheet('<row r="1"><c t="inlineStr"><is><t>&x;</t></is></c></row>', XXE),
    "laughs.xlsx": _sheet('<row r="1"><c t="inlineStr"><is><t>&a11;</t></is></c></row>', LAUGHS),
    "strings.xlsx": lambda _: _book(
        lambda members: members.update(
            {"xl/sharedStrings.xml": f'<sst xmlns="{S}">{"<si><t>a</t></si>" * 3_000_000}</sst>'.encode()}
        )
    ),
    "styles.xlsx": lambda _: _book(lambda members: members.update({"xl/styles.xml": b"<styleSheet/>"})),
    "bomb.pdf": _pdf_bomb,
    "pages.pdf": _pdf_pages,
    "deep.pdf": _pdf_deep,
    "flood.pdf": _pdf_flood,
    "objects.pdf": _pdf_objects,
    "loop.pdf": _pdf_loop,
    "draws.pdf": _pdf_draws,
    "wreck.pdf": _wreck,
    "polyglot.pdf": lambda _: b"%PDF-1.7\n<script>alert(1)</script>\n" + _zip({"a.txt": b"b"}),
    "zip.pdf": lambda _: _zip({"a.txt": b"b"}),
    "picture.docx": lambda _: b"\x89PNG\r\n\x1a\n" + b"\0" * 5000,
    "deep.html": lambda dice: b"<div>" * dice.randrange(1_000_000, 2_000_000),
    "attributes.html": lambda dice: (
        b"<p " + b" ".join(b"a%d=1" % n for n in range(dice.randrange(200_000, 300_000))) + b">x</p>"
    ),
    "slow.html": lambda _: b"<style>" + b"a" * 3_000_000 + b"</style><p>" + b"system " * 500_000,
    "spans.html": lambda dice: b"<table><tr><td rowspan=50 colspan=50>" * dice.randrange(30_000, 40_000),
    "laughs.html": lambda _: LAUGHS.encode() + b"<p>&a11;</p>",
    "zeros.txt": lambda dice: b"\0" * dice.randrange(5_000_000, 9_000_000),
    "line.txt": lambda dice: "ア".encode() * dice.randrange(3_000_000, 4_000_000),
    "noise.txt": lambda dice: dice.randbytes(1_000_000),
    "slow.md": lambda dice: b"[" * dice.randrange(100_000, 200_000) + b"**" * 200_000,
    "quotes.csv": lambda dice: b'"' * dice.randrange(1_000_001, 2_000_000, 2),
    "commas.csv": lambda dice: b"," * dice.randrange(5_000_000, 9_000_000),
}
