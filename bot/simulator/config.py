"""What a simulated channel is made of."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class UnknownRecipients(StrEnum):
    """What multicast does with well-formed ids nobody has; the reference documents both."""

    DROPPED = "dropped"
    REFUSED = "refused"


@dataclass(frozen=True)
class SimulatorConfig:
    """The channel, its webhook, its plan and its clock.

    `webhook_url` is where the page and the API's test button deliver (None: they say that no webhook is set).
    `monthly_quota` counts recipients (None: no cap, as in the municipal plan). `now` gives seconds since 1970.
    `hang_seconds` is how long a request that is to time out is held before its connection is closed.
    """

    channel_secret: str
    channel_access_token: str
    webhook_url: str | None = None
    monthly_quota: int | None = None
    unknown_recipients: UnknownRecipients = UnknownRecipients.DROPPED
    verified: bool = True
    hang_seconds: float = 30.0
    now: Callable[[], float] = time.time
    seed: int | None = None
