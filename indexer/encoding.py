"""Passages to vectors: a name is what a resident might type, so it is encoded as a question; a fact is a passage."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from knowledge.details import details_of
from knowledge.encoder import Encoder
from knowledge.layer import Encoded
from knowledge.passages import FEW_NAMES, Field, IndexedPassage
from knowledge.rarity import PieceRarity
from knowledge.text import normalise

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


def worth_details(encoder: Encoder, rows: Iterable[IndexedPassage]) -> bool:
    """Whether the encoder tells the details of passages and the index wants them: where owners go by few names."""
    names = [row.owner for row in rows if row.field == Field.NAME]
    return encoder.pieced and len(names) < FEW_NAMES * max(1, len(set(names)))


def encoded(
    encoder: Encoder,
    rows: Iterable[IndexedPassage],
    rarity: PieceRarity,
    progress: Progress = silent,
    *,
    detailed: bool,
) -> dict[str, Encoded]:
    """What the encoder makes of passages, by digest, each text once; with their facts' details where `detailed`.

    `progress` is told how many more were encoded, of how many.
    """
    by_digest = {row.digest: row for row in rows}
    names, facts = (
        {digest: normalise(row.text) for digest, row in sorted(by_digest.items()) if row.field == field}
        for field in (Field.NAME, Field.FACT)
    )

    def told(more: int) -> None:
        progress(more, len(by_digest))

    nothing = np.zeros((0, encoder.dimensions), np.int8)
    vectors = encoder.encode_queries(list(names.values()), rarity, progress=told)
    found = {digest: Encoded(vector, nothing) for digest, vector in zip(names, vectors, strict=True)}
    if not detailed:
        vectors = encoder.encode_passages(list(facts.values()), rarity, progress=told)
        return found | {digest: Encoded(vector, nothing) for digest, vector in zip(facts, vectors, strict=True)}
    digests = list(facts)
    for place, reading in encoder.read_passages(list(facts.values()), rarity):
        found[digests[place]] = Encoded(reading.vector, details_of(reading))
        told(1)
    return found
