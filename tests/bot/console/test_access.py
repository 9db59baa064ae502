"""The one table of who may open what: every route, with every role, by calling it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from bot.console import access
from bot.console.access import ACCESS, UndeclaredRouteError, check_table
from bot.console.app import console_app, mount_console
from bot.console.frame import Console
from bot.console.visit import csrf_of
from bot.web.guard import MOST_BYTES
from bot.wiring import Pocket
from knowledge.models import Role, SessionStage
from knowledge.passwords import Passwords
from knowledge.staff import StaffMember
from tests.bot.console.conftest import with_own_database
from tests.bot.console.people import add_person, token_for

SAMPLES: dict[str, str] = {"person": "999999"}
"""What stands for a parameter of a path; whether the thing is there does not matter for whether one may ask."""
WHO = ("signed out", "half-way", *Role)
CHANGES = [route for route in ACCESS if not route.startswith("GET ")]


@dataclass(frozen=True)
class Door:
    """A console, and somebody of every role."""

    console: Console
    app: FastAPI
    people: dict[str, StaffMember]

    def comes(self, who: str) -> tuple[TestClient, str]:
        """A browser of that person with a new session, and the token of its forms."""
        token = "nobody"
        if who != "signed out":
            stage = SessionStage.PASSWORD if who == "half-way" else SessionStage.FULL
            token = token_for(self.console, self.people[who], stage)
        cookies = {self.console.cookies.session: token}
        return TestClient(self.app, follow_redirects=False, cookies=cookies), csrf_of(token)


@pytest.fixture(scope="module")
def door(shared: Pocket, passwords: Passwords, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """One console for all calls of this module."""
    with with_own_database(shared, tmp_path_factory.mktemp("door") / "data") as pocket:
        console, app = Console(pocket, passwords=passwords), FastAPI()
        mount_console(app, console)
        people = {role.value: add_person(console, role) for role in Role}
        yield Door(console, app, people | {"half-way": add_person(console, Role.EDITOR)})


def address_of(route: str) -> tuple[str, str]:
    """The method and a path to call a row of the table with."""
    method, path = route.split(" ")
    return method, "/staff" + re.sub(r"\{(\w+)(:\w+)?\}", lambda found: SAMPLES.get(found[1], "1"), path)


def expected(route: str, who: str) -> str:
    """What the table declares, in words."""
    row = ACCESS[route]
    if row.door is access.Door.OPEN:
        return "in"
    if who == "signed out":
        return "sign in"
    if row.door is access.Door.HALF_WAY:
        return "in" if who == "half-way" else "home"
    if who == "half-way":
        return "sign in"
    return "in" if who in row.roles else "refused"


def outcome(door: Door, route: str, who: str) -> str:
    """What happens when somebody calls a route with the token of their own browser."""
    client, csrf = door.comes(who)
    method, path = address_of(route)
    answer = client.request(method, path, headers={"x-csrf-token": csrf})
    assert answer.status_code < 500, (route, who, answer.status_code)
    on = answer.headers.get("location", "")
    if answer.status_code == 401 or on.startswith("/staff/sign-in?next="):
        return "sign in"
    if answer.status_code == 403:
        return "refused"
    return "home" if access.ACCESS[route].door is access.Door.HALF_WAY and on == "/staff/" else "in"


@pytest.mark.parametrize("route", ACCESS)
def test_a_route_is_open_exactly_as_declared(door: Door, route: str) -> None:
    """Route × method × role, half-way and nobody: what the table says is what happens."""
    assert {who: outcome(door, route, who) for who in WHO} == {who: expected(route, who) for who in WHO}


@pytest.mark.parametrize("route", CHANGES)
def test_a_change_needs_the_token_of_its_own_browser(door: Door, route: str) -> None:
    """Every changing route refuses a form without the token, with a made-up one, and with another session's."""
    method, path = address_of(route)
    who = next((role.value for role in ACCESS[route].roles), "half-way")
    for token in ("", "0" * 64, "é", door.comes(who)[1]):
        client, _ = door.comes(who)
        answer = client.request(method, path, data={"csrf": token})
        assert (answer.status_code, "受け付けませんでした" in answer.text) == (403, True)


@pytest.mark.parametrize("route", CHANGES)
def test_a_change_from_elsewhere_is_refused(door: Door, route: str) -> None:
    """Even with the right token."""
    method, path = address_of(route)
    who = next((role.value for role in ACCESS[route].roles), "half-way")
    for origin in ("https://evil.example", "null", "http://testserver.evil.example", "http://testserver:81"):
        client, csrf = door.comes(who)
        answer = client.request(method, path, data={"csrf": csrf}, headers={"origin": origin})
        assert answer.status_code == 403


@pytest.mark.parametrize("external", [False, True])
@pytest.mark.parametrize("demo", [False, True])
def test_the_table_is_the_application(console: Console, demo: bool, external: bool) -> None:
    """Each route has a row and each row a route; those of the demo and of OpenID Connect exist with them only."""
    settings = console.pocket.settings.model_copy(update={"oidc_issuer": "https://id", "oidc_client_id": "x"})
    with_provider = replace(console.pocket, settings=settings)
    here = Console(with_provider if external else console.pocket, demo=demo, passwords=console.passwords)
    wanted = set(access.DEMO_ACCESS if demo else ()) | set(access.EXTERNAL_ACCESS if external else ())
    assert access.routes_of(console_app(here)) == set(ACCESS) | wanted


def test_a_route_without_a_row_refuses_to_start() -> None:
    """And so does a row without a route."""
    with pytest.raises(UndeclaredRouteError, match="GET /new"):
        check_table({*ACCESS, "GET /new"}, ACCESS)
    with pytest.raises(UndeclaredRouteError, match="GET /"):
        check_table(set(ACCESS) - {"GET /"}, ACCESS)


def test_uploads_are_routes() -> None:
    """What may be larger is a route of the table."""
    assert {f"POST {path}" for path in access.UPLOADS} <= set(ACCESS)


@pytest.mark.parametrize("path", access.UPLOADS)
def test_only_people_who_are_signed_in_may_bring_much(door: Door, path: str) -> None:
    """A large body is read for an upload of somebody with a session; of others, and elsewhere, it is refused unread."""
    body = b"x" * (MOST_BYTES + 1)
    kind = {"content-type": "application/x-www-form-urlencoded"}
    answers = {
        who: door.comes(who)[0].post(f"/staff{path}", content=body, headers=kind).status_code
        for who in ("signed out", Role.SYSTEM.value)
    }
    assert answers == {"signed out": 413, "system": 403}
    assert door.comes(Role.SYSTEM.value)[0].post("/staff/people", content=body, headers=kind).status_code == 413
