"""The piece table against the library whose place it takes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer
from tokenizers.models import Unigram

from knowledge.pieces import TABLE_TYPE, PieceTable, open_table, piece_keys, substring_keys

PIECES = [
    ("<unk>", 0.0),
    ("引", -6.0),
    ("引っ越し", -8.5),
    ("っ", -4.0),
    ("越し", -7.0),
    ("越", -6.5),
    ("し", -3.0),
    ("した", -4.25),
    ("た", -3.5),
    ("🐶", -9.0),
    ("a", -3.0),
    ("ab", -5.5),
    ("abc", -9.75),
    ("bc", -4.5),
]
ALPHABET = "引っ越したabc🐶犬x"


def _table() -> PieceTable:
    rows = np.empty(len(PIECES) - 1, TABLE_TYPE)
    rows["key"] = piece_keys([piece for piece, _ in PIECES[1:]])
    rows["id"] = range(1, len(PIECES))
    rows["score"] = [score for _, score in PIECES[1:]]
    rows.sort(order="key")
    return open_table(rows, longest=4, unknown=0)


TABLE = _table()
LIBRARY = Tokenizer(Unigram(PIECES, unk_id=0, byte_fallback=False))


@given(st.text(ALPHABET, min_size=1, max_size=40))
def test_segments_as_the_library_does(word: str) -> None:
    """Any word gives the ids the library gives, unknown characters joined in one id a run."""
    assert TABLE.segment([word]) == LIBRARY.encode(word).ids


@given(st.lists(st.text(ALPHABET, min_size=1, max_size=8), max_size=6))
def test_words_never_share_a_piece(words: list[str]) -> None:
    """Words given together are segmented as if each stood alone."""
    assert TABLE.segment(words) == [piece for word in words for piece in LIBRARY.encode(word).ids]


@pytest.mark.parametrize("words", [[], [""], ["", ""]])
def test_nothing_gives_no_ids(words: list[str]) -> None:
    """No text, no ids."""
    assert TABLE.segment(words) == []


def test_a_piece_has_one_key_wherever_it_stands() -> None:
    """The key of a substring is that of the same piece alone, at any place in a long text."""
    text = "犬" * 3000 + "引っ越し"
    keys, starts, stops = substring_keys(text, 4, np.full(len(text), len(text)))
    assert keys[(starts == 3000) & (stops == 3004)].tolist() == piece_keys(["引っ越し"]).tolist()


@given(st.sets(st.text(max_size=6).filter(bool), min_size=2, max_size=50))
def test_different_pieces_have_different_keys(pieces: set[str]) -> None:
    """Keys stay apart for any text, also where only the order of characters differs."""
    assert len(set(piece_keys(sorted(pieces)).tolist())) == len(pieces)
