"""Canned answers: by plain words and buttons, in six wordings, with index and encoder broken."""

from collections.abc import Iterator
from string import Formatter

import pytest

from bot.line.layout import lay_out
from bot.line.validate import check
from bot.text_layout import part_as_text
from handlers.actions import ShowMenu, pack, unpack
from handlers.disaster.actions import ShowDisaster
from handlers.disaster.phrases import disaster_phrases
from handlers.reply import Outcome
from knowledge import models
from knowledge.database import Sessions
from knowledge.disaster import shelters
from knowledge.models import Mode, Question, ResidentChoices, ShelterState, World
from knowledge.notice import Variant
from tests.databases import DATABASES, fresh_database
from tests.handlers.emergency import Member, on_the_web, turn, ward_at, ward_in
from tests.handlers.talk import NOW, Talk, told

ASKED = [
    # what somebody types at night, the topic's own words it must get, and what it must not do without
    ("避難所どこ", "町の名前を選ぶか", ""),
    ("東池袋4丁目の避難所", "朋有小学校（約177m）", "豊島区東池袋4-40-1"),
    ("ひがしいけぶくろ", "東池袋に近い避難所", ""),
    ("東池袋四丁目の避難所はどこ", "東池袋4丁目に近い避難所です", ""),
    ("shelter in higashi-ikebukuro 4", "Shelters near Higashi-Ikebukuro 東池袋4丁目 (4-chome)", ""),
    ("家に水が入ってきた 逃げるべき？", "警戒レベル4「避難指示」", "全員避難"),
    ("母と電話がつながらない", "171 → 1 →", "災害用伝言ダイヤル 171"),
    ("停電してる", "ブレーカーを切って", "0120-995-007"),
    ("水が出ない どこでもらえる", "給水", "東京都水道局"),
    ("放送が聞こえない", "無料の電話", "0120-021-131"),
    ("救急車の番号", "ためらわずに", "119"),
    ("朋有小は開いてる？", "■ 朋有小学校", "まだ区に記録がありません"),
    ("where is the nearest shelter", "Choose your town", "Higashi-Ikebukuro 東池袋"),
    ("shelter in higashi-ikebukuro", "Shelters near Higashi-Ikebukuro", "豊島区"),
    ("should I evacuate? water is rising", "Alert Level 4", "Do not wait for Level 5"),
    ("how can i tell my family i am safe", "171", "web171"),
    ("no electricity", "TEPCO", "0120-995-007"),
    ("避难所在哪里", "请选择町", "东池袋4丁目"),
    ("杂司谷附近的避难所在哪里", "雑司が谷附近的避难所", "直线距离"),
    ("需要避难吗", "警戒级别4（避难指示）", "不要等到级别5"),
    ("停水了怎么办", "东京都水道局", "0120-995-007"),
    ("대피소 어디예요", "동네를 고르거나", "Higashi-Ikebukuro 東池袋"),
    ("이케부쿠로 대피소", "가까운 대피소", "池袋小学校"),
    ("대피해야 하나요?", "경계레벨 4(피난지시)", "레벨 5를 기다리지 마세요"),
    ("정전이에요", "차단기를 내려", "0120-995-007"),
    ("nơi lánh nạn ở đâu", "Hãy chọn khu phố", "Higashi-Ikebukuro 東池袋"),
    ("Tôi có cần sơ tán không?", "Cấp cảnh báo 4 (chỉ thị sơ tán)", "Đừng đợi cấp 5"),
    ("mất điện rồi", "TEPCO Power Grid", "0120-995-007"),
]


@pytest.fixture(scope="module", params=DATABASES)
def sessions(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sessions]:
    """The ward's rows, made once on each kind of database."""
    with fresh_database(request, tmp_path_factory.mktemp("disaster")) as url, ward_at(url) as made:
        yield made


@pytest.fixture
def talk(sessions: Sessions) -> Iterator[Talk]:
    """A friend in a disaster."""
    with ward_in(sessions) as talk:
        yield talk


@pytest.mark.parametrize(("text", "own", "more"), ASKED)
def test_plain_words_get_their_answer_with_everything_else_broken(talk: Talk, text: str, own: str, more: str) -> None:
    """In the language of the question, and LINE takes it as it is."""
    reply = talk.say(text)
    assert reply.outcome in (Outcome.DISASTER, Outcome.CRISIS)
    assert own in told(reply)
    assert more in told(reply)
    check(lay_out(reply))


@pytest.mark.parametrize(
    "text",
    [
        "東池袋4丁目の避難所",
        "避難所どこ",
        "higashi-ikebukuro evacuation shelter",
        "避难所在哪里",
        "대피소 어디예요",
        "nơi sơ tán ở đâu",
    ],
)
def test_who_asks_for_a_shelter_is_not_told_more(talk: Talk, text: str) -> None:
    """One message: what else there is stands on buttons."""
    assert len(talk.say(text).parts) == 1


def test_somebody_in_danger_is_told_whom_to_call_before_anything_else(talk: Talk) -> None:
    """The cries for help of every day are heard in a disaster too."""
    reply = talk.say("おぼれている 救急車を呼んで")
    assert reply.outcome in (Outcome.CRISIS, Outcome.DISASTER)
    assert "119" in told(reply)


def test_what_is_no_matter_of_disaster_gets_home_and_an_honest_word(talk: Talk) -> None:
    """The certificate has to wait: the resident hears that, and where the shelters are."""
    reply = talk.say("住民票がほしい")
    assert "いまは災害のときの案内をしています（洪水・大雨）" in told(reply)
    assert "ふだんの手続きについては、いまお答えできません" in told(reply)
    assert reply.choices[0].label == "避難所をさがす"


@pytest.mark.parametrize("variant", Variant)
def test_every_button_leads_on_in_its_own_wording(talk: Talk, variant: Variant) -> None:
    """From home through every button of every page, none ends, leaves the wording unasked, or is refused by LINE."""
    waiting, seen = [ShowDisaster("home", variant)], set[ShowDisaster]()
    while waiting:
        action = waiting.pop()
        if action in seen:
            continue
        seen.add(action)
        assert unpack(pack(action)) == action
        reply = talk.press(action)
        assert reply.outcome is Outcome.DISASTER
        messages = lay_out(reply)
        check(messages)
        assert len(messages[-1]["quickReply"]["items"]) >= 10
        own = [each.action for each in reply.choices if isinstance(each.action, ShowDisaster)]
        waiting += [each for each in own if each.variant == variant]
    assert {each.topic for each in seen} == {"home", "help", "shelters", "message", "lifelines", "news", "evacuate"}
    assert len({each.place for each in seen if each.topic == "shelters" and not each.place.isdigit()} - {""}) == 20


def test_all_other_wordings_are_one_tap_away(talk: Talk) -> None:
    """Also やさしい日本語."""
    labels = {each.label for each in talk.press(ShowMenu()).choices}
    assert {"やさしい にほんご", "English", "中文", "한국어", "Tiếng Việt"} <= labels


def test_the_rich_menu_speaks_the_residents_own_wording(talk: Talk) -> None:
    """Its buttons are everybody's, the answer is theirs."""
    resident = talk.asker.resident
    talk.session.add(
        ResidentChoices(resident_id=resident, language="vi", plain_japanese=False, area="目白", updated_at=NOW)
    )
    talk.session.flush()
    assert "Nơi lánh nạn gần Mejiro 目白" in told(talk.press(ShowDisaster("shelters")))


def test_what_the_ward_recorded_of_a_shelter_is_said_with_its_time(talk: Talk) -> None:
    """A full one is not walked to, and what nobody recorded nobody claims."""
    shelters.record_state(talk.session, World.LIVE, ["center-07"], ShelterState.FULL, Member(1), NOW)
    text = told(talk.say("東池袋4丁目"))
    assert "いま：満員です（11月21日12:00、区の記録）" in text
    assert "「満員」の避難所へは行かず" in text
    assert "まだ区に記録がありません" in text


def test_the_web_page_is_in_disaster_mode_too(talk: Talk) -> None:
    """When LINE is down it is all there is."""
    assert "町の名前を選ぶか" in told(on_the_web(talk).say("避難所"))


def test_a_question_is_kept_as_what_it_was(talk: Talk) -> None:
    """The ward sees afterwards what people asked."""
    reply = talk.say("停電してる")
    row = talk.session.get_one(Question, reply.question)
    assert (row.outcome, row.trace) == ("disaster", {"step": "disaster"})


def test_a_picture_and_a_new_friend_hear_where_we_are(talk: Talk) -> None:
    """Nobody writes much with wet hands."""
    assert "いまは災害のときの案内" in told(talk.responder.unsupported(talk.session, "image"))
    assert "いまは災害のときの案内" in told(talk.responder.welcome(talk.session))


def test_recovery_puts_help_first(sessions: Sessions) -> None:
    """罹災証明, ごみ and 支援 lead, then the ordinary menu."""
    with ward_in(sessions, Mode.RECOVERY) as talk:
        reply = talk.press(ShowMenu())
        labels = [each.label for each in reply.choices]
    assert labels[:3] == ["罹災証明書", "片づけのごみ", "お金の支援"]
    assert "災害のあとの手続きと支援を、先にご案内しています" in told(reply)
    assert "引っ越し" in labels


def test_a_drill_is_marked_all_over_and_only_for_testers(sessions: Sessions) -> None:
    """A resident does not hear of it; a tester reads 【訓練】 before everything."""
    with ward_in(sessions, world=World.DRILL) as talk:
        with pytest.raises(RuntimeError):
            talk.say("避難所")
        talk.session.add(models.Tester(name="係", resident_id=talk.asker.resident, added_by=1, added_at=NOW))
        talk.session.flush()
        for reply in (talk.say("避難所 停電"), talk.say("住民票"), talk.press(ShowDisaster("news"))):
            assert all(part_as_text(part).startswith("【訓練】") for part in reply.parts)
        assert all(part_as_text(part).startswith("【訓練】") for part in talk.press(ShowMenu()).parts)


def test_the_real_thing_is_stronger_than_a_drill(sessions: Sessions) -> None:
    """A tester in a real disaster is a resident in a disaster."""
    with ward_in(sessions, world=World.DRILL) as talk:
        talk.session.add(models.Tester(name="係", resident_id=talk.asker.resident, added_by=1, added_at=NOW))
        turn(talk.session)
        assert "【訓練】" not in told(talk.say("避難所"))


def test_back_in_ordinary_times_an_old_button_still_answers(sessions: Sessions) -> None:
    """The canned answers are true then, too."""
    with ward_in(sessions) as talk:
        turn(talk.session, Mode.NORMAL)
        assert "0120-995-007" in told(talk.press(ShowDisaster("lifelines", "en")))
        with pytest.raises(RuntimeError):
            talk.say("停電")


@pytest.mark.parametrize("variant", Variant)
def test_every_wording_has_the_gaps_of_japanese(variant: Variant) -> None:
    """And every state, hazard, action and piece of advice."""

    def gaps(sentence: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(sentence) if name} - {"month", "day", "mon"}

    own, japanese = (disaster_phrases(each).model_dump() for each in (variant, Variant.JA))
    assert own.keys() == japanese.keys()
    for name, sentence in japanese.items():
        if isinstance(sentence, dict):
            assert own[name].keys() == sentence.keys()
            assert all(own[name].values())
        else:
            assert gaps(own[name]) == gaps(sentence), name


@pytest.mark.parametrize("variant", list(Variant))
def test_a_block_is_named_as_on_its_signs(variant: Variant) -> None:
    """In every wording a town and a number are a 丁目."""
    assert disaster_phrases(variant).block.format(town="東池袋", block=4).startswith("東池袋4丁目")
