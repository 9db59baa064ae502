"""An announcement as a notice in all six wordings, each line from a typed field."""

from collections.abc import Sequence
from dataclasses import dataclass

from handlers.disaster.phrases import DisasterPhrases, disaster_phrases
from handlers.disaster.places import town_name
from knowledge.disaster.announcement import Announcement
from knowledge.disaster.records import Town
from knowledge.guide import Desk
from knowledge.models import WarningStatus
from knowledge.notice import Button, CardBlock, Content, Variant


@dataclass(frozen=True)
class Office:
    """Who announces: the ward, its site, and the desk that leads in a disaster."""

    ward: str
    site: str
    desk: Desk | None


def content_of_announcement(announcement: Announcement, office: Office, towns: Sequence[Town]) -> Content:
    """What is sent, in every wording; `towns` are those of the announcement, none for the whole ward."""
    return Content(texts={each: (_card(announcement, office, towns, each),) for each in Variant})


def title_of(announcement: Announcement) -> str:
    """What staff call it in their lists."""
    return _title(announcement, disaster_phrases(Variant.JA))


def _title(announcement: Announcement, say: DisasterPhrases) -> str:
    title = say.issued_title if announcement.status is WarningStatus.ISSUED else say.lifted_title
    return title.format(level=announcement.level.value, action=say.actions[announcement.action])


def _card(announcement: Announcement, office: Office, towns: Sequence[Town], variant: Variant) -> CardBlock:
    say = disaster_phrases(variant)
    area = say.and_.join(town_name(each, variant) for each in towns) or say.whole.format(ward=office.ward)
    issued = announcement.status is WarningStatus.ISSUED
    first = (say.issued if issued else say.lifted).format(
        area=area, level=announcement.level.value, action=say.actions[announcement.action]
    )
    lines = (
        first,
        say.reason.format(hazard=say.hazards[announcement.hazard]),
        say.do.format(advice=say.advice[announcement.action] if issued else say.after),
        say.told.format(time=say.at(announcement.issued_at), issuer=announcement.issuer),
        say.ask,
    )
    calls = [Button(label=say.desk, url=f"tel:{office.desk.phone}")] if office.desk and office.desk.phone else []
    buttons = (Button(label=say.site, url=office.site), *calls)
    return CardBlock(title=_title(announcement, say), text="\n".join(lines), buttons=buttons)
