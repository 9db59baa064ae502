"""Adapted encoders: learned once from a ward's own content, used only where they find better, and cached."""

import hashlib
import importlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.lessons import Lesson, Recipe
from indexer.model import fingerprint, is_whole, origin_of, prepare_made
from knowledge.errors import PocketError

if TYPE_CHECKING:
    from types import ModuleType

RECIPE = Recipe()
RECIPE_VERSION = 1
"""Raise it whenever learning changes beyond the figures of `Recipe`: what was learned otherwise is learned anew."""
ADOPTED = "encoder.json"
FEWEST = 40
HELD_BACK = 10
"""Every tenth lesson is held back, to tell whether learning did any good."""
FORGIVEN = 0.02
"""By how much general questions may be found worse: one in fifty a rank lower is chance."""
Step = Callable[[int, int], None]


class TooFewLessonsError(PocketError):
    """学習に使える案内が少なすぎます。名前と説明のある案内が 40 件以上になってから実行してください。"""


@dataclass(frozen=True)
class Quality:
    """How a model finds what it was not shown: mean reciprocal ranks in 0…1.

    `own` of lessons held back (a hurried name finds its fact), `general` of the same matter in another language.
    """

    own: float
    general: float


@dataclass(frozen=True)
class Outcome:
    """What learning gave. Where it did not help, the encoder is the one it started from."""

    lessons: int
    before: Quality
    after: Quality

    @property
    def helped(self) -> bool:
        """Whether the adapted model is better at its own matters and no worse at others."""
        return self.after.own > self.before.own and self.after.general >= self.before.general - FORGIVEN


@dataclass(frozen=True)
class Adapted:
    """A prepared encoder, and what learning gave."""

    directory: Path
    outcome: Outcome


def adapt_encoder(
    lessons: Sequence[Lesson], model: str | None, cache_dir: Path, progress: Step, recipe: Recipe = RECIPE
) -> Adapted:
    """The prepared encoder adapted to lessons; from the cache when the same was learned before.

    `progress` is told how many more steps were done, of how many; an interrupted run goes on where it was. Some ten
    minutes for 2,000 lessons on 2 cores. Raises TooFewLessonsError, and what `indexer.model.prepare_encoder` raises.
    """
    if len(lessons) < FEWEST:
        raise TooFewLessonsError
    key = _key(lessons, model, recipe)
    kept = cache_dir / "adapted" / key
    kept.mkdir(parents=True, exist_ok=True)

    def make(scratch: Path) -> tuple[str, str]:
        origin, name = origin_of(model, scratch)
        held = [lesson for at, lesson in enumerate(lessons) if at % HELD_BACK == 0]
        taught = [lesson for at, lesson in enumerate(lessons) if at % HELD_BACK]
        trainer = _trainer()
        training = trainer.Training.open(origin, name, recipe)
        before = Quality(*training.quality(held))
        training.run(taught, kept / "saved.pt", progress)
        outcome = Outcome(len(lessons), before, Quality(*training.quality(held)))
        (kept / "outcome.json").write_text(json.dumps(asdict(outcome)))
        return (training.write(scratch / "adapted"), f"{name}-adapted") if outcome.helped else (origin, name)

    directory = prepare_made(key, make, cache_dir)
    (kept / "saved.pt").unlink(missing_ok=True)
    return Adapted(directory, _outcome(kept / "outcome.json"))


def _trainer() -> "ModuleType":
    """The named loader of torch and sentence-transformers for learning."""
    return importlib.import_module("indexer.adapt")


def _key(lessons: Sequence[Lesson], model: str | None, recipe: Recipe) -> str:
    parts = [RECIPE_VERSION, asdict(recipe), fingerprint(model), [asdict(lesson) for lesson in lessons]]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()[:32]


def _outcome(path: Path) -> Outcome:
    found = json.loads(path.read_text())
    return Outcome(found["lessons"], Quality(**found["before"]), Quality(**found["after"]))


def adopt(adapted: Adapted, model: str | None, data_dir: Path) -> None:
    """Let an installation use an adapted encoder from its next start on; one that did not help is not adopted."""
    place = data_dir / ADOPTED
    if not adapted.outcome.helped:
        place.unlink(missing_ok=True)
        return
    part = place.with_suffix(".part")
    part.write_text(json.dumps({"base": fingerprint(model), "directory": adapted.directory.name}))
    part.replace(place)


def adopted(model: str | None, data_dir: Path, cache_dir: Path) -> Path | None:
    """The encoder an installation adopted; None where it has none, not from this model, or it is no longer whole."""
    try:
        found = json.loads((data_dir / ADOPTED).read_text())
        directory = cache_dir / str(found["directory"])
        return directory if found["base"] == fingerprint(model) and is_whole(directory) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None
