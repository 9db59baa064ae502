"""The list and residents' wordings on both databases."""

from datetime import UTC, date, datetime, timedelta

from bot.console.guides import asked, listing
from bot.console.guides.listing import Filter, Wanted
from handlers.conversation import Channel
from handlers.reply import Outcome
from knowledge import drafts, versions
from knowledge.clerk import Clerk
from knowledge.database import Sessions
from knowledge.models import GuideStatus, Question
from knowledge.versions import Edition
from tests.bot.console.guides.test_form import GUIDE

NOW = datetime(2026, 11, 21, tzinfo=UTC)
TODAY = date(2026, 11, 21)
OTHER = GUIDE.model_copy(update={"id": "other", "title": "別の案内", "owner": "税務課", "review_by": TODAY})


def test_guides_are_listed_with_title_department_state_and_drafts(sessions: Sessions) -> None:
    """Each narrowing shows what it says, and ids come back in the order asked for."""
    clerk = Clerk(1, "clerk", "税務課", edits=True)
    with sessions.begin() as session:
        for guide in (GUIDE, OTHER):
            versions.publish(session, guide, Edition(), 0, NOW)
        drafts.create(session, OTHER, 1, clerk, NOW)
    with sessions() as session:
        found = listing.listed(session, Filter(), TODAY)
        assert [(line.title, line.owner, line.status, line.drafts) for line in found.lines] == [
            ("別の案内", "税務課", GuideStatus.PUBLISHED, 1),
            (GUIDE.title, GUIDE.owner, GuideStatus.PUBLISHED, 0),
        ]
        assert found.lines[0].soon(TODAY)
        assert listing.listed(session, Filter("税務課"), TODAY).total == 1
        assert listing.listed(session, Filter(wanted=Wanted.SOON), TODAY).total == 1
        assert listing.listed(session, Filter(wanted=Wanted.OVERDUE), TODAY + timedelta(1)).total == 1
        assert listing.listed(session, Filter(wanted=Wanted.WITHDRAWN, page=9), TODAY).page == 1
        assert listing.owners(session) == sorted(["税務課", GUIDE.owner])
        assert [line.id for line in listing.lines_of(session, ["other", "gone", GUIDE.id])] == ["other", GUIDE.id]


def test_wordings_are_those_of_the_guide_and_short(sessions: Sessions) -> None:
    """Another guide's question, one taken back, a whole story and one about what was just shown are no wordings."""
    texts = ["引越しの届", "引越しの届", None, "長" * 41, GUIDE.title]
    rows = [(GUIDE.id, text) for text in texts] + [("other", "別の質問")]
    kept = {"channel": Channel.WEB, "lang": "ja", "outcome": Outcome.ANSWERED, "candidates": [], "trace": {}}
    with sessions.begin() as session:
        for number, (guide, text) in enumerate(rows):
            asked_at = NOW + timedelta(minutes=number)
            session.add(Question(id=str(number), guide_id=guide, text=text, asked_at=asked_at, snapshot="", **kept))
        further = {**kept, "trace": {"step": "follow_up"}}
        session.add(Question(id="f", guide_id=GUIDE.id, text="いくら？", asked_at=NOW, snapshot="", **further))
    with sessions() as session:
        found = asked.wordings(session, GUIDE.id, [GUIDE.title])
        assert [(each.text, each.times, each.wrong) for each in found] == [("引越しの届", 2, False)]
        assert [row.text for row in asked.latest(session, GUIDE.id)][:2] == [GUIDE.title, "長" * 41]
