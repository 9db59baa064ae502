"""What was asked and how it ended: figures of a period as charts, tables and CSV; and the ward's open data."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import groupby
from typing import Annotated, Any

from fastapi import APIRouter, Form
from sqlalchemy.orm import Session
from starlette.responses import Response

from bot.console.sheet import Row, to_csv
from bot.console.visit import Transaction, Visit, Visited
from knowledge import audit, figures, open_data, today
from knowledge.audit import AuditAction
from knowledge.counts import MEASURES, Tally
from knowledge.days import day_in_japan
from knowledge.figures import LONGEST, Period
from knowledge.models import CountOf
from knowledge.text import normalise

router = APIRouter(prefix="/numbers")
Typed = Annotated[str, Form()]
USUAL = timedelta(days=27)
_DAY = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?", re.ASCII)
GUIDES_SHOWN = 20
DAYS_SHOWN = 92
"""A longer period is shown by month: hundreds of bars say nothing."""
NOTHING: Tally = dict.fromkeys(MEASURES, 0)


class Table(StrEnum):
    """The tables of the page; their words stand in `numbers/labels.html`."""

    DAY = "day"
    MONTH = "month"
    TOPIC = "topic"
    HOUR = "hour"
    CHANNEL = "channel"
    LANGUAGE = "language"
    GUIDE = "guide"
    FORMS = "forms"


KINDS = {
    Table.TOPIC: CountOf.TOPIC,
    Table.HOUR: CountOf.HOUR,
    Table.CHANNEL: CountOf.CHANNEL,
    Table.LANGUAGE: CountOf.LANGUAGE,
    Table.GUIDE: CountOf.GUIDE,
}


@dataclass(frozen=True)
class Line:
    """One line of a table: the value as it is kept, and its counts."""

    value: str
    tally: Tally


@router.get("")
def numbers(visit: Visited, session: Transaction, since: str = "", until: str = "") -> Response:
    """The figures of a period: the last four weeks unless days were chosen."""
    period, problem = chosen(since, until, day_in_japan(visit.now))
    time = Table.DAY if period.days <= DAYS_SHOWN else Table.MONTH
    shown: list[Table] = [time, *(table for table in KINDS if table is not Table.GUIDE)]
    tables = {table: lines(session, table, period) for table in shown}
    leading = figures.leading(session, period, GUIDES_SHOWN)
    return visit.page(
        "numbers/numbers.html",
        422 if problem else 200,
        period=period,
        problem=problem,
        typed=(since, until),
        presets=presets(day_in_japan(visit.now)),
        total=_total(tables[Table.CHANNEL]),
        tables={**tables, Table.GUIDE: [Line(guide, tally) for guide, tally in leading.shown.items()]},
        titles=today.titles(session, list(leading.shown)),
        forms=leading.forms,
        mended=figures.mended(session, period),
        open_months=open_data.months_before(day_in_japan(visit.now)),
    )


@router.post("/csv")
def csv(visit: Visited, session: Transaction, table: Typed = "", since: Typed = "", until: Typed = "") -> Response:
    """One table as a file."""
    wanted = Table(table) if table in set(Table) else Table.DAY
    period, _ = chosen(since, until, day_in_japan(visit.now))
    header, rows = _sheet(session, wanted, period, _words(visit))
    detail: audit.Detail = {"table": wanted.value, "since": str(period.first), "until": str(period.last)}
    audit.record(session, visit.member, AuditAction.NUMBERS_EXPORTED, f"numbers:{wanted.value}", detail, visit.now)
    return file(f"numbers-{wanted.value}-{period.first}-{period.last}.csv", to_csv(header, rows))


@router.post("/open-data")
def open_data_file(visit: Visited, session: Transaction) -> Response:
    """The last twelve months by field, as the ward publishes them."""
    months, words = open_data.monthly(session, day_in_japan(visit.now)), _words(visit)
    rows: list[Row] = []
    for month in months:
        name = f"{month.month:%Y-%m}"
        rows += [[name, cell.field or words["NO_TOPIC"], cell.count or words["WITHHELD"]] for cell in month.cells]
        rows.append([name, words["TOTAL"], month.total])
    detail: audit.Detail = {"months": len(months)}
    audit.record(session, visit.member, AuditAction.OPEN_DATA_EXPORTED, "open-data:questions", detail, visit.now)
    return file("questions-by-field.csv", to_csv(words["OPEN_COLUMNS"], rows))


def _words(visit: Visit) -> dict[str, Any]:
    """The words of the tables, which stand with the templates that show them."""
    return vars(visit.console.templates.get_template("numbers/labels.html").module)


def _sheet(session: Session, table: Table, period: Period, words: dict[str, Any]) -> tuple[Sequence[str], list[Row]]:
    if table is Table.FORMS:
        wanted = figures.leading(session, period).forms
        return words["FORM_COLUMNS"], [[each.title, "、".join(each.forms), each.times] for each in wanted]
    found = lines(session, table, period)
    titles = today.titles(session, [line.value for line in found]) if table is Table.GUIDE else {}
    header = [words["HEADINGS"][table.value], *(words["MEASURES"][name] for name in MEASURES)]
    names = (titles.get(line.value) or str(words["name"](table.value, line.value)).strip() for line in found)
    return header, [[name, *(line.tally[each] for each in MEASURES)] for name, line in zip(names, found, strict=True)]


def file(name: str, content: bytes) -> Response:
    """A file to keep."""
    return Response(content, media_type="text/csv; charset=utf-8", headers={
        "content-disposition": f'attachment; filename="{name}"'})  # fmt: skip


def chosen(since: str, until: str, now: date) -> tuple[Period, str]:
    """The period that was chosen and what is wrong with it; the usual one where it can not be used."""
    usual = Period(now - USUAL, now)
    if not since and not until:
        return usual, ""
    try:
        period = Period(_day(since), _day(until))
    except ValueError:
        return usual, "days"
    if period.first > period.last:
        return usual, "order"
    return (period, "") if period.last - period.first <= LONGEST else (usual, "long")


def _day(typed: str) -> date:
    """A day as people write it; ValueError where it is none."""
    found = _DAY.fullmatch(normalise(typed))
    if found is None:
        raise ValueError
    return date(*map(int, found.groups()))


def presets(now: date) -> list[tuple[str, Period]]:
    """Periods to choose with one press."""
    month = now.replace(day=1)
    before = (month - timedelta(days=1)).replace(day=1)
    fiscal = date(now.year - (now.month < 4), 4, 1)
    return [
        ("week", Period(now - timedelta(days=6), now)),
        ("usual", Period(now - USUAL, now)),
        ("month", Period(before, month - timedelta(days=1))),
        ("fiscal", Period(fiscal, now)),
        ("year", Period(now - timedelta(days=364), now)),
    ]


def lines(session: Session, table: Table, period: Period) -> list[Line]:
    """The lines of a table in its order: by time, or the largest first."""
    if table is Table.DAY:
        asked = figures.by_day(session, period)
        days = [period.first + timedelta(days=number) for number in range(period.days)] if asked else []
        return [Line(str(day), asked.get(day, NOTHING)) for day in days]
    if table is Table.MONTH:
        return _by_month(lines(session, Table.DAY, period))
    found = [Line(value, tally) for value, tally in figures.by_value(session, KINDS[table], period).items()]
    if table is Table.HOUR:
        known = {line.value: line.tally for line in found}
        return [Line(f"{hour:02}", known.get(f"{hour:02}", NOTHING)) for hour in range(24)]
    measure = "shown" if table is Table.GUIDE else "asked"
    return sorted(found, key=lambda line: (-line.tally[measure], line.value))


def _by_month(days: Sequence[Line]) -> list[Line]:
    months = groupby(days, key=lambda line: line.value[:7])
    return [Line(month, _total(list(found))) for month, found in months]


def _total(found: Sequence[Line]) -> Tally:
    return {name: sum(line.tally[name] for line in found) for name in MEASURES}
