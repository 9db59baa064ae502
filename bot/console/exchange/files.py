"""Files of the exchange: guides as CSV, Excel or a content pack, and an uploaded one of these as guides or rows."""

import io
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from fastapi import UploadFile
from sqlalchemy.orm import Session

from bot.console.sheet import original, to_csv, to_excel
from bot.console.sources.intake import NoFileError, file_name, kept_apart
from indexer.errors import EmptySourceError, SourceError
from indexer.sandbox import Limits, rows_apart, texts_apart
from knowledge.clerk import Clerk
from knowledge.exchange import Planned, plan_guides, plan_rows
from knowledge.guide_rows import HEADER, row_of
from knowledge.pack import Pack, load_pack
from knowledge.pack_files import files_of, pack_of, published

MOST_BYTES = 10 * 1024 * 1024
LIMITS = Limits(size=MOST_BYTES)


class Format(StrEnum):
    """What guides can be written out as."""

    CSV = "csv"
    EXCEL = "excel"
    PACK = "pack"


class WrongFileError(SourceError):
    """CSV、Excel（.xlsx）、または書き出した ZIP のファイルを選んでください。"""


@dataclass(frozen=True)
class Export:
    """A file to be saved: its name, media type and bytes, and how many guides are in it."""

    name: str
    media_type: str
    data: bytes
    guides: int


@dataclass(frozen=True)
class Plan:
    """What an uploaded file would change; `others` counts records beside guides that differ, which stay as they are."""

    guides: tuple[Planned, ...]
    others: int = 0


def export(session: Session, form: Format, department: str) -> Export:
    """All guides, or those of a department where one is named; a pack is always whole."""
    every = published(session)
    guides = [guide for guide in every if not department or guide.owner == department]
    match form:
        case Format.CSV:
            return Export("guides.csv", "text/csv; charset=utf-8", to_csv(HEADER, map(row_of, guides)), len(guides))
        case Format.EXCEL:
            kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
            return Export("guides.xlsx", kind, to_excel(HEADER, map(row_of, guides), "手続案内"), len(guides))
        case Format.PACK:
            return Export("pack.zip", "application/zip", zipped(files_of(pack_of(session))), len(every))


def zipped(files: dict[str, str]) -> bytes:
    """The files in a zip; equal files make equal bytes."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name), text.encode(), zipfile.ZIP_DEFLATED)
    return written.getvalue()


def plan(session: Session, upload: UploadFile | None, clerk: Clerk) -> Plan:
    """What an uploaded file would change, nothing done.

    SourceError for a file that can not be read, PackError and ExchangeError for what stands in it.
    """
    name, data = _uploaded(upload)
    with kept_apart(name, data) as path:
        match path.suffix.lower():
            case ".csv" | ".xlsx":
                rows = [[original(cell) for cell in row] for row in rows_apart(path, LIMITS)]
                return Plan(tuple(plan_rows(session, rows, clerk)))
            case ".zip":
                pack = unpacked(texts_apart(path, LIMITS))
                return Plan(tuple(plan_guides(session, pack.guides, clerk)), _others(session, pack))
            case _:
                raise WrongFileError


def unpacked(texts: dict[str, str]) -> Pack:
    """The pack in these files, checked whole; PackError with every mistake."""
    with tempfile.TemporaryDirectory(prefix="pocket-pack-") as directory:
        (Path(directory) / "guides").mkdir()
        for name, text in texts.items():
            folder, _, file = name.rpartition("/")
            inner = Path(directory) / "guides" if folder.endswith("guides") else Path(directory)
            (inner / file).write_text(text, encoding="utf-8")
        return load_pack(Path(directory))


def _uploaded(upload: UploadFile | None) -> tuple[str, bytes]:
    if upload is None or not upload.filename:
        raise NoFileError
    data = upload.file.read(MOST_BYTES + 1)
    if not data:
        raise EmptySourceError
    return file_name(upload.filename), data


def _others(session: Session, pack: Pack) -> int:
    now = pack_of(session)
    kinds: Sequence[tuple[Sequence[object], Sequence[object]]] = (
        (now.desks, pack.desks),
        (now.life_events, pack.life_events),
        (now.other_bodies, pack.other_bodies),
        (now.crises, pack.crises),
        (now.smalltalk, pack.smalltalk),
        (now.follow_ups, pack.follow_ups),
        ((now.ward, now.offtopic), (pack.ward, pack.offtopic)),
    )
    return sum(sum(each not in old for each in new) + sum(each not in new for each in old) for old, new in kinds)
