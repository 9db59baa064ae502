"""The state of the simulated platform: one process, in memory, under one lock."""

import threading
from dataclasses import dataclass, field

from bot.simulator.config import SimulatorConfig
from bot.simulator.faults import Faults
from bot.simulator.identifiers import Identifiers
from bot.simulator.ledger import Ledger
from bot.simulator.menus import Menus
from bot.simulator.months import month_of
from bot.simulator.people import People, Relation, User
from bot.simulator.rates import Rates
from bot.simulator.responses import Responses, Units
from bot.simulator.tokens import ReplyTokens, RetryKeys


@dataclass(frozen=True)
class Content:
    """A file a user sent; `ready_at` is when LINE has finished converting it, `gone` that the user took it back."""

    content: bytes
    content_type: str
    ready_at: float
    gone: bool = False


@dataclass
class Consumption:
    """Recipients counted in the present month (JST)."""

    month: str = ""
    used: int = 0

    def in_month(self, now: float) -> int:
        """Return what is used in the month of `now`."""
        if (month := month_of(now)) != self.month:
            self.month, self.used = month, 0
        return self.used


@dataclass
class Platform:
    """Everything the stand-in knows. Hold `lock` while reading or changing anything but the ledger."""

    config: SimulatorConfig
    lock: threading.RLock = field(default_factory=threading.RLock)
    ledger: Ledger = field(default_factory=Ledger)
    people: People = field(default_factory=People)
    menus: Menus = field(default_factory=Menus)
    rates: Rates = field(default_factory=Rates)
    reply_tokens: ReplyTokens = field(default_factory=ReplyTokens)
    retry_keys: RetryKeys = field(default_factory=RetryKeys)
    consumption: Consumption = field(default_factory=Consumption)
    units: Units = field(default_factory=Units)
    responses: Responses = field(default_factory=Responses)
    contents: dict[str, Content] = field(default_factory=dict)
    groups: set[str] = field(default_factory=set)
    webhook_url: str | None = None
    ids: Identifiers = field(init=False)
    faults: Faults = field(init=False)
    bot_user_id: str = field(init=False)

    def __post_init__(self) -> None:
        """Make what depends on the configuration."""
        self.ids = Identifiers(self.config.seed)
        self.faults = Faults(self.ids.random)
        self.bot_user_id = f"U{self.ids.hex()}"
        self.webhook_url = self.config.webhook_url

    def now(self) -> float:
        """Return the platform's time in seconds since 1970."""
        return self.config.now()

    def add_user(self, name: str, user_id: str | None = None, relation: Relation = Relation.FRIEND) -> User:
        """Add a user, with an id of its own where none is given."""
        with self.lock:
            return self.people.add(user_id or f"U{self.ids.hex()}", name, relation)
