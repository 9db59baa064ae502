"""Judging replies by the golden questions: what was right, offered, wrong or missed, by kind and half.

Only the replies' values are seen here, so whatever can answer a question can be judged.
"""

import json
import re
import time
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, TypeAdapter

FOREIGN = ("en", "zh", "ko", "vi")
ASKING_BACK = ("clarify", "menu")
OUT_OF_SCOPE = "out_of_scope"


class Half(StrEnum):
    """The half limits are set on, and the half they are reported on."""

    DEV = "dev"
    TEST = "test"


class Expected(BaseModel):
    """What a right reply is; tests/golden/README.md tells each field."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    outcome: str
    outcome_any: tuple[str, ...] = ()
    guide: str | None = None
    also: tuple[str, ...] = ()
    source: str | None = None
    source_any: tuple[str, ...] = ()
    contains: str | None = None
    contains_any: tuple[str, ...] = ()
    fact: str | None = None
    crisis: str | None = None
    crisis_any: tuple[str, ...] = ()

    @property
    def outcomes(self) -> set[str]:
        """Every right outcome."""
        return {self.outcome, *self.outcome_any}

    @property
    def guides(self) -> set[str]:
        """Every right guide."""
        return {*self.also, *filter(None, [self.guide])}


class Golden(BaseModel):
    """One golden question."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    kind: str
    text: str
    lang: str
    half: Half
    expect: Expected
    turns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Quoted:
    """Passages of a source, by its id; `foremost` is an offer to quote that stands before all others."""

    source: str
    text: str
    foremost: bool = False


@dataclass(frozen=True)
class Judged:
    """What a reply comes down to: the fields of `handlers.reply.Reply` that are judged, as plain values.

    `quoted` is what was cited, `readable` what was offered to be; `strays` are forms or facts shown that are not in the
    answered guide's record.
    """

    outcome: str
    guide: str | None = None
    candidates: tuple[str, ...] = ()
    quoted: Quoted | None = None
    readable: Quoted | None = None
    crisis: str | None = None
    fact: str | None = None
    strays: tuple[str, ...] = ()


Ask = Callable[[str, tuple[str, ...]], Judged]
"""Answers a text in a fresh conversation in which the given texts were said before."""


@dataclass(frozen=True)
class Verdict:
    """How one reply was: right as it stands, right first, right among what was offered, a wrong answer, missed.

    A wrong answer stays one when the right guide is offered beside it.
    """

    golden: Golden
    reply: Judged
    ms: float
    right: bool
    first: bool
    offered: bool
    wrong: bool

    @property
    def missed(self) -> bool:
        """Nothing right and nothing wrong was said."""
        return not self.offered and not self.wrong

    @property
    def alarm_missed(self) -> bool:
        """Somebody in danger got no number to call, neither as the answer nor before another one."""
        return self.golden.expect.outcome == "crisis" and not self.reply.crisis

    @property
    def false_alarm(self) -> bool:
        """A harmless question got the numbers for danger, as the answer or before another one."""
        return bool(self.reply.crisis) and "crisis" not in self.golden.expect.outcomes


def judge(golden: Golden, reply: Judged, ms: float = 0.0) -> Verdict:
    """The verdict on one reply."""
    expect = golden.expect
    right = _right(expect, reply)
    asked_back = reply.outcome in ASKING_BACK
    readable = _told(expect, reply.readable)
    foremost = readable and reply.outcome != "answered" and reply.readable is not None and reply.readable.foremost
    first = right or foremost or (asked_back and bool(reply.candidates) and reply.candidates[0] in expect.guides)
    choosing = asked_back or reply.guide is not None or reply.outcome == "crisis"
    beside = choosing and bool(expect.guides & set(reply.candidates))
    offered = first or beside or readable
    answered = reply.outcome == "answered" and (expect.outcome == "answered" or "answered" not in expect.outcomes)
    return Verdict(golden, reply, ms, right, first, offered, wrong=answered and not right)


def _right(expect: Expected, reply: Judged) -> bool:
    if "clarify" in expect.outcomes and reply.outcome in ASKING_BACK and expect.guides & set(reply.candidates):
        return True
    if reply.outcome not in expect.outcomes:
        return False
    if reply.outcome == "crisis":
        return reply.crisis in {expect.crisis, *expect.crisis_any}
    if reply.outcome != "answered":
        return reply.outcome != "clarify"
    if expect.source:
        return _told(expect, reply.quoted)
    return reply.guide in expect.guides and expect.fact in (None, reply.fact)


def _told(expect: Expected, quoted: Quoted | None) -> bool:
    """Whether passages tell what is expected of a source."""
    if quoted is None or quoted.source not in {expect.source, *expect.source_any}:
        return False
    text, strings = _bare(quoted.text), {*expect.contains_any, *filter(None, [expect.contains])}
    return any(_bare(each) in text for each in strings)


def _bare(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


@dataclass(frozen=True)
class Tally:
    """Counts over some verdicts."""

    count: int = 0
    right: int = 0
    first: int = 0
    offered: int = 0
    wrong: int = 0
    missed: int = 0

    @classmethod
    def of(cls, verdicts: Iterable[Verdict]) -> Self:
        """The counts."""
        rows = [(v.right, v.first, v.offered, v.wrong, v.missed) for v in verdicts]
        return cls(len(rows), *(sum(column) for column in zip(*rows, strict=True)))

    def share(self, what: str) -> float:
        """A count as a share of all; of nothing, everything is right."""
        return float(getattr(self, what)) / self.count if self.count else float(what not in ("wrong", "missed"))


@dataclass(frozen=True)
class Floors:
    """What the reported half must reach (issue 2): shares of its questions, and counts that must not be passed."""

    first: float = 0.92
    offered: float = 0.96
    wrong: float = 0.03
    answered_anyway: float = 0.03
    foreign: float = 0.85
    strays: int = 0
    alarms_missed: int = 0


@dataclass(frozen=True)
class Report:
    """All verdicts of one run; those on `outside` questions count as answered anyway or not, and nowhere else."""

    verdicts: tuple[Verdict, ...] = field(repr=False)
    outside: tuple[Verdict, ...] = field(default=(), repr=False)

    def of(self, half: Half, *kinds: str) -> list[Verdict]:
        """The verdicts of a half, of some kinds or all."""
        return [v for v in self.verdicts if v.golden.half == half and (not kinds or v.golden.kind in kinds)]

    def figures(self, half: Half) -> dict[str, float]:
        """The figures the floors speak of."""
        whole, foreign = Tally.of(self.of(half)), Tally.of(self.of(half, *FOREIGN))
        outside = [*self.of(half, OUT_OF_SCOPE), *(v for v in self.outside if v.golden.half == half)]
        return {
            "right": whole.share("right"),
            "first": whole.share("first"),
            "offered": whole.share("offered"),
            "wrong": whole.share("wrong"),
            "answered_anyway": Tally.of(outside).share("wrong"),
            "foreign": foreign.share("first"),
            "strays": sum(len(v.reply.strays) for v in self.of(half)),
            "alarms_missed": sum(v.alarm_missed for v in self.of(half)),
            "false_alarms": sum(v.false_alarm for v in self.of(half)),
        }

    def timings(self) -> dict[str, float]:
        """Milliseconds from text to reply: the median, the slowest of a hundred, the slowest."""
        times = sorted(verdict.ms for verdict in self.verdicts) or [0.0]
        return {
            "p50": times[len(times) // 2],
            "p99": times[min(len(times) - 1, len(times) * 99 // 100)],
            "max": times[-1],
        }

    def failures(self, floors: Floors, half: Half = Half.TEST) -> list[str]:
        """One sentence for each floor that was not reached."""
        found, sentences = self.figures(half), []
        for name in ("first", "offered", "foreign"):
            sentences += (
                [f"{name}: {found[name]:.3f} < {floor}"] if found[name] < (floor := getattr(floors, name)) else []
            )
        for name in ("wrong", "answered_anyway", "strays", "alarms_missed"):
            sentences += (
                [f"{name}: {found[name]:.3f} > {most}"] if found[name] > (most := getattr(floors, name)) else []
            )
        return sentences

    def tallies(self) -> dict[tuple[str, Half], Tally]:
        """The counts by kind and half, and of each half as a whole."""
        kinds = sorted({verdict.golden.kind for verdict in self.verdicts})
        parts = {(kind, half): Tally.of(self.of(half, kind)) for kind in kinds for half in Half}
        return parts | {("all", half): Tally.of(self.of(half)) for half in Half}

    def table(self) -> str:
        """The counts as text, a line a kind and half."""
        lines = [f"{'kind':<15}{'half':<6}{'n':>5}{'right':>8}{'first':>8}{'offered':>9}{'wrong':>7}{'missed':>8}"]
        for (kind, half), tally in self.tallies().items():
            shares = [tally.share(name) for name in ("right", "first", "offered")]
            right, first, offered = (f"{share:.1%}" for share in shares)
            lines.append(
                f"{kind:<15}{half:<6}{tally.count:>5}{right:>8}{first:>8}{offered:>9}{tally.wrong:>7}{tally.missed:>8}"
            )
        lines += [half + ": " + " ".join(f"{k}={v:.3f}" for k, v in self.figures(half).items()) for half in Half]
        return "\n".join([*lines, "ms: " + " ".join(f"{k}={v:.1f}" for k, v in self.timings().items())])

    def to_json(self) -> str:
        """Figures, counts and timings; no question's text."""
        counts: dict[str, dict[str, Mapping[str, float]]] = {}
        for (kind, half), tally in self.tallies().items():
            counts.setdefault(kind, {})[half] = vars(tally)
        figures = {half.value: self.figures(half) for half in Half}
        return json.dumps({"figures": figures, "counts": counts, "ms": self.timings()}, ensure_ascii=False, indent=1)


def read_golden(directory: Path) -> list[Golden]:
    """All golden questions of a directory's JSON lines files; raises pydantic.ValidationError on a bad line."""
    adapter = TypeAdapter(Golden)
    lines = (line for path in sorted(directory.glob("*.jsonl")) for line in path.read_text("utf-8").splitlines())
    return [adapter.validate_json(line) for line in lines if line.strip()]


def evaluate(golden_dir: Path, ask: Ask, halves: Sequence[Half] = tuple(Half), without: Collection[str] = ()) -> Report:
    """Ask every golden question of the given halves but for some kinds, and judge the replies."""
    asked = (each for each in read_golden(golden_dir) if each.half in halves and each.kind not in without)
    return Report(tuple(_judged(ask, golden) for golden in asked))


def evaluate_outside(golden_dirs: Iterable[Path], ask: Ask, half: Half = Half.TEST) -> tuple[Verdict, ...]:
    """The verdicts on what no guide answers in further sets of questions: a few dozen can not show a few per cent."""
    asked = (each for directory in golden_dirs for each in read_golden(directory))
    return tuple(_judged(ask, each) for each in asked if each.kind == OUT_OF_SCOPE and each.half == half)


def _judged(ask: Ask, golden: Golden) -> Verdict:
    started = time.perf_counter()
    reply = ask(golden.text, golden.turns)
    return judge(golden, reply, 1000 * (time.perf_counter() - started))
