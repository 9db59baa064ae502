"""Figures beside those of the last release: which fell, and by more than chance would have it.

A figure is a mean over questions. Its noise is what drawing the questions again would do to it: one-sided 95 %, from
1,000 bootstrap samples.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

SAMPLES = 1000
ONE_SIDED = 1.645


@dataclass(frozen=True)
class Figure:
    """A mean over so many questions, the higher the better, and its noise."""

    value: float
    noise: float
    count: int


def figure(values: Sequence[float]) -> Figure:
    """The mean of some values and its noise; of no values, everything is right."""
    if not values:
        return Figure(1.0, 0.0, 0)
    drawn = np.random.default_rng(0).choice(np.asarray(values, np.float64), (SAMPLES, len(values)))
    return Figure(float(np.mean(values)), ONE_SIDED * float(drawn.mean(axis=1).std()), len(values))


def fallen(now: Mapping[str, Figure], released: Mapping[str, Figure]) -> list[str]:
    """The names of figures that are lower than at the last release by more than the noise of both."""
    return [
        name
        for name, figure in now.items()
        if name in released and figure.value < released[name].value - max(figure.noise, released[name].noise)
    ]


def page(now: Mapping[str, Figure], released: Mapping[str, Figure]) -> str:
    """Each figure beside the released one, a line each; `▼` marks what fell."""
    low, lines = set(fallen(now, released)), [f"{'figure':<34}{'now':>8}{'released':>10}{'± noise':>9}{'n':>6}"]
    for name, each in now.items():
        before = f"{released[name].value:.3f}" if name in released else "–"
        mark = " ▼" if name in low else ""
        lines.append(f"{name:<34}{each.value:>8.3f}{before:>10}{each.noise:>9.3f}{each.count:>6}{mark}")
    return "\n".join(lines)


def read_release(path: Path) -> dict[str, Figure]:
    """The figures of the last release; none where there was no release."""
    if not path.exists():
        return {}
    return {name: Figure(**each) for name, each in json.loads(path.read_text(encoding="utf-8"))["figures"].items()}


def write_release(path: Path, figures: Mapping[str, Figure], more: Mapping[str, object]) -> None:
    """Make these the released figures, with what else is told beside them."""
    found = {name: asdict(each) for name, each in figures.items()}
    path.write_text(json.dumps({"figures": found, **more}, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
