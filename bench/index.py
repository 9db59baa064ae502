"""The index: a whole build beside the encoder's own time, and one edited guide until it is answerable.

`python -m bench.index [--rounds 3] [--json]`. Both are timed in turn and told as medians, for a shared machine's speed
wanders by a fifth within minutes. The data directories are made in a temporary place; the encoder must be prepared
already (`make setup`), so that only the index is timed.
"""

import argparse
import json
import tempfile
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from bot.settings import Settings
from bot.setup import BUILD_THREADS, build_index, initialise
from bot.wiring import Pocket, open_encoder
from handlers.conversation import Asker, Channel
from indexer.encoding import encoded, learned, silent, worth_details
from knowledge import library
from knowledge.days import day_in_japan

EDITED = "toshokan"
ALIAS = "ポケットの本棚をひらきたい"


@dataclass(frozen=True)
class Result:
    """Median seconds: the whole build, the encoder alone on its texts, an edit until the new wording is answered."""

    passages: int
    build_s: float
    encoder_alone_s: float
    build_over_encoder: float
    edit_to_answerable_s: float


def measure(rounds: int) -> Result:
    """Build, encode alone, edit; as often, each time in a new directory."""
    passages, *seconds = zip(*(_round() for _ in range(rounds)), strict=True)
    built, alone, edited = (median(each) for each in seconds)
    return Result(int(passages[0]), round(built, 2), round(alone, 2), round(built / alone, 2), round(edited, 2))


def _round() -> tuple[int, float, float, float]:
    with tempfile.TemporaryDirectory() as data:
        settings = Settings(data_dir=Path(data))
        started = time.perf_counter()
        passages = initialise(settings, silent, silent).index.passages
        built = time.perf_counter() - started
        return passages, built, _encode_alone(settings), _edit(settings)


def _encode_alone(settings: Settings) -> float:
    pocket = Pocket.open(settings)
    with pocket.sessions() as session:
        passages = list(library.indexed_passages(session, day_in_japan(datetime.now(UTC))))
    pocket.engine.dispose()
    encoder = open_encoder(settings, BUILD_THREADS)
    rarity = learned(encoder, passages)
    started = time.perf_counter()
    encoded(encoder, passages, rarity, detailed=worth_details(encoder, passages))
    return time.perf_counter() - started


def _edit(settings: Settings) -> float:
    pocket = Pocket.open(settings)
    with pocket.sessions() as session:
        guide = library.guide(session, EDITED)
        pocket.responder.ask(session, ALIAS, Asker(Channel.TERMINAL), datetime.now(UTC))
    assert guide
    started = time.perf_counter()
    with pocket.sessions.begin() as session:
        library.publish(session, guide.model_copy(update={"aliases": (*guide.aliases, ALIAS)}), datetime.now(UTC))
    build_index(settings, silent, pocket.responder.searcher)
    with pocket.sessions() as session:
        reply = pocket.responder.ask(session, ALIAS, Asker(Channel.TERMINAL), datetime.now(UTC))
    taken = time.perf_counter() - started
    assert reply.guide == EDITED, "the edited guide is not answered"
    pocket.engine.dispose()
    return taken


def main() -> None:
    """Measure and print a table, or one JSON object."""
    parser = argparse.ArgumentParser(prog="bench.index")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    result = measure(options.rounds)
    if options.json:
        print(json.dumps(asdict(result)))
        return
    print(f"index of {result.passages} passages: {result.build_s} s, encoder alone {result.encoder_alone_s} s")
    print(f"build over encoder {result.build_over_encoder}; edit to answerable {result.edit_to_answerable_s} s")


if __name__ == "__main__":
    main()
