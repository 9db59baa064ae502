"""How sure an answer is: the weights of `handlers.sureness`, learned from the pack's own wordings.

`python -m bench.sureness [--json]`. Every fifth wording of a guide, a life event or a matter that no ward answers is
hidden, an index built of the rest, and each hidden one asked; the regression learns when the first guide is the right
one. Printed beside it is what the score alone would tell: the area under the curve of right against wrong, 1 at best.
"""

import argparse
import json
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, astuple, dataclass
from datetime import UTC, datetime
from pathlib import Path
from zlib import crc32

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from bot.settings import Settings
from bot.setup import initialise
from bot.wiring import Pocket, open_searcher
from handlers.decision import GUIDES, Limits, ranked, told
from handlers.sureness import Evidence, Sureness
from indexer.build import Builder
from indexer.encoding import silent
from knowledge import library
from knowledge.days import day_in_japan
from knowledge.passages import Field, IndexedPassage, OwnerKind
from knowledge.search import Searcher

ASKED = (*GUIDES, OwnerKind.OFFTOPIC)
HIDDEN = 5
"""One wording of so many is hidden."""


@dataclass(frozen=True)
class Learned:
    """How many hidden wordings taught which weights, and how well they and the score alone tell right from wrong."""

    wordings: int
    weights: Sureness
    area: float
    area_of_score: float


@dataclass(frozen=True)
class Lesson:
    """A hidden wording: what its first guide tells, that guide's score, and whether it was the right one."""

    told: Evidence
    score: float
    right: bool


def lessons(settings: Settings) -> list[Lesson]:
    """One lesson a hidden wording for which any guide was found."""
    initialise(settings, silent, silent)
    pocket, now = Pocket.open(settings), datetime.now(UTC)
    with pocket.sessions() as session:
        passages = list(library.indexed_passages(session, day_in_japan(now)))
    pocket.engine.dispose()
    hidden, whole = [each for each in passages if _is_hidden(each)], pocket.responder.searcher
    Builder(settings.snapshots, whole.encoder, whole.splitter).build(set(passages) - set(hidden), now)
    searcher = open_searcher(settings)
    return [lesson for each in hidden if (lesson := _lesson(searcher, each))]


def _is_hidden(passage: IndexedPassage) -> bool:
    kept = passage.field != Field.NAME or passage.owner.kind not in ASKED
    return not kept and crc32(passage.text.encode()) % HIDDEN == 0


def _lesson(searcher: Searcher, asked: IndexedPassage) -> Lesson | None:
    hits, limits = searcher.search(asked.text), Limits()
    guides = ranked(hits, limits)[:1]
    if not guides:
        return None
    return Lesson(told(guides, hits, limits)[0], guides[0].score, guides[0].owner == asked.owner)


def learn(taught: Sequence[Lesson]) -> Learned:
    """The weights that lessons teach."""
    evidence, right = np.array([astuple(each.told) for each in taught]), [each.right for each in taught]
    model = LogisticRegression(C=100, max_iter=3000).fit(evidence, right)
    weights = Sureness(*(round(float(weight), 2) for weight in (*model.coef_[0], model.intercept_[0])))
    return Learned(
        len(taught),
        weights,
        round(float(roc_auc_score(right, [weights.of(each.told) for each in taught])), 3),
        round(float(roc_auc_score(right, [each.score for each in taught])), 3),
    )


def main() -> None:
    """Learn and print, beside the weights that serve; or one JSON object."""
    parser = argparse.ArgumentParser(prog="bench.sureness")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as data:
        learned = learn(lessons(Settings(_env_file=None, data_dir=Path(data))))
    if options.json:
        print(json.dumps(asdict(learned)))
        return
    print(f"{learned.wordings} hidden wordings; area {learned.area}, of the score alone {learned.area_of_score}")
    print(f"learned {asdict(learned.weights)}\nserving {asdict(Sureness())}")


if __name__ == "__main__":
    main()
