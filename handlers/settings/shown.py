"""How what a resident chose is read: each value in words, the same in the chat and on the page."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from handlers.settings.actions import SettingsPage
from handlers.settings.wording import NAMES, Wording, wording
from knowledge.certificate import Certificate
from knowledge.changes import QuietHours
from knowledge.choices import Choices
from knowledge.disaster.records import Town
from knowledge.models import Topic
from knowledge.notice import Variant

_LATIN = (Variant.EN, Variant.KO, Variant.VI)
"""Whoever reads these finds a town sooner by its Latin name."""


@dataclass(frozen=True)
class Shown:
    """The values as they are read in one way."""

    variant: Variant
    towns: tuple[Town, ...]

    @property
    def say(self) -> Wording:
        """The sentences."""
        return wording(self.variant)

    def value(self, page: SettingsPage, choices: Choices) -> str:
        """What stands under an item; that there is nothing, where there is nothing."""
        found: dict[SettingsPage, str] = {
            SettingsPage.TOPICS: self.topics(choices.wanted),
            SettingsPage.AREA: self.area(choices.area) if choices.area else "",
            SettingsPage.CHILDREN: "、".join(self.month(born) for born in choices.children),
            SettingsPage.AGE: self.say.ages[choices.age_band] if choices.age_band else "",
            SettingsPage.LANGUAGE: NAMES[choices.variant] if choices.variant else self.say.own_language,
            SettingsPage.QUIET: self.hours(choices.quiet) if choices.quiet else "",
            SettingsPage.DISABILITY: self.say.kept_sealed if choices.certificate_kept else "",
        }
        return found[page] or self.say.nothing

    def lines(self, choices: Choices, pages: Iterable[SettingsPage]) -> list[str]:
        """Items with their values, one a line."""
        return [self.say.line.format(item=self.say.items[page], value=self.value(page, choices)) for page in pages]

    def topics(self, topics: Iterable[Topic]) -> str:
        """Topics in their order."""
        chosen = frozenset(topics)
        return "、".join(self.say.topics[topic] for topic in Topic if topic in chosen)

    def area(self, name: str) -> str:
        """A town by its name in the record."""
        found = next((town for town in self.towns if town.name == name), None)
        return self.town(found) if found else name

    def town(self, town: Town) -> str:
        """A town as its residents find it: with its reading, or with its Latin name."""
        if self.variant in _LATIN:
            return f"{town.latin} {town.name}"
        return f"{town.name}（{town.kana}）" if self.variant == Variant.EASY else town.name

    def month(self, born: date) -> str:
        """A birth month."""
        return self.say.born.format(year=born.year, month=born.month)

    def hours(self, hours: QuietHours) -> str:
        """Quiet hours."""
        first, last = (f"{minute // 60}:{minute % 60:02d}" for minute in (hours.first, hours.last))
        return self.say.hours.format(first=first, last=last)

    def certificate(self, certificate: Certificate) -> str:
        """A certificate with its grade."""
        return f"{self.say.certificates[certificate.kind]} {self.grade(certificate)}"

    def grade(self, certificate: Certificate) -> str:
        """A grade as its kind counts them."""
        return self.say.grades[certificate.kind].format(grade=certificate.grade)
