"""What `pocket eval` measures: the golden questions, the search beneath them, and the benchmark, as figures."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.settings import Settings
from indexer.benchmark import Benchmark, scores
from indexer.coverage import Guess, Point, curve, surest
from indexer.encoding import Progress
from indexer.evaluate import Golden, Half, Report
from indexer.rank import rank
from indexer.release import Figure, figure
from knowledge.passages import OwnerKind
from knowledge.search import Hits, Searcher

ANSWERED = 0.85
"""The share of questions at which wrong answers are looked at (issue 3)."""


@dataclass(frozen=True)
class Searched:
    """The search alone on golden questions: the first guides for those that have one, and each stage's times in ms."""

    guesses: Mapping[Half, Sequence[Guess]]
    ms: Mapping[str, Sequence[float]]

    def curves(self) -> dict[Half, tuple[Point, ...]]:
        """Risk and coverage of each half."""
        return {half: curve(guesses) for half, guesses in self.guesses.items()}

    def figures(self) -> Iterator[tuple[str, Figure]]:
        """How many of the surest first guides are right, by half."""
        for half, guesses in self.guesses.items():
            kept = surest(guesses, ANSWERED)
            yield f"{half} right, surest {ANSWERED:.0%}", figure([float(guess.right) for guess in kept])

    def stages(self) -> dict[str, tuple[float, float]]:
        """The median and the slowest of a hundred of each stage, and of all together."""
        whole = [sum(each) for each in zip(*self.ms.values(), strict=True)]
        return {name: (_at(times, 0.5), _at(times, 0.99)) for name, times in {**self.ms, "all": whole}.items()}


def search_golden(questions: Iterable[Golden], searcher: Searcher) -> Searched:
    """Search for every question; the guesses are those of first questions that a guide answers."""
    guesses: dict[Half, list[Guess]] = {half: [] for half in Half}
    ms: dict[str, list[float]] = {}
    for golden in questions:
        hits = searcher.search(golden.text)
        for name, spent in hits.ms.items():
            ms.setdefault(name, []).append(spent)
        if golden.expect.outcome == "answered" and golden.expect.guide and not golden.turns:
            guesses[golden.half].append(_guess(golden, hits))
    return Searched(guesses, ms)


def _guess(golden: Golden, hits: Hits) -> Guess:
    guides = hits.of(OwnerKind.GUIDE)
    lead = guides[0].score - guides[1].score if len(guides) > 1 else 0.0
    return Guess(bool(guides) and guides[0].owner.id in golden.expect.guides, lead)


def golden_figures(report: Report) -> Iterator[tuple[str, Figure]]:
    """By half: right first of each kind and of all, one of those offered, and not wrong."""
    for half in Half:
        kinds = sorted({verdict.golden.kind for verdict in report.of(half)})
        for kind in kinds:
            yield f"{half} first {kind}", figure([float(verdict.first) for verdict in report.of(half, kind)])
        whole = report.of(half)
        yield f"{half} first", figure([float(verdict.first) for verdict in whole])
        yield f"{half} offered", figure([float(verdict.offered) for verdict in whole])
        yield f"{half} not wrong", figure([float(not verdict.wrong) for verdict in whole])


def benchmark_figures(
    benchmark: Benchmark, searcher: Searcher, settings: Settings, progress: Progress
) -> Iterator[tuple[str, Figure]]:
    """The product's retrieval over somebody else's corpus; its vectors are kept for the next time."""
    root: Path = settings.cache_dir.expanduser() / "benchmark"
    run = rank(benchmark.corpus, benchmark.queries, searcher.encoder, searcher.splitter, 10, progress, root)
    for name, values in scores(benchmark.judgments, run).items():
        yield f"benchmark {name}", figure(values)


def _at(times: Sequence[float], share: float) -> float:
    return sorted(times)[min(len(times) - 1, int(len(times) * share))] if times else 0.0
