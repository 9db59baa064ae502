"""A long message in its sentences: nothing of it is lost, and a short one is left whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.decision import Limits, Sure, decide
from handlers.question import answer
from handlers.reply import Outcome
from handlers.story import LEAST, LONG, sentences
from handlers.sureness import Sureness
from knowledge.passages import Owner, OwnerKind
from knowledge.search import Hit, Hits
from knowledge.text import LONGEST_QUESTION, normalise
from tests.handlers.talk import Talk, asking

STORY = (
    "夫は海の仕事で三週間に一度しか帰りません。帰ってくるのは決まって土曜、風呂に入り、子を抱き、日曜の夜にはまた港です。"
    "平日に二人そろうことがないので、土曜か日曜に役所が開いているか知りたいのです。"
)
SURENESS = Sureness(apart=1.0, near=0.0, covered=0.0, bias=0.0)
LIMITS = Limits(sureness=SURENESS, answer=0.75, offer=0.3, lead=1.0)


def test_a_short_message_is_heard_whole() -> None:
    """One character less than a story."""
    assert sentences("あ" * (LONG // 2) + "。" + "い" * (LONG // 2 - 2)) == []
    assert len(sentences("あ" * (LONG // 2) + "。" + "い" * (LONG // 2 - 1))) == 2


def test_a_long_sentence_is_heard_in_clauses() -> None:
    """As somebody dictates it: at the commas, none shorter than a few words."""
    said = [
        "きのう越してきたばかりで片づけもまだなんですけど、",
        "猫が、下の子が熱を出しまして、休日にみてもらえる病院は、どこだろうと思いまして、お願いします",
    ]
    assert sentences("".join(said)) == said


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        (
            "先月大阪からこちらに家族四人で引っ越してきたばかりの者です\n平日の昼間に子どもを二人とも預けられる保育のところを探しています",
            [
                "先月大阪からこちらに家族四人で引っ越してきたばかりの者です ",
                "平日の昼間に子どもを二人とも預けられる保育のところを探しています",
            ],
        ),
        (
            "I moved here from Osaka last month. My wife works nights, so where can I leave my two kids?",
            ["i moved here from osaka last month. ", "my wife works nights, so where can i leave my two kids?"],
        ),
    ],
)
def test_a_line_and_a_full_stop_end_a_sentence(text: str, heard: list[str]) -> None:
    """As people write in a chat, and as other languages do."""
    assert sentences(normalise(text)) == heard


@pytest.mark.parametrize(
    "text", ["!" + "あ" * (LONG - 1), "How do I apply for a place in a nursery for my two year old son?"]
)
def test_one_long_sentence_is_heard_once(text: str) -> None:
    """The whole was heard already."""
    assert sentences(normalise(text)) == []


@given(st.text(alphabet="あい、。!?. a", min_size=LONG, max_size=700))
def test_nothing_is_lost_and_nothing_is_too_short(text: str) -> None:
    """The sentences together are the part of the message that is read; many short ones cost few searches."""
    heard = sentences(text)
    assert not heard or "".join(heard) == text[:LONGEST_QUESTION]
    assert len(heard) != 1
    assert all(len(part) >= LEAST for part in heard)


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
