"""What people do with messages, and the names under which the platform counts it."""

from dataclasses import dataclass, field

from bot.line.limits import AGGREGATION_NAMES
from bot.line.links import links_in
from bot.simulator.months import month_of
from bot.simulator.people import Json, User


@dataclass
class Units:
    """The aggregation units of the present month (JST); beyond the last one LINE counts nothing, and says nothing."""

    month: str = ""
    names: set[str] = field(default_factory=set)

    def assign(self, name: str | None, now: float) -> str | None:
        """Return the name under which a request is counted, if it is."""
        if (month := month_of(now)) != self.month:
            self.month, self.names = month, set()
        if name is None or (name not in self.names and len(self.names) >= AGGREGATION_NAMES):
            return None
        self.names.add(name)
        return name


@dataclass(frozen=True)
class Act:
    """A user opened a message, or tapped a link (`url`) in it."""

    message_id: str
    user_id: str
    time: float
    url: str | None = None


@dataclass
class Responses:
    """Everything users did with messages; guarded by the platform's lock."""

    acts: list[Act] = field(default_factory=list)
    _opened: set[tuple[str, str]] = field(default_factory=set)

    def look(self, user: User, now: float) -> None:
        """A user looks at their chat: everything in it that they had not seen is open now."""
        for item in user.chat:
            seen = (item.message_id, user.id)
            if not item.mine and seen not in self._opened:
                self._opened.add(seen)
                self.acts.append(Act(item.message_id, user.id, now))

    def tap(self, user: User, url: str, now: float) -> None:
        """A user taps a link in the newest message that has it; nothing happens where none does."""
        for item in reversed(user.chat):
            if not item.mine and url in dict(links_in(item.message)):
                self.acts.append(Act(item.message_id, user.id, now, url))
                return


def unit_of(body: Json) -> str | None:
    """The aggregation unit a request asks for."""
    match body.get("customAggregationUnits"):
        case [str(name)]:
            return name
        case _:
            return None
