"""Figures of a period on the console: counted, shown, saved; and open data from which nothing small follows."""

import re
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select

from bot.console.numbers import chosen, presets
from bot.console.sheet import from_csv
from bot.wiring import Pocket
from knowledge.counts import MEASURES, count_due
from knowledge.figures import Period
from knowledge.models import AuditEntry, CountOf, QuestionCount, Role
from knowledge.open_data import LEAST, months_before, withheld
from tests.bot.console.asking import ask
from tests.bot.console.conftest import Clock, Staff
from tests.knowledge.asked import asked

TODAY = date(2026, 11, 21)
MONTHS = months_before(TODAY, 3)
FIELDS = ("住民異動", "子育て", "")


def test_what_was_asked_is_counted_and_shown(pocket: Pocket, clock: Clock, staff: Staff) -> None:
    """Sums, tables and pictures tell the same; each picture says its figures in words."""
    for number in range(3):
        ask(pocket, "転入届はいつまで", clock.now, number)
    ask(pocket, "When do I have to register my move to Toshima?", clock.now, None)
    count_due(pocket.sessions, clock.now)
    page = staff(Role.AUDITOR, department=None).page("/numbers")
    for words in ("4件", "LINE", "ウェブ", "英語", "転入届（区外から豊島区へ引っ越してきたとき）", "16時台"):
        assert words in page.text, words
    assert "LINE 3件。" in page.text
    assert len(page.all("svg", role="img")) == 6


def test_the_parts_add_up_to_the_questions(pocket: Pocket, clock: Clock, staff: Staff) -> None:
    """How each question ended stands there, also a greeting and what belongs to somebody else."""
    for number, said in enumerate(
        ("転入届はいつまで", "こんにちは", "運転免許の更新", "メニュー", "くぁｗせｄｒｆｔｇｙふじこ")
    ):
        ask(pocket, said, clock.now, number)
    count_due(pocket.sessions, clock.now)
    html = staff(Role.AUDITOR, department=None).get("/numbers").text
    sums = html.partition('<dl class="sums">')[2].partition("</dl>")[0]
    found = {name: int(count) for name, count in re.findall(r"<dt>([^<]+)</dt><dd>[^<]*<small>([0-9]+)件", sums)}
    parts = ("答えた", "聞き返した", "見つからなかった", "期限切れ", "そのほか")
    assert sum(found[name] for name in parts) == 5
    assert found["そのほか"] == 3
    assert "あいさつ・区ではない機関のこと・命に関わる訴え・メニュー" in html


def test_no_questions_is_a_friendly_page(staff: Staff) -> None:
    """A period without questions says so, and what was typed wrongly stays in its field."""
    clerk = staff(Role.NOTICES, department=None)
    assert "質問はありませんでした" in clerk.page("/numbers?since=2020-01-01&until=2020-01-31").text
    refused = clerk.get("/numbers?since=2026-02-01&until=2026-01-01")
    assert refused.status_code == 422
    assert 'value="2026-02-01"' in refused.text
    assert "終わりの日は、はじめの日より後にしてください" in refused.text


def test_a_long_period_is_shown_by_month(pocket: Pocket, clock: Clock, staff: Staff) -> None:
    """Over 92 days there is a line a month, the same sum, and the days in the file."""
    ask(pocket, "転入届はいつまで", clock.now - timedelta(days=40))
    ask(pocket, "転入届はいつまで", clock.now)
    count_due(pocket.sessions, clock.now)
    page = staff(Role.AUDITOR, department=None).page("/numbers?since=2025-11-22&until=2026-11-21")
    assert "月ごとの質問" in page.text
    assert "日ごとの質問" not in page.text
    assert "2026年10月" in page.text
    assert "2件" in page.text


@pytest.mark.parametrize("table", ["day", "topic", "hour", "channel", "language", "guide", "forms"])
def test_each_table_is_a_file(pocket: Pocket, clock: Clock, staff: Staff, table: str) -> None:
    """UTF-8 with the mark that spreadsheets need, the columns of the page, and an entry in the audit log."""
    ask(pocket, "住民票の写しがほしい", clock.now)
    count_due(pocket.sessions, clock.now)
    answer = staff(Role.EDITOR).post("/numbers/csv", {"table": table, "since": "2026-11-01", "until": "2026-11-30"})
    assert answer.headers["content-disposition"] == f'attachment; filename="numbers-{table}-2026-11-01-2026-11-30.csv"'
    assert answer.content.startswith(b"\xef\xbb\xbf")
    header, *rows = from_csv(answer.content.decode("utf-8-sig"))
    assert {len(row) for row in rows} == {len(header)}
    if table != "forms":
        assert header[1:3] == ["質問", "答えた"]
        assert sum(int(row[1]) for row in rows) == 1
    with pocket.sessions() as session:
        assert session.scalars(select(AuditEntry.action)).all()[-1] == "numbers_exported"


def test_a_topic_that_would_be_run_is_neutral(pocket: Pocket, clock: Clock, staff: Staff) -> None:
    """A category that begins like a formula is marked in the file."""
    _fill(pocket, {(MONTHS[0], "=cmd()"): 50})
    text = staff(Role.EDITOR).post("/numbers/open-data").content.decode("utf-8-sig")
    assert '"\'=cmd()"' in text


def _fill(pocket: Pocket, counts: Mapping[tuple[date, str], int]) -> None:
    with pocket.sessions.begin() as session:
        for (day, value), count in counts.items():
            row = {"kind": CountOf.TOPIC.value, "day": day, "value": value} | dict.fromkeys(MEASURES, 0)
            session.execute(insert(QuestionCount).values(row | {"asked": count}))


def test_open_data_has_months_that_are_over_and_nothing_small(pocket: Pocket, staff: Staff) -> None:
    """Twelve months by field with a fixed header; small figures and this month are not given."""
    counts = {(MONTHS[0], "住民異動"): 25, (MONTHS[0], "子育て"): 9, (MONTHS[1], "子育て"): 10, (TODAY, "子育て"): 99}
    _fill(pocket, counts)
    answer = staff(Role.EDITOR).post("/numbers/open-data")
    header, *rows = from_csv(answer.content.decode("utf-8-sig"))
    assert header == ["年月", "分野", "質問の件数"]
    assert len(rows) == 12 * 3
    assert [row for row in rows if row[0] == "2026-08"] == [
        ["2026-08", "住民異動", "25"], ["2026-08", "子育て", "10未満"], ["2026-08", "合計（10未満を除く）", "25"],
    ]  # fmt: skip
    assert not any("2026-11" in row for row in rows)


CELLS = st.dictionaries(st.tuples(st.sampled_from(MONTHS), st.sampled_from(FIELDS)), st.integers(0, 40))


@given(CELLS, st.data())
def test_nothing_follows_of_what_is_withheld(counts: dict[tuple[date, str], int], data: st.DataObject) -> None:
    """Whatever the small figures are, the file is the same to the letter: so no sum or difference tells them."""
    other = {key: count if count >= LEAST else data.draw(st.integers(0, LEAST - 1)) for key, count in counts.items()}
    given_ = withheld(counts, MONTHS, FIELDS)
    assert given_ == withheld(other, MONTHS, FIELDS)
    shown = [cell.count for month in given_ for cell in month.cells if cell.count is not None]
    assert all(count >= LEAST for count in shown)
    assert sum(month.total for month in given_) == sum(count for count in counts.values() if count >= LEAST)


def test_periods(pocket: Pocket) -> None:
    """The usual four weeks, presets that end no later than today, the fiscal year from April, at most three years."""
    assert chosen("", "", TODAY) == (Period(date(2026, 10, 25), TODAY), "")
    assert chosen("2026-01-01", "", TODAY)[1] == "days"
    assert chosen("2020-01-01", "2026-01-01", TODAY)[1] == "long"
    assert chosen("２０２６年4月1日", "2026/4/30", TODAY) == (Period(date(2026, 4, 1), date(2026, 4, 30)), "")
    assert chosen("2026-02-30", "2026-03-01", TODAY)[1] == "days"
    named = dict(presets(TODAY))
    assert named["fiscal"] == Period(date(2026, 4, 1), TODAY)
    assert named["month"] == Period(date(2026, 10, 1), date(2026, 10, 31))
    assert dict(presets(date(2027, 3, 31)))["fiscal"].first == date(2026, 4, 1)
    assert all(period.last <= TODAY for period in named.values())
    with pocket.sessions.begin() as session:
        asked(session, at=datetime(2026, 11, 20, 15, 0, tzinfo=UTC) + timedelta(minutes=1))
    assert Counter(month.day for month in months_before(TODAY)) == {1: 12}
