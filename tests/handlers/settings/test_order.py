"""Events in any order: whatever LINE delivers when, a block ends what was wanted before it, and nothing revives it."""

import itertools
from datetime import UTC, datetime
from typing import cast

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handlers.conversation import Responder
from handlers.dispatch import dispatch
from handlers.events import Followed, Incoming, Pressed, Unfollowed, What
from handlers.settings.actions import Choose
from knowledge import choices
from knowledge.changes import WantTopic
from knowledge.database import Sessions
from knowledge.models import ResidentStatus, Topic
from knowledge.residents import resident_of
from knowledge.search import Searcher
from tests.knowledge.choices.people import ward

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
START = int(NOW.timestamp() * 1000) - 60_000
_NUMBERS = itertools.count(1)
ANSWERS = Responder(cast(Searcher, None))


@st.composite
def _lives(draw: st.DrawFn) -> list[tuple[int, What]]:
    """What one person did, each with its time; nobody presses a button of an account they block."""
    found: list[tuple[int, What]] = []
    friend = True
    for moment in range(1, draw(st.integers(3, 6)) + 1):
        on, off = (Pressed(Choose(WantTopic(Topic.GARBAGE, wanted))) for wanted in (True, False))
        steps: list[What] = [on, on, off, Unfollowed(), Unfollowed()] if friend else [Followed()]
        what = draw(st.sampled_from(steps))
        friend = not isinstance(what, Unfollowed)
        found.append((START + moment * 1_000, what))
    return found


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(life=_lives(), data=st.data())
def test_a_block_is_final_for_what_was_before_it(
    sessions: Sessions, life: list[tuple[int, What]], data: st.DataObject
) -> None:
    """In order, all is as the life says; in any other order, nothing is wanted that was wanted before a block only."""
    arrived = data.draw(st.permutations(life))
    blocks = [at for at, what in life if isinstance(what, Unfollowed)]
    since = max(blocks, default=0)
    asked = {
        what.action.change.topic
        for at, what in life
        if at > since
        and isinstance(what, Pressed)
        and isinstance(what.action, Choose)
        and isinstance(what.action.change, WantTopic)
        and what.action.change.wanted
    }
    line_id = f"U{next(_NUMBERS):032x}"
    with sessions() as session:
        ward(session)
        who = resident_of(session, line_id, START, NOW)
        for number, (at, what) in enumerate(arrived):
            event = Incoming(f"e{number}", line_id, at, what)
            dispatch(ANSWERS, session, event, NOW)
        found = choices.read(session, who.id)
        gone = bool(life) and isinstance(life[-1][1], Unfollowed)
        assert who.status == (ResidentStatus.BLOCKED if gone else ResidentStatus.FRIEND)
        assert found.wanted <= (set() if gone else asked)
        if gone:
            assert not found.anything
        if arrived == life:
            assert found.wanted == _in_order(life)
        session.rollback()


def _in_order(life: list[tuple[int, What]]) -> set[Topic]:
    wanted: set[Topic] = set()
    for _, what in life:
        match what:
            case Unfollowed():
                wanted = set()
            case Pressed(Choose(WantTopic(topic, on))):
                wanted = wanted | {topic} if on else wanted - {topic}
    return wanted
