"""Splitting into words and sounds."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.words import LONGEST, Morpheme, WordSplitter, terms_of

WARD = ("転入届", "印鑑登録をしたい", "印鑑登録", "粗大ごみ", "マイナンバーカード", "住民票の写しがほしい")
TEXTS = (*WARD, "粗大ごみを出したい", "引っ越してきた", "犬を飼いはじめた", "moving in", "垃圾怎么扔", "", "！？🎉")


@pytest.fixture(scope="module")
def splitter() -> WordSplitter:
    """One splitter for all tests."""
    return WordSplitter.open()


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
