"""The edge of the API: odd requests get problem details too, and no log line tells what was sent."""

import json

from structlog.testing import capture_logs

from bot.api.app import described
from bot.api.problems import MEDIA
from tests.bot.api.conftest import Desk
from tests.installation import ROOT

ODD: list[tuple[str, str, bytes | None, int]] = [
    ("GET", "/api/v1/nothing", None, 404),
    ("DELETE", "/api/v1/notices", None, 405),
    ("POST", "/api/v1/notices", b"{", 422),
    ("POST", "/api/v1/notices", b"x" * 70_000, 413),
    ("GET", "/api/v1/notices/1", None, 422),
    ("GET", "/api/v1/notices/" + "0" * 32, None, 404),
    ("POST", "/api/v1/links/state", b'{"link": "' + b"x" * 43 + b'"}', 404),
]


def test_every_refusal_is_a_problem(desk: Desk) -> None:
    """Whatever is wrong: a type, a Japanese title, the status."""
    system = desk.client()
    headers = {"authorization": f"Bearer {system.key}", "content-type": "application/json", "idempotency-key": "k"}
    for method, path, body, status in ODD:
        answer = desk.http.request(method, path, content=body, headers=headers)
        assert (answer.status_code, answer.headers["content-type"]) == (status, MEDIA), path
        assert answer.json()["status"] == status
        assert answer.json()["title"]


def test_a_notice_needs_a_key_of_its_own(desk: Desk) -> None:
    """Without one, a repeated request could be two notices."""
    desk.template()
    system = desk.client("result")
    body = {"template": "result", "link": desk.linked(system, 1), "values": {}}
    for key in (b"", b"a" * 65, "日本".encode()):
        headers = {b"authorization": f"Bearer {system.key}".encode(), b"idempotency-key": key}
        answer = desk.http.post("/api/v1/notices", json=body, headers=headers)
        assert (answer.status_code, answer.json()["type"].rpartition(":")[2]) == (400, "idempotency-key-needed")


def test_logs_tell_nothing_of_what_was_sent(desk: Desk) -> None:
    """Neither the body nor the token, the code or the key, whether it goes well or not."""
    desk.template()
    system = desk.client("result")
    with capture_logs() as lines:
        made = system.call("POST", "/api/v1/links").json()
        token = desk.linked(system, 1)
        system.ask(token)
        system.ask(token, values={"by": "秘密"})
        system.call("POST", "/api/v1/links/state", {"link": made["link"]})
        desk.send()
    said = json.dumps(lines, default=str, ensure_ascii=False)
    assert [each for each in (made["link"], made["code"], token, system.key, "秘密") if each in said] == []


def test_the_description_is_the_api() -> None:
    """`docs/api/openapi.json` is what the application says of itself; `pocket client describe` writes it."""
    assert (ROOT / "docs/api/openapi.json").read_text(encoding="utf-8") == described()
