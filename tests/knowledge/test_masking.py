"""Masking: what identifies a resident goes, what a question needs stays."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from knowledge.masking import is_my_number, mask

KANJI = str.maketrans("0123456789", "〇一二三四五六七八九")
WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
WEIGHTS = (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)


def _with_check_digit(eleven: str) -> str:
    rest = sum(int(digit) * weight for digit, weight in zip(eleven, WEIGHTS, strict=True)) % 11
    return eleven + str(0 if rest <= 1 else 11 - rest)


my_numbers = st.text("0123456789", min_size=11, max_size=11).map(_with_check_digit)
gaps = st.sampled_from(["", " ", "-", "－", "ー", "　", " - ", "‐", "−", "\n", "."])
sentences = st.sampled_from(
    ["{}", "私の番号は{}です", "マイナンバー:{}を教えます", "{}で申請できる?", "8月に{}、と書いた", "令和8年の{}"]
)


@given(number=my_numbers, gap=gaps, sizes=st.sampled_from([4, 3, 6, 2, 12, 1]), sentence=sentences)
@pytest.mark.parametrize("script", [{}, KANJI, WIDE], ids=["plain", "kanji", "wide"])
def test_every_my_number_is_masked(script: dict[int, int], number: str, gap: str, sizes: int, sentence: str) -> None:
    """In any script, spaced or hyphened, alone or in a sentence: no part of it is left."""
    written = gap.join(number[at : at + sizes] for at in range(0, 12, sizes)).translate(script)
    assert mask(sentence.format(written)).count("〔番号〕") == 1
    assert mask(sentence.format(written)) == mask(sentence.format("〔番号〕"))


@pytest.mark.parametrize(
    ("digits", "genuine"), [("123456789018", True), ("123456789012", False), ("000000000000", True), ("12345", False)]
)
def test_the_check_digit_tells_a_my_number(digits: str, genuine: bool) -> None:
    """Twelve digits, of which the last follows from the others."""
    assert is_my_number(digits) is genuine


@pytest.mark.parametrize(
    "question",
    [
        "10月2-3日は開いてる?",
        "1-2歳の健診",
        "1-2歳",
        "100-200人のイベント",
        "令和8年4月1日から",
        "2026-03-31まで?",
        "第1-3土曜は？",
        "第1・第3土曜の資源回収",
        "2026/04/01 から 2026/04/15 まで",
        "2026-04-01 2026-04-15",
        "池袋2丁目のごみの日",
        "東池袋一丁目の粗大ごみ",
        "南大塚1丁目、2丁目の収集日",
        "3丁目1階に住む予定",
        "手数料は300円？",
        "1,234,567円の給付",
        "所得が1000-2000万円",
        "2026-2029年度の計画",
        "平日8:30-17:15",
        "8-17時",
        "9時から17時",
        "週2-3回",
        "要介護1-2の人",
        "要支援1-2で使える",
        "小学1-3年生",
        "1番窓口",
        "3番の窓口はどこ",
        "119に電話していい？",
        "#8008って何",
        "189番",
        "65歳以上75歳未満",
        "100万円",
        "令和8-9年度",
        "R8-4-1から",
        "令和8-4-1",
        "1人10,000円",
        "A4で2-3枚",
        "徒歩5-10分",
        "DX計画 2022-2025 と 2026-2029",
        "住民票 2通",
        "500-600円くらい",
        "一二三四五",
        "6-3-3制",
        "午前9-11時",
        "平成2年から令和8年まで",
        "20260401",
        "第2-4水曜",
        "5000-6000円",
        "100-2000円",
        "２－３日",
        "1-2か月",
        "生後3-4か月健診",
    ],
)
def test_an_ordinary_question_stays_as_it_is(question: str) -> None:
    """Years, amounts, ages, days, weeks, 丁目: nobody's address."""
    assert mask(question) == question


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("電話は090-1234-5678です", "電話は〔電話〕です"),
        ("０９０１２３４５６７８", "〔電話〕"),
        ("090 1234 5678", "〔電話〕"),
        ("03(3981)1111にかけた", "〔電話〕にかけた"),
        ("(03)3981-1111", "(〔電話〕"),
        ("〇九〇-一二三四-五六七八", "〔電話〕"),
        ("+81 90-1234-5678", "〔電話〕"),
        ("自宅3981-1111", "自宅〔電話〕"),
        ("taro.yamada+x@example.co.jpへ", "〔メール〕へ"),
        ("ｔａｒｏ＠ｅｘａｍｐｌｅ．ｊｐ", "〔メール〕"),
        ("taro @ example.jp", "〔メール〕"),
        ("〒170-8422", "〔郵便番号〕"),
        ("170-0013です", "〔郵便番号〕です"),
        ("〒1708422", "〔郵便番号〕"),
        ("南池袋2-45-1に引っ越した", "南池袋〔番地〕に引っ越した"),
        ("南池袋２－４５－１", "南池袋〔番地〕"),
        ("東池袋1丁目18番1号の者です", "東池袋1丁目〔番地〕の者です"),
        ("東池袋1丁目18-1", "東池袋1丁目〔番地〕"),
        ("二丁目四十五番一号", "二丁目〔番地〕"),
        ("巣鴨4の22の8", "巣鴨〔番地〕"),
        ("長崎2-27に住んでいます", "長崎〔番地〕に住んでいます"),
        ("雑司が谷3-1-7 101号室", "雑司が谷〔番地〕 〔番地〕"),
        ("目白5番地3", "目白〔番地〕"),
        ("千早1-2-3-405", "千早〔番地〕"),
        ("私は 2-45-1 です", "私は 〔番地〕 です"),
    ],
)
def test_what_identifies_somebody_is_masked(typed: str, kept: str) -> None:
    """Phones, mail addresses, postcodes and house numbers go; the words around them stay."""
    assert mask(typed) == kept


@settings(deadline=1_000)
@given(st.text(max_size=300))
@example("+8190" + " 1" * 200)
@example("0 " * 2000)
@example("a" * 5000 + "@")
@example("1" * 5000)
@example("1-" * 2500)
@example("\ud83d")
def test_masking_takes_any_text_and_twice_is_once(text: str) -> None:
    """It never fails, takes no long time, and gives back nothing more to mask."""
    assert mask(mask(text)) == mask(text)


@given(st.text("0123456789-ー 〇一二三四五六七八九丁目番地号のは月日", max_size=60))
def test_masking_numbers_twice_is_once(text: str) -> None:
    """Also where every character looks like part of a number."""
    assert mask(mask(text)) == mask(text)
