"""A resident's browser at the settings page, called in the process."""

from dataclasses import dataclass
from datetime import UTC, datetime

from starlette.testclient import TestClient

from bot.wiring import Pocket
from knowledge import choices
from knowledge.changes import Change
from knowledge.choosing import change
from knowledge.settings_visits import make_link
from tests.bot.web.page import Page, read
from tests.knowledge.choices.people import SEAL


@dataclass
class Phone:
    """One resident's browser."""

    pocket: Pocket
    client: TestClient
    resident: int
    line_id: str

    def link(self) -> str:
        with self.pocket.sessions.begin() as session:
            return "/settings/open/" + make_link(session, self.resident, datetime.now(UTC))

    def enter(self) -> "Phone":
        answer = self.client.get(self.link())
        assert (answer.status_code, answer.headers["location"]) == (303, "/settings")
        return self

    def page(self, address: str = "/settings") -> Page:
        return read(self.client.get(address).text)

    def csrf(self) -> str:
        return next(iter(self.page().hidden("csrf")))

    def post(self, section: str, **fields: str | list[str]) -> tuple[int, str, str]:
        answer = self.client.post(f"/settings/{section}", data={"csrf": self.csrf(), **fields})
        return answer.status_code, answer.headers.get("location", ""), answer.text

    def make(self, *made: Change) -> None:
        with self.pocket.sessions.begin() as session:
            for each in made:
                assert change(session, self.resident, each, datetime.now(UTC), SEAL).refusal is None

    @property
    def choices(self) -> choices.Choices:
        with self.pocket.sessions() as session:
            return choices.read(session, self.resident, SEAL)
