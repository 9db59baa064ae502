"""Source pages that change: noticed once, told with what changed, settled by a person; never by the machine."""

from datetime import UTC, datetime, timedelta

import httpcore
import pytest
from sqlalchemy import select

from bot.console.frame import Console
from bot.fetching import Fetcher
from bot.source_check import check_next
from knowledge import source_pages
from knowledge.guide import Guide
from knowledge.models import AuditEntry, DraftStatus, GuideDraft, Role, SourcePage
from knowledge.pack_files import published
from tests.bot.console.conftest import Clock, Staff

NOW = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
BEFORE = "転入届は、引っ越してきた日から14日以内に、総合窓口で出してください。"
AFTER = BEFORE.replace("14日", "20日")


def first(console: Console) -> Guide:
    with console.pocket.sessions() as session:
        return published(session)[0]


def look(console: Console, text: str, now: datetime = NOW) -> bool:
    with console.pocket.sessions.begin() as session:
        return source_pages.seen(session, str(first(console).source.url), text, now)


def key(console: Console) -> str:
    return source_pages.page_id(str(first(console).source.url))


def page(console: Console) -> SourcePage:
    with console.pocket.sessions() as session:
        found = session.get(SourcePage, key(console))
        assert found
        return found


def answering(body: str, asked: list[str]) -> Fetcher:
    """A fetcher whose every host is a public address at which one page stands."""
    data = body.encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(data)}\r\n\r\n".encode()

    def connect(address: str, port: int, seconds: float) -> httpcore.NetworkStream:
        asked.append(address)
        return httpcore.MockStream([head + data])

    return Fetcher(frozenset(["jp", "com", "net", "org"]), resolve=lambda *_: ["93.184.216.34"], connect=connect)


def test_the_first_look_is_what_later_ones_are_held_to(console: Console) -> None:
    """It is no news; the same words again are none; other words are, once."""
    assert [look(console, text) for text in (BEFORE, BEFORE, AFTER, AFTER)] == [False, False, True, False]
    assert page(console).changed_at == NOW
    assert source_pages.difference(page(console)) == [("…", ""), ("-", BEFORE), ("+", AFTER)]


def test_a_page_that_says_the_old_words_again_is_settled(console: Console) -> None:
    """A slip that was mended by the page's own owners needs nobody."""
    look(console, BEFORE)
    look(console, AFTER)
    assert look(console, BEFORE) is False
    assert page(console).changed_at is None


def test_a_page_that_can_not_be_had_loses_nothing(console: Console) -> None:
    """The problem is told; the words it had stay; the next look clears it."""
    look(console, BEFORE)
    with console.pocket.sessions.begin() as session:
        source_pages.failed(session, str(first(console).source.url), "つながりませんでした", NOW)
        assert [each.page.problem for each in source_pages.unreachable(session)] == ["つながりませんでした"]
    look(console, BEFORE, NOW + timedelta(days=1))
    assert (page(console).problem, page(console).text) == (None, BEFORE)


def test_every_page_has_its_turn_once_a_day(console: Console) -> None:
    """One at a time, those never seen first; then none until a day has passed."""
    with console.pocket.sessions.begin() as session:
        urls = sorted({url for guide in published(session) for url in source_pages.urls_of(guide)})
        order = []
        for earlier in urls[2:]:
            source_pages.seen(session, earlier, BEFORE, NOW - timedelta(hours=1))
        while url := source_pages.next_due(session, NOW):
            order.append(url)
            source_pages.seen(session, url, BEFORE, NOW)
            session.flush()
        assert order == urls[:2]
        assert source_pages.next_due(session, NOW + timedelta(hours=22)) is None
        assert source_pages.next_due(session, NOW + timedelta(hours=23)) in urls[2:]


def test_a_look_fetches_one_page_and_reads_it_apart(console: Console) -> None:
    """The main text is kept, menus are not; the address asked is a public one."""
    asked: list[str] = []
    html = f"<html><body><nav>メニュー</nav><main><h1>転入届</h1><p>{BEFORE}</p></main></body></html>"
    assert check_next(console.pocket, NOW, answering(html, asked)) == 1
    with console.pocket.sessions() as session:
        assert session.scalars(select(SourcePage.text)).all() == [BEFORE]
    assert asked == ["93.184.216.34"]


def test_a_look_that_fails_is_noted_and_not_repeated_at_once(console: Console) -> None:
    """A site that is down is asked again tomorrow."""
    fetcher = Fetcher(frozenset(), resolve=lambda *_: [])
    assert check_next(console.pocket, NOW, fetcher) == 1
    with console.pocket.sessions() as session:
        (problem,) = session.scalars(select(SourcePage.problem)).all()
        assert "許可されたサイト" in (problem or "")
        assert source_pages.next_due(session, NOW) not in session.scalars(select(SourcePage.url)).all()


def test_a_change_is_shown_and_settled_with_a_note(console: Console, staff: Staff) -> None:
    """The list names guide and department, the page shows old and new words, and settling is in the log."""
    look(console, BEFORE)
    look(console, AFTER)
    clerk, guide = staff(Role.EDITOR, department=first(console).owner), first(console)
    assert guide.title in clerk.get("/sources/changes").text
    shown = clerk.get(f"/sources/changes/{key(console)}").text
    assert (f"<del>{BEFORE}</del>" in shown, f"<ins>{AFTER}</ins>" in shown) == (True, True)
    answer = clerk.post(f"/sources/changes/{key(console)}", {"note": "日数は別の手続きの話"})
    assert "記録しました" in clerk.after(answer).text
    assert (page(console).text, page(console).changed_at, page(console).note) == (AFTER, None, "日数は別の手続きの話")
    assert clerk.post(f"/sources/changes/{key(console)}").status_code == 404
    with console.pocket.sessions() as session:
        assert session.scalars(select(AuditEntry.action)).all() == ["source_compared"]
        assert session.scalars(select(GuideDraft.id)).all() == []


def test_the_day_of_checking_changes_by_review_only(console: Console, staff: Staff, clock: Clock) -> None:
    """Asked for, it becomes a draft that waits for a second person; the public date stays."""
    guide = first(console)
    with console.pocket.sessions.begin() as session:
        source_pages.seen(session, str(guide.source.url), BEFORE, NOW)
        source_pages.seen(session, str(guide.source.url), AFTER, NOW)
    clock.forward(datetime(2027, 1, 10, 3, tzinfo=UTC) - clock.now)
    assert staff(Role.SYSTEM).post(f"/sources/changes/{key(console)}", {"dated": "yes"}).status_code == 303
    with console.pocket.sessions() as session:
        drafts = list(session.scalars(select(GuideDraft)))
    assert {draft.status for draft in drafts} == {DraftStatus.SUBMITTED}
    assert {draft.content["source"]["checked"] for draft in drafts} == {"2027-01-10"}
    assert first(console).source.checked == guide.source.checked


@pytest.mark.parametrize("url", ["nothing", "0" * 64])
def test_a_page_that_did_not_change_is_not_there(staff: Staff, url: str) -> None:
    """Nor one nobody knows."""
    assert staff(Role.EDITOR).get(f"/sources/changes/{url}").status_code == 404
