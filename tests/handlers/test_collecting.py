"""Garbage days: of the place that was named, or chosen, in every language; never of a table that no longer holds."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session

from handlers import again, answers
from handlers.actions import ShowGuide
from handlers.asking import Asking
from handlers.collecting import days_beside, place_given
from handlers.reply import Card, Outcome
from knowledge import collection, library
from knowledge.disaster.records import Town
from knowledge.models import CollectionDay, ResidentChoices
from knowledge.records import FactKind
from knowledge.text import Language
from tests.handlers.talk import NOW, Talk, asking, resident, told

GUIDE = "gomi-shushubi"
FOURTH = """東池袋4丁目の収集曜日（2026年11月30日まで）
・燃やすごみ：月・木
・金属・陶器・ガラスごみ：第1・3火
・プラスチック・紙・布：土
・びん・かん・ペットボトル：金
収集日の朝8:00までに出してください。
出典：豊島区「資源回収・ごみ収集のお知らせ」曜日一覧"""
AFTERWARDS = datetime(2026, 12, 1, 3, tzinfo=UTC)


@pytest.mark.parametrize("text", ["東池袋4丁目のごみの日", "燃やすごみは何曜日？ 東池袋四丁目です"])
def test_whoever_names_a_place_reads_its_days(talk: Talk, text: str) -> None:
    """Each kind with its days, until when they hold, and where they were published; the guide is a tap away."""
    reply = talk.say(text)
    assert (reply.outcome, reply.guide) == (Outcome.ANSWERED, GUIDE)
    assert told(reply).startswith(FOURTH)
    assert len(reply.parts) == 1
    assert ShowGuide(GUIDE) in [choice.action for choice in reply.choices]


@pytest.mark.parametrize(
    "text", ["東池袋4丁目", "東池袋4丁目です", "うちは東池袋4です", "Higashi-Ikebukuro 4-chome", "東池袋4丁目は？"]
)
def test_a_place_sent_after_the_guide_is_where_somebody_lives(talk: Talk, text: str) -> None:
    """And only after that guide."""
    assert "「東池袋4丁目」のように住所の町名を送ると、" in told(talk.press(ShowGuide(GUIDE)))
    reply = talk.say(text)
    assert reply.guide == GUIDE
    assert "4丁目" in told(reply).splitlines()[0]
    talk.press(ShowGuide("juminhyo"))
    assert talk.say(text).guide != GUIDE


@pytest.mark.parametrize(
    "text", ["東池袋4丁目の図書館", "池袋に引っ越します", "池袋駅", "何時まで？", "", "目白警察署"]
)
def test_a_question_that_names_a_place_is_a_question(session: Session, text: str) -> None:
    """A place and something else is searched as ever."""
    assert not place_given(asking(session, text, (GUIDE,)))
    assert not place_given(asking(session, "東池袋4丁目", (GUIDE, "juminhyo")))
    assert not place_given(asking(session, "東池袋4丁目", ()))


def test_a_town_of_several_timetables_shows_each(session: Session) -> None:
    """In the order of the table, under the name of its place."""
    (part,) = days_beside(asking(session, "東池袋"), GUIDE)
    places = [line for line in part.text.splitlines() if line.startswith("■ ")]
    assert places[0] == "■ 1丁目(12番、13番、22番~28番)"
    assert places[-1] == "■ 5丁目"
    assert len(places) == len({row.place for row in collection.rows(session) if row.town == "東池袋"})


def test_a_number_that_the_town_has_not_is_no_place(session: Session) -> None:
    """The whole town is told instead, under its own name."""
    (part,) = days_beside(asking(session, "東池袋9丁目"), GUIDE)
    (whole,) = days_beside(asking(session, "東池袋"), GUIDE)
    assert part == whole
    assert part.text.startswith("東池袋の収集曜日")


def test_the_town_that_was_chosen_is_known(session: Session) -> None:
    """Also where a button is pressed; a place that is named goes before it."""
    friend = resident(session).resident
    session.add(ResidentChoices(resident_id=friend, area="千早", updated_at=NOW))
    session.flush()
    own = Asking(session, "", Language.JA, (), "q1", NOW, friend)
    assert "\n千早の収集曜日" in told(answers.show_guide(own, GUIDE))
    named = Asking(session, "東池袋4丁目", Language.JA, (), "q1", NOW, friend)
    assert "\n東池袋4丁目の収集曜日" in told(answers.show_guide(named, GUIDE))


def test_asked_for_the_weekday_the_days_are_told(session: Session) -> None:
    """The guide's own record has no hours of a desk to tell; what it has is told as ever."""
    asked = asking(session, "東池袋4丁目は何曜日", (GUIDE,))
    assert told(again.show_fact(asked, GUIDE, FactKind.HOURS)).startswith(FOURTH)
    assert isinstance(again.show_fact(asked, GUIDE, FactKind.DESK).parts[0], Card)


def test_a_table_that_no_longer_holds_is_silent(session: Session) -> None:
    """The guide stands alone, and nobody is asked for their place in vain."""
    late = Asking(session, "東池袋4丁目", Language.JA, (), "q1", AFTERWARDS)
    assert days_beside(late, GUIDE) == days_beside(Asking(session, "", Language.JA, (), "q1", AFTERWARDS), GUIDE) == ()
    assert isinstance(answers.show_guide(late, GUIDE).parts[0], Card)
    session.execute(delete(CollectionDay))
    assert days_beside(asking(session, "東池袋4丁目"), GUIDE) == ()


def test_beside_another_guide_there_are_no_days(session: Session) -> None:
    """Nor where somebody names a place."""
    assert days_beside(asking(session, "東池袋4丁目"), "gomi-bunbetsu") == ()


@pytest.mark.parametrize(
    ("language", "line"),
    [
        (Language.EN, "- non-burnable garbage (metal, ceramics, glass): Tue (week 1, 3 of the month)"),
        (Language.ZH, "・不可燃垃圾（金属、陶瓷、玻璃）：每月第1、3个周二"),
        (Language.KO, "- 타지 않는 쓰레기(금속·도자기·유리): 1·3째 주 화"),
        (Language.VI, "- rác không cháy (kim loại, gốm, thủy tinh): thứ Ba (tuần 1, 3 trong tháng)"),
    ],
)
def test_days_are_told_in_every_language(session: Session, language: Language, line: str) -> None:
    """Kinds and weekdays; the place as it is written on the spot."""
    (part,) = days_beside(Asking(session, "東池袋4丁目", language, (), "q1", NOW), GUIDE)
    assert line in part.text.splitlines()


def test_every_row_of_the_table_is_told_where_it_belongs(session: Session) -> None:
    """Whatever town and 丁目: all its kinds and days, and those of no other place."""
    rows, told_rows = collection.rows(session), 0
    for town in library.records(session, Town):
        for block in (each.number for each in town.blocks):
            mine = [row for row in rows if row.town == town.name and row.place.startswith(f"{block}丁目")]
            found = collection.timetables(session, date(2026, 11, 23), town.name, block)
            shown = {
                (each.place, kind, turn.weekday, turn.weeks)
                for each in found
                for kind, turns in each.days.items()
                for turn in turns
            }
            if mine:
                assert shown == {(row.place, row.kind, row.weekday, tuple(row.weeks)) for row in mine}
            told_rows += len(mine)
    assert told_rows > 0.95 * len(rows)
