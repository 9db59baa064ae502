"""The conversation: what is remembered, for how long, and what is stored of it."""

import logging
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from bot.wiring import Pocket
from handlers.actions import AskFact, GiveFeedback, ShowGuide, ShowLifeEvent, ShowMenu
from handlers.conversation import Asker, Channel
from handlers.deadline.actions import DropReminder, RemindMe
from handlers.remembered import LASTS
from handlers.reply import Outcome
from knowledge import library
from knowledge.database import Sessions
from knowledge.models import ConversationRow, DeadlineReminder, Question
from knowledge.pack import load_pack
from knowledge.records import FactKind
from knowledge.text import Language
from tests.handlers.talk import NOW, Talk, resident, told

MY_NUMBER = "1234 5678 9018"


def _row(session: Session, question: str | None) -> Question:
    found = session.get(Question, question)
    assert found
    return found


@pytest.mark.parametrize(
    ("said", "fact"),
    [
        ("いくら？", FactKind.FEE),
        ("何が必要？", FactKind.ITEMS),
        ("どこ？", FactKind.DESK),
        ("オンラインでできる？", FactKind.ONLINE),
        ("代理でもいい？", FactKind.AGENT),
        ("いつまで？", FactKind.DEADLINE),
        ("対象は？", FactKind.AUDIENCE),
        ("何歳から？", FactKind.AUDIENCE),
        ("how much?", FactKind.FEE),
    ],
)
def test_a_short_question_is_about_what_was_just_shown(talk: Talk, said: str, fact: FactKind) -> None:
    """Just that fact of that guide is answered."""
    talk.press(ShowGuide("juminhyo"))
    reply = talk.say(said, NOW + timedelta(minutes=1))
    assert (reply.guide, reply.fact) == ("juminhyo", fact)


def test_the_fee_is_the_records(talk: Talk) -> None:
    """Every amount of the guide, and nothing of other facts."""
    talk.press(ShowGuide("juminhyo"))
    reply = talk.say("いくら？")
    guide = library.guide(talk.session, "juminhyo")
    assert guide
    assert all((f"{fee.yen:,}円" if fee.yen else "無料") in told(reply) for fee in guide.fees)
    assert not any(item.name in told(reply) for item in guide.items)


def test_a_topic_lasts_half_an_hour(talk: Talk) -> None:
    """To the second; after that the question comes back: of what?"""
    talk.press(ShowGuide("juminhyo"))
    assert talk.say("いくら？", NOW + LASTS).guide == "juminhyo"
    late = talk.say("いくら？", NOW + 2 * LASTS + timedelta(seconds=1))
    assert (late.outcome, late.guide) == (Outcome.CLARIFY, None)
    assert told(late).startswith("どの手続きのことでしょうか。")
    assert late.choices


def test_each_answer_begins_the_half_hour_anew(talk: Talk) -> None:
    """Somebody who goes on asking is understood."""
    talk.press(ShowGuide("juminhyo"))
    for minutes in (20, 40, 60):
        assert talk.say("どこ？", NOW + timedelta(minutes=minutes)).guide == "juminhyo"


def test_a_fact_asked_after_an_offer_asks_whose(talk: Talk) -> None:
    """Each guide offered is a button to that very fact of it, and pressing one answers it."""
    offered = talk.press(ShowLifeEvent("birth"))
    asked = talk.say("いつまで？")
    buttons = [choice.action for choice in asked.choices if isinstance(choice.action, AskFact)]
    assert (asked.outcome, asked.candidates) == (Outcome.CLARIFY, offered.candidates)
    assert AskFact("shussei-todoke", FactKind.DEADLINE) in buttons
    answer = talk.press(AskFact("shussei-todoke", FactKind.DEADLINE))
    assert (answer.outcome, answer.guide, answer.fact) == (Outcome.ANSWERED, "shussei-todoke", FactKind.DEADLINE)


def test_residents_do_not_share_topics(talk: Talk, stranger: Talk) -> None:
    """What one was shown says nothing about another's question; a channel without memory carries its own topic."""
    talk.press(ShowGuide("juminhyo"))
    assert stranger.say("いくら？").outcome == Outcome.CLARIFY
    carried = Talk(stranger.responder, stranger.session, Asker(Channel.WEB, topics=("inkan-shomei",)))
    assert carried.say("いくら？").guide == "inkan-shomei"


@pytest.mark.parametrize(("solved", "stored"), [(True, "solved"), (False, "wrong")])
def test_a_verdict_is_kept_with_its_question(talk: Talk, solved: bool, stored: str) -> None:
    """And thanked for; a wrong answer comes with the phone of the guide's own desk."""
    asked = talk.press(ShowGuide("juminhyo"))
    assert asked.question
    thanks = talk.press(GiveFeedback(asked.question, solved=solved))
    guide = library.guide(talk.session, "juminhyo")
    assert guide
    phone = next(desk.phone for desk in library.desks(talk.session, guide) if desk.phone)
    assert _row(talk.session, asked.question).feedback == stored
    assert thanks.outcome == Outcome.FEEDBACK
    assert (phone in told(thanks)) is not solved


def test_a_verdict_on_nothing_is_thanked_for(talk: Talk) -> None:
    """An old button, or a forged one, changes no row."""
    assert talk.press(GiveFeedback("0" * 32, solved=True)).outcome == Outcome.FEEDBACK
    assert talk.session.scalars(select(Question).where(Question.feedback.is_not(None))).all() == []


def test_a_question_is_stored_masked_with_what_was_found(talk: Talk, pocket: Pocket) -> None:
    """Text without the number, outcome, guide, trace with hits and timings, snapshot, language, channel, time."""
    reply = talk.say(f"住民票の写しがほしい。マイナンバーは{MY_NUMBER}です")
    row = _row(talk.session, reply.question)
    assert row.text == "住民票の写しがほしい。マイナンバーは〔番号〕です"
    assert (row.channel, row.lang, row.outcome, row.guide_id) == ("line", "ja", reply.outcome.value, reply.guide)
    assert set(row.trace) == {"step", "hits", "ms"}
    assert set(row.trace["ms"]) >= {"encode", "rank"}
    assert row.snapshot == pocket.responder.searcher.shelf.snapshot().name
    assert (row.asked_at, row.feedback) == (NOW, None)
    assert MY_NUMBER[:4] not in str(row.trace)


def test_masking_is_said_and_only_then(talk: Talk) -> None:
    """A number is masked and the resident told why not to send it; full-width letters alone are no secret."""
    assert (talk.say(f"{MY_NUMBER} で転入届").notice or "").startswith("番号や連絡先のような")
    assert (talk.say("call 090-1234-5678 about garbage").notice or "").startswith("Your message seemed to contain")
    assert talk.say("ＤＶ相談　はどこ？").notice is None


def test_a_long_text_is_said_to_be_read_in_part(talk: Talk) -> None:
    """500 characters, in the language of the text."""
    assert talk.say("住民票の写しがほしい。" + "あ" * 489).notice is None
    assert "500文字" in (talk.say("住民票の写しがほしい。" + "あ" * 490).notice or "")


def test_danger_is_seen_at_the_end_of_a_long_text_too(talk: Talk) -> None:
    """Somebody who tells a whole story first."""
    assert talk.say("家のことで相談です。" + "いろいろありました。" * 200 + "もう死にたい").outcome == Outcome.CRISIS


def test_a_message_taken_back_is_erased(pocket: Pocket, session: Session) -> None:
    """Its text; that a question was asked and how it ended stays."""
    talk = Talk(pocket.responder, session, resident(session, message="m1"))
    other = Talk(pocket.responder, session, resident(session, message="m2"))
    gone, kept = talk.say("児童手当はいくら"), other.say("住民票の写し")
    pocket.responder.forget(session, "m1")
    session.expire_all()
    assert _row(session, gone.question).text is None
    assert _row(session, gone.question).outcome == gone.outcome.value
    assert _row(session, kept.question).text == "住民票の写し"


def test_a_new_friend_is_told_what_this_is(talk: Talk) -> None:
    """What can be asked, what not to send, and that it is a sample."""
    reply = talk.responder.welcome(talk.session)
    assert "友だち追加ありがとうございます。" in told(reply)
    assert library.ward(talk.session).notice in told(reply)
    assert reply.choices


@pytest.mark.parametrize("kind", ["sticker", "image", "video", "audio", "file", "location", "something-new"])
def test_what_is_no_text_is_answered_politely(talk: Talk, kind: str) -> None:
    """With a menu, and a word that nothing was kept."""
    reply = talk.responder.unsupported(talk.session, kind)
    assert reply.outcome == Outcome.UNSUPPORTED
    assert told(reply).endswith("▶ " + reply.choices[-1].label)
    assert "文字で送って" in told(reply)


def test_buttons_of_records_that_are_gone(talk: Talk) -> None:
    """An old menu in the chat history leads to a menu, not to an error."""
    assert talk.press(ShowLifeEvent("no-such-event")).outcome == Outcome.NOT_FOUND
    assert talk.press(ShowGuide("no-such-guide")).outcome == Outcome.EXPIRED
    assert talk.press(AskFact("no-such-guide", FactKind.FEE)).outcome == Outcome.EXPIRED
    assert talk.press(ShowMenu()).outcome == Outcome.MENU


@pytest.mark.parametrize(
    "text", ["", " ", "？", "!!!", "🙏", "\0", "\ud83d", "\u200b\u200b", "…", "<script>", "'; DROP TABLE questions;--"]
)
def test_any_text_is_answered(talk: Talk, text: str) -> None:
    """Empty, broken or hostile: there is a reply with something to read and a row that can be stored."""
    reply = talk.say(text)
    assert told(reply).strip()
    assert _row(talk.session, reply.question).outcome == reply.outcome.value


def test_the_answer_is_in_the_language_asked_or_chosen(talk: Talk) -> None:
    """The question's own, unless one was chosen."""
    assert talk.say("How much is it?").parts[0] != talk.say("いくら？").parts[0]
    assert "Which procedure" in told(talk.say("How much is it?"))
    chosen = Talk(talk.responder, talk.session, Asker(Channel.TERMINAL, language=Language.KO))
    assert "어떤 절차인가요?" in told(chosen.say("いくら？"))


def test_japanese_in_latin_letters_is_japanese(talk: Talk) -> None:
    """Whoever has no Japanese keyboard is answered like anybody else, also in danger."""
    reply = talk.say("Juminhyo wa doko de moraemasu ka?")
    assert (reply.outcome, reply.guide) == (Outcome.ANSWERED, "juminhyo")
    assert "総合窓口課" in told(reply)
    assert talk.say("ikura desu ka").fact == FactKind.FEE
    assert talk.say("otto ni nagurareru. nigetai, tasukete").crisis == "dv-abuse"


def test_the_logs_hold_nothing_that_was_typed(
    talk: Talk, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """A whole conversation at the finest level: no word of it on any log or stream."""
    caplog.set_level(logging.DEBUG)
    typed = [
        "児童手当をもらいたいひみつ",
        MY_NUMBER,
        "死にたいひみつ",
        "いくら？ひみつ",
        "hello himitsu",
        "\ud83dひみつ",
    ]
    with capture_logs() as entries:
        for text in typed:
            talk.say(text)
        talk.press(ShowGuide("juminhyo"))
        talk.responder.unsupported(talk.session, "image")
    streams = capfd.readouterr()
    everything = f"{entries}{caplog.text}{streams.out}{streams.err}"
    assert [word for word in ("ひみつ", "himitsu", "9018", "児童手当") if word in everything] == []


def test_a_conversation_is_kept_on_both_databases(pocket: Pocket, sessions: Sessions) -> None:
    """Asked, followed up, judged and taken back, each in a transaction of its own, on SQLite and PostgreSQL."""
    with sessions.begin() as session:
        library.sync_pack(session, load_pack(pocket.settings.pack_dir), NOW)
        asker = resident(session, message="m1")
    with sessions.begin() as session:
        asked = pocket.responder.act(session, ShowGuide("juminhyo"), asker, NOW)
    with sessions.begin() as session:
        followed = pocket.responder.ask(session, "いくら？\0\ud83d", asker, NOW)
    with sessions.begin() as session:
        pocket.responder.act(session, GiveFeedback(asked.question or "", solved=False), asker, NOW)
        pocket.responder.forget(session, "m1")
    with sessions() as session:
        stored = {row.id: row for row in session.scalars(select(Question))}
        assert set(stored) == {asked.question, followed.question}
        assert stored[asked.question or ""].feedback == "wrong"
        assert (stored[followed.question or ""].guide_id, stored[followed.question or ""].text) == ("juminhyo", None)
        assert session.scalars(select(ConversationRow)).one().topic == "juminhyo"


def test_a_button_answers_in_the_language_that_was_asked_in(talk: Talk) -> None:
    """For half an hour, also when it is pressed after something that no language can be told from."""
    talk.say("How do I register my seal?")
    talk.say("👍")
    assert told(talk.press(ShowGuide("juminhyo"), NOW + LASTS)).startswith("【Residence certificate")
    late = talk.press(ShowGuide("juminhyo"), NOW + 2 * LASTS + timedelta(seconds=1))
    assert told(late).startswith("【住民票の写し")


def test_a_typed_label_is_the_button(talk: Talk) -> None:
    """What stands on a button does what pressing it does, as long as it is remembered."""
    offered = talk.say("転入か転出か分からない届出")
    assert offered.outcome == Outcome.CLARIFY
    assert talk.say(offered.choices[1].label).guide == offered.candidates[1]
    later = NOW + 2 * LASTS
    first, second, *_ = talk.say("転入か転出か分からない届出", later).candidates
    assert talk.say("2番", later).guide == second
    details = talk.say("くわしく見る", later)
    assert (details.guide, details.fact) == (second, FactKind.DETAILS)
    assert talk.say("1番", later + 2 * LASTS).guide not in (first, second)


def test_a_typed_day_is_the_day_picked(talk: Talk) -> None:
    """Where a calendar was offered, whoever types the day is understood, and so is who deletes it in words."""
    talk.press(RemindMe("shussei-todoke", 0))
    noted = talk.say("11月20日")
    drop = noted.choices[0]
    assert drop.action == DropReminder(talk.session.scalars(select(DeadlineReminder.id)).one())
    talk.say(drop.label)
    assert talk.session.scalars(select(DeadlineReminder)).all() == []
