"""The office's own sign-in: who comes back with a good token is in; every other token opens nothing."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from fastapi import FastAPI
from httpx2 import Response
from pydantic import SecretStr
from starlette.testclient import TestClient

from bot.console.app import mount_console
from bot.console.frame import Console
from bot.console.oidc import BACK
from knowledge import audit, staff
from knowledge.audit_search import Wanted, find
from knowledge.models import Role
from knowledge.staff import NewStaff
from tests.bot.console.conftest import Clock
from tests.bot.console.provider import CLIENT, SECRET, Issuer, running

HERE = "http://testserver"


@pytest.fixture
def issuer(clock: Clock) -> Iterator[Issuer]:
    """The provider, with the console's clock."""
    with running(Issuer(redirect_uri=HERE + BACK, now=lambda: clock().timestamp())) as issuer:
        yield issuer


@pytest.fixture
def configured(console: Console, issuer: Issuer) -> Console:
    """A console that knows the provider, and an account for `sub-1` and one for a mail address."""
    changes = {
        "oidc_issuer": issuer.issuer,
        "oidc_client_id": CLIENT,
        "oidc_client_secret": SecretStr(SECRET),
        "public_url": HERE,
    }
    settings = console.pocket.settings.model_copy(update=changes)
    with console.pocket.sessions.begin() as session:
        for login, external in (("yamada", "sub-1"), ("sato", "Sato@City.example")):
            known = staff.plain_external(external)
            staff.add(session, NewStaff(login, login, None, frozenset({Role.AUDITOR}), known), console.clock())
    return replace(console, pocket=replace(console.pocket, settings=settings))


@pytest.fixture
def client(configured: Console) -> TestClient:
    """A browser at that console."""
    app = FastAPI()
    mount_console(app, configured)
    return TestClient(app, follow_redirects=False)


def _leave(client: TestClient, path: str = "/staff/audit") -> str:
    """Press the button; the provider's answer is the address to come back to."""
    away = client.get(f"/staff/sign-in/oidc?next={path}")
    assert away.status_code == 303
    return httpx.get(away.headers["location"]).headers["location"]


def _come_back(client: TestClient, address: str) -> Response:
    return client.get(address.removeprefix(HERE))


def _is_in(client: TestClient) -> bool:
    return client.get("/staff/").status_code == 200


def test_a_known_person_is_in(client: TestClient, issuer: Issuer) -> None:
    """By the subject, with a new token, at the page that was wanted."""
    assert 'href="/staff/sign-in/oidc?next=/staff/audit"' in client.get("/staff/sign-in?next=/staff/audit").text
    before = client.cookies.get("pocket-staff")
    answer = _come_back(client, _leave(client))
    assert answer.headers["location"] == "/staff/audit"
    assert _is_in(client)
    assert client.cookies.get("pocket-staff") != before
    assert "pocket-staff-oidc" not in client.cookies


@pytest.mark.parametrize(
    ("subject", "mail", "comes_in"),
    [
        ("other", {"email": "sato@city.example", "email_verified": True}, True),
        ("other", {"email": "SATO@city.example", "email_verified": True}, True),
        ("other", {"email": "sato@city.example", "email_verified": False}, False),
        ("other", {"email": "sato@city.example"}, False),
        ("other", {"email": "sato@city.example", "email_verified": "true"}, False),
        ("sato@city.example", {}, False),
        ("SUB-1", {}, False),
        ("nobody", {}, False),
    ],
)
def test_only_an_entered_account_matches(
    client: TestClient, issuer: Issuer, configured: Console, subject: str, mail: dict[str, Any], comes_in: bool
) -> None:
    """By subject, or by a mail address that the provider says is verified; a refusal is written down."""
    issuer.subject, issuer.mail = subject, mail
    answer = _come_back(client, _leave(client))
    assert (answer.status_code, _is_in(client)) == (303 if comes_in else 403, comes_in)
    assert comes_in or "登録されていません" in answer.text
    told = "" if "@" in subject and not mail else subject
    assert comes_in or (f"登録する利用者ID：{told}" if told else "頼んでください。</p>") in answer.text
    with configured.pocket.sessions() as session:
        newest = find(session, Wanted(), None, 1)[0]
    wanted = audit.AuditAction.SIGNED_IN if comes_in else audit.AuditAction.SIGN_IN_FAILED
    assert (newest.action, newest.detail["origin"]) == (wanted, "oidc")


@pytest.mark.parametrize(
    "spoil",
    [
        {"iss": "https://evil.example"},
        {"iss": None},
        {"aud": "somebody-else"},
        {"aud": None},
        {"aud": [CLIENT, "somebody-else"]},
        {"aud": [CLIENT, "somebody-else"], "azp": "somebody-else"},
        {"azp": "somebody-else"},
        {"nonce": "another"},
        {"nonce": None},
        {"sub": None},
        {"exp": None},
        {"exp": 1},
        {"iat": 99_999_999_999},
        {"nbf": 99_999_999_999},
    ],
    ids=str,
)
def test_a_token_that_does_not_fit_opens_nothing(client: TestClient, issuer: Issuer, spoil: dict[str, Any]) -> None:
    """Another issuer, audience, nonce or time."""
    issuer.spoil = spoil
    answer = _come_back(client, _leave(client))
    assert (answer.status_code, "確かめられませんでした" in answer.text, _is_in(client)) == (400, True, False)


@pytest.mark.parametrize("how", ["none", "HS256", "foreign key"])
def test_a_signature_of_somebody_else_opens_nothing(client: TestClient, issuer: Issuer, how: str) -> None:
    """No signature, one by the shared secret, and one by a key that only has the right name."""
    issuer.forged = how == "foreign key"
    issuer.algorithm = "RS256" if issuer.forged else how
    assert (_come_back(client, _leave(client)).status_code, _is_in(client)) == (400, False)


@pytest.mark.parametrize(
    "changes", [{"state": "x" * 43}, {"state": ""}, {"code": ""}, {"code": "made-up"}, {"iss": "https://evil.example"}]
)
def test_an_answer_to_somebody_else_opens_nothing(client: TestClient, issuer: Issuer, changes: dict[str, str]) -> None:
    """Another state (a link that somebody sent), no code, a made-up one, or another provider's."""
    address = urlsplit(_leave(client))
    query = {name: values[0] for name, values in parse_qs(address.query).items()} | changes
    answer = client.get(address.path, params=query)
    assert (answer.status_code, _is_in(client)) == (400, False)


def test_without_the_cookie_it_left_with_a_browser_does_not_come_in(client: TestClient, issuer: Issuer) -> None:
    """So nobody can be signed in as somebody else by a link; and an answer serves once."""
    address = _leave(client)
    kept = client.cookies["pocket-staff-oidc"]
    client.cookies.delete("pocket-staff-oidc")
    assert _come_back(client, address).status_code == 400
    for damaged in ("", "x", "e30", kept[:-4], kept.upper()):
        client.cookies.set("pocket-staff-oidc", damaged)
        assert _come_back(client, address).status_code == 400
    for wanted in (303, 400):
        again = TestClient(client.app, follow_redirects=False, cookies={"pocket-staff-oidc": kept})
        assert _come_back(again, address).status_code == wanted


def test_a_disabled_person_stays_out(client: TestClient, configured: Console) -> None:
    """Also when the office's own sign-in still knows them, and at once when they were in."""
    assert _come_back(client, _leave(client)).status_code == 303
    with configured.pocket.sessions.begin() as session:
        row = staff.by_login(session, "yamada")
        assert row
        staff.disable(session, row, configured.clock())
    assert not _is_in(client)
    answer = _come_back(client, _leave(client))
    assert (answer.status_code, "止められています" in answer.text) == (403, True)


def test_who_is_not_entered_is_told_what_to_enter(client: TestClient, issuer: Issuer, configured: Console) -> None:
    """With a verified mail that, because an administrator knows it; and what is told lets them in."""
    issuer.subject, issuer.mail = "b1-9", {"email": "Ito@City.example", "email_verified": True}
    answer = _come_back(client, _leave(client))
    assert "登録する利用者ID：ito@city.example" in answer.text
    with configured.pocket.sessions.begin() as session:
        new = NewStaff("ito", "ito", None, frozenset({Role.AUDITOR}), "ito@city.example")
        staff.add(session, new, configured.clock())
    assert _come_back(client, _leave(client)).status_code == 303


def test_a_provider_that_does_not_answer_is_said(client: TestClient, issuer: Issuer, clock: Clock) -> None:
    """Or calls itself by another name: a page, no error of ours; a late clock does not matter within a minute."""
    issuer.now = (clock() + timedelta(seconds=45)).timestamp
    assert _come_back(client, _leave(client)).status_code == 303
    real = issuer.issuer
    issuer.issuer = "http://127.0.0.1:9"
    assert client.get("/staff/sign-in/oidc").status_code == 400
    issuer.issuer = real
