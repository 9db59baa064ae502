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
from knowledge.guide_rows import LABELS, CellProblem, RowRefusedError, guide_of, unknown_columns
from knowledge.references import Dangling, Known

MOST_GUIDES = 5_000
_NO_ID = (
    "id がありません。いまある案内なら、書き出した表の id に戻してください。"
    "新しい案内なら、ほかと重ならない id を、半角の英小文字・数字を「-」でつないで書いてください。例：juminhyo-yubin"
)
_NOBODY_HAS = {
    "owner": "「{id}」という部署はありません。いまある部署の名前にしてください。"
    "新しい部署のときは、先にシステム管理者に、その部署の職員の登録を頼んでください",
    "desks": "{line}行目：「{id}」という id の窓口はありません",
    "related": "{line}行目：「{id}」という id の手続案内はありません",
    "life_events": "{line}行目：「{id}」という id のライフイベントはありません",
}


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
    written = [(line, row) for line, row in enumerate(rows[1:], 2) if any(cell.strip() for cell in row)]
    lines = [(line, {label: cell for label, cell in zip(header, row, strict=False) if label}) for line, row in written]
    known = Known.of(session, {cells.get("id", "").strip() for _, cells in lines})
    seen: set[str] = set()
    return [_plan_row(session, line, cells, clerk, known, seen) for line, cells in lines]


def plan_guides(session: Session, guides: Iterable[Guide], clerk: Clerk) -> list[Planned]:
    """What whole guides would change, nothing done."""
    every = list(guides)
    known = Known.of(session, {guide.id for guide in every})
    return [_plan(session, number, guide, clerk, known) for number, guide in enumerate(every, 1)]


def _plan_row(
    session: Session, line: int, cells: Mapping[str, str], clerk: Clerk, known: Known, seen: set[str]
) -> Planned:
    identity, title = cells.get("id", "").strip(), cells.get("題名", "")
    if not identity:
        return _refused(line, identity, title, CellProblem("id", _NO_ID))
    if identity in seen:
        return _refused(line, identity, title, CellProblem("id", "同じ id の行が、上にもあります"))
    seen.add(identity)
    found = drafts.whole(session, identity)
    try:
        guide = guide_of({**cells, "id": identity}, found[0] if found else None)
    except RowRefusedError as error:
        return _refused(line, identity, title, *error.problems)
    return _plan(session, line, guide, clerk, known)


def _plan(session: Session, line: int, guide: Guide, clerk: Clerk, known: Known) -> Planned:
    found = drafts.whole(session, guide.id)
    current, version = (found[0], found[1].version) if found else (None, 0)
    owner = current.owner if current else guide.owner
    if current == guide:
        return Planned(line, guide.id, guide.title, Fate.UNCHANGED)
    if missing := known.missing(guide):
        return _refused(line, guide.id, guide.title, *map(_nobody_has, missing))
    if not clerk.may_edit(owner):
        foreign = CellProblem(LABELS["owner"], f"{owner}の案内は、あなたには変えられません")
        return _refused(line, guide.id, guide.title, foreign)
    fate = Fate.CHANGED if current else Fate.CREATED
    return Planned(line, guide.id, guide.title, fate, guide, version, changes(current, guide) if current else ())


def _nobody_has(each: Dangling) -> CellProblem:
    return CellProblem(LABELS[each.field], _NOBODY_HAS[each.field].format(line=each.at + 1, id=each.id))


def _refused(line: int, identity: str, title: str, *problems: CellProblem) -> Planned:
    return Planned(line, identity, title, Fate.REFUSED, problems=problems)


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
