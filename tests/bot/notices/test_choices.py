"""What residents choose decides what they get: the ledger of the strict simulator is the judge.

Residents tap in the chat, save on the page, block and come back, in random order; then a notice goes out.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any, cast

import pytest
from sqlalchemy.orm import Session

from bot.notices.messages import with_way_out
from handlers.actions import Action, pack, unpack
from handlers.conversation import Responder
from handlers.dispatch import dispatch
from handlers.events import Followed, Incoming, Pressed, Unfollowed, What
from handlers.settings.actions import Choose, ShowSettings
from handlers.settings.talk import Door
from knowledge import choices
from knowledge.batch_report import report
from knowledge.campaign import Live, Wording
from knowledge.changes import STOP_ALL, ForgetAll, LiveIn, QuietHours, Read, Rest, WantTopic
from knowledge.choosing import change
from knowledge.days import JST
from knowledge.models import Campaign, Topic, Urgency, World
from knowledge.notice import Content, TextBlock, Variant
from knowledge.residents import resident_of
from knowledge.search import Searcher
from knowledge.segment import Conditions, Everyone
from tests.bot.notices.world import Ward, wording
from tests.knowledge.choices.people import ward
from tests.knowledge.notices.town import line_id

GARBAGE = Live(wording("明日は燃やすごみの日です", topic=Topic.GARBAGE), Conditions(topics=frozenset({Topic.GARBAGE})))
NEWS = Live(wording("ごみの分け方が変わります", topic=Topic.GARBAGE), Everyone())
NIGHT = datetime(2026, 11, 21, 22, 0, tzinfo=JST).timestamp()
SEVEN = datetime(2026, 11, 22, 7, 0, tzinfo=JST).timestamp()


@dataclass
class Town:
    """A ward whose residents choose; each event has a time of its own, as LINE gives it."""

    ward: Ward
    responder: Responder = field(
        default_factory=lambda: Responder(cast(Searcher, None), door=Door("https://x.example"))
    )
    events: int = 0

    def move_in(self, count: int) -> None:
        with self.ward.sessions.begin() as session:
            ward(session)
        self.ward.friends(count)

    def do(self, who: int, what: What, at_ms: int | None = None) -> None:
        self.events += 1
        self.ward.clock.pass_(1.0)
        at = int(self.ward.clock.time * 1000) if at_ms is None else at_ms
        with self.ward.sessions.begin() as session:
            event = Incoming(f"e{self.events}", line_id(who), at, what)
            dispatch(self.responder, session, event, self.ward.now)

    def tap(self, who: int, action: Action, at_ms: int | None = None) -> None:
        """As LINE brings it back: by its payload."""
        made = unpack(pack(action))
        assert made is not None
        self.do(who, Pressed(made), at_ms)

    def save(self, who: int, topics: set[Topic]) -> None:
        """On the page: exactly these topics."""
        with self.ward.sessions.begin() as session:
            number = self.number(session, who)
            before = choices.read(session, number)
            for topic in Topic:
                if (topic in before.wanted) != (topic in topics):
                    change(session, number, WantTopic(topic, topic in topics), self.ward.now)

    def number(self, session: Session, who: int) -> int:
        return resident_of(session, line_id(who), 0, self.ward.now).id

    def hears(self, plan: Live) -> set[str]:
        """Whom the platform took a notice for."""
        before = Counter(self.ward.told())
        self.ward.started(plan)
        self.ward.run()
        fresh = Counter(self.ward.told()) - before
        assert set(fresh.values()) <= {1}
        return set(fresh)


@pytest.fixture
def homes(town: Ward) -> Town:
    """Ten friends who chose nothing yet."""
    found = Town(town)
    found.move_in(10)
    return found


def _reads(who: int, homes: Town) -> str:
    return str(homes.ward.platform.ledger.shown_to(line_id(who))[-1])


def test_who_taps_hears_and_who_stops_does_not(homes: Town) -> None:
    """A topic's notice reaches those who want it; what goes to everybody spares those who stopped the topic."""
    for who in (1, 2, 3):
        homes.tap(who, Choose(WantTopic(Topic.GARBAGE, wanted=True)))
    homes.tap(3, Choose(WantTopic(Topic.GARBAGE, wanted=False)))
    homes.tap(4, Choose(STOP_ALL))
    assert homes.hears(GARBAGE) == {line_id(1), line_id(2)}
    assert homes.hears(NEWS) == {line_id(who) for who in range(1, 11)} - {line_id(3), line_id(4)}


def test_a_notice_is_ended_by_the_tap_it_carries_and_its_report_counts_it(homes: Town) -> None:
    """Under the notice stand two buttons; the first ends its topic at once, and it is counted with that notice."""
    homes.tap(1, Choose(WantTopic(Topic.GARBAGE, wanted=True)))
    homes.tap(2, Choose(WantTopic(Topic.GARBAGE, wanted=True)))
    campaign = homes.ward.started(GARBAGE)
    homes.ward.run()
    message = cast(dict[str, Any], homes.ward.platform.ledger.shown_to(line_id(1))[-1])
    stop, more = (item["action"] for item in message["quickReply"]["items"])
    assert (stop["label"], unpack(more["data"])) == ("止める：ごみ・資源", ShowSettings())
    pressed = unpack(stop["data"])
    assert pressed is not None
    homes.tap(1, pressed)
    assert homes.hears(GARBAGE) == {line_id(2)}
    with homes.ward.sessions() as session:
        assert report(session, session.get_one(Campaign, campaign)).opted_out_since == 1


def test_a_block_after_a_notice_is_counted_as_a_block_alone(homes: Town) -> None:
    """Who blocks gives no topic up besides: one person is not counted twice."""
    homes.tap(1, Choose(WantTopic(Topic.GARBAGE, wanted=True)))
    campaign = homes.ward.started(GARBAGE)
    homes.ward.run()
    homes.do(1, Unfollowed())
    with homes.ward.sessions() as session:
        found = report(session, session.get_one(Campaign, campaign))
    assert (found.blocked_since, found.opted_out_since) == (1, 0)


def test_urgent_notices_and_drills_carry_no_such_tap(homes: Town) -> None:
    """What may be sent all the same offers no stop; nor does a notice of no topic."""
    text = [{"type": "text", "text": "x"}]
    row = Campaign(topic=Topic.GARBAGE, urgency=Urgency.NORMAL, world=World.LIVE)
    assert "quickReply" in with_way_out(list(text), row, Variant.EASY)[0]
    for other in (
        Campaign(topic=None, urgency=Urgency.NORMAL, world=World.LIVE),
        Campaign(topic=Topic.DISASTER, urgency=Urgency.URGENT, world=World.LIVE),
        Campaign(topic=Topic.GARBAGE, urgency=Urgency.NORMAL, world=World.DRILL),
    ):
        assert with_way_out(list(text), other, Variant.JA) == text


def test_easy_japanese_and_languages_are_read(homes: Town) -> None:
    """Each gets the text in the words they chose, where there is one; otherwise the Japanese one."""
    for who, variant in enumerate((Variant.EASY, Variant.VI, Variant.KO, None), 1):
        homes.tap(who, Choose(Read(variant)))
    texts = {
        Variant.JA: "明日は燃やすごみの日です",
        Variant.EASY: "あした、もやす ごみを 出します",
        Variant.VI: "Ngày mai đổ rác cháy",
    }
    content = Content(texts={each: (TextBlock(text=text),) for each, text in texts.items()})
    homes.hears(Live(Wording("題", "広報課", Topic.GARBAGE, Urgency.NORMAL, content), Everyone()))
    shown = [texts[each] for each in (Variant.EASY, Variant.VI, Variant.JA, Variant.JA)]
    assert [text in _reads(who, homes) for who, text in enumerate(shown, 1)] == [True] * 4
    assert "止める：ごみ" in _reads(1, homes)
    assert "Dừng: Rác" in _reads(2, homes)


def test_nothing_comes_in_quiet_hours(homes: Town) -> None:
    """At ten in the evening the others hear it; she does at seven, and an urgent one at once."""
    homes.tap(1, Choose(Rest(QuietHours(21 * 60, 7 * 60))))
    homes.ward.clock.time = NIGHT
    campaign = homes.ward.started(NEWS)
    homes.ward.run(3)
    assert line_id(1) not in homes.ward.told()
    assert homes.ward.told().count(line_id(2)) == 1
    homes.ward.clock.time = SEVEN - 10
    homes.ward.run(5)
    assert line_id(1) not in homes.ward.told()
    homes.ward.run(30)
    assert homes.ward.told().count(line_id(1)) == 1
    assert homes.ward.clock.time >= SEVEN
    assert homes.ward.campaign(campaign).status == "sent"
    homes.ward.clock.time = NIGHT + timedelta(days=1).total_seconds()
    urgent = Live(wording("断水しています", Urgency.URGENT), Everyone())
    assert line_id(1) in homes.hears(urgent)


@pytest.mark.parametrize("seed", range(6))
def test_random_lives(homes: Town, seed: int) -> None:
    """Taps, saves, blocks and returns in random order: each notice reaches exactly those who want it now."""
    _live(homes, Random(seed), 60)


@pytest.mark.prove
@pytest.mark.parametrize("seed", range(100, 160))
def test_many_random_lives(homes: Town, seed: int) -> None:
    """The same, longer and many."""
    _live(homes, Random(seed), 250)


@dataclass
class Lives:
    """What each of ten residents wants, as a reader of the rules would keep it on paper."""

    homes: Town
    friends: set[int] = field(default_factory=lambda: set(range(1, 11)))
    wanted: set[int] = field(default_factory=set)
    refused: set[int] = field(default_factory=set)

    def want(self, who: int) -> None:
        if who in self.friends:
            self.wanted, self.refused = self.wanted | {who}, self.refused - {who}

    def refuse(self, who: int) -> None:
        if who in self.friends:
            self.wanted, self.refused = self.wanted - {who}, self.refused | {who}

    def tap_on(self, who: int) -> None:
        self.homes.tap(who, Choose(WantTopic(Topic.GARBAGE, wanted=True)))
        self.want(who)

    def tap_off(self, who: int) -> None:
        self.homes.tap(who, Choose(WantTopic(Topic.GARBAGE, wanted=False)))
        self.refuse(who)

    def stop(self, who: int) -> None:
        self.homes.tap(who, Choose(STOP_ALL))
        self.refuse(who)

    def save_on(self, who: int) -> None:
        self.homes.save(who, {Topic.GARBAGE})
        self.want(who)

    def save_off(self, who: int) -> None:
        self.homes.save(who, set())
        if who in self.wanted:
            self.refuse(who)

    def block(self, who: int) -> None:
        self.homes.do(who, Unfollowed())
        self.friends, self.wanted = self.friends - {who}, self.wanted - {who}

    def come_back(self, who: int) -> None:
        self.homes.do(who, Followed())
        self.friends = self.friends | {who}

    def forget(self, who: int) -> None:
        self.homes.tap(who, Choose(ForgetAll()))
        if who in self.wanted:
            self.refuse(who)

    def tap_too_late(self, who: int) -> None:
        self.homes.tap(who, Choose(WantTopic(Topic.GARBAGE, wanted=True)), at_ms=-1)

    def move(self, who: int) -> None:
        self.homes.tap(who, Choose(LiveIn("sugamo")))


STEPS = (
    Lives.tap_on, Lives.tap_off, Lives.stop, Lives.save_on, Lives.save_off, Lives.block, Lives.come_back, Lives.forget,
    Lives.tap_too_late, Lives.move,
)  # fmt: skip


def _live(homes: Town, random: Random, steps: int) -> None:
    lives = Lives(homes)
    for _ in range(steps):
        random.choice(STEPS)(lives, random.randint(1, 10))
    ready = {line_id(who) for who in lives.wanted & lives.friends}
    if ready:
        assert homes.hears(GARBAGE) == ready
    assert homes.hears(NEWS) == {line_id(who) for who in lives.friends - lives.refused}
