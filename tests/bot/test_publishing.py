"""Publishing on a real installation: answerable at once, held by the gate, whole after a crash, one at a time."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from bot.gate import learn_ahead
from bot.publishing import Held, Order, Published, publish, sweep
from bot.wiring import Pocket
from handlers.conversation import Asker, Channel
from handlers.reply import Card, Outcome, Reply
from indexer.build import Builder
from knowledge import draft_state, drafts, golden, library, versions
from knowledge.clerk import Clerk
from knowledge.guide import Fee, Guide
from knowledge.models import GuideDraft
from knowledge.snapshot import Manifest, current_name, read_manifest
from knowledge.versions import OutdatedError
from tests.installation import settings_for

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
WRITER = Clerk(1, "kaku", None, everywhere=True)
CHECKER = Clerk(2, "miru", None, everywhere=True)
LIBRARY = "toshokan"
WISH = "ポケットの本棚をひらきたい"


@pytest.fixture
def pocket(pocket_dir: Path) -> Iterator[Pocket]:
    """An open copy of the finished installation."""
    pocket = Pocket.open(settings_for(pocket_dir))
    yield pocket
    pocket.engine.dispose()


def _approved(session: Session, guide: Guide) -> GuideDraft:
    draft = drafts.create(session, guide, versions.live_version(session, guide.id), WRITER, NOW)
    draft = drafts.submit(session, draft.id, draft.revision, "直す", WRITER, NOW)
    return drafts.approve(session, draft.id, draft.revision, CHECKER, NOW)


def _order(pocket: Pocket, guide_id: str, **fields: object) -> Order:
    """An order to publish a guide with other fields."""
    with pocket.sessions.begin() as session:
        found = drafts.whole(session, guide_id)
        assert found
        draft = _approved(session, found[0].model_copy(update=fields))
        return Order(draft.id, draft.revision, CHECKER)


def _guide(pocket: Pocket, guide_id: str) -> Guide:
    with pocket.sessions() as session:
        found = library.guide(session, guide_id)
    assert found
    return found


def _ask(pocket: Pocket, text: str, now: datetime = NOW) -> Reply:
    with pocket.sessions() as session:
        return pocket.responder.ask(session, text, Asker(Channel.TERMINAL), now)


def _more(pocket: Pocket, *aliases: str) -> dict[str, object]:
    return {"aliases": (*_guide(pocket, LIBRARY).aliases, *aliases)}


def _manifest(pocket: Pocket) -> Manifest:
    return read_manifest(pocket.settings.snapshots / current_name(pocket.settings.snapshots))


def _whole(pocket: Pocket) -> str:
    """The whole snapshot that serves, or the one below a patch: a kept installation may have grown by one."""
    return _manifest(pocket).base or current_name(pocket.settings.snapshots)


def test_a_published_wording_is_answered_at_once(pocket: Pocket) -> None:
    """The next question meets the new version; the page can say since when; the whole index was not built anew."""
    whole = _whole(pocket)
    assert _ask(pocket, WISH).guide != LIBRARY
    done = publish(pocket, _order(pocket, LIBRARY, **_more(pocket, WISH)))
    assert isinstance(done, Published)
    assert _ask(pocket, WISH).guide == LIBRARY
    with pocket.sessions() as session:
        kept = versions.version(session, LIBRARY, done.version)
        assert (kept.published_at, kept.answerable_at) == (done.published_at, done.answerable_at)
        assert versions.waiting(session) == []
    assert _manifest(pocket).base == whole


def test_a_change_that_breaks_a_right_answer_is_held(pocket: Pocket) -> None:
    """Nothing is public, the list says what would be said; a reason overrules it, and stays with the version."""
    question = "粗大ごみを出したい"
    with pocket.sessions.begin() as session:
        kept = golden.keep(session, question, golden.Answer("answered", "sodai-gomi"), WRITER, NOW)
    assert _ask(pocket, question).guide == "sodai-gomi"
    twin = {name: value for name, value in _guide(pocket, "sodai-gomi") if name not in ("id", "owner", "related")}
    order = _order(pocket, LIBRARY, **twin)
    held = publish(pocket, order)
    assert isinstance(held, Held)
    assert kept.id in {each.golden.id for each in held.broken}
    assert _ask(pocket, question).guide == "sodai-gomi"
    with pocket.sessions() as session:
        draft = drafts.get(session, order.draft)
        told = next(each for each in draft.held if each["id"] == kept.id)
        assert (draft.status, told["question"], told["before"]["guide"]) == ("approved", question, "sodai-gomi")
        assert told["after"]["guide"] != "sodai-gomi"
    again = replace(order, revision=order.revision + 1)
    with pytest.raises(drafts.ReasonMissingError):
        publish(pocket, replace(again, overruled=" "))
    done = publish(pocket, replace(again, overruled="図書館で粗大ごみの本を案内するため"))
    assert isinstance(done, Published)
    with pocket.sessions() as session:
        assert versions.version(session, LIBRARY, done.version).overruled == "図書館で粗大ごみの本を案内するため"


def test_golden_questions_are_learnt_before_anybody_publishes(pocket: Pocket) -> None:
    """From the first draft on, once each: what is kept later is learnt by itself."""
    assert learn_ahead(pocket) == 0
    _order(pocket, LIBRARY, answer="本を借りられます。")
    assert learn_ahead(pocket) > 0
    with pocket.sessions.begin() as session:
        golden.keep(session, "本棚をひらいてみたい", golden.Answer(Outcome.ANSWERED, LIBRARY), WRITER, NOW)
    assert learn_ahead(pocket) == 1
    assert learn_ahead(pocket) == 0


def test_what_stands_in_the_way_leaves_everything_as_it_was(pocket: Pocket) -> None:
    """A draft that a newer version overtook, or that was edited since."""
    late, first = (
        _order(pocket, LIBRARY, **_more(pocket, "あとの言い方")),
        _order(pocket, LIBRARY, **_more(pocket, WISH)),
    )
    assert isinstance(publish(pocket, first), Published)
    name = current_name(pocket.settings.snapshots)
    with pytest.raises(OutdatedError):
        publish(pocket, late)
    with pytest.raises(draft_state.DraftChangedError):
        publish(pocket, replace(late, revision=late.revision - 1))
    assert current_name(pocket.settings.snapshots) == name
    assert [path.name for path in pocket.settings.snapshots.glob(".building-*")] == []


def test_a_crash_before_the_switch_is_repaired_by_whoever_comes_next(
    pocket: Pocket, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The facts are live, the words follow with the sweep; nothing half-made is searched."""
    order = _order(pocket, LIBRARY, answer="新しい答えです。", **_more(pocket, WISH))

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Builder, "serve", killed)
    with pytest.raises(KeyboardInterrupt):
        publish(pocket, order)
    monkeypatch.undo()
    assert _guide(pocket, LIBRARY).answer == "新しい答えです。"
    assert _ask(pocket, WISH).guide != LIBRARY
    assert sweep(pocket) == 1
    assert _ask(pocket, WISH).guide == LIBRARY
    assert sweep(pocket) == 0


def test_two_who_publish_at_once_do_so_one_after_the_other(pocket: Pocket) -> None:
    """Of two guides both are public and found; nobody's index overwrites the other's."""
    other = "juminhyo"
    wish = "まほうの紙切れをください"
    aliases = (*_guide(pocket, other).aliases, wish)
    orders = [_order(pocket, LIBRARY, **_more(pocket, WISH)), _order(pocket, other, aliases=aliases)]
    done: list[Published | Held] = []
    threads = [threading.Thread(target=lambda order=order: done.append(publish(pocket, order))) for order in orders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [type(each) for each in done] == [Published, Published]
    assert [_ask(pocket, text).guide for text in (WISH, wish)] == [LIBRARY, other]


def test_next_years_fee_switches_by_itself(pocket: Pocket) -> None:
    """Entered in March, shown at midnight of 1 April in Japan: in the card, in a follow-up, without any build."""
    fees = (
        Fee(case="貸出カード", yen=0, valid_to=date(2027, 3, 31)),
        Fee(case="貸出カード", yen=123, valid_from=date(2027, 4, 1)),
    )
    done = publish(pocket, _order(pocket, LIBRARY, fees=fees, review_by=date(2028, 3, 31), **_more(pocket, WISH)))
    assert isinstance(done, Published)
    name = current_name(pocket.settings.snapshots)
    midnight = datetime(2027, 3, 31, 15, 0, tzinfo=UTC)
    for now, shown in ((midnight - timedelta(seconds=1), False), (midnight, True)):
        (card,) = (part for part in _ask(pocket, WISH, now).parts if isinstance(part, Card))
        assert ("123円" in str(card.rows)) is shown
        with pocket.sessions() as session:
            asker = Asker(Channel.TERMINAL, topics=(LIBRARY,))
            assert ("123円" in str(pocket.responder.ask(session, "いくらですか", asker, now).parts)) is shown
    assert current_name(pocket.settings.snapshots) == name


def test_past_its_review_date_the_desk_is_named(pocket: Pocket) -> None:
    """From the day after, whatever the index finds."""
    done = publish(pocket, _order(pocket, LIBRARY, review_by=date(2027, 1, 31), **_more(pocket, WISH)))
    assert isinstance(done, Published)
    last = datetime(2027, 1, 31, 14, 59, tzinfo=UTC)
    outcomes = [_ask(pocket, WISH, now).outcome for now in (last, last + timedelta(minutes=1))]
    assert outcomes == [Outcome.ANSWERED, Outcome.EXPIRED]
