"""What a resident can change about themselves: typed values, the same from the chat and from the page.

There is no change that takes a free text. Each is built of enums, months, hours and the pack's towns, so no name,
address, phone or My Number can become a value, whatever somebody types.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from knowledge.certificate import Certificate
from knowledge.models import AgeBand, Topic
from knowledge.notice import Variant

NONE = "none"
DAY_MINUTES = 24 * 60
_MONTH = re.compile(r"([12][0-9]{3})-(0[1-9]|1[0-2])\Z")
_HOURS = re.compile(r"([01][0-9]|2[0-3])([0-5][0-9])-([01][0-9]|2[0-3])([0-5][0-9])\Z")
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")
_LONGEST_SLUG = 64


@dataclass(frozen=True)
class QuietHours:
    """From one minute of the day in Japan until another, across midnight where the second is smaller."""

    first: int
    last: int

    def __post_init__(self) -> None:
        if self.first == self.last or not (0 <= self.first < DAY_MINUTES and 0 <= self.last < DAY_MINUTES):
            raise ValueError("no quiet hours")

    def written(self) -> str:
        """As one word: 2100-0700."""
        pairs = (divmod(minute, 60) for minute in (self.first, self.last))
        return "-".join(f"{hour:02d}{minute:02d}" for hour, minute in pairs)


@dataclass(frozen=True)
class WantTopic:
    """Hear of a topic, or do not any more."""

    topic: Topic
    wanted: bool

    def words(self) -> tuple[str, ...]:
        """As plain words for a button."""
        return "topic", self.topic.value, "on" if self.wanted else "off"


@dataclass(frozen=True)
class TopicsAs:
    """Exactly these topics wanted and those refused; of the others nothing was ever said."""

    wanted: frozenset[Topic]
    refused: frozenset[Topic]

    def words(self) -> tuple[str, ...]:
        """As plain words for a button."""
        return "topics", _joined(self.wanted), _joined(self.refused)


STOP_ALL = TopicsAs(frozenset(), frozenset(Topic))
"""No notice of any topic: also none that goes to all friends."""


@dataclass(frozen=True)
class LiveIn:
    """Live in a town of the pack, by its id; None forgets it."""

    town: str | None

    def words(self) -> tuple[str, ...]:
        """As plain words for a button."""
        return "area", self.town or NONE


@dataclass(frozen=True)
class AddChild:
    """Have a child born in a month (its first day)."""

    born: date

    def words(self) -> tuple[str, ...]:
        """As plain words for a button."""
        return "child", f"{self.born:%Y-%m}", "add"


@dataclass(frozen=True)
class RemoveChild:
    """Forget a child's birth month."""

    born: date

    def words(self) -> tuple[str, ...]:
        """As plain words for a button."""
        return "child", f"{self.born:%Y-%m}", "remove"


@dataclass(frozen=True)
class BeOfAge:
    """Be of an age band; None forgets it."""

    band: AgeBand | None

    def words(self) -> tuple[str, ...]:
        """As plain words for a button."""
        return "age", self.band.value if self.band else NONE


@dataclass(frozen=True)
class Read:
    """Read in a language or in やさしい日本語; None: in that of each question."""

    variant: Variant | None

    def words(self) -> tuple[str, ...]:
        """As plain words for a button."""
        return "language", self.variant.value if self.variant else NONE


@dataclass(frozen=True)
class Rest:
    """Hear nothing but what is urgent in these hours; None forgets them."""

    hours: QuietHours | None

    def words(self) -> tuple[str, ...]:
        """As plain words for a button."""
        return "quiet", self.hours.written() if self.hours else NONE


@dataclass(frozen=True)
class Disclose:
    """Tell of a disability certificate; no words stand for it: it must not be part of a button or an address."""

    certificate: Certificate


@dataclass(frozen=True)
class ForgetDisability:
    """Forget the certificate."""

    def words(self) -> tuple[str, ...]:
        """As plain words for a button."""
        return "disability", NONE


@dataclass(frozen=True)
class ForgetAll:
    """Forget all that is known of oneself; what was refused stays refused."""

    def words(self) -> tuple[str, ...]:
        """As plain words for a button."""
        return ("everything",)


Speakable = (
    WantTopic | TopicsAs | LiveIn | AddChild | RemoveChild | BeOfAge | Read | Rest | ForgetDisability | ForgetAll
)
"""What words stand for, so that a button can carry it."""
Change = Speakable | Disclose


def change_of(words: Sequence[str]) -> Speakable | None:
    """The change that words stand for, or None where they stand for none."""
    reader = _READERS.get((words[0], len(words) - 1)) if words else None
    return reader(*words[1:]) if reader else None


def month_of(written: str) -> date | None:
    """The first day of a month written as 2024-05; None for anything else."""
    found = _MONTH.match(written)
    return date(int(found[1]), int(found[2]), 1) if found else None


def hours_of(written: str) -> QuietHours | None:
    """The hours written as 2100-0700; None for anything else."""
    found = _HOURS.match(written)
    if not found:
        return None
    first, last = int(found[1]) * 60 + int(found[2]), int(found[3]) * 60 + int(found[4])
    return QuietHours(first, last) if first != last else None


def _topic(topic: str, said: str) -> WantTopic | None:
    return WantTopic(Topic(topic), said == "on") if topic in set(Topic) and said in ("on", "off") else None


def _topics(wanted: str, refused: str) -> TopicsAs | None:
    on, off = _split(wanted), _split(refused)
    return None if on is None or off is None or on & off else TopicsAs(on, off)


def _joined(topics: frozenset[Topic]) -> str:
    return "_".join(topic.value for topic in Topic if topic in topics) or NONE


def _split(word: str) -> frozenset[Topic] | None:
    parts = [] if word == NONE else word.split("_")
    found = frozenset(Topic(part) for part in parts if part in set(Topic))
    return found if _joined(found) == word else None


def _area(word: str) -> LiveIn | None:
    return LiveIn(None if word == NONE else word) if len(word) <= _LONGEST_SLUG and _SLUG.match(word) else None


def _child(month: str, said: str) -> AddChild | RemoveChild | None:
    born = month_of(month)
    if born is None or said not in ("add", "remove"):
        return None
    return AddChild(born) if said == "add" else RemoveChild(born)


def _age(band: str) -> BeOfAge | None:
    return BeOfAge(None if band == NONE else AgeBand(band)) if band in {*AgeBand, NONE} else None


def _language(variant: str) -> Read | None:
    return Read(None if variant == NONE else Variant(variant)) if variant in {*Variant, NONE} else None


def _quiet(hours: str) -> Rest | None:
    return Rest(hours_of(hours)) if hours == NONE or hours_of(hours) else None


def _disability(word: str) -> ForgetDisability | None:
    return ForgetDisability() if word == NONE else None


_READERS: dict[tuple[str, int], Callable[..., Speakable | None]] = {
    ("topic", 2): _topic,
    ("topics", 2): _topics,
    ("area", 1): _area,
    ("child", 2): _child,
    ("age", 1): _age,
    ("language", 1): _language,
    ("quiet", 1): _quiet,
    ("disability", 1): _disability,
    ("everything", 0): ForgetAll,
}
