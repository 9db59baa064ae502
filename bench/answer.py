"""Text to reply, one process, warm: the product beside itself with the same model run through PyTorch.

`python -m bench.answer [--rounds 300] [--json]`. Both take turns in one process over the development half of the golden
questions, BLOCK at a time: right after PyTorch a question finds the processor's caches full of its weights and a core
still held by its threads, which no resident's does. Everything but the encoder is the same. The data directory is made
in a temporary place.
"""

import argparse
import gc
import json
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import cast

import numpy as np
from sentence_transformers import SentenceTransformer

from bot.settings import Settings
from bot.setup import initialise
from bot.wiring import Pocket
from handlers.conversation import Asker, Channel, Responder
from indexer.defaults import write_default_model
from indexer.encoding import silent
from indexer.evaluate import Half, read_golden
from knowledge.encoder import Encoder, Reading

GOLDEN = Path(__file__).parent.parent / "tests" / "golden"
ASKER = Asker(Channel.TERMINAL)
BLOCK, WARM = 50, 5
"""Questions a turn, and how many more before them that do not count."""


@dataclass(frozen=True)
class Result:
    """Milliseconds from text to reply; of the encoder alone, below which no answer that is searched for can fall."""

    p50_ms: float
    p99_ms: float
    max_ms: float
    encoder_p50_ms: float
    encoder_p99_ms: float
    torch_p50_ms: float
    torch_p99_ms: float
    times_faster: float


class TorchEncoder:
    """The same model, run by sentence-transformers as its documentation shows."""

    def __init__(self, model: SentenceTransformer) -> None:
        self.model = model

    def read_question(self, text: str, *_: object) -> Reading:
        """One question, as a whole; all its pieces count alike, as they do there."""
        vector = self.model.encode(text, prompt="query: ", normalize_embeddings=True, show_progress_bar=False)
        return Reading.whole(np.asarray(vector))


def _torch(responder: Responder) -> Responder:
    with tempfile.TemporaryDirectory() as scratch:
        model = SentenceTransformer(str(write_default_model(Path(scratch) / "default")), device="cpu")
    encoder = cast(Encoder, TorchEncoder(model))
    return replace(responder, searcher=replace(responder.searcher, encoder=encoder))


def _answer(pocket: Pocket, responder: Responder, text: str) -> float:
    with pocket.sessions() as session:
        return _ms(lambda: responder.ask(session, text, ASKER, datetime.now(UTC)))


def _ms(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return 1000 * (time.perf_counter() - started)


def blocks(texts: Sequence[str], rounds: int) -> Iterator[list[str]]:
    """The questions of each turn, over and over: WARM that do not count, and up to BLOCK that do."""
    for start in range(0, rounds, BLOCK):
        yield [texts[turn % len(texts)] for turn in range(start - WARM, min(start + BLOCK, rounds))]


def measure(settings: Settings, rounds: int) -> Result:
    """Let both answer the same questions, in turns."""
    pocket = Pocket.open(settings)
    torch, encoder = _torch(pocket.responder), pocket.responder.searcher.encoder
    texts = [golden.text for golden in read_golden(GOLDEN) if golden.half == Half.DEV]
    gc.freeze()  # as bot.app.served does
    ours, alone, theirs = list[float](), list[float](), list[float]()
    for asked in blocks(texts, rounds):
        ours += [_answer(pocket, pocket.responder, text) for text in asked][WARM:]
        alone += [_ms(partial(encoder.read_question, text)) for text in asked][WARM:]
        theirs += [_answer(pocket, torch, text) for text in asked][WARM:]
    pocket.engine.dispose()
    levels = (ours, [50, 99, 100]), (alone, [50, 99]), (theirs, [50, 99])
    figures = [float(value) for times, each in levels for value in np.percentile(times, each)]
    figures.append(float(np.median(theirs) / np.median(ours)))
    return Result(*(round(figure, 2) for figure in figures))


def main() -> None:
    """Measure and print a table, or one JSON object."""
    parser = argparse.ArgumentParser(prog="bench.answer")
    parser.add_argument("--rounds", type=int, default=300)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as data:
        settings = Settings(data_dir=Path(data))
        initialise(settings, silent, silent)
        result = measure(settings, options.rounds)
    if options.json:
        print(json.dumps(asdict(result)))
        return
    print(f"{'text to reply':24}{'ours':>10}{'encoder':>10}{'PyTorch':>10}")
    print(f"{'p50, ms':24}{result.p50_ms:10}{result.encoder_p50_ms:10}{result.torch_p50_ms:10}")
    print(f"{'p99, ms':24}{result.p99_ms:10}{result.encoder_p99_ms:10}{result.torch_p99_ms:10}")
    print(f"times faster {result.times_faster}, slowest {result.max_ms} ms")


if __name__ == "__main__":
    main()
