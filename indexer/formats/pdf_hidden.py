"""PDF: text that is in the file and not on the page: invisible, white, tiny, outside, under a cover, in a layer."""

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pypdfium2
import pypdfium2.raw as pdfium

from indexer.suspicion import shown
from knowledge.findings import Finding, FindingKind

_INVISIBLE = (pdfium.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium.FPDF_TEXTRENDERMODE_CLIP)
_WHITE = 250
_TINY = 2.0  # points
_MOST_OBJECTS = 50_000
_MOST_COVERS = 2_000
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class _Words:
    text: str
    how: str
    box: Box


def hidden_text(path: Path) -> Iterator[Finding]:
    """What a reader of the pages does not see, page by page; nothing for a file that can not be opened."""
    try:
        pdf = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError:
        return
    try:
        for number in range(len(pdf)):
            yield from _page_findings(pdf[number], number + 1)
    finally:
        pdf.close()


def _page_findings(page: pypdfium2.PdfPage, number: int) -> Iterator[Finding]:
    text_page = page.get_textpage()
    words: list[_Words] = []
    covers: list[tuple[int, Box]] = []
    grounds: list[Box] = []
    try:
        for element in islice(page.get_objects(max_depth=4), _MOST_OBJECTS):
            if element.type == pdfium.FPDF_PAGEOBJ_TEXT:
                words.append(_words(element, text_page, page.get_size(), grounds))
            elif element.type in (pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_PATH) and len(covers) < _MOST_COVERS:
                covers += [(len(words), element.get_bounds())] if _covers(element) else []
                grounds += [element.get_bounds()] if _is_dark(element) else []
        for how, text in _joined(words, covers):
            yield Finding(FindingKind.HIDDEN, f"p.{number}：{how}", shown(text))
        yield from _notes(page, number)
    except pypdfium2.PdfiumError:
        return
    finally:
        text_page.close()
        page.close()


def _joined(words: list[_Words], covers: list[tuple[int, Box]]) -> Iterator[tuple[str, str]]:
    """Hidden pieces that follow each other and are hidden alike, as one."""
    how, text = "", ""
    for at, piece in enumerate([*words, _Words("", "", (0, 0, 0, 0))]):
        covered = any(after > at and _holds(box, piece.box) for after, box in covers) if piece.text else False
        now = piece.how or ("図形や画像の下" if covered else "")
        if now != how:
            if how and text.strip():
                yield how, text
            how, text = now, ""
        text += piece.text
    if how and text.strip():
        yield how, text


def _words(
    element: pypdfium2.PdfObject, text_page: pypdfium2.PdfTextPage, size: tuple[float, float], grounds: list[Box]
) -> _Words:
    box = element.get_bounds()
    text = _text(element, text_page)
    return _Words(text, _how(element, box, size, grounds), box)


def _text(element: pypdfium2.PdfObject, text_page: pypdfium2.PdfTextPage) -> str:
    length = pdfium.FPDFTextObj_GetText(element.raw, text_page.raw, None, 0)
    buffer = ctypes.create_string_buffer(max(length, 2) * 2)
    pdfium.FPDFTextObj_GetText(element.raw, text_page.raw, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), length)
    return buffer.raw[: max(length - 2, 0)].decode("utf-16-le", errors="ignore")


def _how(element: pypdfium2.PdfObject, box: Box, size: tuple[float, float], grounds: list[Box]) -> str:
    if pdfium.FPDFTextObj_GetTextRenderMode(element.raw) in _INVISIBLE:
        return "見えない文字"
    red, green, blue, alpha = _color(element)
    if alpha < 13:
        return "透明な文字"
    if min(red, green, blue) >= _WHITE and not any(_holds(ground, box) for ground in grounds):
        return "白い文字"
    points = ctypes.c_float()
    pdfium.FPDFTextObj_GetFontSize(element.raw, points)
    if box[3] - box[1] < _TINY and box[2] - box[0] < 200 and points.value * abs(element.get_matrix().d or 1) <= _TINY:
        return "見えない大きさの文字"
    if box[2] < 0 or box[3] < 0 or box[0] > size[0] or box[1] > size[1]:
        return "紙の外の文字"
    return "レイヤーに置かれた文字" if _in_layer(element) else ""


def _color(element: pypdfium2.PdfObject) -> tuple[int, int, int, int]:
    parts = [ctypes.c_uint(0), ctypes.c_uint(0), ctypes.c_uint(0), ctypes.c_uint(255)]
    pdfium.FPDFPageObj_GetFillColor(element.raw, *parts)
    return parts[0].value, parts[1].value, parts[2].value, parts[3].value


def _covers(element: pypdfium2.PdfObject) -> bool:
    if element.type == pdfium.FPDF_PAGEOBJ_IMAGE:
        return True
    return _is_filled(element) and _color(element)[3] > 240


def _is_dark(element: pypdfium2.PdfObject) -> bool:
    """Whether white words on it can be read: a coloured area or a picture."""
    return element.type == pdfium.FPDF_PAGEOBJ_IMAGE or (_is_filled(element) and min(_color(element)[:3]) < _WHITE)


def _is_filled(element: pypdfium2.PdfObject) -> bool:
    mode, stroke = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDFPath_GetDrawMode(element.raw, mode, stroke)
    return bool(mode.value != pdfium.FPDF_FILLMODE_NONE)


def _holds(outer: Box, inner: Box) -> bool:
    return (
        outer[0] <= inner[0] + 1 and outer[1] <= inner[1] + 1 and outer[2] >= inner[2] - 1 and outer[3] >= inner[3] - 1
    )


def _in_layer(element: pypdfium2.PdfObject) -> bool:
    """Whether it belongs to optional content, which a viewer may be told not to show."""
    for number in range(max(0, pdfium.FPDFPageObj_CountMarks(element.raw))):
        mark = pdfium.FPDFPageObj_GetMark(element.raw, number)
        length = ctypes.c_ulong()
        buffer = ctypes.create_string_buffer(64)
        pdfium.FPDFPageObjMark_GetName(mark, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), 64, length)
        if buffer.raw[: max(length.value - 2, 0)].decode("utf-16-le", errors="ignore") == "OC":
            return True
    return False


def _notes(page: pypdfium2.PdfPage, number: int) -> Iterator[Finding]:
    """Words of notes pinned to the page."""
    for at in range(min(pdfium.FPDFPage_GetAnnotCount(page.raw), 500)):
        note = pdfium.FPDFPage_GetAnnot(page.raw, at)
        buffer = ctypes.create_string_buffer(2000)
        length = pdfium.FPDFAnnot_GetStringValue(
            note, b"Contents", ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), 2000
        )
        pdfium.FPDFPage_CloseAnnot(note)
        text = buffer.raw[: max(min(length, 2000) - 2, 0)].decode("utf-16-le", errors="ignore")
        if text.strip():
            yield Finding(FindingKind.HIDDEN, f"p.{number}：注釈", shown(text))
