"""A long message in its sentences: nothing of it is lost, and a short one is left whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.decision import Limits, Sure, decide
from handlers.question import answer
from handlers.reply import Outcome
from handlers.story import LONG, sentences
from handlers.sureness import Sureness
from knowledge.passages import Owner, OwnerKind
from knowledge.search import Hit, Hits
from tests.handlers.talk import Talk, asking

STORY = (
    "夫は海の仕事で三週間に一度しか帰りません。帰ってくるのは決まって土曜、風呂に入り、子を抱き、日曜の夜にはまた港です。"
    "平日に二人そろうことがないので、土曜か日曜に役所が開いているか知りたいのです。"
)
SURENESS = Sureness(apart=1.0, near=0.0, covered=0.0, bias=0.0)
LIMITS = Limits(sureness=SURENESS, answer=0.75, offer=0.3, lead=1.0)


def test_a_short_message_is_heard_whole() -> None:
    """One character less than a story."""
    assert sentences("あ。" * (LONG // 2 - 1) + "あ") == []
    assert len(sentences("あ。" * (LONG // 2))) == LONG // 2


def test_a_long_sentence_is_heard_in_clauses() -> None:
    """As somebody dictates it: at the commas, none shorter than a few words."""
    said = [
        "きのう越してきたばかりで片づけもまだなんですけど、",
        "猫が、下の子が熱を出しまして、休日にみてもらえる病院は、",
        "どこだろうと思いまして、お願いします",
    ]
    assert sentences("".join(said)) == said


@given(st.text(alphabet="あい、。!?\n ", max_size=300))
def test_nothing_is_lost(text: str) -> None:
    """The sentences together are the text, but for white space."""
    heard = sentences(text)
    assert "".join("".join(heard).split()) == ("".join(text.split()) if len(text) >= LONG else "")
    assert all(heard)


def _hits(*found: tuple[str, float]) -> Hits:
    kind = OwnerKind.GUIDE
    return Hits(tuple(Hit(Owner(kind, id_), score, 0.5, 0.5, 1.0, 0.0, 0.5) for id_, score in found), "s", {})


def test_a_guide_is_as_likely_as_in_the_sentence_that_tells_it() -> None:
    """The order is that of the whole message; another guide's sentence changes nothing."""
    whole = _hits(("hours", 0.9), ("port", -0.5))
    assert decide("長い話", whole, LIMITS).sure == Sure.OFFER
    assert decide("長い話", whole, LIMITS, [_hits(("hours", 1.2))]).owners == (Owner(OwnerKind.GUIDE, "hours"),)
    assert decide("長い話", whole, LIMITS, [_hits(("hours", 1.2))]).sure == Sure.ANSWER
    assert decide("長い話", whole, LIMITS, [_hits(("port", 1.2)), _hits(("ship", 9.0))]).sure == Sure.OFFER


@pytest.mark.parametrize("text", [STORY, STORY.replace("。", "\n")])
def test_a_story_is_answered(stranger: Talk, text: str) -> None:
    """By what stands in its last sentence, which is also what staff are told who try it."""
    thought = answer(asking(stranger.session, text), stranger.responder.searcher, Limits())
    assert (thought.reply.outcome, thought.reply.guide) == (Outcome.ANSWERED, "kaicho-jikan")
    assert thought.decision
    assert thought.decision.sure == Sure.ANSWER
