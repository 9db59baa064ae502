"""An edit at 2,000 guides: from publishing until the new wording is answered, gate included.

`python -m bench.publish [--json] [--guides N]`. The pack's guides are copied until there are enough, at the pack's own
number of wordings each. The copies' vectors are thrown by dice: encoding all of them would take most of an hour, and no
edit does that. The baseline is the whole build of the same index.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import cast

import numpy as np

from bot.gate import learn
from bot.publishing import Order, Published, publish
from bot.settings import Settings
from bot.setup import load_content
from bot.wiring import Pocket, open_encoder
from handlers.conversation import Asker, Channel
from indexer.build import Builder
from knowledge import drafts, library
from knowledge.clerk import Clerk
from knowledge.database import Sessions, migrate, open_engine, open_sessions
from knowledge.encoder import Encoder
from knowledge.guide import Guide
from knowledge.rarity import EVEN, PieceRarity
from knowledge.vectors import Vectors
from knowledge.words import WordSplitter

GUIDES = 2_000
EDITS = 7
EDITED = "toshokan"
NOW = datetime.now(UTC)
WRITER, CHECKER = Clerk(1, "kaku", None, everywhere=True), Clerk(2, "miru", None, everywhere=True)


@dataclass(frozen=True)
class Result:
    """Seconds from publishing to the answer, and of the whole build, at so many guides and passages.

    `first_edit_s` is that of a process that has answered and done its regular work, but published nothing yet.
    """

    guides: int
    passages: int
    edit_s: float
    slowest_edit_s: float
    first_edit_s: float
    whole_build_s: float


@dataclass(frozen=True)
class Dice:
    """The real encoder's name and width; its vectors are thrown."""

    model_id: str
    dimensions: int
    pieced = False

    def rarity(self, *_: object) -> PieceRarity:
        """No piece is rarer than another."""
        return EVEN

    def encode_passages(self, texts: list[str], *_: object, **__: object) -> Vectors:
        """Unit vectors that mean nothing."""
        thrown = np.random.default_rng(1).standard_normal((len(texts), self.dimensions), np.float32)
        return cast(Vectors, thrown / np.linalg.norm(thrown, axis=1, keepdims=True))

    encode_queries = encode_passages


def _copies(guides: list[Guide], wanted: int) -> Iterator[Guide]:
    """Copies under other ids, each wording marked with its number."""
    for number in range(wanted - len(guides)):
        guide, turn = guides[number % len(guides)], number // len(guides) + 1
        aliases = tuple(f"{alias} {turn}番" for alias in guide.aliases)
        yield guide.model_copy(
            update={"id": f"{guide.id}-{turn}", "title": f"{guide.title}（{turn}番）", "aliases": aliases}
        )


def prepare(settings: Settings, wanted: int) -> tuple[int, float]:
    """An installation of so many guides; its passages, and the seconds of its whole build."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    migrate(settings.database_url)
    load_content(settings)
    engine = open_engine(settings.database_url)
    with open_sessions(engine).begin() as session:
        for guide in _copies(library.guides(session), wanted):
            library.publish(session, guide, NOW)
    with open_sessions(engine)() as session:
        passages = list(library.indexed_passages(session, NOW.date()))
    engine.dispose()
    encoder = open_encoder(settings)
    dice = cast(Encoder, Dice(encoder.model_id, encoder.dimensions))
    started = time.perf_counter()
    built = Builder(settings.snapshots, dice, WordSplitter.open()).build(passages, NOW)
    return built.passages, time.perf_counter() - started


def _order(sessions: Sessions, alias: str) -> Order:
    with sessions.begin() as session:
        found = drafts.whole(session, EDITED)
        assert found
        guide, row = found
        edited = guide.model_copy(update={"aliases": (*guide.aliases, alias)})
        draft = drafts.create(session, edited, row.version, WRITER, NOW)
        draft = drafts.submit(session, draft.id, draft.revision, "言い方を足す", WRITER, NOW)
        draft = drafts.approve(session, draft.id, draft.revision, CHECKER, NOW)
        return Order(draft.id, draft.revision, CHECKER, overruled="計測のため")


def _edit(pocket: Pocket, alias: str) -> float:
    order = _order(pocket.sessions, alias)
    started = time.perf_counter()
    done = publish(pocket, order)
    with pocket.sessions() as session:
        reply = pocket.responder.ask(session, alias, Asker(Channel.TERMINAL), NOW)
    taken = time.perf_counter() - started
    assert isinstance(done, Published)
    assert reply.guide == EDITED or EDITED in reply.candidates, "the edited guide is not found"
    return taken


def measure(settings: Settings, wanted: int) -> Result:
    """Prepare, ask one question, then edit."""
    passages, build = prepare(settings, wanted)
    pocket = Pocket.open(settings)
    with pocket.sessions() as session:
        pocket.responder.ask(session, "住民票の写しがほしい", Asker(Channel.TERMINAL), NOW)
    learn(pocket)
    first, *times = [_edit(pocket, f"ポケットの本棚をひらきたい{number}") for number in range(EDITS + 1)]
    pocket.engine.dispose()
    return Result(wanted, passages, round(median(times), 2), round(max(times), 2), round(first, 2), round(build, 1))


def main() -> None:
    """Measure and print a table, or one JSON object."""
    parser = argparse.ArgumentParser(prog="bench.publish")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--guides", type=int, default=GUIDES)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as data:
        result = measure(Settings(data_dir=Path(data)), options.guides)
    if options.json:
        print(json.dumps(asdict(result)))
        return
    print(f"{result.guides} guides, {result.passages} passages; a whole build takes {result.whole_build_s} s")
    print(f"publish to answer: median {result.edit_s} s, slowest of {EDITS} {result.slowest_edit_s} s")
    print(f"the first one after a start: {result.first_edit_s} s")


if __name__ == "__main__":
    main()
