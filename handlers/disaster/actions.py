"""The buttons of disaster mode; each carries its wording along, so that nobody loses their language on the way."""

from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.notice import Variant

HOME = "home"
OWN = "own"


@dataclass(frozen=True)
class ShowDisaster:
    """Show a canned answer: a topic's id or `home`, in a wording or the asker's `own`, at a town or a page of towns."""

    topic: str
    variant: str = OWN
    place: str = ""

    def words(self) -> tuple[str, ...]:
        """The parts of its payload."""
        place = (self.place,) if self.place else ()
        return ("disaster", self.topic, self.variant, *place)


def disaster_action(parts: Sequence[str]) -> ShowDisaster | None:
    """The action whose parts these are, or None."""
    match parts:
        case ["disaster", topic, variant] if variant == OWN or variant in set(Variant):
            return ShowDisaster(topic, variant)
        case ["disaster", topic, variant, place] if variant == OWN or variant in set(Variant):
            return ShowDisaster(topic, variant, place)
        case _:
            return None
