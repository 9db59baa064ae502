"""Residents' questions behind a console: asked through the real responder, grouped and counted as the chores do."""

from datetime import datetime, timedelta

from sqlalchemy import select

from bot.wiring import Pocket
from handlers.actions import GiveFeedback
from handlers.conversation import Asker, Channel
from handlers.reply import Reply
from knowledge.counts import count_due
from knowledge.grouping import group_due
from knowledge.models import MissedQuestion, QuestionGroup
from knowledge.residents import resident_of

PET = ("猫を飼いたいのですが補助はありますか", "猫を飼うときの助成")
ZOO = "パンダの赤ちゃんを見る会に申し込みたい"


def line_user(number: int) -> str:
    """The LINE id of a resident of these tests."""
    return f"U{number:032x}"


def ask(pocket: Pocket, text: str, now: datetime, who: int | None = 1, *, wrong: bool = False) -> Reply:
    """Let a resident on LINE (None: somebody on the web page) ask, and perhaps call the answer wrong."""
    with pocket.sessions.begin() as session:
        asker = Asker(Channel.WEB)
        if who is not None:
            asker = Asker(Channel.LINE, resident=resident_of(session, line_user(who), 1, now).id)
        reply = pocket.responder.ask(session, text, asker, now)
        if wrong:
            pocket.responder.act(session, GiveFeedback(reply.question or "", solved=False), asker, now)
    return reply


def settle(pocket: Pocket, now: datetime) -> None:
    """Do what the chores do."""
    group_due(pocket.sessions, pocket.responder.searcher, now + timedelta(seconds=1))
    count_due(pocket.sessions, now + timedelta(seconds=1))


def ask_a_little(pocket: Pocket, now: datetime) -> None:
    """Let a few residents have asked, some of them in vain."""
    for number, text in enumerate((*PET, "転入届はいつまで")):
        ask(pocket, text, now, number, wrong=text in PET)
    settle(pocket, now)


def group_of(pocket: Pocket, reply: Reply) -> int:
    """The group a question came into."""
    with pocket.sessions() as session:
        found = session.scalar(
            select(QuestionGroup.id).join(MissedQuestion).where(MissedQuestion.question_id == reply.question)
        )
    assert found is not None
    return found
