"""Passages to vectors: a name is what a resident might type, so it is encoded as a question; a fact is a passage."""

from collections.abc import Callable, Iterable

from knowledge.encoder import Encoder
from knowledge.passages import Field, IndexedPassage
from knowledge.text import normalise
from knowledge.vectors import Vectors


def _silent(more: int, total: int) -> None:
    """Nobody watches."""


def encoded(
    encoder: Encoder, rows: Iterable[IndexedPassage], progress: Callable[[int, int], None] = _silent
) -> dict[str, Vectors]:
    """Vectors by digest, each text once; `progress` is told how many more were encoded, of how many."""
    by_digest = {row.digest: row for row in rows}
    vectors: dict[str, Vectors] = {}
    for field, encode in ((Field.NAME, encoder.encode_queries), (Field.FACT, encoder.encode_passages)):
        texts = {digest: normalise(row.text) for digest, row in sorted(by_digest.items()) if row.field == field}
        found = encode(list(texts.values()), progress=lambda more: progress(more, len(by_digest)))
        vectors.update(zip(texts, found, strict=True))
    return vectors
