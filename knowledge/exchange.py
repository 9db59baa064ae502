"""The exchange of guides: what an import would change, told row by row, and the drafts it becomes on request."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from sqlalchemy.orm import Session

from knowledge import drafts
from knowledge.clerk import Clerk
from knowledge.differences import Change, changes
from knowledge.errors import PocketError
from knowledge.guide import Guide
from knowledge.guide_rows import CellProblem, RowRefusedError, guide_of, unknown_columns

MOST_GUIDES = 5_000


class ExchangeError(PocketError):
    """この表は読み込めません。書き出した表と同じ見出しの行があるか、確かめてください。"""


class NoIdColumnError(ExchangeError):
    """見出しに「id」の列がありません。この画面で書き出した表を直して使ってください。"""


class UnknownColumnsError(ExchangeError):
    """知らない列があります。"""

    def __init__(self, columns: Sequence[str]) -> None:
        super().__init__(f"知らない列があります：{'、'.join(columns)}。見出しは書き出したときのまま使ってください。")


class TooManyGuidesError(ExchangeError):
    """一度に読み込める数を超えています。5,000件までに分けてください。"""


class Fate(Enum):
    """What an import would do with one guide."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True)
class Planned:
    """One guide of an import: its line (1 is the header), what would become of it, and why not."""

    line: int
    id: str
    title: str
    fate: Fate
    guide: Guide | None = None
    version: int = 0
    changes: tuple[Change, ...] = ()
    problems: tuple[CellProblem, ...] = ()


def plan_rows(session: Session, rows: Sequence[Sequence[str]], clerk: Clerk) -> list[Planned]:
    """What a table would change, nothing done; ExchangeError when it is no table of guides."""
    if not rows or "id" not in (header := [cell.strip() for cell in rows[0]]):
        raise NoIdColumnError
    if unknown := unknown_columns(header):
        raise UnknownColumnsError(unknown)
    if len(rows) > MOST_GUIDES:
        raise TooManyGuidesError
    planned: list[Planned] = []
    seen: set[str] = set()
    for line, row in enumerate(rows[1:], 2):
        if any(cell.strip() for cell in row):
            cells = {label: cell for label, cell in zip(header, row, strict=False) if label}
            planned.append(_plan_row(session, line, cells, clerk, seen))
    return planned


def plan_guides(session: Session, guides: Iterable[Guide], clerk: Clerk) -> list[Planned]:
    """What whole guides would change, nothing done."""
    return [_plan(session, number, guide, clerk) for number, guide in enumerate(guides, 1)]


def _plan_row(session: Session, line: int, cells: Mapping[str, str], clerk: Clerk, seen: set[str]) -> Planned:
    identity = cells.get("id", "").strip()
    if identity in seen:
        return _refused(line, identity, "id", "同じ id の行が、上にもあります")
    seen.add(identity)
    found = drafts.whole(session, identity) if identity else None
    try:
        guide = guide_of({**cells, "id": identity}, found[0] if found else None)
    except RowRefusedError as error:
        return Planned(line, identity, cells.get("題名", ""), Fate.REFUSED, problems=error.problems)
    return _plan(session, line, guide, clerk)


def _plan(session: Session, line: int, guide: Guide, clerk: Clerk) -> Planned:
    found = drafts.whole(session, guide.id)
    current, version = (found[0], found[1].version) if found else (None, 0)
    owner = current.owner if current else guide.owner
    if current == guide:
        return Planned(line, guide.id, guide.title, Fate.UNCHANGED)
    if not clerk.may_edit(owner):
        return _refused(line, guide.id, "担当の部署", f"{owner}の案内は、あなたには変えられません", guide.title)
    fate = Fate.CHANGED if current else Fate.CREATED
    return Planned(line, guide.id, guide.title, fate, guide, version, changes(current, guide) if current else ())


def _refused(line: int, identity: str, column: str, message: str, title: str = "") -> Planned:
    return Planned(line, identity, title, Fate.REFUSED, problems=(CellProblem(column, message),))


def to_drafts(
    session: Session, wanted: Sequence[tuple[Guide, int]], reason: str, clerk: Clerk, now: datetime
) -> list[str]:
    """One draft a guide, submitted for review, each begun at the version the plan was made from; their ids.

    Raises what `drafts.create` and `drafts.submit` do: then none is made, when the caller rolls back.
    """
    made = []
    for guide, version in wanted:
        draft = drafts.create(session, guide, version, clerk, now)
        drafts.submit(session, draft.id, draft.revision, reason, clerk, now)
        made.append(draft.id)
    return made


def version_of(session: Session, guide_id: str) -> int:
    """The version a guide stands at now; 0 where there is none."""
    found = drafts.whole(session, guide_id)
    return found[1].version if found else 0
