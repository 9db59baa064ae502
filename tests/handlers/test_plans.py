"""Plans and other documents: quoted where they answer, and otherwise a tap away where they may tell more."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.console.guides.trying import tried
from bot.setup import build_index
from bot.wiring import Pocket
from handlers import answers
from handlers.actions import Cite, GiveFeedback, ShowGuide
from handlers.conversation import Asker, Channel
from handlers.decision import Limits
from handlers.reply import Choice, Citation, Outcome, Reply
from indexer.encoding import silent
from indexer.ingest import add_sources
from indexer.sandbox import Limits as Bounds
from knowledge.models import Question, SourcePassage, SourceRow, SourceStatus
from knowledge.passages import OwnerKind
from tests.handlers.talk import NOW, Talk, asking, resident, told
from tests.installation import settings_for

SAID = "ごみを集める清掃車がいま走っている場所を、2031年度から地図のデータとして公開します。"
PLAN = f"# 試しのまち計画\n\n## 清掃車の見える化\n\n{SAID}\n"
QUESTION = "清掃車がいま走っている場所のデータは公開されますか"
NEVER_AT_ONCE = Limits(source=99.0)


@pytest.fixture(scope="module")
def pocket(installation: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pocket]:
    """An installation that holds a plan."""
    copy = shutil.copytree(installation, tmp_path_factory.mktemp("plans") / "data")
    settings = settings_for(copy)
    paper = copy.parent / "plan.md"
    paper.write_text(PLAN, encoding="utf-8")
    pocket = Pocket.open(settings)
    with pocket.sessions.begin() as session:
        assert not add_sources(session, [paper], now=NOW, limits=Bounds()).failed
    build_index(settings, silent, pocket.responder.searcher)
    yield pocket
    pocket.engine.dispose()


@pytest.fixture
def careful(pocket: Pocket, session: Session) -> Talk:
    """A friend on LINE who talks to one that is never sure enough of a plan to quote it at once."""
    return Talk(replace(pocket.responder, limits=NEVER_AT_ONCE), session, resident(session))


def _readable(reply: Reply) -> list[tuple[int, ...]]:
    return [choice.action.passages for choice in reply.choices if isinstance(choice.action, Cite)]


def _passage(session: Session) -> int:
    """The plan's only passage."""
    return session.scalars(select(SourcePassage.id)).one()


def test_a_plan_that_answers_is_quoted_at_once(talk: Talk) -> None:
    """Word for word; there is no button to what stands there already."""
    reply = talk.say(QUESTION)
    assert (reply.outcome, reply.passage) == (Outcome.ANSWERED, _passage(talk.session))
    assert SAID in told(reply)
    assert not _readable(reply)


def test_a_plan_that_may_tell_is_a_tap_away(careful: Talk) -> None:
    """Where nothing else was found, the reply says so; the button quotes it, and what was read can be judged."""
    reply = careful.say(QUESTION)
    assert (reply.outcome, reply.passage) == (Outcome.NOT_FOUND, None)
    assert "区の計画には、近いことが書かれているかもしれません。" in told(reply)
    (passages,) = _readable(reply)
    read = careful.press(Cite(passages))
    assert read.outcome == Outcome.ANSWERED
    assert isinstance(read.parts[1], Citation)
    assert read.parts[1].text == SAID
    careful.press(GiveFeedback(read.question or "", solved=True))
    row = careful.session.get(Question, read.question)
    assert row
    assert (row.pressed, row.passage_id, row.text, row.feedback) == (True, passages[0], None, "solved")


def test_whoever_tries_a_question_is_told_which_plan(pocket: Pocket, session: Session) -> None:
    """Among what was found, by its title."""
    found = tried(session, pocket.responder, QUESTION, NOW)
    assert (found.competitors[0].kind, found.competitors[0].title) == (OwnerKind.SOURCE, "試しのまち計画")


def test_a_question_for_a_guide_has_no_button_to_a_plan(careful: Talk) -> None:
    """Nothing in the plan is anywhere near as likely."""
    reply = careful.say("住民票の写しがほしい")
    assert reply.guide == "juminhyo"
    assert not _readable(reply)


def test_a_cry_for_help_has_no_button_to_a_plan(careful: Talk) -> None:
    """Numbers to call, and nothing beside them."""
    reply = careful.say(f"死にたい。{QUESTION}")
    assert reply.outcome == Outcome.CRISIS
    assert not _readable(reply)


def test_a_plan_withdrawn_is_silent(careful: Talk) -> None:
    """The index may know it still: no button leads there, and one from before says that it is gone."""
    found = careful.session.scalars(select(SourceRow)).one()
    found.status = SourceStatus.WITHDRAWN
    careful.session.flush()
    assert not _readable(careful.say(QUESTION))
    pressed = careful.press(Cite((_passage(careful.session),)))
    assert (pressed.outcome, pressed.passage) == (Outcome.NOT_FOUND, None)
    assert told(pressed).startswith("このボタンは")


def test_the_likelier_stands_first(session: Session) -> None:
    """A plan before the guides offered where it is likelier than they are, and after them where it is not."""
    ids = ["juminhyo", "inkan-toroku"]
    asked, plan = asking(session, "写し"), _passage(session)
    offered = answers.clarify(asked, ids)
    guides = [choice.action for choice in offered.choices[:2]]
    before, after = (answers.or_read(asked, offered, [plan], foremost=foremost) for foremost in (True, False))
    assert [choice.action for choice in before.choices[:3]] == [Cite((plan,)), *guides]
    assert [choice.action for choice in after.choices[:3]] == [*guides, Cite((plan,))]
    assert ShowGuide("juminhyo") in guides


def test_a_quotation_can_be_read_on(session: Session) -> None:
    """The button says so, and needs no sentence."""
    asked, plan = asking(session, "清掃車"), _passage(session)
    quotation = answers.citation(asked, [plan])
    further = answers.or_read(asked, quotation, [plan], foremost=True)
    assert further.parts == quotation.parts
    assert further.choices == (Choice("ほかの箇所も読む", Cite((plan,))), *quotation.choices)
    assert answers.or_read(asked, quotation, [], foremost=True) == quotation


def test_no_more_choices_than_line_takes(pocket: Pocket, session: Session) -> None:
    """The offer to be told later still has room beside the menu and the plan."""
    friend = resident(session)
    reply = Talk(replace(pocket.responder, limits=NEVER_AT_ONCE), session, friend).say(QUESTION)
    assert len(reply.choices) == 13
    assert isinstance(reply.choices[-1], Choice)
    stranger = Talk(replace(pocket.responder, limits=NEVER_AT_ONCE), session, Asker(Channel.WEB)).say(QUESTION)
    assert len(stranger.choices) == 12
