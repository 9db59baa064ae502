"""The guided talk: what a resident reads and can tap at each moment, and that it does what it says."""

from dataclasses import replace
from datetime import date
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from bot.line import limits
from bot.line.layout import compose
from bot.line.validate import check
from handlers.actions import ShowMenu, pack, unpack
from handlers.reply import Outcome, Reply, Text
from handlers.settings.actions import Choose, PickMonth, SettingsPage, ShowSettings
from handlers.settings.talk import Door
from handlers.settings.wording import wording
from knowledge import choices
from knowledge.certificate import Certificate, CertificateKind
from knowledge.changes import (
    STOP_ALL,
    AddChild,
    Disclose,
    ForgetAll,
    ForgetDisability,
    LiveIn,
    QuietHours,
    Read,
    Rest,
    Speakable,
    WantTopic,
)
from knowledge.choosing import change
from knowledge.models import Question, ResidentStatus, SettingsVisit, Topic
from knowledge.notice import Variant
from knowledge.residents import change_status
from knowledge.settings_visits import follow_link
from tests.handlers.talk import NOW, Talk, told
from tests.knowledge.choices.people import SEAL, speakable

GARBAGE = WantTopic(Topic.GARBAGE, wanted=True)
REAL = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def sealed(talk: Talk) -> Talk:
    """The same friend where the installation has a seal and an address."""
    return replace(talk, responder=replace(talk.responder, door=Door("https://ward.example", SEAL)))


def _who(talk: Talk) -> int:
    assert talk.asker.resident is not None
    return talk.asker.resident


def _chosen(talk: Talk) -> choices.Choices:
    return choices.read(talk.session, _who(talk), SEAL)


def _actions(reply: Reply) -> list[object]:
    return [choice.action for choice in reply.choices]


def test_the_first_look_shows_what_is_kept_and_asks_nothing(sealed: Talk) -> None:
    """Each item with what stands there, a button for each, a link to the page, and no question stored."""
    reply = sealed.say("通知の設定")
    assert reply.outcome == Outcome.SETTINGS
    assert "名前・住所・電話番号・マイナンバーは聞きません" in told(reply)
    pages = [action.page for action in _actions(reply) if isinstance(action, ShowSettings)]
    assert pages == [page for page in SettingsPage if page != SettingsPage.HOME]
    assert sealed.session.scalar(select(func.count()).select_from(Question)) == 0


def test_the_link_leads_to_her_page_once(sealed: Talk) -> None:
    """Its token opens her settings and says nothing of who she is."""
    part = sealed.say("お知らせの設定").parts[0]
    assert isinstance(part, Text)
    base, _, token = part.links[0].url.rpartition("/")
    assert base == "https://ward.example/settings/open"
    assert follow_link(sealed.session, token, NOW) is not None
    assert sealed.session.query(SettingsVisit).one().resident_id == _who(sealed)


@pytest.mark.parametrize("page", SettingsPage)
@pytest.mark.parametrize("variant", Variant)
def test_every_page_is_what_line_takes(sealed: Talk, page: SettingsPage, variant: Variant) -> None:
    """In each way of reading, however much is chosen: valid, no button lost, and each button is ours."""
    for made in (
        Read(variant),
        GARBAGE,
        LiveIn("zoshigaya"),
        Rest(QuietHours(0, 60)),
        WantTopic(Topic.EVENTS, wanted=False),
    ):
        change(sealed.session, _who(sealed), made, NOW)
    for month in range(1, 11):
        change(sealed.session, _who(sealed), AddChild(date(2020, month, 1)), NOW)
    change(sealed.session, _who(sealed), Disclose(Certificate(CertificateKind.MENTAL, 1)), NOW, SEAL)
    reply = sealed.press(ShowSettings(page))
    messages = compose(reply)
    check(messages)
    assert len(reply.choices) <= limits.QUICK_REPLY_ITEMS
    assert len({choice.label for choice in reply.choices}) == len(reply.choices)
    assert all(unpack(pack(a)) == a for a in (each.action for each in reply.choices) if not isinstance(a, PickMonth))


@pytest.mark.parametrize("page", [each for each in SettingsPage if each in wording(Variant.JA).why])
def test_each_question_says_why(sealed: Talk, page: SettingsPage) -> None:
    """Before anything is answered, the reason stands there, and a way back."""
    reply = sealed.press(ShowSettings(page))
    assert wording(Variant.JA).why[page] in told(reply)
    assert ShowSettings() in _actions(reply)


def test_all_towns_can_be_reached(talk: Talk) -> None:
    """Ten at a time, by one button that goes round; each once."""
    found: list[str] = []
    for piece in (0, 1):
        reply = talk.press(ShowSettings(SettingsPage.AREA, piece))
        found += [
            a.change.town or "" for a in _actions(reply) if isinstance(a, Choose) and isinstance(a.change, LiveIn)
        ]
        assert ShowSettings(SettingsPage.AREA, 1 - piece) in _actions(reply)
    assert sorted(found) == sorted(town.id for town in choices.towns(talk.session))


def test_a_tap_is_said_and_taken_back_with_a_tap(talk: Talk) -> None:
    """Garbage notices on; the first button undoes it."""
    reply = talk.press(Choose(GARBAGE))
    assert "「ごみ・資源」のお知らせをお送りします" in told(reply)
    assert _chosen(talk).wanted == {Topic.GARBAGE}
    assert reply.choices[0].label == "もとに戻す"
    talk.press(reply.choices[0].action)
    assert _chosen(talk) == choices.Choices()


def test_one_tap_ends_all_notices(talk: Talk) -> None:
    """From the words 「お知らせを止めて」 it is one tap away."""
    talk.press(Choose(GARBAGE))
    reply = talk.say("お知らせを止めて")
    assert Choose(STOP_ALL) in _actions(reply)
    talk.press(Choose(STOP_ALL))
    assert _chosen(talk).refused == frozenset(Topic)
    assert Choose(STOP_ALL) not in _actions(talk.press(ShowSettings(SettingsPage.TOPICS)))


def test_what_she_writes_is_never_a_value(talk: Talk) -> None:
    """After being asked for the town, the child or the hours, an answer in words is a question like any other."""
    for page, text in (
        (SettingsPage.AREA, "巣鴨"), (SettingsPage.CHILDREN, "2024年5月"), (SettingsPage.QUIET, "21時から7時"),
        (SettingsPage.AGE, "34歳"), (SettingsPage.DISABILITY, "身体障害者手帳1級"),
    ):  # fmt: skip
        talk.press(ShowSettings(page))
        talk.responder.ask(talk.session, text, talk.asker, NOW)
    assert _chosen(talk) == choices.Choices()


def test_the_certificate_is_told_on_the_page_alone(sealed: Talk) -> None:
    """In the chat it is explained, linked and deleted, but no button tells it; without a seal nothing is said."""
    reply = sealed.press(ShowSettings(SettingsPage.DISABILITY))
    assert [type(action) for action in _actions(reply)] == [ShowSettings]
    change(sealed.session, _who(sealed), Disclose(Certificate(CertificateKind.PHYSICAL, 2)), NOW, SEAL)
    kept = sealed.press(ShowSettings(SettingsPage.DISABILITY))
    assert Choose(ForgetDisability()) in _actions(kept)
    assert "2級" not in told(kept)
    sealed.press(Choose(ForgetDisability()))
    assert not _chosen(sealed).certificate_kept
    without = replace(sealed, responder=replace(sealed.responder, door=Door("https://ward.example")))
    assert ShowSettings(SettingsPage.DISABILITY) not in _actions(without.say("設定"))
    assert without.press(ShowSettings(SettingsPage.DISABILITY)).choices == without.say("設定").choices


def test_easy_japanese_is_spoken_from_the_next_answer_on(talk: Talk) -> None:
    """The confirmation itself, answers to questions, buttons, and the settings."""
    assert "に しました" in told(talk.press(Choose(Read(Variant.EASY))))
    answered = told(talk.say("転入届はいつまで？"))
    assert "もとの ページ：" in answered
    assert "聞（き）きたい ことを 書（か）いて 送（おく）って ください" in told(talk.press(ShowMenu()))


@pytest.mark.parametrize("variant", [each for each in Variant if each not in (Variant.JA, Variant.EASY)])
def test_the_chosen_language_is_spoken_whatever_the_question(talk: Talk, variant: Variant) -> None:
    """A question and a button in Japanese are answered in the language chosen."""
    talk.press(Choose(Read(variant)))
    row_of = select(Question.lang).order_by(Question.asked_at.desc(), Question.id)
    talk.say("転入届はいつまで？")
    assert set(talk.session.scalars(row_of)) == {variant.value}
    assert wording(variant).title in [choice.label for choice in talk.press(ShowMenu()).choices]


def test_a_sticker_is_answered_in_the_chosen_words(talk: Talk) -> None:
    """What is no text has no language of its own."""
    talk.press(Choose(Read(Variant.VI)))
    assert "Cảm ơn" in told(talk.responder.unsupported(talk.session, "sticker", talk.asker))
    talk.press(Choose(Read(Variant.EASY)))
    assert "文字（もじ）で" in told(talk.responder.unsupported(talk.session, "sticker", talk.asker))


def test_without_a_choice_the_questions_language_is_spoken(talk: Talk) -> None:
    """As before."""
    talk.say("When do I have to register my move to Toshima?")
    assert talk.session.scalars(select(Question.lang)).all() == ["en"]


def test_deleting_everything_is_asked_about_first(talk: Talk) -> None:
    """Then it is done, with no undo, and nothing is left to see."""
    talk.press(Choose(LiveIn("sugamo")))
    talk.say("転入届はいつまで？")
    asked = talk.say("全部消して")
    assert _actions(asked) == [Choose(ForgetAll()), ShowSettings()]
    assert _chosen(talk).area == "巣鴨"
    done = talk.press(Choose(ForgetAll()))
    assert "すべて消しました" in told(done)
    assert not any(isinstance(action, Choose) for action in _actions(done))
    assert "0件" in told(talk.press(ShowSettings(SettingsPage.MINE)))


def test_a_button_of_before_the_block_does_nothing(talk: Talk) -> None:
    """Pressed before she blocked us, delivered after she came back: she is asked to choose again."""
    now = int(NOW.timestamp() * 1000)
    line_id = "U" + "c" * 32
    change_status(talk.session, line_id, ResidentStatus.BLOCKED, now - 2_000, NOW)
    change_status(talk.session, line_id, ResidentStatus.FRIEND, now - 1_000, NOW)
    late = replace(talk, asker=replace(talk.asker, at_ms=now - 3_000))
    assert "古くなっています" in told(late.press(Choose(GARBAGE)))
    assert _chosen(talk) == choices.Choices()
    fresh = replace(talk, asker=replace(talk.asker, at_ms=now))
    fresh.press(Choose(GARBAGE))
    assert _chosen(talk).wanted == {Topic.GARBAGE}


def test_somebody_without_line_is_told_where_the_settings_are(stranger: Talk) -> None:
    """On the terminal and the web page nobody is known."""
    for reply in (stranger.say("通知の設定"), stranger.press(ShowSettings()), stranger.press(Choose(GARBAGE))):
        assert "LINE" in told(reply)
        assert reply.choices == ()
    assert ShowSettings() not in _actions(stranger.press(ShowMenu()))


def test_the_menu_and_the_welcome_lead_to_the_settings(talk: Talk) -> None:
    """A new friend and whoever opens the menu see the button."""
    assert ShowSettings() in _actions(talk.press(ShowMenu()))
    assert ShowSettings() in _actions(talk.responder.welcome(talk.session))


@REAL
@given(presses=st.lists(speakable | st.just(ForgetAll()) | st.sampled_from(SettingsPage), max_size=8))
def test_any_walk_through_the_settings_is_fit_for_line(sealed: Talk, presses: list[Speakable | SettingsPage]) -> None:
    """Whatever is tapped in whatever order: valid messages, at most thirteen buttons, and what is said is so."""
    with sealed.session.begin_nested() as savepoint:
        for press in presses:
            action = ShowSettings(press) if isinstance(press, SettingsPage) else Choose(press)
            reply = sealed.press(action)
            check(compose(reply))
            assert reply.outcome == Outcome.SETTINGS
            assert len(reply.choices) <= limits.QUICK_REPLY_ITEMS
        savepoint.rollback()
    sealed.session.expire_all()


def test_every_change_but_the_sealed_one_has_words() -> None:
    """So each can be a button."""
    assert all(hasattr(kind, "words") for kind in get_args(Speakable))


def test_without_a_page_the_chat_is_enough(talk: Talk) -> None:
    """Where no address is set nothing leads out of the chat, and everything can be chosen."""
    alone = replace(talk, responder=replace(talk.responder, door=None))
    reply = alone.press(ShowSettings())
    assert not any(part.links for part in reply.parts if isinstance(part, Text))
    alone.press(Choose(LiveIn("sugamo")))
    assert _chosen(alone).area == "巣鴨"
