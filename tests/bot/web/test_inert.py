"""Whatever is put in a field stays text."""

import pytest
from starlette.testclient import TestClient

from bot.web.pages import LONGEST_TYPED
from tests.bot.web.page import Page, read
from tests.bot.web.payloads import HOSTILE

OURS = {
    *("html", "head", "meta", "title", "link", "body", "a", "header", "img", "span", "b", "aside", "p", "main", "h1"),
    *(
        "form",
        "input",
        "label",
        "div",
        "button",
        "section",
        "h2",
        "ul",
        "li",
        "footer",
        "strong",
        "wbr",
        "q",
        "article",
    ),
    *("dl", "dt", "dd", "h3", "small", "nav", "ol", "figure", "blockquote", "figcaption"),
}
ADDRESSES = ("/", "#main", "https://", "http://www.city.toshima.lg.jp/", "tel:")


def _assert_inert(page: Page) -> None:
    assert {element.name for element in page.elements} <= OURS
    for element in page.elements:
        assert not [name for name in element.attributes if name.startswith("on") or name in ("style", "formaction")]
        for name in ("href", "src", "action"):
            assert element.attributes.get(name, "/").startswith(ADDRESSES)
            assert "evil.example" not in element.attributes.get(name, "")
    assert {form.attributes["action"] for form in page.all("form")} <= {"/ask", "/act"}
    assert len(page.all("input", id="question")) <= 1


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_hostile_question_stays_text(client: TestClient, hostile: str) -> None:
    """A question that tries to be markup is answered with our elements only, and shown as it was typed."""
    answer = client.post("/ask", data={"question": hostile})
    page = read(answer.text)
    assert answer.status_code == 200
    _assert_inert(page)
    assert "alert(1)" not in answer.headers.get("location", "") + str(answer.headers)
    assert set(answer.headers) & {"set-cookie", "location"} == set()


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_hostile_text_stays_text_in_a_refused_field(client: TestClient, hostile: str) -> None:
    """What is put back in the field after a mistake is the field's value and nothing else."""
    typed = hostile + "あ" * LONGEST_TYPED
    answer = client.post("/ask", data={"question": typed, "topic": hostile, "language": hostile})
    page = read(answer.text)
    assert answer.status_code == 422
    _assert_inert(page)
    kept = page.all("input", id="question")[0].attributes["value"]
    assert kept.replace("\r", "") == typed[:LONGEST_TYPED].replace("\x00", kept[7:8]).replace("\r", "")
    assert (page.hidden("topic"), page.hidden("language")) == ({""}, {"ja"})


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_hostile_button_is_refused(client: TestClient, hostile: str) -> None:
    """A button we did not make gives a friendly page, whatever its payload, and repeats none of it."""
    for action in (hostile, f"guide:{hostile}", f"fact:jido-teate:{hostile}", f"feedback:{hostile}:solved"):
        answer = client.post("/act", data={"action": action, "topic": hostile, "language": hostile})
        assert answer.status_code == 400
        assert hostile not in answer.text
        _assert_inert(read(answer.text))


@pytest.mark.parametrize(
    "topic", [*HOSTILE, "A", "a--b", "-a", "a-", "a" * 41, "児童手当", "jido-teate\n", "jido_teate"]
)
def test_a_topic_that_is_no_guide_id_is_dropped(client: TestClient, topic: str) -> None:
    """A tampered topic counts as none: the short follow-up asks what is meant."""
    page = read(client.post("/ask", data={"question": "いくら？", "topic": topic}).text)
    assert "どの手続きのことでしょうか" in page.text
    assert page.hidden("topic") == {""}
    _assert_inert(page)


def test_a_topic_of_no_guide_gives_the_desk(client: TestClient) -> None:
    """A topic that looks like an id but names no guide answers no fact, only where to call."""
    page = read(client.post("/ask", data={"question": "いくら？", "topic": "no-such-guide"}).text)
    assert "03-3981-1111" in page.text
    assert not page.all("dl")
