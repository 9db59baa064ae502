"""Writing kana as the ward does: what its texts teach, and which of many ways to read a text is taken."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from knowledge.spelling import NO_SPELLINGS, OFTEN, Spelling, Spellings
from knowledge.words import Morpheme, WordSplitter

WARD = (
    "転入届",
    "印鑑登録をしたい",
    "印鑑登録",
    "粗大ごみ",
    "マイナンバーカード",
    "住民票の写しがほしい",
    "里親になりたいです",
    "国保になりたいです",
    "どうしたらいいですか",
    "届けはどうしたらいいですか",
    "同士の集まりはどうしたらいいですか",
    "成田空港",
    "3 3 3人",
)
KANA = st.text(st.characters(min_codepoint=0x3041, max_codepoint=0x30FA), max_size=30)
SOUNDS = st.text("アイウエオカキク", min_size=1, max_size=4)


@pytest.fixture(scope="module")
def splitter() -> WordSplitter:
    """One splitter for all tests."""
    return WordSplitter.open()


@pytest.fixture(scope="module")
def spellings(splitter: WordSplitter) -> Spellings:
    """What a small ward's texts teach."""
    return _learned(splitter, *WARD)


def _learned(splitter: WordSplitter, *texts: str) -> Spellings:
    return Spellings.learned(splitter.morphemes(text) for text in texts)


def _known(usual: dict[str, tuple[str, int]], words: int = 1000) -> Spellings:
    return Spellings({sound: Spelling(*each) for sound, each in usual.items()}, {}, frozenset(), words)


def _word(written: str, sound: str, kind: str = "名詞") -> Morpheme:
    return Morpheme(kind, written, written, sound)


def test_spellings_are_learnt_from_words_and_runs_of_content(spellings: Spellings) -> None:
    """Each word, and each run of words that name something, is known by its sound, and how often it was said."""
    assert spellings.usual["テンニュウ"] == ("転入", 1)
    assert spellings.usual["テンニュウトドケ"] == ("転入届", 1)
    assert spellings.usual["インカントウロク"] == ("印鑑登録", 2)
    assert spellings.usual["マイナンバーカード"] == ("マイナンバーカード", 1)
    assert spellings.usual["ゴミ"] == ("ごみ", 1)


def test_a_turn_of_speech_is_learnt_when_it_is_said_often(splitter: WordSplitter) -> None:
    """住民票の is none for being said twice, nor is anything longer than three words."""
    said = "住民票の写し"
    assert "ジュウミンヒョウノ" not in _learned(splitter, *[said] * (OFTEN - 1)).usual
    often = _learned(splitter, *[said] * OFTEN).usual
    assert often["ジュウミンヒョウノ"] == ("住民票の", OFTEN)
    assert "ジュウミンヒョウノウツシ" not in often


def test_the_most_frequent_spelling_wins() -> None:
    """Of two spellings of one sound the ward's usual one is kept, whichever came first; the sound counts for both."""
    rare, usual = _word("講演", "コウエン"), _word("公園", "コウエン")
    for texts in ([[rare], [usual], [usual]], [[usual], [usual], [rare]]):
        assert Spellings.learned(texts).usual["コウエン"] == ("公園", 3)


def test_what_is_written_in_hiragana_as_a_rule_stays_so() -> None:
    """ました is no 間下, though that sounds like it: the ward writes ました far more often."""
    grammar = [_word("まし", "マシ", "助動詞"), _word("た", "タ", "助動詞")]
    chance = [_word("間", "マ"), _word("下", "シタ")]
    assert Spellings.learned([grammar, grammar, grammar, chance]).respell("きました") == "きました"
    assert Spellings.learned([chance]).respell("きました") == "き間下"


def test_another_language_teaches_no_spelling(splitter: WordSplitter) -> None:
    """The readings that a Japanese dictionary gives to Chinese words are nobody's."""
    assert _learned(splitter, "我想看排队的号码") == NO_SPELLINGS


@pytest.mark.parametrize(
    ("typed", "written"),
    [("じゅみんひょがほしい", "住民票がほしい"), ("いんかんとろく", "印鑑登録"), ("とろく", "登録"), ("どし", "どし")],
)
def test_a_long_vowel_may_be_left_out(spellings: Spellings, typed: str, written: str) -> None:
    """As in `juminhyo`; not in a word so short that it would be another's."""
    assert spellings.respell(typed) == written


def test_a_run_has_at_most_three_words() -> None:
    """Whole sentences are no spellings."""
    words: Sequence[Morpheme] = [_word(each, sound) for each, sound in zip("票区民税", "アカサタ", strict=True)]
    found = Spellings.learned([words]).usual
    assert found["アカサ"] == ("票区民", 1)
    assert "アカサタ" not in found


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("いんかんとうろく", "印鑑登録"),
        ("てんにゅう", "転入"),
        ("テンニュウとどけ", "転入届"),
        ("そだいごみってどうすんの", "粗大ごみってどうすんの"),
        ("てんにゅう したい?", "転入 したい?"),
        ("あ", "あ"),
        ("", ""),
    ],
)
def test_kana_is_written_as_the_ward_writes_it(spellings: Spellings, typed: str, written: str) -> None:
    """What is known by its sound is, and everything else stays as typed."""
    assert spellings.respell(typed) == written


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("さとおやになりたいです", "里親になりたいです"),
        ("あつまりはどうしたらいいですか", "集まりはどうしたらいいですか"),
        ("なりたくうこう", "成田空港"),
        ("おじさんのしゅうまい", "おじさんのしゅうまい"),
        ("さんにん", "3人"),
    ],
)
def test_the_likeliest_way_to_write_it_is_taken(spellings: Spellings, typed: str, written: str) -> None:
    """Neither 里親に成田いです nor 集まりは同士たらいいですか, though the ward writes of 成田 and of 同士, too."""
    assert spellings.respell(typed) == written


def test_a_text_known_in_kana_stays() -> None:
    """A greeting is not taken for a noun that sounds like it; within another text the noun is still meant."""
    greeting = [_word("おやすみ", "オヤスミ", "感動詞")]
    noun = [_word("お休み", "オヤスミ")]
    spellings = Spellings.learned([greeting, noun])
    assert [spellings.respell(text) for text in ("おやすみ", "おやすみ。")] == ["おやすみ", "おやすみ。"]
    marked = Spellings.learned([[*greeting, _word("!", "!", "補助記号")], noun])
    assert marked.respell("おやすみ") == "おやすみ"
    assert spellings.respell("おやすみのひ") == "お休みのひ"


def test_what_is_kept_comes_back(tmp_path: Path, spellings: Spellings) -> None:
    """From a directory, to the last count."""
    spellings.save(tmp_path)
    assert Spellings.open(tmp_path) == spellings


def test_a_patch_adds_what_was_not_known() -> None:
    """What the whole index knows goes first, and its number of words tells how rare a new word is."""
    whole = replace(_known({"アカ": ("赤", 5)}), whole=frozenset({"あか"}))
    patch = replace(_known({"アカ": ("垢", 1), "アオ": ("青", 1)}, 3), whole=frozenset({"あお"}))
    joined = whole.over(patch)
    assert joined == replace(_known({"アカ": ("赤", 5), "アオ": ("青", 1)}), whole=frozenset({"あか", "あお"}))


def test_a_word_of_a_patch_goes_before_a_longer_one_without_its_vowels() -> None:
    """トロク is what the patch says, and not the 登録 of the whole index."""
    whole, patch = Spellings.learned([[_word("登録", "トウロク")]] * 90), _known({"トロク": ("十六", 1)}, 3)
    assert (whole.respell("とろく"), whole.over(patch).respell("とろく")) == ("登録", "十六")


def test_what_a_patch_teaches_is_found_without_its_long_vowels() -> None:
    """As what the whole index teaches is, which goes on being found so."""
    whole, patch = (
        Spellings.learned([[_word("登録", "トウロク")]] * 90),
        Spellings.learned([[_word("銭湯", "セントウ")]]),
    )
    assert [whole.over(patch).respell(text) for text in ("とろく", "せんと")] == ["登録", "銭湯"]


@given(st.dictionaries(SOUNDS, st.integers(1, 40), max_size=8), st.text("あいうえおかきく", max_size=8))
def test_no_other_way_is_likelier(counts: dict[str, int], text: str) -> None:
    """Of all ways to cut a text into what is known and single letters, the one taken has the highest probability."""
    spellings = _known({sound: (f"<{sound}>", times) for sound, times in counts.items()})
    sound = "".join(chr(ord(each) + 0x60) for each in text)

    def best(at: int) -> float:
        if at == len(text):
            return 1.0
        known = [(len(each), times / 1000) for each, times in counts.items() if sound.startswith(each, at)]
        ways = known if sound[at] in counts else [*known, (1, 1 / 1000)]
        return max(share * best(at + length) for length, share in ways)

    taken = 1.0
    for piece in regex.findall(r"<[^>]+>|.", spellings.respell(text)):
        taken *= counts.get(piece.strip("<>"), 1) / 1000
    assert taken == pytest.approx(best(0))


@given(st.text(max_size=60))
def test_only_a_text_in_kana_without_kanji_is_changed(text: str) -> None:
    """Whatever is typed, nothing is raised, and a text with kanji or without kana comes back as it was."""
    written = _known({"カード": ("カード", 1), "アア": ("嗚呼", 2)}).respell(text)
    if regex.search(r"[一-鿿々]", text) or not regex.search(r"[ぁ-ゖァ-ヺ]", text):
        assert written == text


@given(KANA)
def test_kana_without_known_sounds_stays(text: str) -> None:
    """Nothing is invented, not even katakana for hiragana."""
    assert NO_SPELLINGS.respell(text) == text
