"""Which step answers a question: nothing said, danger, a follow-up, or what was found; the first that can, does."""

import pytest
from sqlalchemy.orm import Session

from handlers.actions import ShowGuide
from handlers.decision import Limits
from handlers.question import Thought, answer
from handlers.reply import Checklist, Outcome
from knowledge.records import FactKind
from tests.handlers.talk import Talk, asking


def _thought(talk: Talk, text: str, topics: tuple[str, ...] = ()) -> Thought:
    return answer(asking(talk.session, text, topics), talk.responder.searcher, Limits())


@pytest.mark.parametrize(
    ("text", "topics", "step", "outcome"),
    [
        ("？！", (), "nothing_said", Outcome.MENU),
        ("", (), "nothing_said", Outcome.MENU),
        ("👶", (), "nothing_said", Outcome.MENU),
        ("メニュー", (), "menu_asked", Outcome.MENU),
        ("めにゅー みせて", (), "menu_asked", Outcome.MENU),
        ("メニューを出してください！", (), "menu_asked", Outcome.MENU),
        ("Menu please", (), "menu_asked", Outcome.MENU),
        ("메뉴", (), "menu_asked", Outcome.MENU),
        ("もう死にたい、いくら？", ("juminhyo",), "in_danger", Outcome.CRISIS),
        ("いくら？", (), "follow_up", Outcome.CLARIFY),
        ("いくら？", ("juminhyo",), "follow_up", Outcome.ANSWERED),
        ("いくら？", ("juminhyo", "inkan-shomei"), "follow_up", Outcome.CLARIFY),
        ("児童手当はいくら？", ("juminhyo",), "found", Outcome.ANSWERED),
        ("児童手当はいくら？", ("juminhyo", "inkan-shomei"), "found", Outcome.ANSWERED),
        ("こんにちは", (), "found", Outcome.SMALLTALK),
        ("今日の窓口は混んでる？", (), "found", Outcome.ANSWERED),
    ],
)
def test_the_first_step_that_can_answers(
    stranger: Talk, text: str, topics: tuple[str, ...], step: str, outcome: Outcome
) -> None:
    """And its name stands in the trace."""
    thought = _thought(stranger, text, topics)
    assert (thought.step, thought.reply.outcome, thought.trace()["step"]) == (step, outcome, step)


def test_an_answer_to_who_may_be_in_danger_begins_with_numbers_to_call(stranger: Talk) -> None:
    """The answer is given all the same, and nobody else sees such a line."""
    reply = _thought(stranger, "旦那がお金をくれません").reply
    assert (reply.outcome, reply.guide, reply.crisis) == (Outcome.ANSWERED, "dv-sodan", "dv-abuse")
    assert "110" in reply.parts[0].text  # type: ignore[union-attr]
    assert _thought(stranger, "住民票がほしい").reply.crisis is None


@pytest.mark.parametrize(
    ("text", "guide"),
    [
        ("本に埋もれて死にたい人間です。図書館は一度に何冊まで？", "toshokan"),
        ("奨学金の書類明日までで死んでる。非課税証明ってコンビニでも出ますか", "kazei-shomei"),
        ("住所を知られたくない相手がいます。また殴られるので", "dv-sodan"),
        ("死にたい", None),
    ],
)
def test_below_numbers_to_call_stands_the_way_to_what_was_asked_for(
    stranger: Talk, text: str, guide: str | None
) -> None:
    """By words or by likeness: the numbers first, and a button to a guide that would have been answered."""
    reply = _thought(stranger, text).reply
    assert reply.outcome == Outcome.CRISIS
    assert reply.candidates == ((guide,) if guide else ())
    assert [choice.action for choice in reply.choices if isinstance(choice.action, ShowGuide)][:1] == (
        [ShowGuide(guide)] if guide else []
    )


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("足が悪いんだけど、本人じゃないとダメ？", FactKind.AGENT),
        ("体がつらくて夫に行ってもらいたい", FactKind.AGENT),
        ("郵送とかネットは無理かな", FactKind.ONLINE),
        ("さかのぼれるのはどこまで", FactKind.DEADLINE),
        ("電話は何番ですか", FactKind.DESK),
        ("家から遠いんだけど近場で済ませたいな", FactKind.DESK),
        ("えっ有料？タダじゃないの", FactKind.FEE),
        ("誰でも作れるもんなの", FactKind.AUDIENCE),
        ("뭐 가져가야 돼요?", FactKind.ITEMS),
        ("Chồng tôi đi thay được không?", FactKind.AGENT),
    ],
)
def test_a_further_question_stays_with_what_was_shown(stranger: Talk, text: str, fact: FactKind) -> None:
    """Also where it names things beside the fact: as a question it is nearer than any guide is."""
    thought = _thought(stranger, text, ("inkan-toroku",))
    assert (thought.step, thought.reply.guide, thought.reply.fact) == ("follow_up", "inkan-toroku", fact)


@pytest.mark.parametrize(
    ("text", "guide"),
    [
        ("それはもういいや。犬の登録は？", "inu-toroku"),
        ("避難所は近くだとどこ？", "hinanjo"),
        ("あと児童手当も", "jido-teate"),
        ("古いソファを捨てるんだけどシールはいくら分貼る？", "sodai-gomi"),
        ("保育園に入れたい。締め切りっていつまで？", "hoikuen-nyuen"),
        ("娘が生まれたんだけど名前の届けはどこに出すの", "shussei-todoke"),
        ("うちの子の医療証をなくした。書類は何がいる？", "kodomo-iryohi"),
    ],
)
def test_a_change_of_topic_leaves_what_was_shown(stranger: Talk, text: str, guide: str) -> None:
    """A guide that is named more clearly than a fact is what is meant, also where a fact of it is asked for."""
    thought = _thought(stranger, text, ("inkan-toroku",))
    assert (thought.step, thought.reply.guide) == ("found", guide)


@pytest.mark.parametrize(
    "text",
    ["死にたい", "夫に殴られています", "子どもを殴ってしまった", "火事です", "I want to kill myself", "죽고 싶어요"],
)
def test_a_cry_for_help_is_heard_before_anything_is_searched(stranger: Talk, text: str) -> None:
    """No hits, no scores: the signs decide."""
    thought = _thought(stranger, text)
    assert (thought.reply.outcome, thought.hits) == (Outcome.CRISIS, None)


@pytest.mark.parametrize("text", ["自殺対策計画を見たい", "死亡届を出したい", "死ぬほど眠い"])
def test_words_that_look_alike_do_not_alarm(stranger: Talk, text: str) -> None:
    """A plan's name, a notice, a figure of speech are no signs: the search decides what they mean."""
    assert _thought(stranger, text).step != "in_danger"


@pytest.mark.parametrize(
    "text",
    [
        "札幌市の転出届を郵送で出したい",
        "新宿区の粗大ごみ",
        "横浜市で住民票を取りたい",
        "広島市の児童手当",
        "京都市のごみ袋",
    ],
)
def test_another_towns_procedures_are_left_to_it(stranger: Talk, text: str) -> None:
    """However well the procedure itself is known here."""
    thought = _thought(stranger, text)
    assert (thought.step, thought.reply.outcome) == ("elsewhere", Outcome.OTHER_BODY)


@pytest.mark.parametrize(
    "text",
    [
        "札幌市から引っ越してきました",
        "豊島区の粗大ごみ",
        "千葉市の実家から越してきた",
        "要町のごみの日",
        "横浜市の転出届は出しました。豊島区の転入届は？",
        "特別区の職員採用",
        "うちの地区のごみの日",
        "都市計画の図を見たい",
        "学区の小学校",
        "大都市の税金",
    ],
)
def test_another_town_in_passing_is_no_reason_to_send_away(stranger: Talk, text: str) -> None:
    """Where somebody comes from, our own towns, and words that only look like a town."""
    assert _thought(stranger, text).step != "elsewhere"


def test_a_look_alike_of_a_cry_for_help_does_not_alarm_by_likeness_either(stranger: Talk) -> None:
    """Where the pack calls a wording harmless, being near a cry for help is no reason to give its numbers."""
    for text in (
        "眠くて死にそう",
        "暑くて死にそう",
        "隣の火事が燃え移って家財がだめになりました。区から見舞金は出ますか",
    ):
        assert _thought(stranger, text).reply.outcome != Outcome.CRISIS


@pytest.mark.parametrize(
    ("text", "guide"),
    [
        ("障害者手帳がほしいんだけど", "shogaisha-techo"),
        ("同行援護", "ido-shien"),
        ("子どもが生まれた", "shussei-todoke"),
    ],
)
def test_a_guide_that_is_named_comes_first(stranger: Talk, text: str, guide: str) -> None:
    """Before what is more urgent in the same life event, and before one that has a rarer word of it."""
    reply = _thought(stranger, text).reply
    assert (reply.guide or reply.candidates[0]) == guide


def test_a_new_subject_leaves_the_topic(stranger: Talk) -> None:
    """A fact asked with a guide's name is that guide's, and comes first on its card."""
    reply = _thought(stranger, "児童手当はいくら？", ("juminhyo",)).reply
    assert reply.guide == "jido-teate"


def test_hits_are_kept_with_their_scores(stranger: Talk) -> None:
    """The five best, best first, with what each stage took: limits are set from such records."""
    trace = _thought(stranger, "児童手当").trace()
    scores = [score for _, _, score in trace["hits"]]
    assert len(scores) == 5
    assert ["guide", "jido-teate"] in [hit[:2] for hit in trace["hits"]]
    assert all(ms > 0 for ms in trace["ms"].values())


def test_the_main_job(stranger: Talk) -> None:
    """「引っ越してきたけど何すればいい？」: the notice within 14 days first, and what else to do."""
    reply = _thought(stranger, "引っ越してきたけど何すればいい？").reply
    steps = [step for part in reply.parts if isinstance(part, Checklist) for step in part.steps]
    assert (reply.outcome, reply.guide) == (Outcome.ANSWERED, "tennyu-todoke")
    assert len(steps) >= 3


def test_nothing_is_stored_by_thinking(session: Session, stranger: Talk) -> None:
    """Rows are the conversation's."""
    _thought(stranger, "児童手当")
    assert not session.new
    assert not session.dirty
