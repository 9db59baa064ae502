"""Publishing a guide: accuracy gate, live row, index, in this order and one at a time, over all threads and processes.

`publish` answers `Published` or `Held`; a page shows either. What stands in the way before that is a PocketError.
A crash after the live row was committed leaves a version without `answerable_at`; `sweep` builds the index it lacks.
Sources take that way from the start: a long one is encoded for minutes, which no page waits for.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime

from bot.gate import examine
from bot.setup import build_index
from bot.wiring import Pocket
from indexer.build import Builder, Prepared
from indexer.encoding import silent
from indexer.gate import Broken
from knowledge import bookshelf, drafts, library, versions
from knowledge.clerk import Clerk
from knowledge.dated import ahead
from knowledge.days import day_in_japan, utc_now
from knowledge.drafts import Overruled
from knowledge.encoder import MissingEncoder
from knowledge.guide import Guide
from knowledge.passages import IndexedPassage, Owner, OwnerKind, guide_passages

Clock = Callable[[], datetime]
INDEXING = "index what waits"
"""The piece of regular work that calls `sweep`."""


@dataclass(frozen=True)
class Order:
    """That a clerk wants a draft public as it stands at a revision, if need be in spite of the gate, for a reason."""

    draft: str
    revision: int
    clerk: Clerk
    overruled: str | None = None


@dataclass(frozen=True)
class Published:
    """A version that is public: its number, when that was asked for, and since when its words find it."""

    guide: str
    version: int
    published_at: datetime
    answerable_at: datetime


@dataclass(frozen=True)
class Held:
    """A draft that was not published, because of these questions."""

    draft: str
    broken: tuple[Broken, ...]


def publish(pocket: Pocket, order: Order, clock: Clock = utc_now) -> Published | Held:
    """Publish an approved draft, or hold it with the list of questions it would break.

    Commits by itself. Raises NotYourReviewError, OwnDraftError, DraftChangedError, DraftStateError, OutdatedError,
    ReasonMissingError (an overruling without a reason), ProbeError; then nothing has changed.
    """
    if order.overruled is not None and not order.overruled.strip():
        raise drafts.ReasonMissingError
    builder, asked = builder_of(pocket), clock()
    with builder.alone():
        with pocket.sessions() as session:
            guide = drafts.content(drafts.publishable(session, order.draft, order.revision, order.clerk))
        with would_be(pocket, builder, guide, asked) as prepared:
            found = examine(pocket, prepared.directory, guide, asked)
            if found and order.overruled is None:
                return _hold(pocket, order, found, asked)
            return _go_live(pocket, order, builder, prepared, clock, asked, found)


def builder_of(pocket: Pocket) -> Builder:
    """The builder of an open installation; hold its lock (`alone`) for what you build."""
    searcher = pocket.responder.searcher
    return Builder(pocket.settings.snapshots, searcher.encoder, searcher.splitter)


def would_be(pocket: Pocket, builder: Builder, guide: Guide, now: datetime) -> AbstractContextManager[Prepared]:
    """The index as it would be with a guide published, beside the one that serves; see `bot.gate.searcher_in`."""
    pocket.responder.searcher.shelf.snapshot()
    today = day_in_japan(now)
    own = [passage for seen in ahead(guide, today) for passage in guide_passages(seen)]

    def everything() -> list[IndexedPassage]:
        with pocket.sessions() as session:
            library.pretend(session, guide)
            return list(library.indexed_passages(session, today))

    return builder.beside(Owner(OwnerKind.GUIDE, guide.id), own, everything, now)


def _hold(pocket: Pocket, order: Order, found: tuple[Broken, ...], asked: datetime) -> Held:
    with pocket.sessions.begin() as session:
        drafts.hold(session, order.draft, order.revision, [as_json(each) for each in found], asked)
    return Held(order.draft, found)


def as_json(each: Broken) -> dict[str, object]:
    """A broken question as `GuideDraft.held` keeps it: the question, what is right, what is said before and after."""
    said = {
        name: {"outcome": reply.outcome, "guide": reply.guide, "candidates": list(reply.candidates)}
        for name, reply in (("before", each.before), ("after", each.after))
    }
    expected = each.golden.expect
    return {
        "id": each.golden.id,
        "question": each.golden.text,
        "expect": {"outcome": expected.outcome, "guide": expected.guide, "also": list(expected.also)},
        **said,
    }


def _go_live(
    pocket: Pocket,
    order: Order,
    builder: Builder,
    prepared: Prepared,
    clock: Clock,
    asked: datetime,
    found: tuple[Broken, ...],
) -> Published:
    overruled = Overruled(order.overruled.strip(), [each.golden.id for each in found]) if order.overruled else None
    with pocket.sessions.begin() as session:
        version = drafts.publish(session, order.draft, order.revision, order.clerk, asked, overruled if found else None)
        guide = drafts.get(session, order.draft).guide_id
    builder.serve(prepared)
    pocket.responder.searcher.shelf.snapshot()
    answerable_at = clock()
    with pocket.sessions.begin() as session:
        versions.answerable(session, [versions.version(session, guide, version)], answerable_at)
    return Published(guide, version, asked, answerable_at)


def sweep(pocket: Pocket) -> int:
    """Build the index that approved or withdrawn sources, and versions published before a crash, lack; how many.

    Without an encoder none can be, and trying would take the processor from the canned answers.
    """
    if isinstance(pocket.responder.searcher.encoder, MissingEncoder):
        return 0
    swept = 0
    while lacking := _lacking(pocket):
        build_index(pocket.settings, silent, pocket.responder.searcher)
        swept += lacking
    return swept


def _lacking(pocket: Pocket) -> int:
    with pocket.sessions() as session:
        return len(versions.waiting(session)) + len(bookshelf.waiting(session))
