"""Risk and coverage: how many of the first answers are wrong when only the surest part of the questions is answered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, EDGE = 640, 360, 48
MOST_RISK = 0.2


@dataclass(frozen=True)
class Guess:
    """The first guide for a question: whether it is right, and how sure (its score's lead over the next)."""

    right: bool
    sure: float


@dataclass(frozen=True)
class Point:
    """With the limit at `sure`, the share of questions answered and the share of wrong ones among the answers."""

    coverage: float
    risk: float
    sure: float


def curve(guesses: Sequence[Guess]) -> tuple[Point, ...]:
    """One point a question, the surest first."""
    ordered, wrong, points = sorted(guesses, key=lambda guess: -guess.sure), 0, []
    for count, guess in enumerate(ordered, 1):
        wrong += not guess.right
        points.append(Point(count / len(ordered), wrong / count, guess.sure))
    return tuple(points)


def surest(guesses: Sequence[Guess], share: float) -> tuple[Guess, ...]:
    """The surest guesses that make up a share of all."""
    return tuple(sorted(guesses, key=lambda guess: -guess.sure)[: round(share * len(guesses))])


def picture(curves: Mapping[str, Sequence[Point]]) -> str:
    """The curves as an SVG picture: coverage to the right, risk upwards to 20 %."""
    lines = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
            f'font-size="13"><title>Risk and coverage</title><rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>'
        )
    ]
    for tenth in range(0, 11, 2):
        x, y = _place(tenth / 10, 0), _place(0, tenth / 10 * MOST_RISK)
        lines.append(f'<text x="{x[0]:.0f}" y="{HEIGHT - 28}" text-anchor="middle">{tenth * 10} %</text>')
        lines.append(f'<text x="{EDGE - 6}" y="{y[1] + 4:.0f}" text-anchor="end">{tenth / 10 * MOST_RISK:.0%}</text>')
        lines.append(f'<path d="M{EDGE} {y[1]:.1f}H{WIDTH - EDGE}" stroke="#ddd"/>')
    for number, ((name, points), colour) in enumerate(zip(curves.items(), ("#0b5cad", "#b4450a"), strict=False)):
        path = " ".join("{:.1f},{:.1f}".format(*_place(point.coverage, point.risk)) for point in points)
        lines.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        lines.append(f'<text x="{EDGE + 12}" y="{EDGE + 18 * number}" fill="{colour}">{name}</text>')
    lines.append(f'<text x="{WIDTH / 2}" y="{HEIGHT - 8}" text-anchor="middle">answered</text>')
    return "\n".join([*lines, '<text x="8" y="20">wrong among the answers</text></svg>\n'])


def _place(coverage: float, risk: float) -> tuple[float, float]:
    wide, high = WIDTH - 2 * EDGE, HEIGHT - 2 * EDGE
    return EDGE + coverage * wide, HEIGHT - EDGE - min(risk, MOST_RISK) / MOST_RISK * high
