"""Splitting into words and sounds, and writing kana as the ward does."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from knowledge.words import LONGEST, Morpheme, WordSplitter, respell, spellings_of, terms_of

WARD = ("転入届", "印鑑登録をしたい", "印鑑登録", "粗大ごみ", "マイナンバーカード", "住民票の写しがほしい")
TEXTS = (*WARD, "粗大ごみを出したい", "引っ越してきた", "犬を飼いはじめた", "moving in", "垃圾怎么扔", "", "！？🎉")
KANA = st.text(st.characters(min_codepoint=0x3041, max_codepoint=0x30FA), max_size=30)
UNSEEN = {"テンニュウ": "転入", "カード": "カード", "ゴミ": "ごみ", "アアア": "嗚呼"}


@pytest.fixture(scope="module")
def splitter() -> WordSplitter:
    """One splitter for all tests."""
    return WordSplitter.open()


@pytest.fixture(scope="module")
def spellings(splitter: WordSplitter) -> dict[str, str]:
    """What a small ward's texts teach."""
    return spellings_of(splitter.morphemes(text) for text in WARD)


def test_content_words_are_normalised_and_grammar_is_left_out(splitter: WordSplitter) -> None:
    """An inflected verb is the verb of the dictionary; particles and endings are no words."""
    assert splitter.split("ごみを出したい").words == ("ごみ", "出す")
    assert splitter.split("転入届").words == ("転入", "届け")


def test_words_that_say_nothing_are_left_out(splitter: WordSplitter) -> None:
    """来る stands in half of all questions and finds nothing."""
    assert splitter.split("引っ越してきた").words == ("引っ越す",)


def test_sounds_are_trigrams_over_word_borders(splitter: WordSplitter) -> None:
    """Grammar is heard too: the sound of the whole text is cut in threes."""
    assert splitter.split("ごみを出したい").sounds == ("ゴミヲ", "ミヲダ", "ヲダシ", "ダシタ", "シタイ")


def test_a_homophone_shares_the_sound_and_not_the_word(splitter: WordSplitter) -> None:
    """A wrong conversion still meets what was meant."""
    meant, typed = splitter.split("感覚の確定"), splitter.split("間隔の確定")
    assert meant.sounds == typed.sounds
    assert meant.words != typed.words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("인감등록 필요", ("인감", "감등", "등록", "필요")),
        ("수 도 요금", ("수", "도", "요금")),
        ("怎么申请住民票", ("怎么", "么申", "申请", "请住", "住民", "民票")),
        ("垃圾怎么扔，pc呢", ("垃圾", "圾怎", "怎么", "么扔", "呢", "pc")),
        ("đăng ký con dấu", ("dang", "ky", "con", "dau")),
        ("dang ky con dau", ("dang", "ky", "con", "dau")),
        ("怎么申请マイナンバー卡", ("怎么", "么申", "申请", "卡", "マイナンバー")),
        ("现在打 110 说什么", ("现在", "在打", "说什", "什么", "110")),
    ],
)
def test_other_languages_have_words_too(splitter: WordSplitter, text: str, words: tuple[str, ...]) -> None:
    """Pairs of characters where no dictionary knows them, and letters without the accents nobody types."""
    assert splitter.split(text).words == words


def test_pairs_are_told_from_words(splitter: WordSplitter) -> None:
    """Half of them are no words: what nobody has must not count as unknown."""
    texts = ("인감등록", "怎么申请住民票", "住民票", "đăng ký", "seal")
    assert [splitter.split(text).paired for text in texts] == [True, True, False, False, False]


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("인감등록", True),
        ("인감등록 하려면 뭐가 필요해요", False),
        ("垃圾怎么扔", True),
        ("生了二胎，儿童津贴怎么申请", False),
        ("con dấu", True),
        ("tôi muốn đăng ký con dấu", False),
        ("bulky waste", True),
    ],
)
def test_a_sentence_in_another_language_is_not_bare(splitter: WordSplitter, text: str, bare: bool) -> None:
    """Sudachi takes each of its words for a noun or a sign."""
    assert splitter.split(text).bare == bare


@pytest.mark.parametrize("text", ["転入届", "印鑑登録 料金", "マイナンバーカード"])
def test_a_name_alone_is_bare(splitter: WordSplitter, text: str) -> None:
    """Nouns with nothing between them only name something."""
    assert splitter.split(text).bare


@pytest.mark.parametrize("text", ["転入届を出したい", "ごみを捨てる", "いつまで"])
def test_a_wish_or_question_is_not_bare(splitter: WordSplitter, text: str) -> None:
    """A particle, a verb or a question word says what is wanted."""
    assert not splitter.split(text).bare


def test_a_text_too_short_to_sound_has_no_sounds() -> None:
    """Two morae make no trigram, and nothing at all has neither words nor sounds."""
    assert terms_of([Morpheme("名詞", "点", "点", "テン")]).sounds == ()
    assert (terms_of([]).words, terms_of([]).sounds) == ((), ())


def test_only_the_beginning_of_an_endless_text_counts(splitter: WordSplitter) -> None:
    """What stands behind the limit is not read."""
    assert "住民" not in splitter.split("あ " * (LONGEST // 2) + "住民票").words
    assert "住民" in splitter.split("あ " * 20 + "住民票").words


def test_nouns_are_named_in_their_normal_form(splitter: WordSplitter) -> None:
    """Nouns alone, as the dictionary writes them."""
    assert splitter.nouns("印鑑の登録はどこでするの") == ["印鑑", "登録"]
    assert splitter.nouns("捨てたい") == []


def test_spellings_are_learnt_from_single_words_and_runs(spellings: dict[str, str]) -> None:
    """Each word and each run of words that is not in hiragana alone is known by its sound."""
    assert spellings["テンニュウ"] == "転入"
    assert spellings["テンニュウトドケ"] == "転入届"
    assert spellings["ソダイゴミ"] == "粗大ごみ"
    assert spellings["マイナンバーカード"] == "マイナンバーカード"
    assert "ゴミ" not in spellings


def test_grammar_ends_a_run(spellings: dict[str, str]) -> None:
    """住民票の写し is no word to be recognised by its sound: の stands in between."""
    assert not any("の" in spelling for spelling in spellings.values())


def test_the_most_frequent_spelling_wins() -> None:
    """Of two spellings of one sound the ward's usual one is kept, whichever came first."""
    rare, usual = (Morpheme("名詞", surface, surface, "コウエン") for surface in ("講演", "公園"))
    assert spellings_of([[rare], [usual], [usual]]) == {"コウエン": "公園"}
    assert spellings_of([[usual], [usual], [rare]]) == {"コウエン": "公園"}


def test_what_is_written_in_hiragana_as_a_rule_stays_so() -> None:
    """ました is no 間下, though that sounds like it: the ward writes ました far more often."""
    grammar = [Morpheme("助動詞", "まし", "ます", "マシ"), Morpheme("助動詞", "た", "た", "タ")]
    chance = [Morpheme("名詞", "間", "間", "マ"), Morpheme("名詞", "下", "下", "シタ")]
    assert "マシタ" not in spellings_of([grammar, grammar, chance])
    assert spellings_of([grammar, chance]) == {"マシタ": "間下", "ました\n": "ました"}


def test_another_language_teaches_no_spelling(splitter: WordSplitter) -> None:
    """The readings that a Japanese dictionary gives to Chinese words are nobody's."""
    assert spellings_of([splitter.morphemes("我想看排队的号码")]) == {}


@pytest.mark.parametrize(
    ("typed", "written"),
    [("じゅみんひょがほしい", "住民票がほしい"), ("いんかんとろく", "印鑑登録"), ("とろく", "とろく")],
)
def test_a_long_vowel_may_be_left_out(spellings: dict[str, str], typed: str, written: str) -> None:
    """As in `juminhyo`; not in a word so short that it would be another's."""
    assert respell(typed, spellings) == written


def test_a_run_has_at_most_three_words_and_three_sounds() -> None:
    """Neither whole sentences nor syllables are spellings."""
    words: Sequence[Morpheme] = [
        Morpheme("名詞", each, each, sound) for each, sound in zip("票区民税", "アカサタ", strict=True)
    ]
    assert spellings_of([words]) == {"アカサ": "票区民", "カサタ": "区民税"}


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
def test_kana_is_written_as_the_ward_writes_it(spellings: dict[str, str], typed: str, written: str) -> None:
    """The longest known sound is taken, and everything else stays as typed."""
    assert respell(typed, spellings) == written


def test_a_text_known_in_kana_stays() -> None:
    """A greeting is not taken for a noun that sounds like it; within another text the noun is still meant."""
    greeting = [Morpheme("感動詞", "おやすみ", "お休み", "オヤスミ")]
    noun = [Morpheme("名詞", "お休み", "お休み", "オヤスミ")]
    spellings = spellings_of([greeting, noun])
    assert respell("おやすみ", spellings) == "おやすみ"
    assert respell("おやすみのひ", spellings) == "お休みのひ"


@given(st.text(max_size=60))
def test_only_a_text_in_kana_without_kanji_is_changed(text: str) -> None:
    """Whatever is typed, nothing is raised, and a text with kanji or without kana comes back as it was."""
    written = respell(text, UNSEEN)
    if regex.search(r"[一-鿿々]", text) or not regex.search(r"[ぁ-ゖァ-ヺ]", text):
        assert written == text


@given(KANA)
def test_kana_without_known_sounds_stays(text: str) -> None:
    """Nothing is invented, not even katakana for hiragana."""
    assert respell(text, {}) == text


@given(KANA, st.sampled_from(sorted(UNSEEN.keys() - {"ゴミ"})))
def test_a_known_sound_is_written_wherever_it_stands(text: str, sound: str) -> None:
    """At the end of any kana that holds no known sound itself, the known one is written in the ward's spelling."""
    if respell(text + "。", UNSEEN) == text + "。":
        assert respell(f"{text}。{sound}", UNSEEN) == f"{text}。{UNSEEN[sound]}"


@given(text=st.text(max_size=60))
def test_any_text_can_be_split(splitter: WordSplitter, text: str) -> None:
    """No text is too odd for the dictionary, and its morphemes' surfaces are the text."""
    assert "".join(each.surface for each in splitter.morphemes(text)) == text
    assert all(len(sound) == 3 for sound in splitter.split(text).sounds)


def test_threads_share_one_splitter(splitter: WordSplitter) -> None:
    """Eight threads at once get what one alone gets."""
    alone = {text: splitter.split(text) for text in TEXTS}
    asked = TEXTS * 40
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(splitter.split, asked)) == [alone[text] for text in asked]
