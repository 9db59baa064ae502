"""Headers, addresses, foreign posts, sizes, and the pages for what goes wrong."""

import shutil
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlalchemy import func, select
from starlette.testclient import TestClient

from bot.web.app import mount_web
from bot.web.guard import MOST_BYTES
from bot.wiring import Pocket
from knowledge.models import Question
from tests.bot.web.page import read
from tests.installation import settings_for

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)


def _questions(pocket: Pocket) -> int:
    with pocket.sessions() as session:
        return session.scalar(select(func.count()).select_from(Question)) or 0


@pytest.mark.parametrize("case", ["start", "ask", "empty", "act", "unknown", "missing", "foreign"])
def test_every_page_carries_the_strict_headers(client: TestClient, case: str) -> None:
    """No script, no frames, no cache, no cookie, on answers and on refusals alike."""
    answer = {
        "start": lambda: client.get("/"),
        "ask": lambda: client.post("/ask", data={"question": "転入届"}),
        "empty": lambda: client.post("/ask", data={"question": " "}),
        "act": lambda: client.post("/act", data={"action": "menu"}),
        "unknown": lambda: client.post("/act", data={"action": "?"}),
        "missing": lambda: client.get("/nowhere"),
        "foreign": lambda: client.post("/ask", data={"question": "x"}, headers={"Origin": "https://evil.example"}),
    }[case]()
    assert answer.headers["content-security-policy"] == POLICY
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert "geolocation=()" in answer.headers["permissions-policy"]
    assert "set-cookie" not in answer.headers
    assert "<script" not in answer.text


@pytest.mark.parametrize("address", ["/ask", "/act", "/ask?question=死にたい", "/act?action=menu"])
def test_a_posted_address_opened_again_leads_to_the_start(client: TestClient, address: str) -> None:
    """An address never asks: opening it leads to the start, without anything that stood in it."""
    answer = client.get(address)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


def test_nothing_typed_stands_in_an_address(client: TestClient) -> None:
    """No link, form or redirect of an answer holds what was typed."""
    page = read(client.post("/ask", data={"question": "zzqx 転入届 zzqx"}).text)
    targets = [each.attributes.get(name, "") for each in page.elements for name in ("href", "src", "action")]
    assert "zzqx" in page.text
    assert not [target for target in targets if "zzqx" in target]


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://testserver.evil.example"},
        {"Origin": "http://testserver:81"},
        {"Origin": "http://[::1"},
        {"Origin": "http://testserver", "Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "anything"},
    ],
)
def test_a_foreign_page_can_not_post(client: TestClient, pocket: Pocket, headers: dict[str, str]) -> None:
    """A post from another origin is refused and leaves no row."""
    before = _questions(pocket)
    answer = client.post("/ask", data={"question": "転入届"}, headers=headers)
    assert (answer.status_code, "ほかのページからは送れません" in answer.text) == (403, True)
    assert _questions(pocket) == before


@pytest.mark.parametrize("site", ["same-origin", "none"])
def test_our_own_page_can_post(client: TestClient, site: str) -> None:
    """A post of our own form is answered, also behind a proxy that ends TLS."""
    headers = {"Origin": "https://testserver", "Sec-Fetch-Site": site}
    assert client.post("/ask", data={"question": "転入届"}, headers=headers).status_code == 200


@pytest.mark.parametrize("length", ["announced", "chunked"])
def test_a_large_body_is_refused(client: TestClient, length: str) -> None:
    """More than 64 KB is refused, whether or not its length was announced."""
    body = b"question=" + b"a" * MOST_BYTES
    content = body if length == "announced" else iter([body[:40_000], body[40_000:]])
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = client.post("/ask", content=content, headers=headers)
    assert (answer.status_code, "大きすぎます" in answer.text) == (413, True)


@pytest.mark.parametrize(
    ("method", "address", "status", "said"),
    [
        ("GET", "/nowhere", 404, "ページが見つかりません"),
        ("GET", "/static/../../settings.py", 404, "ページが見つかりません"),
        ("DELETE", "/", 405, "この開き方はできません"),
        ("PUT", "/ask", 405, "この開き方はできません"),
        ("POST", "/", 405, "この開き方はできません"),
    ],
)
def test_errors_are_pages(client: TestClient, method: str, address: str, status: int, said: str) -> None:
    """What is not there or not allowed is said in Japanese, with the ward's phone and a way back."""
    answer = client.request(method, address)
    page = read(answer.text)
    assert answer.status_code == status
    assert said in page.text
    assert page.all("a", href="tel:03-3981-1111")
    assert page.all("a", href="/")


def test_a_file_in_place_of_a_question_is_unreadable(client: TestClient) -> None:
    """A field of the wrong kind gets the page for it, without the framework's details."""
    answer = client.post("/ask", files={"question": ("x.txt", b"x")})
    assert (answer.status_code, "読めませんでした" in answer.text, "detail" in answer.text) == (422, True, False)


def test_head_is_answered(client: TestClient) -> None:
    """Those who watch the page may ask for its headers alone."""
    assert client.head("/").status_code == 200


def test_without_an_index_the_phone_is_named(installation: Path, tmp_path: Path) -> None:
    """With no snapshot at all a question gets 503 and the ward's number; a cry for help is still answered."""
    data = tmp_path / "data"
    shutil.copytree(installation, data, ignore=shutil.ignore_patterns("snapshots"))
    pocket = Pocket.open(settings_for(data))
    app = FastAPI()
    mount_web(app, pocket)
    with TestClient(app) as client:
        failed = client.post("/ask", data={"question": "児童手当"})
        crisis = client.post("/ask", data={"question": "死にたい"})
    pocket.engine.dispose()
    assert (failed.status_code, "03-3981-1111" in failed.text, "pocket init" in failed.text) == (503, True, False)
    assert (crisis.status_code, "0120-279-338" in crisis.text) == (200, True)


def test_without_a_database_the_page_still_speaks(
    installation: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """A database that is gone gives a plain page; neither page nor log holds what was typed."""
    data = tmp_path / "data"
    shutil.copytree(installation, data)
    (data / "pocket.db").write_bytes(b"")
    pocket = Pocket.open(settings_for(data))
    app = FastAPI()
    mount_web(app, pocket)
    with TestClient(app) as client:
        answer = client.post("/ask", data={"question": "zzqx児童手当"})
    pocket.engine.dispose()
    assert (answer.status_code, "ただいまお答えできません" in answer.text) == (503, True)
    assert "zzqx" not in answer.text + "".join(capfd.readouterr())


def test_an_error_of_ours_shows_and_logs_nothing_typed(
    pocket: Pocket, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault in our own code is a page for the resident and a place in the log, without its message."""
    app = FastAPI()
    mount_web(app, pocket)

    def fail(*_: object) -> None:
        raise KeyError("zzqx")

    monkeypatch.setattr("bot.web.router.mask", fail)
    with TestClient(app) as client:
        answer = client.post("/ask", data={"question": "児童手当"})
    logged = "".join(capfd.readouterr())
    assert (answer.status_code, "うまくいきませんでした" in answer.text) == (500, True)
    assert "KeyError" in logged
    assert "zzqx" not in answer.text + logged
