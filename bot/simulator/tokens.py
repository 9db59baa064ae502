"""Reply tokens and retry keys: how long they live and what was done with them."""

from dataclasses import dataclass

from bot.line.limits import REDELIVERED_TOKEN_LIFE, REPLY_TOKEN_LIFE, RETRY_KEY_LIFE
from bot.simulator.people import Json

_NEVER = frozenset({"0" * 32, "f" * 32})


@dataclass
class ReplyToken:
    """A token for answering one event in one chat (a user's, a group's or a room's id)."""

    token: str
    chat_id: str
    event_at: float
    delivered_at: float
    redelivered: bool = False
    used: bool = False

    def valid(self, now: float) -> bool:
        """Tell whether it can still be used: once, a minute from delivery, and 20 minutes from a redelivered event."""
        in_time = now - self.delivered_at <= REPLY_TOKEN_LIFE
        not_stale = not self.redelivered or now - self.event_at <= REDELIVERED_TOKEN_LIFE
        return not self.used and in_time and not_stale


class ReplyTokens:
    """All tokens given out."""

    def __init__(self) -> None:
        self._tokens: dict[str, ReplyToken] = {}

    def issue(self, token: str, chat_id: str, now: float) -> None:
        """Register a new token."""
        self._tokens[token] = ReplyToken(token, chat_id, now, now)

    def delivered(self, token: object, now: float, *, redelivery: bool) -> None:
        """Start the minute again: the webhook with this token is being sent."""
        found = self._tokens.get(token) if isinstance(token, str) else None
        if found:
            found.delivered_at = now
            found.redelivered = found.redelivered or redelivery

    def usable(self, token: str, now: float) -> ReplyToken | None:
        """Return the token if a reply with it would be accepted now."""
        found = None if token in _NEVER else self._tokens.get(token)
        return found if found and found.valid(now) else None


@dataclass(frozen=True)
class KeptRequest:
    """The request that was accepted under a retry key."""

    request_id: str
    first_at: float
    answer: Json


class RetryKeys:
    """The keys of accepted requests, for 24 hours."""

    def __init__(self) -> None:
        self._kept: dict[str, KeptRequest] = {}

    def accepted(self, key: str | None, now: float) -> KeptRequest | None:
        """Return what was accepted under `key` within the last 24 hours."""
        kept = self._kept.get(key.lower()) if key else None
        return kept if kept and now - kept.first_at < RETRY_KEY_LIFE else None

    def keep(self, key: str | None, request: KeptRequest) -> None:
        """Remember an accepted request."""
        if key:
            self._kept[key.lower()] = request
