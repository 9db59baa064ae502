"""The one table of who may open what: every route, with every role, by calling it."""

import re

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from bot.console import access
from bot.console.access import ACCESS, Door, UndeclaredRouteError, check_table
from bot.console.app import console_app
from bot.console.frame import Console
from bot.console.visit import csrf_of
from knowledge.models import Role, SessionStage
from tests.bot.console.conftest import Staff

SAMPLES: dict[str, str] = {}
"""What stands for a parameter of a path; whether the thing is there does not matter for whether one may ask."""
WHO = ("signed out", "half-way", *Role)


def address_of(route: str) -> tuple[str, str]:
    """The method and a path to call a row of the table with."""
    method, path = route.split(" ")
    return method, "/staff" + re.sub(r"\{(\w+)(:\w+)?\}", lambda found: SAMPLES.get(found[1], "1"), path)


def expected(route: str, who: str) -> set[str]:
    """What the table declares, in words."""
    row = ACCESS[route]
    if row.door is Door.OPEN:
        return {"in"}
    if row.door is Door.HALF_WAY:
        return {"in"} if who == "half-way" else {"sign in"} if who == "signed out" else {"home"}
    if who in ("signed out", "half-way"):
        return {"sign in"}
    return {"in"} if who in row.roles else {"refused"}


def _outcome(client: TestClient, route: str, csrf: str) -> str:
    method, path = address_of(route)
    answer = client.request(method, path, headers={"x-csrf-token": csrf})
    if answer.status_code == 401 or answer.headers.get("location", "").startswith("/staff/sign-in?next="):
        return "sign in"
    if answer.status_code == 403:
        return "refused"
    assert answer.status_code < 500, (route, answer.status_code, answer.text)
    return "in"


@pytest.mark.parametrize("route", ACCESS)
@pytest.mark.parametrize("who", WHO)
def test_a_route_is_open_exactly_as_declared(staff: Staff, app: FastAPI, route: str, who: str) -> None:
    """Route × method × role, and nobody: what the table says is what happens."""
    if who == "signed out":
        client, csrf = TestClient(app, follow_redirects=False, cookies={"pocket-staff": "none"}), csrf_of("none")
    else:
        stage = SessionStage.PASSWORD if who == "half-way" else SessionStage.FULL
        clerk = staff(Role.EDITOR if who == "half-way" else Role(who), stage=stage)
        client, csrf = clerk.client, clerk.csrf
    wanted = expected(route, who)
    found = _outcome(client, route, csrf)
    assert found in wanted | ({"in"} if wanted == {"home"} else set())


@pytest.mark.parametrize("route", [route for route in ACCESS if not route.startswith("GET ")])
@pytest.mark.parametrize("given", ["", "0" * 64, "other"])
def test_a_change_needs_the_token_of_its_own_browser(staff: Staff, route: str, given: str) -> None:
    """Every changing route refuses a form without the token, with a made-up one, and with another session's."""
    clerk, other = staff(*Role), staff(*Role)
    method, path = address_of(route)
    token = other.csrf if given == "other" else given
    answer = clerk.client.request(method, path, data={"csrf": token})
    assert (answer.status_code, "受け付けませんでした" in answer.text) == (403, True)


@pytest.mark.parametrize("route", [route for route in ACCESS if not route.startswith("GET ")])
@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://testserver.evil.example"])
def test_a_change_from_elsewhere_is_refused(staff: Staff, route: str, origin: str) -> None:
    """Even with the right token."""
    clerk = staff(*Role)
    method, path = address_of(route)
    answer = clerk.client.request(method, path, data={"csrf": clerk.csrf}, headers={"origin": origin})
    assert answer.status_code == 403


@pytest.mark.parametrize("demo", [False, True])
def test_the_table_is_the_application(console: Console, demo: bool) -> None:
    """Each route has a row and each row a route; the demo's routes exist in demo mode only."""
    routes = access.routes_of(console_app(Console(console.pocket, demo=demo)))
    assert routes == set(ACCESS) | (set(access.DEMO_ACCESS) if demo else set())


def test_a_route_without_a_row_refuses_to_start() -> None:
    """And so does a row without a route."""
    with pytest.raises(UndeclaredRouteError, match="GET /new"):
        check_table({*ACCESS, "GET /new"}, ACCESS)
    with pytest.raises(UndeclaredRouteError, match="GET /"):
        check_table(set(ACCESS) - {"GET /"}, ACCESS)


def test_uploads_are_routes() -> None:
    """What may be larger is a route of the table."""
    assert {f"POST {path}" for path in access.UPLOADS} <= set(ACCESS)
