"""Guides a form names as related: a title, a number or words lead to them, without a list of all and without script."""

import re

import pytest
from playwright.sync_api import expect

from bot.wiring import Pocket
from knowledge import drafts, versions
from knowledge.models import Role
from knowledge.versions import Edition
from tests.bot.console.conftest import Clock, OpenPage, Staff
from tests.bot.console.guides.work import draft_in, draft_of, form_of, live, press

MOVING_OUT = "tenshutsu-todoke"
ROW = "related.0.guide"


def _alone(pocket: Pocket, text: str) -> dict[str, str]:
    """The form of a guide in which one related guide is named."""
    fields = {key: value for key, value in form_of(pocket).items() if not key.startswith("related.")}
    return {**fields, ROW: text}


def test_the_form_says_what_a_number_means(staff: Staff, pocket: Pocket) -> None:
    """Each related guide stands there with its title, and no other guide is on the page."""
    whole, _ = live(pocket)
    page = staff(Role.EDITOR).get("/guides/tennyu-todoke/edit").text
    for guide in whole.related:
        assert live(pocket, guide)[0].title in page
    assert '<datalist id="guides">' not in page


def test_a_title_is_as_good_as_a_number(staff: Staff, pocket: Pocket) -> None:
    """Saved, the draft refers to the guide of that title."""
    title = live(pocket, MOVING_OUT)[0].title
    draft = draft_in(press(staff(Role.EDITOR), _alone(pocket, f" {title} "), "save"))
    assert drafts.content(draft_of(pocket, draft)).related == (MOVING_OUT,)


def test_words_bring_candidates_to_choose_from(staff: Staff, pocket: Pocket) -> None:
    """Part of a title, or residents' words; a button names the guide, and what was typed elsewhere stays."""
    clerk = staff(Role.EDITOR)
    for words in ("転出", "よその区へ引っ越す"):
        page = press(clerk, _alone(pocket, words), "find", answer="書きかけの答え").text
        assert f'value="relate:0:{MOVING_OUT}"' in page
        assert f'value="{words}"' in page
        assert "書きかけの答え" in page
        assert 'value="relate:0:tennyu-todoke"' not in page
    chosen = press(clerk, _alone(pocket, "転出"), f"relate:0:{MOVING_OUT}").text
    assert f'name="{ROW}" type="text" value="{MOVING_OUT}"' in chosen


def test_an_empty_row_asks_for_what_is_near(staff: Staff, pocket: Pocket) -> None:
    """Pressed without a word, the button finds what is near to the guide's own title."""
    assert re.search(r'value="relate:0:[a-z-]+"', press(staff(Role.EDITOR), _alone(pocket, ""), "find").text)


def test_what_is_no_guide_is_refused_with_candidates(staff: Staff, pocket: Pocket) -> None:
    """Saving with words in the row loses nothing: the form comes back with the place marked and guides to choose."""
    answer = press(staff(Role.EDITOR), _alone(pocket, "転出"), "save")
    assert answer.status_code == 422
    assert f'id="{ROW}-problem"' in answer.text
    assert f'value="relate:0:{MOVING_OUT}"' in answer.text


def test_two_guides_of_one_title_are_told_apart(staff: Staff, pocket: Pocket, clock: Clock) -> None:
    """Nobody guesses which of them was meant: both are offered."""
    twin = live(pocket, MOVING_OUT)[0].model_copy(update={"id": "twin", "owner": "税務課"})
    with pocket.sessions.begin() as session:
        versions.publish(session, twin, Edition(), 0, clock())
    answer = press(staff(Role.EDITOR), _alone(pocket, twin.title), "save")
    assert answer.status_code == 422
    assert f'value="relate:0:{MOVING_OUT}"' in answer.text
    assert 'value="relate:0:twin"' in answer.text


def test_nothing_near_is_said_so(staff: Staff, pocket: Pocket) -> None:
    """The script's own question: words, a number, nothing at all, and what must not run."""
    clerk = staff(Role.EDITOR)
    assert MOVING_OUT in clerk.post("/guides/related", {"text": "転出"}).text
    assert live(pocket, MOVING_OUT)[0].title in clerk.post("/guides/related", {"text": MOVING_OUT}).text
    assert "見つかりません" in clerk.post("/guides/related", {"text": " "}).text
    assert "<b>" not in clerk.post("/guides/related", {"text": "<b>100%_"}).text


@pytest.mark.browser
@pytest.mark.parametrize("script", [True, False], ids=["with script", "without"])
def test_a_related_guide_is_chosen_in_the_browser(open_page: OpenPage, *, script: bool) -> None:
    """A row is added, words are typed, a candidate is pressed; the page stays where it was."""
    page = open_page(Role.EDITOR, path="/guides/inkan-toroku/edit", java_script_enabled=script)
    page.locator("summary", has_text="関連する手続き").click()
    page.locator("[data-add=related]").click()
    row = page.locator("[data-rows=related] > li").last
    row.locator("input").fill("住民票の写し")
    if not script:
        row.get_by_role("button", name="候補を見る").click()
    row.get_by_role("button", name="選ぶ").first.click()
    expect(row.locator("input")).to_have_value(re.compile("^[a-z0-9-]+$"))
    expect(row.locator(".named")).to_be_visible()


def test_who_reviews_reads_titles_not_numbers(staff: Staff, pocket: Pocket) -> None:
    """What a draft adds or takes away of related guides and desks is told by their names."""
    draft = draft_in(press(staff(Role.EDITOR), _alone(pocket, "juminhyo"), "submit", reason="試験"))
    page = staff(Role.REVIEWER).get(f"/guides/drafts/{draft}").text
    told = page[page.index("変わること") : page.index("気をつけること")]
    assert live(pocket, "juminhyo")[0].title in re.sub("<[^>]+>", "", told)
    assert "juminhyo" not in told
