"""The accuracy gate: golden questions that are answered rightly now and would not be after a change.

Judging is `indexer.evaluate`'s. Answering is the caller's: by the index and rows as they would be, and as they are.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from indexer.evaluate import Golden, Judged, judge
from knowledge.vectors import Vectors

NEAREST = 16
"""How many questions of other guides are asked because the changed words come near them."""
NEAR = 0.86
"""The similarity from which words come near a question; the default encoder has all texts alike to about 0.75."""
Answering = Callable[[Golden], Judged]


@dataclass(frozen=True)
class Broken:
    """A golden question, and what is said to it now and after the change."""

    golden: Golden
    before: Judged
    after: Judged


def broken(questions: Iterable[Golden], before: Answering, after: Answering) -> tuple[Broken, ...]:
    """The questions a change would break: right and no longer so, or on offer and then wrong.

    What is right afterwards is not asked of the present index, which halves the work.
    """
    found: list[Broken] = []
    for golden in questions:
        then = judge(golden, after(golden))
        if then.right:
            continue
        now = judge(golden, before(golden))
        if now.right or (now.offered and then.wrong and not now.wrong):
            found.append(Broken(golden, now.reply, then.reply))
    return tuple(found)


def nearest(questions: Vectors, words: Vectors, most: int = NEAREST, near: float = NEAR) -> Sequence[int]:
    """The rows of `questions` (n, d) that some of `words` (m, d) come nearest to, the nearest first."""
    if not len(questions) or not len(words):
        return ()
    closeness = (questions @ words.T).max(axis=1)
    order = np.argsort(-closeness, kind="stable")[:most]
    return [int(row) for row in order if closeness[row] >= near]
