"""What can happen to us, whatever the channel: a closed set of values, made by the channel, handled by `dispatch`."""

from dataclasses import dataclass
from enum import StrEnum

from handlers.actions import Action


@dataclass(frozen=True)
class Said:
    """A resident wrote something; `message` is the channel's id of it, by which it can be taken back."""

    text: str
    message: str


@dataclass(frozen=True)
class Pressed:
    """A resident pressed one of our buttons."""

    action: Action


@dataclass(frozen=True)
class Took:
    """A resident took a message back."""

    message: str


@dataclass(frozen=True)
class Sent:
    """A resident sent something that is no text: sticker, image, video, audio, file, location, other."""

    kind: str


@dataclass(frozen=True)
class Followed:
    """A resident became a friend, or one again."""


@dataclass(frozen=True)
class Unfollowed:
    """A resident blocked us."""


@dataclass(frozen=True)
class Invited:
    """We were put into a group or a room, where we answer nobody."""


class Reason(StrEnum):
    """Why an event has no effect."""

    UNKNOWN_TYPE = "unknown_type"
    NOT_FOR_US = "not_for_us"
    FOREIGN_BUTTON = "foreign_button"
    MALFORMED = "malformed"
    STANDBY = "standby"
    TOO_OLD = "too_old"


@dataclass(frozen=True)
class Ignored:
    """Something that asks nothing of us."""

    reason: Reason


What = Said | Pressed | Took | Sent | Followed | Unfollowed | Invited | Ignored


@dataclass(frozen=True)
class Incoming:
    """One event: its key, who did what (None: a user who did not agree to be known), and when (ms since 1970)."""

    id: str
    user: str | None
    at_ms: int
    what: What
