"""Word to the people on call: each alert is pushed under its own retry key until LINE has taken it."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

import structlog
import yaml

from bot.line.client import LineClient
from bot.line.errors import LineError, RetryableError
from knowledge.database import Sessions
from knowledge.disaster import alerts
from knowledge.models import StaffAlert, World

_log = structlog.get_logger(__name__)


@cache
def _wording() -> dict[str, object]:
    written: dict[str, object] = yaml.safe_load(Path(__file__).with_name("wording.yaml").read_text(encoding="utf-8"))
    return written


def sentence(alert: StaffAlert, console: str) -> str:
    """What an alert says; `console` is the address of the page where something can be done."""
    wording = _wording()
    modes = wording["modes"]
    assert isinstance(modes, dict)
    url = console + ("?world=drill" if alert.world == World.DRILL else "")
    said = str(wording[alert.kind]).format(mode=modes[alert.mode], url=url)
    return (str(wording["drill"]) if alert.world == World.DRILL else "") + said


@dataclass(frozen=True)
class Calling:
    """What calling takes."""

    sessions: Sessions
    client: LineClient
    console: str

    def once(self, now: datetime) -> int:
        """Send what is due; how many were taken. Two workers do no harm: the key is the same."""
        with self.sessions() as session:
            waiting = alerts.due(session, now)
        return sum(self._send(alert, line, now) for alert, line in waiting)

    def _send(self, alert: StaffAlert, line: str, now: datetime) -> bool:
        try:
            self.client.push(line, [{"type": "text", "text": sentence(alert, self.console)}], alert.retry_key)
        except RetryableError as error:
            with self.sessions.begin() as session:
                alerts.put_back(session, alert.id, now, type(error).__name__)
            return False
        except LineError as error:
            _log.error("staff_alert_refused", alert=alert.id, status=error.status)
            with self.sessions.begin() as session:
                alerts.close(session, alert.id, now, type(error).__name__)
            return False
        with self.sessions.begin() as session:
            alerts.close(session, alert.id, now)
        return True
