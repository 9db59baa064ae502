"""The encoder beside the same model through PyTorch: one short question, and passages a second.

`python -m bench.encoder [--rounds 200] [--model NAME] [--json]`. Both are loaded in one process and take turns, so that
whatever else the machine does meets both; the two never run at the same moment. PyTorch runs through
sentence-transformers as its documentation shows, with as many threads as it chooses.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import psutil
from sentence_transformers import SentenceTransformer

from bot.settings import Settings
from indexer.defaults import write_default_model
from indexer.model import DEFAULT, prepare_encoder
from knowledge.encoder import Description, Encoder

QUESTIONS = (
    "引っ越してきたけど何すればいい？",
    "粗大ごみの出し方を教えて",
    "保育園の申込みはいつまで？",
    "How do I register?",
)
PASSAGE = "子どもの医療費助成は、18歳になった最初の3月31日までの区民が対象です。申請は窓口か郵送で受け付けます。"


@dataclass(frozen=True)
class Result:
    """Milliseconds for one short question, passages a second, and how much of the resident memory the encoder took."""

    model: str
    question_p50_ms: float
    question_p99_ms: float
    torch_question_p50_ms: float
    torch_question_p99_ms: float
    times_faster: float
    passages_a_second: float
    torch_passages_a_second: float
    cosine_to_torch: float
    resident_mb: int


def measure(model: str | None, cache: Path, rounds: int, passages: int) -> Result:
    """Run both encoders over the same questions and passages."""
    directory = prepare_encoder(model, cache)
    before = psutil.Process().memory_info().rss
    ours = Encoder.open(directory)
    wide = Encoder.open(directory, threads=psutil.cpu_count() or 1)
    ours.encode_query(QUESTIONS[0])
    resident = (psutil.Process().memory_info().rss - before) >> 20
    description = Description.load(directory)
    with tempfile.TemporaryDirectory() as scratch:
        chosen = str(write_default_model(Path(scratch) / "default")) if model in (None, DEFAULT) else str(model)
        theirs = SentenceTransformer(chosen, device="cpu")

    def by_torch(text: str) -> object:
        return theirs.encode(text, prompt=description.query_prefix, show_progress_bar=False)

    mine, its = _take_turns([ours.encode_query, by_torch], rounds)
    texts = [PASSAGE * (1 + index % 4) for index in range(passages)]
    vectors, seconds = _timed(lambda: wide.encode_passages(texts))
    references, torch_seconds = _timed(
        lambda: theirs.encode(
            texts, prompt=description.passage_prefix, normalize_embeddings=True, batch_size=16, show_progress_bar=False
        )
    )
    return Result(
        model=ours.model_id,
        question_p50_ms=_percentile(mine, 50),
        question_p99_ms=_percentile(mine, 99),
        torch_question_p50_ms=_percentile(its, 50),
        torch_question_p99_ms=_percentile(its, 99),
        times_faster=round(_percentile(its, 50) / _percentile(mine, 50), 1),
        passages_a_second=round(passages / seconds, 1),
        torch_passages_a_second=round(passages / torch_seconds, 1),
        cosine_to_torch=round(float((vectors * references).sum(axis=1).mean()), 4),
        resident_mb=resident,
    )


def _take_turns(encoders: list[Callable[[str], object]], rounds: int) -> list[list[float]]:
    times: list[list[float]] = [[] for _ in encoders]
    for turn in range(rounds + 10):
        for encode, taken in zip(encoders, times, strict=True):
            started = time.perf_counter()
            encode(QUESTIONS[turn % len(QUESTIONS)])
            if turn >= 10:
                taken.append((time.perf_counter() - started) * 1000)
    return times


def _timed(run: Callable[[], np.ndarray]) -> tuple[np.ndarray, float]:
    started = time.perf_counter()
    return run(), time.perf_counter() - started


def _percentile(values: list[float], share: int) -> float:
    return round(float(np.percentile(values, share)), 2)


def main() -> None:
    """Measure and print a table, or one JSON object."""
    parser = argparse.ArgumentParser(prog="bench.encoder")
    parser.add_argument("--model", help="a directory or hub name; the default weights otherwise")
    parser.add_argument("--cache", type=Path, default=Settings().encoder_cache)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--passages", type=int, default=64)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    result = measure(options.model, options.cache, options.rounds, options.passages)
    if options.json:
        print(json.dumps(asdict(result)))
        return
    print(f"{result.model}\n{'':24}{'ours':>10}{'PyTorch':>10}")
    print(f"{'question p50, ms':24}{result.question_p50_ms:10}{result.torch_question_p50_ms:10}")
    print(f"{'question p99, ms':24}{result.question_p99_ms:10}{result.torch_question_p99_ms:10}")
    print(f"{'passages a second':24}{result.passages_a_second:10}{result.torch_passages_a_second:10}")
    print(f"times faster {result.times_faster}, cosine {result.cosine_to_torch}, resident + {result.resident_mb} MB")


if __name__ == "__main__":
    main()
