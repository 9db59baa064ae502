"""Pages on which documents are handed in, looked at, let in, sent back, and taken out of use."""

from typing import Annotated

from fastapi import APIRouter, File, Form, UploadFile
from sqlalchemy.orm import Session
from starlette.responses import Response

from bot.console.frame import PATH
from bot.console.messages import Message
from bot.console.sources.intake import fetched, fetcher, uploaded
from bot.console.visit import Transaction, Visit, Visited
from bot.fetching import FetchError
from bot.publishing import INDEXING
from indexer.errors import SourceError
from knowledge import bookshelf, chores, staff, submissions
from knowledge.models import SourceStatus, SubmissionStatus
from knowledge.submissions import NameTakenError, ReasonNeededError, UnchangedError, UncheckedFindingsError

router = APIRouter()
PIECES_A_PAGE = 100
Typed = Annotated[str, Form()]


@router.get("/sources")
def show_sources(visit: Visited, session: Transaction) -> Response:
    """What waits, what is in use, what was decided."""
    mine = {each.id for each in submissions.waiting_for(session, visit.member)}
    return visit.page(
        "sources/list.html",
        waiting=submissions.waiting(session),
        mine=mine,
        sources=submissions.sources(session),
        decided=submissions.decided(session),
        names=_names(session),
    )


@router.get("/sources/new")
def ask_source(visit: Visited) -> Response:
    """The two ways to hand a document in."""
    return _ask(visit)


@router.post("/sources/upload")
def upload(visit: Visited, file: Annotated[UploadFile | None, File()] = None) -> Response:
    """Read a file and keep it for a second person."""
    try:
        origin, reading = uploaded(file)
        return _submitted(visit, origin, reading)
    except (SourceError, UnchangedError, NameTakenError) as error:
        return _ask(visit, 422, file_problem=str(error))


@router.post("/sources/fetch")
def fetch(visit: Visited, url: Typed = "") -> Response:
    """Fetch a page of an allowed host and keep it for a second person."""
    try:
        origin, reading = fetched(visit.console, visit.ward, url)
        return _submitted(visit, origin, reading)
    except (FetchError, SourceError, UnchangedError) as error:
        return _ask(visit, 422, url=url[:2_000], url_problem=str(error))


@router.get("/sources/submissions/{number}")
def show_submission(visit: Visited, session: Transaction, number: int, start: int = 0) -> Response:
    """What residents would get, what to look at first, and what it would change."""
    return _review(visit, session, number, start=start)


@router.post("/sources/submissions/{number}/approve")
def approve(visit: Visited, number: int, checked: Typed = "") -> Response:
    """Let residents have it as soon as the index holds it, which is told on the page it leads to."""
    pocket = visit.console.pocket
    try:
        with pocket.sessions.begin() as session:
            source = submissions.approve(session, number, visit.member, visit.now, checked=checked == "yes")
            chores.hurry(session, INDEXING, visit.now)
            title, path = source.title, f"{PATH}/sources/in-use/{source.id}"
    except UncheckedFindingsError as error:
        with pocket.sessions() as session:
            return _review(visit, session, number, 422, checked_problem=str(error))
    return visit.to(path, Message.SOURCE_APPROVED, title=title)


@router.post("/sources/submissions/{number}/refuse")
def refuse(visit: Visited, number: int, reason: Typed = "") -> Response:
    """Send it back, or take one's own back."""
    pocket = visit.console.pocket
    try:
        with pocket.sessions.begin() as session:
            submissions.refuse(session, number, visit.member, reason, visit.now)
            own = submissions.get(session, number).submitted_by == visit.member.id
    except ReasonNeededError as error:
        with pocket.sessions() as session:
            return _review(visit, session, number, 422, reason_problem=str(error))
    return visit.to(f"{PATH}/sources", Message.SOURCE_TAKEN_BACK if own else Message.SOURCE_REFUSED)


@router.get("/sources/in-use/{source_id}")
def show_source(visit: Visited, session: Transaction, source_id: str, start: int = 0) -> Response:
    """A source as residents get it."""
    return _source(visit, session, source_id, start=start)


@router.post("/sources/in-use/{source_id}/withdraw")
def withdraw(visit: Visited, source_id: str, reason: Typed = "") -> Response:
    """Stop answering from it at once; the index is tidied in the background."""
    pocket = visit.console.pocket
    try:
        with pocket.sessions.begin() as session:
            submissions.withdraw(session, source_id, visit.member, reason, visit.now)
            chores.hurry(session, INDEXING, visit.now)
    except ReasonNeededError as error:
        with pocket.sessions() as session:
            return _source(visit, session, source_id, 422, reason_problem=str(error))
    return visit.to(f"{PATH}/sources", Message.SOURCE_WITHDRAWN)


def _ask(visit: Visit, status: int = 200, **values: str) -> Response:
    hosts = sorted(fetcher(visit.console, visit.ward).hosts)
    given = {"file_problem": "", "url_problem": "", "url": ""} | values
    return visit.page("sources/new.html", status, hosts=hosts, **given)


def _submitted(visit: Visit, origin: str, reading: submissions.Reading) -> Response:
    with visit.console.pocket.sessions.begin() as session:
        number = submissions.submit(session, reading, origin, visit.member, visit.now).id
    return visit.to(f"{PATH}/sources/submissions/{number}", Message.SOURCE_SUBMITTED)


def _review(
    visit: Visit, session: Session, number: int, status: int = 200, start: int = 0, **problems: str
) -> Response:
    submission = submissions.get(session, number)
    reading = submissions.reading_of(submission)
    pending = submission.status == SubmissionStatus.PENDING
    current = bookshelf.by_origin(session, submission.origin)
    replaces = current if current and pending and current.status == SourceStatus.APPROVED else None
    return visit.page(
        "sources/submission.html",
        status,
        submission=submission,
        reading=reading,
        replaces=replaces,
        differences=submissions.differences(session, submission) if replaces else (),
        names=_names(session),
        may_decide=pending and submissions.may_decide(visit.member, submission),
        may_take_back=pending and submission.submitted_by == visit.member.id,
        **_part(start, len(reading.pieces)),
        **({"checked_problem": "", "reason_problem": ""} | problems),
    )


def _source(
    visit: Visit, session: Session, source_id: str, status: int = 200, start: int = 0, reason_problem: str = ""
) -> Response:
    source, pieces = submissions.source(session, source_id)
    may = source.status == SourceStatus.APPROVED
    part = _part(start, len(pieces))
    values = {"source": source, "pieces": pieces, "may_withdraw": may, "reason_problem": reason_problem}
    return visit.page("sources/source.html", status, **values, **part)


def _part(start: int, count: int) -> dict[str, int]:
    """Which passages a page shows: from `start` to before `end`, of `count`."""
    start = min(max(start, 0), max(count - 1, 0)) // PIECES_A_PAGE * PIECES_A_PAGE
    return {"start": start, "end": min(start + PIECES_A_PAGE, count), "count": count}


def _names(session: Session) -> dict[int, str]:
    return {member.id: member.name for member in staff.everybody(session)}
