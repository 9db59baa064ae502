"""Days of collection as the ward published them: read from its table, asked for a town and a day, never guessed."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from knowledge.errors import PocketError
from knowledge.models import CollectionDay, GarbageKind
from knowledge.notice import Variant

FILE = "collection_days.csv"
DAYS = "月火水木金土日"
COLUMNS = ("town", "place", "kind", "days", "put_out_by", "valid_from", "valid_to", "source")
MOST_ROWS = 5_000
_DAY = timedelta(days=1)
NAMES: Mapping[GarbageKind, Mapping[Variant, str]] = {
    GarbageKind.BURNABLE: {
        Variant.JA: "燃やすごみ",
        Variant.EASY: "もやす ごみ",
        Variant.EN: "burnable garbage",
        Variant.ZH: "可燃垃圾",
        Variant.KO: "타는 쓰레기",
        Variant.VI: "rác cháy được",
    },
    GarbageKind.NONBURNABLE: {
        Variant.JA: "金属・陶器・ガラスごみ",
        Variant.EASY: "もやさない ごみ（金属・陶器・ガラス）",
        Variant.EN: "non-burnable garbage (metal, ceramics, glass)",
        Variant.ZH: "不可燃垃圾（金属、陶瓷、玻璃）",
        Variant.KO: "타지 않는 쓰레기(금속·도자기·유리)",
        Variant.VI: "rác không cháy (kim loại, gốm, thủy tinh)",
    },
    GarbageKind.PLASTIC: {
        Variant.JA: "プラスチック・紙・布",
        Variant.EASY: "プラスチック・かみ・ぬの",
        Variant.EN: "plastic, paper and cloth",
        Variant.ZH: "塑料、纸、布",
        Variant.KO: "플라스틱·종이·천",
        Variant.VI: "nhựa, giấy, vải",
    },
    GarbageKind.BOTTLES: {
        Variant.JA: "びん・かん・ペットボトル",
        Variant.EASY: "びん・かん・ペットボトル",
        Variant.EN: "glass bottles, cans and PET bottles",
        Variant.ZH: "玻璃瓶、罐、塑料瓶",
        Variant.KO: "병·캔·페트병",
        Variant.VI: "chai thủy tinh, lon, chai nhựa",
    },
}
"""What residents call each kind; the kinds are those of the ward's table (資源回収・ごみ収集のお知らせ)."""
_DAYS = re.compile(r"(?:第([1-5](?:・[1-5])*))?([月火水木金土日](?:・[月火水木金土日])*)")
_TIME = re.compile(r"([01]?\d|2[0-3]):[0-5]\d", re.ASCII)


class CollectionError(PocketError):
    """収集日の表を読めませんでした。"""

    def __init__(self, problems: Iterable[str]) -> None:
        """`problems` are sentences, each with the line it is about."""
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems[:10]))


@dataclass(frozen=True)
class At:
    """What is collected at places of a town (empty: everywhere), and until what time it is put out."""

    place: str
    kinds: tuple[GarbageKind, ...]
    until: str


@dataclass(frozen=True)
class Collected:
    """What is collected in a town on a day."""

    town: str
    at: tuple[At, ...]

    @property
    def put_out_by(self) -> str:
        """The earliest time of the town, as 08:00."""
        return min(each.until for each in self.at)

    def said(self, variant: Variant) -> str:
        """In words of a language, a line a place; with the time where it is not the same everywhere."""
        return "\n".join(self._lines(variant))

    def _lines(self, variant: Variant) -> Iterator[str]:
        differs = len({each.until for each in self.at}) > 1
        for each in self.at:
            named = "・".join(NAMES[kind][variant] for kind in each.kinds)
            until = f" (～{each.until.removeprefix('0')})" if differs else ""
            yield f"{each.place}：{named}{until}" if each.place else named + until


def collected(rows: Iterable[CollectionDay], day: date) -> list[Collected]:
    """What is collected where on a day, by town; places at which the same is collected stand together."""
    due = sorted((row for row in rows if _falls(row, day)), key=lambda row: (row.town, row.place, row.kind))
    return [Collected(town, _together(mine)) for town, mine in groupby(due, key=lambda row: row.town)]


def _together(rows: Iterable[CollectionDay]) -> tuple[At, ...]:
    kinds: dict[tuple[str, str], set[GarbageKind]] = {}
    for row in rows:
        kinds.setdefault((row.place, row.put_out_by.zfill(5)), set()).add(GarbageKind(row.kind))
    places: dict[tuple[tuple[GarbageKind, ...], str], list[str]] = {}
    for (place, until), some in kinds.items():
        places.setdefault((tuple(kind for kind in GarbageKind if kind in some), until), []).append(place)
    return tuple(At("・".join(filter(None, names)), some, until) for (some, until), names in places.items())


def _falls(row: CollectionDay, day: date) -> bool:
    week = (day.day - 1) // 7 + 1
    in_time = row.valid_from <= day <= row.valid_to
    return in_time and row.weekday == day.weekday() and (not row.weeks or week in row.weeks)


@dataclass(frozen=True)
class Turn:
    """A weekday (Monday is 0) of every week, or of some weeks of the month."""

    weekday: int
    weeks: tuple[int, ...]


@dataclass(frozen=True)
class Timetable:
    """When what is collected at a place of a town, until what time it is put out, how long that holds, and whence."""

    place: str
    days: Mapping[GarbageKind, tuple[Turn, ...]]
    put_out_by: str
    valid_to: date
    source: str


def holds(session: Session, today: date) -> bool:
    """Whether the table tells anything for today."""
    return session.scalar(select(CollectionDay.id).where(*_holding(today)).limit(1)) is not None


def timetables(session: Session, today: date, town: str, block: int | None = None) -> list[Timetable]:
    """The timetables of a town's places that hold today: of one 丁目, or of all where it is none of the town's."""
    order = (CollectionDay.place, CollectionDay.weekday, CollectionDay.id)
    mine = select(CollectionDay).where(CollectionDay.town == town, *_holding(today))
    found = session.scalars(mine.order_by(*order)).all()
    here = [row for row in found if row.place.startswith(f"{block}丁目")] if block else []
    return [_timetable(place, list(rows)) for place, rows in groupby(here or found, key=lambda row: row.place)]


def _holding(today: date) -> tuple[ColumnElement[bool], ...]:
    return CollectionDay.valid_from <= today, CollectionDay.valid_to >= today


def _timetable(place: str, mine: Sequence[CollectionDay]) -> Timetable:
    days = {
        kind: tuple(Turn(row.weekday, tuple(row.weeks)) for row in mine if row.kind == kind) for kind in GarbageKind
    }
    until, to = min(row.put_out_by.zfill(5) for row in mine), min(row.valid_to for row in mine)
    return Timetable(place, {kind: turns for kind, turns in days.items() if turns}, until, to, mine[0].source)


@dataclass(frozen=True)
class Ending:
    """A day after which the table tells nothing more of these towns, or not all; `whole`: of nothing in the table."""

    day: date
    towns: tuple[str, ...]
    whole: bool


def endings(session: Session, today: date, within: timedelta) -> list[Ending]:
    """The days within some time, or past, on which what is collected somewhere ends with nothing to follow it."""
    first, last = CollectionDay.valid_from, CollectionDay.valid_to
    each = select(CollectionDay.town, CollectionDay.place, CollectionDay.kind, first, last).distinct().order_by(first)
    spans: dict[tuple[str, str, str], date] = {}
    for town, place, kind, begins, ends in session.execute(each):
        told = spans.get((town, place, kind), date.min)
        if begins <= today or begins - told <= _DAY:
            spans[town, place, kind] = max(told, ends)
    towns: dict[date, set[str]] = {}
    for (town, _, _), day in spans.items():
        towns.setdefault(day, set()).add(town)
    whole = len(towns) == 1
    return [Ending(day, tuple(sorted(towns[day])), whole) for day in sorted(towns) if day - today <= within]


def rows(session: Session) -> list[CollectionDay]:
    """The whole table, by town and place."""
    order = CollectionDay.town, CollectionDay.place, CollectionDay.kind, CollectionDay.weekday
    return list(session.scalars(select(CollectionDay).order_by(*order)))


def replace_all(session: Session, found: Iterable[CollectionDay]) -> int:
    """Let the table be these rows and no others; how many there are."""
    session.execute(delete(CollectionDay))
    kept = list(found)
    session.add_all(kept)
    session.flush()
    return len(kept)


def take_up(session: Session, pack: Path) -> None:
    """Let the table be that of a content pack where there is none yet; afterwards it is the staff's."""
    file = pack / FILE
    if file.is_file() and session.scalar(select(CollectionDay.id).limit(1)) is None:
        replace_all(session, read_table(file.read_text(encoding="utf-8")))


def read_table(text: str) -> list[CollectionDay]:
    """The rows of a table as CSV with the columns of `COLUMNS`; raises CollectionError with every line that is wrong.

    `days` are weekdays such as 「火・金」, or those of some weeks of the month such as 「第2・4土」.
    """
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        raise CollectionError([f"見出しの行に {'・'.join(missing)} がありません。"])
    found: list[CollectionDay] = []
    problems: list[str] = []
    for number, row in enumerate(reader, 2):
        if number > MOST_ROWS:
            raise CollectionError([f"行が多すぎます（{MOST_ROWS}行まで）。"])
        try:
            found += _rows_of({name: unicodedata.normalize("NFKC", row[name] or "").strip() for name in COLUMNS})
        except ValueError as error:
            problems.append(f"{number}行目：{error}")
    if problems or not found:
        raise CollectionError(problems or ["行が一つもありません。"])
    return found


def _rows_of(row: Mapping[str, str]) -> Iterator[CollectionDay]:
    days = _DAYS.fullmatch(row["days"].replace("、", "・").replace(" ", ""))
    if not row["town"] or len(row["town"]) > 32 or len(row["place"]) > 200:
        raise ValueError("町名を32文字まで、場所を200文字までで書いてください。")
    if row["kind"] not in set(GarbageKind):
        raise ValueError(f"種類は {'・'.join(GarbageKind)} のどれかです。")
    if days is None:
        raise ValueError("曜日は「火・金」や「第2・4土」のように書きます。")
    if not _TIME.fullmatch(row["put_out_by"]):
        raise ValueError("出す時刻は 8:00 のように書きます。")
    if not row["source"]:
        raise ValueError("どこに公表された表かを書いてください。")
    first, last = _day(row["valid_from"]), _day(row["valid_to"])
    if first > last or last - first > timedelta(days=800):
        raise ValueError("適用の始まりと終わりを、2年以内で、始まりが先になるように書いてください。")
    weeks = [int(each) for each in days[1].split("・")] if days[1] else []
    for letter in days[2].split("・"):
        yield CollectionDay(
            town=row["town"],
            place=row["place"],
            kind=row["kind"],
            weekday=DAYS.index(letter),
            weeks=weeks,
            valid_from=first,
            valid_to=last,
            put_out_by=row["put_out_by"],
            source=row["source"],
        )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError("適用の日付は 2026-04-01 のように書きます。") from None
