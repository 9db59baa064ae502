"""Ranking somebody else's questions and answers."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.rank import document_passages, pieces, rank
from knowledge.encoder import Encoder
from knowledge.passages import Field
from knowledge.words import WordSplitter

CORPUS = {
    "a": "Question: 引っ越してきたときの届け出は？\nAnswer: 14日以内に転入届を出します。",
    "b": "Question: 粗大ごみの捨て方は？\nAnswer: 受付センターに申し込みます。",
    "c": "Question: 犬を飼い始めたら？\nAnswer: 登録と注射をします。",
    "d": "Question: 保育園に申し込むには？\nAnswer: 窓口に書類を出します。",
    "e": "Question: 住民税はいつ払う？\nAnswer: 年4回です。",
    "f": "Question: 図書館で本を借りるには？\nAnswer: 利用カードを作ります。",
}
QUERIES = {"1": "犬の登録をしたい", "2": "大きなごみを捨てたい", "3": "図書館のカード"}


@given(st.text("あいう漢。\n 　", max_size=80), st.integers(1, 20))
def test_pieces_lose_nothing_but_white_space(text: str, limit: int) -> None:
    """Joined again they are the text, and only a single long sentence is longer than the limit."""
    found = list(pieces(text, limit))
    assert re.sub(r"\s", "", "".join(found)) == re.sub(r"\s", "", text)
    assert all(len(each) <= limit or not re.search(r"[。\n].", each) for each in found)


@pytest.mark.parametrize(
    ("text", "name", "facts"),
    [
        ("Question: いつ？\nAnswer: 今日です。", "いつ？", ["いつ？ 今日です。"]),
        ("Question: いつ？", "いつ？", []),
        ("Question: いつ？\nAnswer:", "いつ？", []),
        ("ただの文", "ただの文", []),
        ("", "", []),
    ],
)
def test_a_document_is_its_question_and_pieces_of_its_answer(text: str, name: str, facts: list[str]) -> None:
    """A text of another shape is its own question."""
    passages = list(document_passages("a", text))
    assert [each.text for each in passages if each.field == Field.NAME] == [name]
    assert [each.text for each in passages if each.field == Field.FACT] == facts


def test_the_right_document_comes_first(encoder: Encoder) -> None:
    """Four ids a query, none twice, the right one first."""
    run = rank(CORPUS, QUERIES, encoder, WordSplitter.open(), 4, lambda _more, _total: None)
    assert {id_: ids[0] for id_, ids in run.items()} == {"1": "c", "2": "b", "3": "f"}
    assert all(len(ids) == len(set(ids)) == 4 for ids in run.values())
