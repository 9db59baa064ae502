"""Text to ranked hits at 2,000 passages and at 100,000, in one run.

`python -m bench.search [--rounds 200] [--json]`. The larger index is the smaller one many times over, each time a
little different, so that both answer the same questions; the encoder must be prepared already (`make setup`).
"""

import argparse
import json
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from bench.answer import GOLDEN, WARM, blocks
from bot.settings import Settings
from bot.wiring import open_encoder
from indexer.build import Builder
from indexer.evaluate import Half, read_golden
from knowledge.encoder import Encoder, Reading
from knowledge.passages import Field, IndexedPassage, Owner, OwnerKind
from knowledge.rarity import EVEN, PieceRarity
from knowledge.search import Searcher
from knowledge.shelf import Shelf
from knowledge.vectors import Vectors
from knowledge.words import WordSplitter

SMALL, LARGE = 2_000, 100_000
WIDTH = 0.05
PIECES, SPARE = 256, 1_000
"""How many pieces a fact has, as many as an answer of the public data on average, and how many differ."""


@dataclass(frozen=True)
class Result:
    """Milliseconds from text to hits, by the number of passages, and how much longer the larger index takes."""

    small_p50_ms: float
    small_p99_ms: float
    large_p50_ms: float
    large_p99_ms: float
    times_longer: float


class Known(Encoder):
    """An encoder whose passages are drawn around a few real ones: encoding 100,000 would take an hour."""

    def __init__(self, encoder: Encoder, texts: Sequence[str]) -> None:
        self._encoder = encoder
        self._around = encoder.encode_queries(texts)

    @property
    def model_id(self) -> str:
        """A name of its own: these vectors are no encoder's."""
        return "bench"

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        return self._encoder.dimensions

    def rarity(self, questions: Iterable[str], passages: Iterable[str], of: int) -> PieceRarity:
        """As the real one's."""
        return self._encoder.rarity(questions, passages, of)

    @property
    def pieced(self) -> bool:
        """As the real one."""
        return self._encoder.pieced

    def read_question(self, text: str, rarity: PieceRarity = EVEN) -> Reading:
        """A question is read in earnest."""
        return self._encoder.read_question(text, rarity)

    def _drawn(self, texts: Sequence[str]) -> Vectors:
        chance = np.random.default_rng(len(texts))
        drawn = self._around[chance.integers(0, len(self._around), len(texts))]
        drawn = drawn + WIDTH * chance.standard_normal(drawn.shape, np.float32)
        return np.asarray(drawn / np.linalg.norm(drawn, axis=1, keepdims=True), np.float32)

    def encode_queries(self, texts: Sequence[str], *_: object, **__: object) -> Vectors:
        """Names, drawn."""
        return self._drawn(texts)

    def encode_passages(self, texts: Sequence[str], *_: object, **__: object) -> Vectors:
        """Facts, drawn."""
        return self._drawn(texts)

    def read_passages(self, texts: Sequence[str], *_: object, **__: object) -> Iterator[tuple[int, Reading]]:
        """Facts of PIECES pieces each, drawn."""
        chance = np.random.default_rng(len(texts))
        pieces = chance.standard_normal((SPARE, PIECES, self.dimensions), np.float32)
        for place, vector in enumerate(self._drawn(texts)):
            yield place, Reading(vector, pieces[place % SPARE], np.ones(PIECES, np.float32))


def _passages(texts: Sequence[str], count: int) -> Iterator[IndexedPassage]:
    for number in range(count // 2):
        owner, text = Owner(OwnerKind.GUIDE, f"{number:06}"), texts[number % len(texts)]
        yield IndexedPassage(owner, Field.NAME, f"{text} {number}")
        yield IndexedPassage(owner, Field.FACT, f"{text} {texts[(7 * number + 3) % len(texts)]} {number}")


def _searcher(root: Path, encoder: Known, texts: Sequence[str], count: int) -> Searcher:
    splitter = WordSplitter.open()
    Builder(root, encoder, splitter).build(_passages(texts, count), datetime.now(UTC))
    return Searcher(encoder, splitter, Shelf(root, encoder.model_id))


def measure(scratch: Path, rounds: int) -> Result:
    """Let both indexes find for the same questions, in turns of a block: no ward searches two indexes at once."""
    texts = [golden.text for golden in read_golden(GOLDEN) if golden.half == Half.DEV]
    encoder = Known(open_encoder(Settings()), texts)
    both = [_searcher(scratch / str(count), encoder, texts, count) for count in (SMALL, LARGE)]
    taken: list[list[float]] = [[], []]
    for asked in blocks(texts, rounds):
        for times, searcher in zip(taken, both, strict=True):
            times.extend([sum(searcher.search(text).ms.values()) for text in asked][WARM:])
    small, large = (np.percentile(times, [50, 99]) for times in taken)
    return Result(*(round(float(value), 2) for value in (*small, *large, large[0] / small[0])))


def main() -> None:
    """Measure and print a table, or one JSON object."""
    parser = argparse.ArgumentParser(prog="bench.search")
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        result = measure(Path(scratch), options.rounds)
    if options.json:
        print(json.dumps(asdict(result)))
        return
    print(f"{'text to hits':24}{f'{SMALL:,}':>10}{f'{LARGE:,}':>10}")
    print(f"{'p50, ms':24}{result.small_p50_ms:10}{result.large_p50_ms:10}")
    print(f"{'p99, ms':24}{result.small_p99_ms:10}{result.large_p99_ms:10}")
    print(f"times longer {result.times_longer}")


if __name__ == "__main__":
    main()
