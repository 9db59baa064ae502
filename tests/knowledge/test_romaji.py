"""Japanese in Latin letters is read as kana, and no other language is."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.romaji import in_kana

KANA = {
    "ka": "か", "shi": "し", "tsu": "つ", "fu": "ふ", "ji": "じ", "kyo": "きょ", "sha": "しゃ", "chu": "ちゅ",
    "ja": "じゃ", "ryo": "りょ", "hyo": "ひょ", "no": "の", "mi": "み", "go": "ご", "wo": "を", "yu": "ゆ", "ra": "ら",
}  # fmt: skip
SYLLABLES = st.lists(st.sampled_from(sorted(KANA)), min_size=2, max_size=6)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("gomi no hi wa itsu desuka", "ごみのひはいつですか"),
        ("juminhyo ga hoshii desu.", "じゅみんひょがほしいです."),
        ("jūminhyō wo toritai", "じゅうみんひょうをとりたい"),
        ("hikkoshi no todoke wa doko desu ka?", "ひっこしのとどけはどこですか?"),
        ("matchi to macchi kudasai", "まっちとまっちください"),
        ("shimbun o suteru hi wa", "しんぶんをすてるひは"),
        ("kin'youbi ni ikitai", "きんようびにいきたい"),
        ("syussei todoke wo dasitai", "しゅっせいとどけをだしたい"),
        ("hon kariru card tsukuritai", "ほんかりる card つくりたい"),
        ("famima de shomeisho print, nanji kara?", "ふぁみまでしょめいしょ print, なんじから?"),
        ("higashi-ikebukuro ni sundeimasu", "ひがしいけぶくろにすんでいます"),
        ("ikura?", "いくら?"),
        ("tasukete", "たすけて"),
        ("konnichiwa", "こんにちは"),
    ],
)
def test_japanese_is_read_in_any_spelling(typed: str, read: str) -> None:
    """Words that are none stay; particles are written as they are; what is kana stands together."""
    assert in_kana(typed) == read


@pytest.mark.parametrize(
    "typed",
    [
        "where can i get a residence certificate?",
        "my wife and i are moving to toshima",
        "toi muon dang ky o dau",
        "mua ve tau o dau",
        "home made tea",
        "ni hao",
        "saan ako pupunta para sa basura",
        "house",
        "dv",
        "ga",
        "住民票 wa doko desu ka",
        "ごみ no hi",
        "где wa desu",
        "123 456",
        "",
    ],
)
def test_what_is_no_romaji_stays(typed: str) -> None:
    """Other languages, single words without a Japanese ending, and whatever has letters of another script."""
    assert in_kana(typed) == typed


@given(st.lists(SYLLABLES, min_size=1, max_size=6))
def test_every_word_of_syllables_is_read(words: list[list[str]]) -> None:
    """Syllable by syllable, whatever stands beside it."""
    text = " ".join("".join(word) for word in words)
    assert in_kana(f"{text} desu") == "".join("".join(KANA[each] for each in word) for word in words) + "です"


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyzāō'- ,.?", max_size=60))
def test_a_text_is_read_once(text: str) -> None:
    """What was read is no romaji any more; nothing but small Latin letters is ever changed."""
    once = in_kana(text)
    assert in_kana(once) == once
    assert once == text or re.search(r"[ぁ-ゖ]", once)
