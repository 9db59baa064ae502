"""Which messages open the settings, in people's own words, and that no question does."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.settings.actions import SettingsPage
from handlers.settings.asked import settings_asked
from knowledge.text import normalise

GOLDEN = Path(__file__).parents[2] / "golden"
SAID = {
    SettingsPage.HOME: (
        "通知の設定",
        "お知らせの設定",
        "受け取る設定",
        "お知らせ設定",
        "設定",
        "設定を変えたい",
        "通知の設定を変えたい",
        "お知らせの設定をしたいです",
        "LINEの設定",
        "つうちの せってい",
        "お知らせ設定をお願いします。",
        "settings",
        "notification settings",
        "Change my settings please",
        "通知设置",
        "设置",
        "알림 설정",
        "설정",
        "cài đặt thông báo",
    ),
    SettingsPage.TOPICS: (
        "お知らせを止めて",
        "通知を止めたい",
        "お知らせはもういらない",
        "通知をオフにして",
        "配信停止",
        "お知らせがしつこい",
        "ごみの日のお知らせがほしい",
        "健診のお知らせを受け取りたい",
        "お知らせを受け取りたいです",
        "stop notifications",
        "unsubscribe",
        "I want to get notifications",
        "取消通知",
        "알림 그만",
        "dừng thông báo",
    ),
    SettingsPage.LANGUAGE: (
        "やさしい日本語",
        "やさしい日本語で話して",
        "言葉を変えたい",
        "ことばを かえたい",
        "change language",
        "切换语言",
        "언어 변경",
        "đổi ngôn ngữ",
        "English",
        "English please",
        "in English",
        "Can you speak English?",
        "How do I change the language?",
        "英語でお願いします",
        "英語しゃべれる？",
        "中国語",
        "日本語で",
        "やさしいにほんごで おしえて",
        "用中文",
        "请用中文回答",
        "中文可以吗？",
        "한국어로 해주세요",
        "tiếng Việt",
    ),
    SettingsPage.QUIET: ("夜は通知を送らないで", "送らない時間の設定", "quiet hours", "免打扰"),
    SettingsPage.MINE: (
        "私の情報を見せて",
        "登録している内容を確認したい",
        "保存されている情報を知りたい",
        "what do you know about me",
        "my data",
        "我的信息",
        "내 정보 보기",
        "dữ liệu của tôi",
    ),
    SettingsPage.ERASE: (
        "全部消して",
        "私の情報を消して",
        "登録した情報をすべて削除して",
        "設定を全部消したい",
        "delete my data",
        "delete everything",
        "删除我的信息",
        "모두 삭제",
        "xóa tất cả",
    ),
}
QUESTIONS = (
    "印鑑登録",
    "住所の変更",
    "通知カードをなくした",
    "マイナンバーの通知カード",
    "ごみの日",
    "ごみの日はいつ",
    "やさしい日本語の冊子はありますか",
    "個人情報の開示請求をしたい",
    "情報公開",
    "児童手当の現況届の通知が来ない",
    "納税通知書が届かない",
    "防災無線を止めて",
    "保育園の登録をしたい",
    "戸籍の情報を消して",
    "死にたい 通知の設定",
    "私の税金の情報を見せて",
    "delete my juminhyo",
    "language classes",
)


@pytest.mark.parametrize(("page", "text"), [(page, text) for page, texts in SAID.items() for text in texts])
def test_people_find_their_settings(page: SettingsPage, text: str) -> None:
    """Said in any of these ways, the right part opens."""
    assert settings_asked(normalise(text)) == page


@pytest.mark.parametrize("text", QUESTIONS)
def test_a_question_stays_a_question(text: str) -> None:
    """A word of the settings inside a question does not open them."""
    assert settings_asked(normalise(text)) is None


def test_no_golden_question_opens_the_settings() -> None:
    """Of all questions whose answer is known, none is taken for the settings."""
    lines = [line for path in GOLDEN.glob("*.jsonl") for line in path.read_text(encoding="utf-8").splitlines() if line]
    texts = [str(json.loads(line).get("text", "")) for line in lines]
    assert len(texts) > 500
    assert [text for text in texts if settings_asked(normalise(text))] == []


@given(st.text(max_size=60))
def test_any_text_is_read_in_time(text: str) -> None:
    """Whatever is typed, the answer is a page or none."""
    assert settings_asked(normalise(text)) in {None, *SettingsPage}
