"""What is spoken of after an answer: limits at and just below, and what people really ask on."""

from dataclasses import replace

import pytest

from handlers.decision import Limits
from handlers.question import answer
from handlers.reply import Outcome
from handlers.sureness import Sureness
from handlers.topic import Topic
from knowledge.passages import Owner, OwnerKind
from knowledge.records import FactKind
from knowledge.search import Hit, Hits
from tests.handlers.talk import Talk, asking

EVEN = Sureness(apart=0.0, near=0.0, covered=0.0, bias=0.0)
LIMITS = Limits(sureness=EVEN, answer=0.5, follow_up=2.0, further=10.0, behind=3.0)
"""Every guide is as likely as not, so that of what was just shown a fact needs no lead."""
LIKELY = replace(LIMITS, answer=0.25)
"""Another guide is likelier than an answer needs by a quarter: a lead of 2.5 is needed."""
BELOW = 0.01
GUIDE, FACT, CRISIS, TALK = OwnerKind.GUIDE, OwnerKind.FOLLOW_UP, OwnerKind.CRISIS, OwnerKind.SMALLTALK


def _topic(*found: tuple[OwnerKind, str, float], limits: Limits = LIMITS, name: float = 0.5) -> Topic:
    hits = tuple(Hit(Owner(kind, id_), score, name, 0.5, 1.0, 0.0, 0.5) for kind, id_, score in found)
    ordered = sorted(hits, key=lambda hit: -hit.score)
    return Topic(("own",), Hits(tuple(ordered), "20261122", {}), limits)


def test_the_guide_just_shown_may_lie_behind_by_a_little() -> None:
    """At the limit it is still meant, below it is not; nor where it was not found at all."""
    assert _topic((GUIDE, "other", 8.0), (GUIDE, "own", 5.0)).still() == "own"
    assert _topic((GUIDE, "other", 8.0), (GUIDE, "own", 5.0 - BELOW)).still() is None
    assert _topic((GUIDE, "other", 8.0)).still() is None


def test_it_may_lie_behind_by_more_where_nothing_else_is_likely() -> None:
    """Where no other guide was found its chance is none: ten times the half that an answer needs."""
    assert _topic((TALK, "thanks", 8.0), (GUIDE, "own", 3.0)).still() == "own"
    assert _topic((TALK, "thanks", 8.0), (GUIDE, "own", 3.0 - BELOW)).still() is None


def test_danger_and_what_is_named_outright_go_before_it() -> None:
    """Even if it is hardly less likely."""
    assert _topic((CRISIS, "police", 8.0), (GUIDE, "own", 7.9)).still() is None
    assert _topic((TALK, "thanks", 8.0), (GUIDE, "own", 7.9), name=0.95).still() is None


def test_of_several_offered_none_is_still_meant() -> None:
    """Nobody has seen any of them."""
    topic = _topic((GUIDE, "own", 8.0))
    assert (topic.still(), topic.own) == ("own", "own")
    several = replace(topic, guides=("own", "other"))
    assert (several.still(), several.own) == (None, None)


@pytest.mark.parametrize(("limits", "least"), [(LIMITS, 8.0), (LIKELY, 10.5)])
def test_a_fact_needs_the_more_lead_the_likelier_another_guide_is(limits: Limits, least: float) -> None:
    """The guide just shown is no rival of its own facts."""
    others = (GUIDE, "own", 9.0), (GUIDE, "other", 8.0)
    assert _topic(*others, (FACT, "fee", least), limits=limits).fact(danger=False) == FactKind.FEE
    assert _topic(*others, (FACT, "fee", least - BELOW), limits=limits).fact(danger=False) is None


def test_what_is_much_more_like_the_guide_asks_for_no_fact_of_it() -> None:
    """At three behind it does, at more all of the guide is meant."""
    assert _topic((GUIDE, "own", 9.0), (FACT, "fee", 6.0)).fact(danger=False) == FactKind.FEE
    assert _topic((GUIDE, "own", 9.0), (FACT, "fee", 6.0 - BELOW)).fact(danger=False) is None


def test_where_nothing_was_shown_a_fact_needs_a_lead_of_its_own() -> None:
    """By two standard deviations, however likely a guide is."""
    topic = replace(_topic((GUIDE, "other", 8.0), (FACT, "fee", 10.0)), guides=())
    stricter = replace(topic, limits=replace(LIMITS, follow_up=2.0 + BELOW))
    assert (topic.fact(danger=False), stricter.fact(danger=False)) == (FactKind.FEE, None)


def test_where_danger_would_be_the_answer_a_fact_needs_as_much() -> None:
    """「昨日また顔やられた。仕事やすむしかない」 after a card asks for no fee; what clearly does is told it."""
    hesitant, clear = (_topic((CRISIS, "dv-abuse", 8.0), (FACT, "fee", score)) for score in (10.0 - BELOW, 10.0))
    assert (hesitant.fact(danger=False), hesitant.fact(danger=True)) == (FactKind.FEE, None)
    assert clear.fact(danger=True) == FactKind.FEE


@pytest.mark.parametrize(
    ("shown", "text", "step"),
    [
        ("sodai-gomi", "布団は？", "still"),
        ("ninpu-kenshin", "15回目からは自腹ってこと？", "still"),
        ("tokiwaso", "入館料は？", "still"),
        ("jido-teate", "児童手当はいくら？", "still"),
        ("juminhyo", "ありがとう", "found"),
        ("sodai-gomi", "彼氏に殴られてて", "in_danger"),
        ("kazei-shomei", "ところで千早ってごみいつ？", "clarify"),
        ("fukushi-jutaku", "あと原付廃車したい", "found"),
    ],
)
def test_what_people_ask_on(stranger: Talk, shown: str, text: str, step: str) -> None:
    """Whoever stays with a matter is not sent to another, and whoever leaves it is not held."""
    thought = answer(asking(stranger.session, text, (shown,)), stranger.responder.searcher, Limits())
    assert thought.step == step
    if step == "still":
        assert thought.reply.guide == shown or thought.reply.outcome == Outcome.NOT_FOUND
        assert thought.reply.candidates == ()
