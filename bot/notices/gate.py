"""The brake all senders of notices share: evenly spaced while LINE answers, one careful attempt at a time while not."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, update
from sqlalchemy import select as sql_select

from knowledge.models import SendingGate

MULTICAST = "multicast"


@dataclass(frozen=True)
class Brake:
    """How a gate behaves.

    `spacing` keeps to 160 of the 200 requests a second LINE allows, so that no second comes near the limit. After a
    failure nothing is sent for `first`, twice as long after each further one, up to `longest`; `enough` good answers
    in a row open the gate again. A probe that says nothing for `patience` is given up.
    """

    spacing: timedelta = timedelta(seconds=1) / 160
    first: timedelta = timedelta(seconds=1)
    longest: timedelta = timedelta(seconds=30)
    patience: timedelta = timedelta(seconds=20)
    ahead: timedelta = timedelta(milliseconds=50)
    enough: int = 5


@dataclass(frozen=True)
class Pass:
    """Leave to send at `at`; `probe` says that it is the one attempt made while the gate is closed."""

    at: datetime
    probe: bool


@dataclass(frozen=True)
class Gate:
    """The state, as a value: closed until `open_at`; `pause` is zero while all is well."""

    open_at: datetime
    pause: timedelta = timedelta(0)
    successes: int = 0

    def take(self, brake: Brake, now: datetime) -> tuple["Gate", Pass | None]:
        """Ask for leave to send; without one, nothing changes."""
        if self.pause:
            if now < self.open_at:
                return self, None
            return replace(self, open_at=now + brake.patience), Pass(now, probe=True)
        at = max(self.open_at, now)
        if at - now > brake.ahead:
            return self, None
        return replace(self, open_at=at + brake.spacing), Pass(at, probe=False)

    def failed(self, brake: Brake, now: datetime, *, probe: bool, jitter: float) -> "Gate":
        """After a failure; `jitter` (0 to 1) adds up to a quarter, so that channels do not knock in step.

        Failures of what was on its way when the gate closed tell nothing new.
        """
        if self.pause and not probe:
            return self
        pause = min(brake.longest, self.pause * 2) if self.pause else brake.first
        return Gate(now + pause * (1 + jitter / 4), pause, 0)

    def succeeded(self, brake: Brake, now: datetime, *, probe: bool) -> "Gate":
        """After an answer; good ones that were on their way when the gate closed do not open it."""
        if not self.pause or not probe:
            return self
        if self.successes + 1 >= brake.enough:
            return Gate(now)
        return replace(self, open_at=now, successes=self.successes + 1)


def held(connection: Connection) -> Gate:
    """The gate, locked until the transaction ends: the first statement of whoever goes through it."""
    touched = update(SendingGate).where(SendingGate.endpoint == MULTICAST).values(endpoint=MULTICAST)
    connection.execute(touched)
    columns = SendingGate.open_at, SendingGate.pause_ms, SendingGate.successes
    found = connection.execute(sql_select(*columns).where(SendingGate.endpoint == MULTICAST)).one()
    return Gate(found.open_at, timedelta(milliseconds=found.pause_ms), found.successes)


def keep(connection: Connection, gate: Gate) -> None:
    """Write the gate back."""
    pause = gate.pause // timedelta(milliseconds=1)
    values = {"open_at": gate.open_at, "pause_ms": pause, "successes": gate.successes}
    connection.execute(update(SendingGate).where(SendingGate.endpoint == MULTICAST).values(values))
