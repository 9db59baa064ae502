"""Passages to vectors: a name is what a resident might type, so it is encoded as a question; a fact is a passage."""

from collections.abc import Callable, Iterable, Sequence

from knowledge.encoder import Encoder
from knowledge.passages import Field, IndexedPassage
from knowledge.rarity import PieceRarity
from knowledge.text import normalise
from knowledge.vectors import Vectors

SAMPLE = 5_000
"""How many passages tell how rare pieces are; more tell hardly more."""


Progress = Callable[[int, int], None]
"""Told how many more passages were encoded, of how many."""


def silent(*_: object) -> None:
    """Nobody watches: neither the steps of a piece of work nor its progress."""


def learned(encoder: Encoder, rows: Sequence[IndexedPassage]) -> PieceRarity:
    """How rare pieces are in passages, by a sample of them: whose digests, which mean nothing, come first."""
    drawn = sorted(rows, key=lambda row: row.digest)[:SAMPLE]
    questions, passages = (
        [normalise(row.text) for row in drawn if row.field == field] for field in (Field.NAME, Field.FACT)
    )
    return encoder.rarity(questions, passages, len(rows))


def encoded(
    encoder: Encoder,
    rows: Iterable[IndexedPassage],
    rarity: PieceRarity,
    progress: Progress = silent,
) -> dict[str, Vectors]:
    """Vectors by digest, each text once; `progress` is told how many more were encoded, of how many."""
    by_digest = {row.digest: row for row in rows}
    vectors: dict[str, Vectors] = {}
    for field, encode in ((Field.NAME, encoder.encode_queries), (Field.FACT, encoder.encode_passages)):
        texts = {digest: normalise(row.text) for digest, row in sorted(by_digest.items()) if row.field == field}
        found = encode(list(texts.values()), rarity, progress=lambda more: progress(more, len(by_digest)))
        vectors.update(zip(texts, found, strict=True))
    return vectors
