"""What a question is about, where it first says what it is not about."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.contrast import ENOUGH, meant
from knowledge.text import normalise

MARKS = ("じゃなくて、", "ではなくて", "じゃなくって、", "ではなく、", "でなく、")


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("手当の話じゃなくて、子どもの医療証のほう", "子どもの医療証のほう"),
        ("避難所ではなく火が迫ったときに逃げる広い場所", "火が迫ったときに逃げる広い場所"),
        ("すみません、住民票じゃなくて戸籍がほしいです", "すみません、戸籍がほしいです"),
        ("本籍は豊島区じゃなくて青森です。取れますか", "本籍は青森です。取れますか"),
        ("場所は分かるので、そうじゃなくて待ち時間が知りたい", "待ち時間が知りたい"),
        ("借金の相談とは違って、定期購入を取り消したい件", "定期購入を取り消したい件"),
        ("국민건강보험 말고 국민연금을 신청하고 싶어요", "국민연금을 신청하고 싶어요"),
        ("不是儿童津贴，而是孩子的医疗证", "孩子的医疗证"),
        ("Không phải trợ cấp trẻ em mà là thẻ y tế của con", "thẻ y tế của con"),
        ("I do not need my juminhyo but a koseki certificate", "a koseki certificate"),
    ],
)
def test_what_is_set_aside_is_not_asked_for(text: str, about: str) -> None:
    """In five languages, from the beginning or within the sentence."""
    assert meant(normalise(text)) == normalise(about)


@pytest.mark.parametrize(
    "text",
    [
        "証人は親でなくてもいいですか",
        "本人じゃなくて大丈夫ですか。家族が行きます",
        "印鑑は実印じゃなくていいですか、書類に押します",
        "隣んち誰も住んでなくて草がぼうぼうなんだけど",
        "国の手当とは別に区からもらえるお金はありますか",
        "住所が同じでなくなったら届けは要りますか",
        "児童手当じゃなくて",
        "児童手当じゃなくて、医療証",
        "不是日本人也可以申请吗",
    ],
)
def test_what_only_looks_like_it_stays_whole(text: str) -> None:
    """Asking for leave, telling what is, and what would leave nothing."""
    assert meant(normalise(text)) == normalise(text)


@given(st.text("あか住民票手当引越、。", max_size=30))
def test_a_text_without_a_contrast_is_itself(text: str) -> None:
    """Whatever it is."""
    assert meant(text) == text


@given(
    st.text("住民票手当引越医療", min_size=2, max_size=30),
    st.sampled_from(MARKS),
    st.text("戸籍証明学校保育", max_size=30),
)
def test_a_contrast_leaves_what_follows_or_everything(aside: str, mark: str, rest: str) -> None:
    """Nothing in between."""
    whole = aside + mark + rest
    assert meant(whole) == (rest if len(rest) >= ENOUGH else whole)
