"""An announcement of a warning level: a form of typed fields that becomes a disaster notice's draft."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import ValidationError
from sqlalchemy.orm import Session
from starlette.datastructures import FormData
from starlette.responses import Response

from bot.console.frame import PATH
from bot.console.messages import Message
from bot.console.notices.pages import previews
from bot.console.visit import Transaction, Visit, Visited, posted
from handlers.disaster.announcement import Office, content_of_announcement, title_of
from knowledge import library
from knowledge.campaign import Drill, Live, Wording, draft
from knowledge.days import JST
from knowledge.disaster.announcement import Announcement
from knowledge.disaster.mode import current
from knowledge.disaster.records import Disaster, Town
from knowledge.guide import Desk
from knowledge.models import Topic, Urgency, World
from knowledge.notice import Content
from knowledge.segment import Conditions, Everyone

router = APIRouter()
Posted = Annotated[FormData, Depends(posted)]
SAID = {
    "status": "出すのか、解除かを選んでください。",
    "level": "警戒レベルと行動を選んでください。",
    "hazard": "何が起きているかを選んでください。",
    "issued_at": "発表の日時を選んでください。",
    "issuer": "だれの発表かを60文字までで書いてください。",
    "towns": "町の選び方が読めません。選び直してください。",
    "audience": "だれに送るかを選んでください。町の人だけに送るときは、対象の町も選んでください。",
}


@dataclass(frozen=True)
class Filled:
    """What stands in the fields."""

    one: Mapping[str, str]
    towns: Sequence[str]

    def get(self, name: str) -> str:
        """A field's text."""
        return self.one.get(name, "")


@router.get("/disaster/announce")
def ask_announcement(visit: Visited, session: Transaction, world: World = World.LIVE) -> Response:
    """The form, with this minute and the ward's own name filled in."""
    standing = current(session, world)
    typed = {
        "issued_at": f"{visit.now.astimezone(JST):%Y-%m-%dT%H:%M}",
        "issuer": f"{visit.ward.name}災害対策本部",
        "hazard": standing.hazard.value if standing else "",
    }
    return _form(visit, session, world, Filled(typed, ()))


@router.post("/disaster/announce")
def write_announcement(visit: Visited, session: Transaction, form: Posted, world: World = World.LIVE) -> Response:
    """Draft the notice; the way on is that of every notice, with its second person."""
    texts = {name: value for name, value in form.multi_items() if isinstance(value, str)}
    typed = Filled(texts, [value for value in form.getlist("towns") if isinstance(value, str)])
    announcement, wrong = _read(typed)
    towns = [each for each in library.records(session, Town) if each.id in typed.towns]
    wrong |= {"towns"} if len(towns) < len(set(typed.towns)) else set()
    wrong |= {"audience"} if world is World.LIVE and not _is_chosen(typed) else set()
    if announcement is None or wrong:
        return _form(visit, session, world, typed, {name: SAID[name] for name in SAID if name in wrong}, status=422)
    content = content_of_announcement(announcement, _office(visit, session), towns)
    if typed.get("do") == "look":
        return _form(visit, session, world, typed, content=content)
    wording = Wording(title_of(announcement), _department(visit), Topic.DISASTER, Urgency.DISASTER, content)
    plan = Live(wording, _audience(typed, towns)) if world is World.LIVE else Drill(wording)
    campaign = draft(session, plan, visit.member, visit.now)
    return visit.to(f"{PATH}/notices/{campaign.id}", Message.NOTICE_SAVED)


def _is_chosen(typed: Filled) -> bool:
    """Whether somebody said who is to be told: nobody tells everyone by leaving a choice out."""
    return typed.get("audience") == "everyone" or (typed.get("audience") == "towns" and bool(typed.towns))


def _audience(typed: Filled, towns: Sequence[Town]) -> Everyone | Conditions:
    if typed.get("audience") == "everyone":
        return Everyone()
    return Conditions(areas=tuple(each.name for each in towns))


def _department(visit: Visit) -> str:
    return visit.member.department or visit.ward.name


def _read(typed: Filled) -> tuple[Announcement | None, set[str]]:
    """The announcement, or the fields that keep it from being one."""
    level, _, action = typed.get("level").partition(":")
    given = {
        "status": typed.get("status"),
        "level": int(level) if level.isascii() and level.isdigit() else None,
        "action": action,
        "hazard": typed.get("hazard"),
        "towns": tuple(typed.towns),
        "issued_at": _time(typed.get("issued_at")),
        "issuer": typed.get("issuer"),
    }
    try:
        return Announcement.model_validate(given), set()
    except ValidationError as error:
        fields = {str(each["loc"][0]) if each["loc"] else "level" for each in error.errors()}
        return None, {"level" if field == "action" else field for field in fields}


def _time(typed: str) -> datetime | None:
    try:
        return datetime.fromisoformat(typed).replace(tzinfo=JST)
    except ValueError:
        return None


def _office(visit: Visit, session: Session) -> Office:
    disaster = library.record(session, Disaster, "disaster")
    desk = library.record(session, Desk, disaster.desk if disaster else visit.ward.switchboard)
    return Office(visit.ward.name, str(visit.ward.site), desk)


def _form(
    visit: Visit,
    session: Session,
    world: World,
    typed: Filled,
    problems: Mapping[str, str] | None = None,
    content: Content | None = None,
    status: int = 200,
) -> Response:
    return visit.page(
        "disaster/announce.html",
        status,
        world=world.value,
        typed=typed,
        problems=problems or {},
        towns=library.records(session, Town),
        previews=previews(content, world) if content else {},
    )
