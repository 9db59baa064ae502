"""What every answer needs to know of the question."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from handlers.card import GuideView, contact_line
from handlers.phrases import Phrases, phrases
from knowledge import library
from knowledge.dated import on
from knowledge.days import day_in_japan
from knowledge.guide import Desk, Guide
from knowledge.notice import Variant
from knowledge.text import Language


@dataclass(frozen=True)
class Asking:
    """One question or button: its normalised text, language, the guides shown before it, its id and time.

    `resident` is who asks, where known; `plain` that they chose やさしい日本語.
    """

    session: Session
    text: str
    language: Language
    topics: tuple[str, ...]
    question: str
    now: datetime
    resident: int | None = None
    plain: bool = False

    @property
    def today(self) -> date:
        """The day in Japan."""
        return day_in_japan(self.now)

    @property
    def say(self) -> Phrases:
        """The sentences of the question's language."""
        return phrases(self.language, plain=self.plain)

    @property
    def variant(self) -> Variant:
        """The wording that the asker reads."""
        return Variant.EASY if self.plain else Variant(self.language.value)

    def expired(self, guide: Guide) -> bool:
        """Whether a guide is past its review date: then only its desk is told."""
        return guide.review_by < self.today

    @property
    def notice(self) -> str:
        """What the ward says under everything it shows, in the asker's language where it has that."""
        ward = library.ward(self.session)
        return (ward.notices and ward.notices.said(self.language)) or ward.notice

    def guide(self, guide_id: str) -> Guide | None:
        """The published guide as it is today, or None."""
        found = library.guide(self.session, guide_id)
        return on(found, self.today) if found else None

    def guides(self, ids: Sequence[str]) -> list[Guide]:
        """Published guides as they are today, in the order given."""
        return [on(guide, self.today) for guide in library.guides(self.session, ids)]

    def view(self, guide: Guide) -> GuideView:
        """A guide as this asker sees it."""
        return GuideView(
            guide, tuple(library.desks(self.session, guide)), self.language, self.today, self.notice, self.plain
        )

    def glance(self, guide: Guide) -> GuideView:
        """A guide where only a line of it is shown: without its desks and the notice, which cost a query each."""
        return GuideView(guide, (), self.language, self.today, "", self.plain)

    def desk(self, guide: Guide | None = None) -> str:
        """The desk to turn to: the first of the guide's that has a phone, or the ward's switchboard."""
        own = (desk for desk in library.desks(self.session, guide) if desk.phone) if guide else iter(())
        desk = next(own, None) or library.record(self.session, Desk, library.ward(self.session).switchboard)
        return contact_line(desk, self.say) if desk else ""
