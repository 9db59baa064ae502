"""Telling a resident later what could not be answered now: the offer, the yes, and the answer when there is one."""

from dataclasses import replace

from handlers import answers
from handlers.actions import TellMe
from handlers.asking import Asking
from handlers.card import day
from handlers.reply import Choice, Outcome, Reply, Text
from knowledge import wishes
from knowledge.days import JST
from knowledge.models import Question
from knowledge.text import Language

SHOWN = 60
"""How much of a question is repeated when its answer comes."""


def offer_to_tell(asking: Asking, row: Question, reply: Reply) -> Reply:
    """The reply with one more choice first: to be told later; only where we know whom and what."""
    if row.resident_id is None or row.text is None or wishes.is_wished(asking.session, row.id):
        return reply
    say = _in_language_of(asking, row).say
    return replace(reply, choices=(Choice(say.tell_me, TellMe(row.id)), *reply.choices))


def agree_to_be_told(asking: Asking, resident: int | None, question: str) -> Reply:
    """Keep the wish and say so; where the answer is known by now, say that instead."""
    row = asking.session.get(Question, question)
    if row is None or row.text is None or resident is None or row.resident_id != resident:
        return answers.gone(asking)
    own = _in_language_of(asking, row)
    known = wishes.known_answer(asking.session, question)
    if known:
        shown = answers.show_guide(own, known)
        return replace(shown, parts=(Text(own.say.tell_known), *shown.parts))
    wishes.agree(asking.session, row, asking.now)
    return Reply(Outcome.FEEDBACK, (Text(own.say.tell_promised),))


def told(asking: Asking, row: Question, answer: Reply) -> Reply:
    """The answer that was wished for, led in by the question it belongs to."""
    own = _in_language_of(asking, row)
    asked = row.text or ""
    shown = asked if len(asked) <= SHOWN else f"{asked[:SHOWN]}…"
    date = day(row.asked_at.astimezone(JST).date(), own.language)
    return replace(answer, parts=(Text(own.say.told.format(date=date, question=shown)), *answer.parts), notice=None)


def _in_language_of(asking: Asking, row: Question) -> Asking:
    return replace(asking, language=Language(row.lang))
