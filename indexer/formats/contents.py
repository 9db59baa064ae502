"""Tables of contents: found by their entries, so that none becomes a passage."""

import re

from indexer.formats.lines import Line

_ENTRY = re.compile(
    r"^(?P<title>[^。]{0,60}?)(?P<leader>\t|\s*[…‥・.]{2,}|<u>| (?=\d))[\s…‥・.\t]*(?:新規 )?"
    r"(?:<u>)?(?P<page>\d{1,3})(?:</u>)?$"
)
_MARK = re.compile(r"^(?:目\s?次|もくじ|contents|.*\t(?:頁|ページ)\s*(?:\t.*)?)$", re.IGNORECASE)
_NUMBERED = re.compile(r"^(?:第?\d|[IVXⅠ-Ⅻ]|[^\t]+\t\d+\.\d|目標|施策|\t*取組)")
_CHAPTER = re.compile(r"^第\d+[章部編]$")
_REACH = 4  # lines without a page number that may stand between two entries
_FEW = 3
_LONGEST = 200


def without_contents(lines: list[Line]) -> tuple[list[Line], int]:
    """The lines outside tables of contents, and how many lines those had."""
    kept: list[Line] = []
    index = 0
    while index < len(lines):
        end = _run(lines, index)
        if end > index and _is_contents(lines[index:end]):
            kept += _chapter_opening(lines, index, end)
            index = end
            continue
        kept.append(lines[index])
        index += 1
    return kept, len(lines) - len(kept)


def _chapter_opening(lines: list[Line], start: int, end: int) -> list[Line]:
    """The chapter number and title that stand above a chapter's own small table of contents."""
    later = {line.text for line in lines[end:]}
    chapters = [at for at in range(start, end) if _CHAPTER.match(lines[at].text) and lines[at].text not in later]
    return lines[chapters[-1] : chapters[-1] + 2] if chapters else []


def _run(lines: list[Line], start: int) -> int:
    """The end of the run of entries that starts here; `start` when none does."""
    if not (_MARK.match(lines[start].text) or _entry(lines[start].text)):
        return start
    end, index, misses = start + 1, start + 1, 0
    while index < len(lines) and misses < _REACH and _may_stand(lines[index].text):
        index += 1
        if _entry(lines[index - 1].text):
            end, misses = index, 0
        else:
            misses += 1
    if index < len(lines) and re.fullmatch(r"[-\t ]+", lines[end].text if end < len(lines) else ""):
        end += 1
    return end


def _entry(text: str) -> re.Match[str] | None:
    """The entry a line is; long lines are none, and must not be searched for one."""
    return _ENTRY.match(text) if len(text) <= _LONGEST else None


def _may_stand(text: str) -> bool:
    return len(text) <= 90 and "。" not in text and not _is_sheet_header(text)


def _is_sheet_header(text: str) -> bool:
    return text.count("\t") >= 1 and "年度" in text


def _is_contents(lines: list[Line]) -> bool:
    entries = [match for line in lines if (match := _entry(line.text))]
    if _MARK.match(lines[0].text):
        return len(entries) >= 2
    pages = [int(entry["page"]) for entry in entries]
    marked = sum(bool(_NUMBERED.match(e["title"]) or "…" in e["leader"] or "<u>" in e.group()) for e in entries)
    return len(entries) >= _FEW and pages == sorted(pages) and marked >= 0.6 * len(entries)
