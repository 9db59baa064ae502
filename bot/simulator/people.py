"""Users, how they stand to the account, and what their chat shows."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.line.limits import USER_ID_PATTERN

Json = Mapping[str, object]
STRANGERS_CAN_BE_ANSWERED = 7 * 24 * 60 * 60.0


class Relation(StrEnum):
    """How a user stands to the account."""

    FRIEND = "friend"
    BLOCKED = "blocked"
    STRANGER = "stranger"


@dataclass
class Item:
    """One line of a chat: written by the user (`mine`) or by the account."""

    number: int
    mine: bool
    message_id: str
    message: Json
    time: float
    unsent: bool = False


@dataclass
class User:
    """One resident's side of the channel."""

    id: str
    name: str
    relation: Relation = Relation.FRIEND
    last_wrote: float | None = None
    loading_until: float = 0.0
    menu_id: str | None = None
    chat: list[Item] = field(default_factory=list)

    def reachable(self, now: float) -> bool:
        """Tell whether a message would be shown: friends, and strangers who wrote within seven days."""
        wrote = self.last_wrote is not None and now - self.last_wrote <= STRANGERS_CAN_BE_ANSWERED
        return self.relation is Relation.FRIEND or (self.relation is Relation.STRANGER and wrote)

    def add(self, message_id: str, message: Json, now: float, *, mine: bool) -> Item:
        """Append to the chat; what the account writes ends the loading animation."""
        item = Item(len(self.chat) + 1, mine, message_id, message, now)
        self.chat.append(item)
        if mine:
            self.last_wrote = now
        else:
            self.loading_until = 0.0
        return item


class People:
    """All users, by id."""

    def __init__(self) -> None:
        self._users: dict[str, User] = {}

    def add(self, user_id: str, name: str, relation: Relation = Relation.FRIEND) -> User:
        """Add a user; raises ValueError where the id is malformed or taken."""
        if not re.fullmatch(USER_ID_PATTERN, user_id) or user_id in self._users:
            raise ValueError("a user id is U and 32 hexadecimal digits, given once")
        self._users[user_id] = User(user_id, name, relation)
        return self._users[user_id]

    def find(self, user_id: str) -> User | None:
        """Return the user of that id, if there is one."""
        return self._users.get(user_id)

    def friends(self) -> list[User]:
        """Return the users a broadcast reaches, in the order they were added."""
        return [user for user in self._users.values() if user.relation is Relation.FRIEND]
