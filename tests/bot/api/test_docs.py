"""The page for ward systems is true: every example of it is sent to a real server, in order."""

import json
import re

from knowledge import links
from tests.bot.api.conftest import Desk, System
from tests.installation import ROOT

PAGE = ROOT / "docs" / "ward-systems.md"
EXAMPLE = re.compile(r"```http\n(.*?)```\n+```json (\d+)\n(.*?)```", re.DOTALL)
OPEN = "…"


def _said(value: object) -> object:
    """A value of the page, of which what differs each time is left open."""
    if isinstance(value, dict):
        return {name: OPEN if value[name] == OPEN else _said(value[name]) for name in value}
    return [_said(each) for each in value] if isinstance(value, list) else value


def _with(system: System, request: str, known: dict[str, str]) -> tuple[int, object]:
    for name, value in known.items():
        request = request.replace(f"{{{name}}}", value)
    head, _, body = request.partition("\n\n")
    first, *headers = head.strip().splitlines()
    method, path = first.split(" ")
    given = dict(line.split(": ", 1) for line in headers) | {"content-type": "application/json"}
    answer = system.http.request(method, path, content=body.strip().encode(), headers=given)
    return answer.status_code, answer.json()


def test_the_examples_do_what_the_page_says(desk: Desk) -> None:
    """Link, state, templates, notice, its delivery, a mistake."""
    desk.template()
    system = desk.client("result")
    known = {"key": system.key}
    examples = EXAMPLE.findall(PAGE.read_text(encoding="utf-8"))
    assert len(examples) == 6
    for request, status, shown in examples:
        code, answer = _with(system, request, known)
        assert code == int(status), answer
        wanted = _said(json.loads(shown))
        if isinstance(answer, dict):
            assert isinstance(wanted, dict)
            assert {name: OPEN if wanted.get(name) == OPEN else answer[name] for name in answer} == wanted
            known |= {name: str(answer[name]) for name in ("link", "id") if name in answer}
        else:
            assert answer == wanted
        if isinstance(answer, dict) and "code" in answer:
            with desk.town.sessions.begin() as session:
                said = links.code_in(str(answer["say"]))
                assert said
                assert links.join(session, said.code, 1, desk.town.now)
        if "POST /api/v1/notices" in request:
            desk.send()
