"""The way to the settings page: good once, short, and only while one is a friend."""

from datetime import timedelta

from sqlalchemy import select

from knowledge.changes import LiveIn
from knowledge.database import Sessions
from knowledge.models import ResidentStatus, SettingsVisit
from knowledge.residents import change_status
from knowledge.settings_visits import (
    LINK_LIVES,
    VISIT_LIVES,
    Visiting,
    follow_link,
    leave,
    make_link,
    remember,
    tidy,
    visit,
)
from tests.knowledge.choices.people import NOW, somebody


def test_a_link_is_followed_once(sessions: Sessions) -> None:
    """The browser that follows it sees the settings; the second one, and the link itself as a cookie, see nothing."""
    with sessions.begin() as session:
        who = somebody(session).id
        link = make_link(session, who, NOW)
        assert visit(session, link, NOW) is None
        browser = follow_link(session, link, NOW)
        assert browser is not None
        assert visit(session, browser, NOW) == Visiting(who, None)
        assert follow_link(session, link, NOW) is None
        assert follow_link(session, browser, NOW) is None


def test_links_and_visits_end(sessions: Sessions) -> None:
    """A link after ten minutes, a visit after thirty; what ended is cleared away."""
    with sessions.begin() as session:
        who = somebody(session).id
        assert follow_link(session, make_link(session, who, NOW), NOW + LINK_LIVES) is None
        browser = follow_link(session, make_link(session, who, NOW), NOW + LINK_LIVES - timedelta(seconds=1))
        assert browser is not None
        last = NOW + LINK_LIVES + VISIT_LIVES - timedelta(seconds=2)
        assert visit(session, browser, last) is not None
        assert visit(session, browser, last + timedelta(seconds=1)) is None
        tidy(session, last + timedelta(seconds=1))
        assert session.query(SettingsVisit).count() == 0


def test_a_new_link_ends_the_one_before(sessions: Sessions) -> None:
    """Of two buttons in the chat only the newer one works; whoever is inside already stays inside."""
    with sessions.begin() as session:
        who = somebody(session).id
        inside = follow_link(session, make_link(session, who, NOW), NOW)
        older, newer = make_link(session, who, NOW), make_link(session, who, NOW)
        assert follow_link(session, older, NOW) is None
        assert follow_link(session, newer, NOW) is not None
        assert inside is not None
        assert visit(session, inside, NOW) is not None


def test_tokens_are_kept_as_digests(sessions: Sessions) -> None:
    """Whoever reads the table can follow nothing."""
    with sessions.begin() as session:
        link = make_link(session, somebody(session).id, NOW)
        assert link not in session.scalars(select(SettingsVisit.digest)).all()
        assert len(link) >= 43


def test_a_block_ends_visits_and_links(sessions: Sessions) -> None:
    """Nothing is seen or changed from a browser that was inside."""
    with sessions.begin() as session:
        row = somebody(session)
        browser = follow_link(session, make_link(session, row.id, NOW), NOW)
        link = make_link(session, row.id, NOW)
        change_status(session, row.line_user_id, ResidentStatus.BLOCKED, 1, NOW)
        assert browser is not None
        assert visit(session, browser, NOW) is None
        assert follow_link(session, link, NOW) is None


def test_what_takes_back_is_remembered_until_left(sessions: Sessions) -> None:
    """One change back, by the browser that made it."""
    with sessions.begin() as session:
        who = somebody(session).id
        browser = follow_link(session, make_link(session, who, NOW), NOW) or ""
        remember(session, browser, LiveIn("sugamo"))
        assert visit(session, browser, NOW) == Visiting(who, LiveIn("sugamo"))
        remember(session, browser, None)
        assert visit(session, browser, NOW) == Visiting(who, None)
        leave(session, browser)
        assert visit(session, browser, NOW) is None
