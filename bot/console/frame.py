"""What every page of the console shares: templates, cookies, the clock, and the ward around it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import Response

from bot.console.oidc import Provider
from bot.wiring import Pocket
from handlers.settings.wording import wording
from knowledge.days import JST, utc_now
from knowledge.notice import Variant
from knowledge.passwords import Passwords
from knowledge.sessions import LONGEST

PATH = "/staff"
LONGEST_SECONDS = int(LONGEST.total_seconds())
_DAYS = "月火水木金土日"


@dataclass(frozen=True)
class Cookies:
    """The console's cookies: the session's token, the message the next page shows once, and one for OpenID Connect.

    Over HTTPS their names begin with `__Host-`: then no other host of the ward's domain can set them.
    """

    secure: bool

    @property
    def session(self) -> str:
        """The name of the session's cookie."""
        return "__Host-pocket-staff" if self.secure else "pocket-staff"

    @property
    def external(self) -> str:
        """The name of the cookie that waits for the answer of the office's own sign-in."""
        return f"{self.session}-oidc"

    @property
    def message(self) -> str:
        """The name of the message's cookie."""
        return f"{self.session}-said"

    def put(self, response: Response, name: str, value: str, seconds: int = LONGEST_SECONDS) -> None:
        """Let the browser keep a value so long, else until the session would end; an empty one is forgotten."""
        age = seconds if value else 0
        response.set_cookie(name, value, max_age=age, path="/", secure=self.secure, httponly=True, samesite="lax")


def moment(value: datetime) -> str:
    """A time as staff read it: 2026年11月21日（土）16:30."""
    local = value.astimezone(JST)
    return f"{day(local.date())}{local:%H:%M}"


def day(value: date) -> str:
    """A day as staff read it: 2026年11月21日（土）."""
    return f"{value.year}年{value.month}月{value.day}日（{_DAYS[value.weekday()]}）"


def machine_time(value: datetime) -> str:
    """A time as `<time datetime>` and machines read it."""
    return value.astimezone(UTC).isoformat(timespec="seconds")


def environment() -> Environment:
    """The templates; whatever a value holds is escaped, and a name that is not given is an error.

    `residents` are the Japanese words of the residents' settings, so that their choices have one name everywhere.
    """
    env = Environment(
        loader=PackageLoader("bot.console"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.globals["residents"] = wording(Variant.JA)
    env.filters.update(moment=moment, day=day, machine_time=machine_time)
    return env


@dataclass(frozen=True)
class Console:
    """An installation as its staff use it."""

    pocket: Pocket
    demo: bool = False
    clock: Callable[[], datetime] = utc_now
    passwords: Passwords = field(default_factory=Passwords)
    templates: Environment = field(default_factory=environment)

    @property
    def provider(self) -> Provider | None:
        """The office's own sign-in, where one is configured."""
        return Provider.of(self.pocket.settings)

    @property
    def cookies(self) -> Cookies:
        """The cookies for the address the console is reached at."""
        return Cookies(self.pocket.settings.public_url.startswith("https://"))
