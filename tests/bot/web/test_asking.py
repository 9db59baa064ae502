"""Asking on the web page: the values of an answer, the topic it carries, the buttons it offers."""

import re

import pytest
from starlette.testclient import TestClient

from bot.web.pages import LONGEST_TYPED
from bot.wiring import Pocket
from knowledge.models import Feedback, Question
from tests.bot.web.page import Page, read


def ask(client: TestClient, question: str, **fields: str) -> Page:
    answer = client.post("/ask", data={"question": question, **fields})
    assert answer.status_code == 200
    return read(answer.text)


def act(client: TestClient, action: str, **fields: str) -> Page:
    answer = client.post("/act", data={"action": action, **fields})
    assert answer.status_code == 200
    return read(answer.text)


def test_the_start_page_offers_a_field_the_life_events_and_the_emergency_numbers(client: TestClient) -> None:
    """The start says what it is, and everything on it can be used without script."""
    page = read(client.get("/").text)
    assert "公式サービスではありません" in page.text
    assert len(page.all("input", id="question", type="text")) == 1
    assert page.buttons()[:4] == ["guide:juminhyo", "guide:gomi-bunbetsu", "event:moving-in", "event:birth"]
    assert [each.attributes["href"] for each in page.all("a") if "danger" in each.attributes.get("class", "")] == [
        "tel:119",
        "tel:110",
    ]
    assert page.all("a", href="/simulator/")


def test_a_card_shows_the_facts_their_source_and_what_to_press(client: TestClient) -> None:
    """A guide's answer holds its deadline, desk, source with date, phone, verdict and related guides."""
    page = ask(client, "転入届はいつまで？")
    assert "14日以内" in page.text
    assert re.search(r"出典：.+2026年\d+月\d+日 確認", page.text)
    assert page.all("a", href="tel:03-3981-1111")
    verdicts = [value for value in page.buttons() if value.startswith("feedback:")]
    assert [value.rpartition(":")[2] for value in verdicts] == ["solved", "wrong"]
    assert "guide:tenshutsu-todoke" in page.buttons()
    assert page.hidden("topic") == {"tennyu-todoke"}


def test_a_short_follow_up_uses_the_topic_of_the_page(client: TestClient) -> None:
    """「何が必要？」 on the page of a guide is answered from that guide alone."""
    page = ask(client, "何が必要？", topic="tennyu-todoke")
    assert "本人確認書類" in page.text
    assert page.hidden("topic") == {"tennyu-todoke"}


def test_a_greeting_keeps_the_topic_and_candidates_replace_it(client: TestClient) -> None:
    """The topic lives on the page as it does in LINE: thanks keep it, guides to choose from take its place."""
    assert ask(client, "ありがとう", topic="tennyu-todoke").hidden("topic") == {"tennyu-todoke"}
    (offered,) = act(client, "event:birth", topic="tennyu-todoke").hidden("topic")
    assert "shussei-todoke" in offered.split(",")
    asked_back = ask(client, "いつまで？", topic=offered)
    assert "fact:shussei-todoke:deadline" in asked_back.buttons()


def test_a_life_event_is_an_ordered_list_of_buttons(client: TestClient) -> None:
    """What to do after a birth is listed once, each step a button to its guide."""
    page = act(client, "event:birth")
    steps = [value for value in page.buttons() if value.startswith("guide:")]
    assert page.all("ol")
    assert "guide:shussei-todoke" in steps
    assert len(steps) == len(set(steps))


def test_a_cry_for_help_gives_numbers_to_call(client: TestClient) -> None:
    """The helplines stand as links with their numbers in sight, and a number that begins with # is dialled whole."""
    page = ask(client, "死にたい")
    assert page.all("a", href="tel:0120-279-338")
    assert "0120-279-338" in page.text
    assert ask(client, "救急車を呼ぶか迷っている").all("a", href="tel:%237119")


@pytest.mark.parametrize(("solved", "stored"), [("solved", Feedback.SOLVED), ("wrong", Feedback.WRONG)])
def test_a_verdict_is_kept_with_the_question(client: TestClient, pocket: Pocket, solved: str, stored: Feedback) -> None:
    """解決した and 違う are stored with the very question they stand under."""
    page = ask(client, "転入届はいつまで？")
    [button] = [value for value in page.buttons() if value.endswith(f":{solved}")]
    act(client, button)
    with pocket.sessions() as session:
        row = session.get(Question, button.split(":")[1])
    assert row
    assert (row.feedback, row.channel, row.guide_id) == (stored, "web", "tennyu-todoke")


def test_a_citation_is_a_quotation_with_its_place(client: TestClient) -> None:
    """A passage stands word for word in a quotation, its section, page and source beneath."""
    page = read(client.get("/citation").text)
    assert page.all("blockquote")
    assert "一行目<b>です。\n二行目です。" in page.text
    assert "第1章 > めざす姿 12ページ" in page.text
    assert page.buttons() == ["feedback:q1:solved", "feedback:q1:wrong"]


def test_personal_data_is_masked_and_said_so(client: TestClient) -> None:
    """A phone number is neither shown again nor stored; the page says that it was taken out."""
    page = ask(client, "電話は090-1234-5678です 児童手当はいくら")
    assert "090-1234-5678" not in page.text
    assert "送らないでください" in page.text
    assert page.all("p", role="status")


def test_a_foreign_language_is_marked(client: TestClient) -> None:
    """An English question and the English sentences are marked English, the ward's own facts stay Japanese."""
    answer = client.post("/ask", data={"question": "When do I have to register my move to Toshima?"})
    page = read(answer.text)
    assert page.all("html", lang="ja")
    assert page.all("q", lang="en")
    assert page.hidden("language") == {"en"}
    assert {"en", "ja"} <= {each.attributes["lang"] for each in page.elements if "lang" in each.attributes}


def test_buttons_answer_in_the_language_of_the_page(client: TestClient) -> None:
    """A button on a page in English is answered in English."""
    assert "Where" in act(client, "guide:tennyu-todoke", language="en").text
    assert "窓口" in act(client, "guide:tennyu-todoke", language="xx").text


@pytest.mark.parametrize("typed", ["", " ", "　\n\t"])
def test_nothing_typed_is_said_beside_the_field(client: TestClient, typed: str) -> None:
    """An empty question gives the field again, focused and described by what is wrong; the topic stays."""
    answer = client.post("/ask", data={"question": typed, "topic": "jido-teate", "language": "ko"})
    [field] = read(answer.text).all("input", id="question")
    assert answer.status_code == 422
    assert field.attributes["aria-invalid"] == "true"
    assert field.attributes["aria-describedby"] == "problem hint"
    assert "autofocus" in field.attributes
    assert "聞きたいことが書かれていません" in answer.text
    assert read(answer.text).hidden("topic") == {"jido-teate"}


def test_a_missing_field_counts_as_empty(client: TestClient) -> None:
    """A post without a question is an empty question."""
    assert client.post("/ask", data={}).status_code == 422


def test_a_very_long_question_is_refused_and_kept(client: TestClient) -> None:
    """More than 2,000 characters are not read; up to that the first 500 are, and the page says so."""
    assert "文章が長すぎます" in client.post("/ask", data={"question": "あ" * (LONGEST_TYPED + 1)}).text
    assert "はじめの500文字" in ask(client, "児童手当はいつまで？" + "あ" * 600).text
