"""The brake all senders of notices share: evenly spaced while LINE answers, one careful attempt at a time while not."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, select, update

from knowledge.models import SendingGate

MULTICAST = "multicast"
REFUSED_TOKEN = (401, 403)
"""What LINE says to a token that is no more: a person has to act."""


@dataclass(frozen=True)
class Brake:
    """How a gate behaves.

    LINE's limit is a bucket of 200 requests that fills at 200 a second (line-platform.md, section 3). Ours lies within:
    `spacing` keeps to 180 a second, and after a rest `burst` more may go at once, so that half of LINE's bucket stays
    for what comes bunched on its way. After a failure nothing is sent for `first`, twice as long after each further
    one, up to `longest`; `enough` good answers in a row open the gate again. A probe that says nothing for `patience`
    is given up.
    """

    spacing: timedelta = timedelta(seconds=1) / 180
    burst: int = 100
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
        open_at = max(self.open_at, now - brake.spacing * brake.burst)
        if open_at - now > brake.ahead:
            return self, None
        return replace(self, open_at=open_at + brake.spacing), Pass(max(open_at, now), probe=False)

    def take_many(self, brake: Brake, now: datetime, most: int) -> tuple["Gate", list[Pass]]:
        """Ask for leave to send that often, and get some of it or none."""
        gate, leaves = self, list[Pass]()
        while len(leaves) < most:
            gate, leave = gate.take(brake, now)
            if leave is None:
                break
            leaves.append(leave)
        return gate, leaves

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


_HELD = (
    update(SendingGate)
    .where(SendingGate.endpoint == MULTICAST)
    .values(endpoint=MULTICAST)
    .returning(SendingGate.open_at, SendingGate.pause_ms, SendingGate.successes)
)
_PEEK = select(SendingGate.open_at, SendingGate.pause_ms, SendingGate.successes).where(
    SendingGate.endpoint == MULTICAST
)
_KEEP = update(SendingGate).where(SendingGate.endpoint == MULTICAST)


def answered(connection: Connection, brake: Brake, leave: Pass, now: datetime) -> None:
    """Tell the gate of an answer that is no sign of trouble."""
    keep(connection, held(connection).succeeded(brake, now, probe=leave.probe))


def troubled(connection: Connection, brake: Brake, leave: Pass, now: datetime, jitter: float) -> None:
    """Tell the gate that LINE is in trouble."""
    keep(connection, held(connection).failed(brake, now, probe=leave.probe, jitter=jitter))


def peek(connection: Connection) -> Gate:
    """The gate as it stands, without a lock: who finds it closed disturbs nobody."""
    open_at, pause_ms, successes = connection.execute(_PEEK).one()
    return Gate(open_at, timedelta(milliseconds=pause_ms), successes)


def held(connection: Connection) -> Gate:
    """The gate, locked until the transaction ends."""
    open_at, pause_ms, successes = connection.execute(_HELD).one()
    return Gate(open_at, timedelta(milliseconds=pause_ms), successes)


def keep(connection: Connection, gate: Gate) -> None:
    """Write the gate back."""
    pause = gate.pause // timedelta(milliseconds=1)
    values = {"open_at": gate.open_at, "pause_ms": pause, "successes": gate.successes}
    connection.execute(_KEEP.values(values))
