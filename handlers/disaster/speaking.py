"""Who is spoken to in disaster mode: the question, the mode in force, and the wording of the answer."""

from dataclasses import dataclass
from functools import cached_property

from handlers.asking import Asking
from handlers.card import short
from handlers.disaster.actions import HOME, OWN, ShowDisaster
from handlers.disaster.phrases import DisasterPhrases, disaster_phrases
from handlers.reply import Choice
from knowledge import library
from knowledge.disaster.mode import Standing
from knowledge.disaster.records import DisasterTopic
from knowledge.models import Hazard, World
from knowledge.notice import Variant


@dataclass(frozen=True)
class Speaking:
    """A canned answer on its way; `standing` is None where somebody presses an old button in ordinary times."""

    asking: Asking
    standing: Standing | None
    variant: Variant

    @classmethod
    def to(cls, asking: Asking, standing: Standing | None, variant: str = OWN) -> "Speaking":
        """In the wording a button carries, or else in the asker's own."""
        if variant != OWN:
            return cls(asking, standing, Variant(variant))
        return cls(asking, standing, asking.variant)

    @property
    def say(self) -> DisasterPhrases:
        """The sentences of the wording."""
        return disaster_phrases(self.variant)

    @property
    def world(self) -> World:
        """The world whose records count."""
        return self.standing.world if self.standing else World.LIVE

    @property
    def hazard(self) -> str:
        """What threatens, in words."""
        return self.say.hazards[self.standing.hazard if self.standing else Hazard.OTHER]

    @cached_property
    def topics(self) -> list[DisasterTopic]:
        """The pack's canned answers."""
        return library.records(self.asking.session, DisasterTopic)

    def choices(self, without: str = "") -> tuple[Choice, ...]:
        """A button for each topic, the shelters first, and one for each other wording."""
        order = sorted(self.topics, key=lambda topic: topic.kind.value)
        topics = (
            Choice(short(each.name.of(self.variant)), ShowDisaster(each.id, self.variant))
            for each in order
            if each.id != without
        )
        others = (each for each in Variant if each is not self.variant)
        return *topics, *(Choice(disaster_phrases(each).own_name, ShowDisaster(HOME, each)) for each in others)
