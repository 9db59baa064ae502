"""The settings page over HTTP: the way in, every form, what is wrong, the way out, and that nothing leaks."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from bot.web.app import mount_web
from bot.web.settings.pages import asked_variant
from bot.wiring import Pocket
from handlers.settings.wording import wording
from knowledge import choices
from knowledge.certificate import Certificate, CertificateKind
from knowledge.changes import AddChild, Change, LiveIn, QuietHours, Read, WantTopic
from knowledge.models import AgeBand, Question, ResidentStatus, Topic
from knowledge.notice import Variant
from knowledge.residents import change_status
from tests.bot.web.page import read
from tests.bot.web.settings.phone import Phone
from tests.knowledge.choices.people import changes

SAVED = (303, "/settings?done=saved")
UNCHANGED = (303, "/settings?done=unchanged")


def test_the_link_becomes_a_cookie_that_says_nothing(phone: Phone) -> None:
    """Followed once: a redirect to an address without token or id; the cookie is hidden from scripts and short."""
    link = phone.link()
    answer = phone.client.get(link)
    cookie = answer.headers["set-cookie"]
    assert answer.headers["location"] == "/settings"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert all(part in cookie for part in ("HttpOnly", "SameSite=lax", "Max-Age=1800", "Path=/"))
    assert link.rpartition("/")[2] not in cookie
    assert phone.line_id not in str(answer.headers) + phone.client.get("/settings").text
    assert phone.client.get(link).headers["location"] == "/settings"
    phone.client.cookies.clear()
    again = phone.client.get(link)
    assert (again.status_code, "このリンクは使えません" in again.text) == (403, True)


def test_over_https_the_cookie_is_bound_to_the_host(sealed: Pocket, phone: Phone) -> None:
    """No other host of the domain can set it, and it never travels in the clear."""
    secure = replace(sealed, settings=sealed.settings.model_copy(update={"public_url": "https://ward.example"}))
    app = FastAPI()
    mount_web(app, secure)
    with TestClient(app, base_url="https://testserver", follow_redirects=False) as client:
        cookie = client.get(phone.link()).headers["set-cookie"]
        assert cookie.startswith("__Host-pocket-settings=")
        assert "Secure" in cookie
        assert client.get("/settings").status_code == 200


@pytest.mark.parametrize("address", ["/settings", "/settings/erase", "/settings/mine.json", "/settings/open/nonsense"])
def test_nobody_sees_anything_without_a_visit(phone: Phone, address: str) -> None:
    """Without a cookie, with a made-up one, or with one of odd characters: how to get a link, in one's language."""
    for cookie in ("", "x" * 43, "x" * 5_000, "\\xff"):
        headers = {"cookie": f"pocket-settings={cookie}", "accept-language": "vi-VN,vi;q=0.9"}
        answer = phone.client.get(address, headers=headers)
        assert (answer.status_code, "Liên kết này không dùng được" in answer.text) == (403, True)


def test_every_section_saves(phone: Phone) -> None:
    """Each form on its own, and what it says stands in the same rows that the chat writes."""
    phone.enter()
    assert phone.post("topics", topics=["garbage", "children"])[:2] == SAVED
    assert phone.post("area", area="zoshigaya")[:2] == SAVED
    assert phone.post("children", year="2024", month="5")[:2] == SAVED
    assert phone.post("age", age="from_18")[:2] == SAVED
    assert phone.post("language", language="easy")[:2] == SAVED
    assert phone.post("quiet", first="21", last="7")[:2] == SAVED
    assert phone.post("disability", certificate="mental-2", agree="yes")[:2] == SAVED
    assert phone.choices == choices.Choices(
        wanted=frozenset({Topic.GARBAGE, Topic.CHILDREN}), area="雑司が谷", age_band=AgeBand.FROM_18,
        children=(date(2024, 5, 1),), variant=Variant.EASY, quiet=QuietHours(21 * 60, 7 * 60),
        certificate=Certificate(CertificateKind.MENTAL, 2), certificate_kept=True,
    )  # fmt: skip
    page = phone.page()
    ids = [each.attributes["id"] for each in page.elements if "id" in each.attributes]
    assert len(ids) == len(set(ids))
    chosen = {each.attributes["value"] for each in page.elements if "selected" in each.attributes}
    assert {"zoshigaya", "21", "7"} <= chosen
    ticked = {each.attributes["value"] for each in page.all("input") if "checked" in each.attributes}
    assert ticked == {"garbage", "children", "from_18", "easy"}
    assert wording(Variant.EASY).title in page.text


def test_saving_the_same_again_changes_nothing(phone: Phone) -> None:
    """And says so, without a way back."""
    phone.enter()
    phone.post("area", area="sugamo")
    assert phone.post("area", area="sugamo")[:2] == UNCHANGED
    page = phone.page("/settings?done=unchanged")
    assert "変わったところはありません" in page.text
    assert "undo" not in page.buttons()


def test_unticking_a_topic_refuses_it_and_others_stay_untouched(phone: Phone) -> None:
    """What was ticked and is no more is refused; what never was is neither."""
    phone.enter()
    phone.post("topics", topics=["garbage", "events"])
    phone.post("topics", topics=["garbage"])
    assert phone.choices.wanted == {Topic.GARBAGE}
    assert phone.choices.refused == {Topic.EVENTS}


def test_undo_is_beside_what_was_saved(phone: Phone) -> None:
    """One press takes the last change back; once taken back, a press takes that back."""
    phone.enter()
    phone.post("area", area="sugamo")
    phone.post("area", area="mejiro")
    assert "undo" in phone.page("/settings?done=saved").buttons()
    assert phone.post("change", change="undo")[:2] == SAVED
    assert phone.choices.area == "巣鴨"
    phone.post("change", change="undo")
    assert phone.choices.area == "目白"


def test_everything_can_be_deleted_with_one_press(phone: Phone) -> None:
    """Every item has its button; pressing each leaves nothing."""
    phone.enter()
    test_every_section_saves(phone)
    pressed = [each for each in phone.page().buttons() if each.endswith((":none", ":remove"))]
    assert len(pressed) == 6
    for value in pressed:
        assert phone.post("change", change=value)[:2] == SAVED
    assert phone.choices == choices.Choices(wanted=frozenset({Topic.GARBAGE, Topic.CHILDREN}))
    stop = next(each for each in phone.page().buttons() if each.startswith("topics:none:"))
    phone.post("change", change=stop)
    assert phone.choices.refused == frozenset(Topic)


@pytest.mark.parametrize(
    ("section", "fields", "said"),
    [
        ("topics", {"topics": "税金"}, "選んでください"),
        ("area", {"area": "巣鴨2丁目"}, "選んでください"),
        ("area", {"area": "shinjuku"}, "一覧から選び直して"),
        ("age", {"age": "34"}, "選んでください"),
        ("language", {"language": "fr"}, "選んでください"),
        ("children", {"year": "2024", "month": ""}, "年と月の両方"),
        ("children", {"year": "2024", "month": "13"}, "年と月の両方"),
        ("children", {"year": "1999", "month": "5"}, "20年前から"),
        ("children", {"year": "2099", "month": "5"}, "20年前から"),
        ("quiet", {"first": "9", "last": "9"}, "違う時刻"),
        ("quiet", {"first": "9", "last": ""}, "違う時刻"),
        ("quiet", {"first": "9", "last": "25"}, "違う時刻"),
        ("disability", {"certificate": "physical-7", "agree": "yes"}, "種類と等級"),
        ("disability", {"certificate": "physical-1"}, "同意が必要"),
    ],
)
def test_what_is_wrong_is_said_at_its_place(phone: Phone, section: str, fields: dict[str, str], said: str) -> None:
    """Nothing is changed; the page comes back with the sentence at the section, tied to the fields."""
    phone.enter()
    phone.make(LiveIn("sugamo"))
    before = phone.choices
    status, _, text = phone.post(section, **fields)
    page = read(text)
    assert status == 422
    assert said in page.text
    assert page.all("a", href=f"#{section}")
    assert page.all("p", id="problem")
    assert phone.choices == before
    assert [typed for typed in ("2丁目", "税金", "shinjuku") if typed in text] == []


def test_what_was_filled_in_is_still_there_after_a_mistake(phone: Phone) -> None:
    """Year and hour need not be chosen twice."""
    phone.enter()
    for section, fields, kept in (
        ("children", {"year": "2024"}, "2024"), ("quiet", {"first": "22", "last": "22"}, "22"),
        ("disability", {"certificate": "mental-3"}, "mental-3"),
    ):  # fmt: skip
        page = read(phone.post(section, **fields)[2])
        assert kept in {each.attributes.get("value") for each in page.all("option") if "selected" in each.attributes}


@pytest.mark.parametrize("section", ["nowhere", "home", "mine", "../erase", "children/x"])
def test_there_are_no_other_sections(phone: Phone, section: str) -> None:
    """A section without a form is not found."""
    phone.enter()
    assert phone.post(section)[0] in (404, 405)


def test_a_form_of_another_site_changes_nothing(phone: Phone) -> None:
    """Without this browser's word, with another's, or from another origin: refused."""
    phone.enter()
    mine = phone.csrf()
    for fields, headers in (
        ({}, {}), ({"csrf": "x"}, {}), ({"csrf": mine[:-1] + "あ"}, {}), ({"csrf": mine}, {"origin": "https://evil.example"}),
        ({"csrf": mine}, {"sec-fetch-site": "cross-site"}),
    ):  # fmt: skip
        for section in ("area", "change", "erase", "leave"):
            data = {"area": "sugamo", "change": "area:sugamo", **fields}
            assert phone.client.post(f"/settings/{section}", data=data, headers=headers).status_code == 403
    assert phone.choices == choices.Choices()
    assert phone.client.get("/settings").status_code == 200


@pytest.mark.parametrize("word", ["everything", "disability:physical-1", "name:山田", "", ":", "undo"])
def test_a_press_of_no_button_does_nothing(phone: Phone, word: str) -> None:
    """Deleting everything goes by its own page; what is no change is none."""
    phone.enter()
    phone.make(LiveIn("sugamo"))
    assert phone.post("change", change=word)[0] == 303
    assert phone.choices.area == "巣鴨"


def test_deleting_everything_is_asked_about_and_done(phone: Phone) -> None:
    """After the farewell nothing is left but what was refused, and the browser is outside."""
    phone.enter()
    phone.make(LiveIn("sugamo"), WantTopic(Topic.GARBAGE, wanted=True), AddChild(date(2024, 5, 1)), Read(Variant.KO))
    assert wording(Variant.KO).page.erase_title in phone.page("/settings/erase").text
    status, _, text = phone.post("erase")
    assert (status, wording(Variant.KO).page.erased_title in text) == (200, True)
    assert phone.choices == choices.Choices(refused=frozenset({Topic.GARBAGE}))
    assert phone.client.get("/settings").status_code == 403


def test_leaving_ends_the_visit(phone: Phone) -> None:
    """Also for whoever kept the cookie."""
    phone.enter()
    cookie = dict(phone.client.cookies)
    assert "設定を終えました" in phone.post("leave")[2]
    phone.client.cookies.update(cookie)
    assert phone.client.get("/settings").status_code == 403


def test_a_block_ends_the_visit(phone: Phone) -> None:
    """What she still has open in a browser shows and changes nothing any more."""
    phone.enter()
    token = phone.csrf()
    with phone.pocket.sessions.begin() as session:
        change_status(session, phone.line_id, ResidentStatus.BLOCKED, 1, datetime.now(UTC))
    answer = phone.client.post("/settings/area", data={"csrf": token, "area": "sugamo"})
    assert answer.status_code == 403
    assert phone.choices == choices.Choices()


def test_what_is_kept_can_be_taken_along(phone: Phone) -> None:
    """A file with all of it, the certificate in words; nobody else's."""
    phone.enter()
    phone.post("disability", certificate="physical-1", agree="yes")
    phone.make(LiveIn("sugamo"))
    answer = phone.client.get("/settings/mine.json")
    assert "attachment" in answer.headers["content-disposition"]
    assert answer.json()["certificate"] == "physical-1"
    assert answer.json()["resident_choices"][0]["area"] == "巣鴨"
    assert answer.headers["cache-control"] == "no-store"


def test_without_a_key_nobody_is_asked_for_a_certificate(pocket: Pocket, phone: Phone) -> None:
    """No section, and a form that is sent all the same is refused; one kept from before can be deleted."""
    phone.enter()
    app = FastAPI()
    mount_web(app, pocket)
    with TestClient(app, follow_redirects=False) as client:
        bare = replace(phone, client=client).enter()
        assert "障害者手帳" not in bare.page().text
        assert bare.post("disability", certificate="physical-1", agree="yes")[0] == 422
        phone.enter().post("disability", certificate="physical-1", agree="yes")
        page = bare.page()
        assert "いまは開けません" in page.text
        assert not page.all("select", id="certificate")
        assert bare.post("change", change="disability:none")[:2] == SAVED
    assert not phone.choices.certificate_kept


@pytest.mark.parametrize(
    ("accepted", "variant"),
    [("", Variant.JA), ("vi-VN,vi;q=0.9,en;q=0.8", Variant.VI), ("fr,en;q=0.5", Variant.EN), ("zh-TW", Variant.ZH),
     ("en;q=0.2,ko;q=0.7", Variant.KO), ("easy", Variant.JA), ("*;q=1", Variant.JA), ("x" * 9_000, Variant.JA)],
)  # fmt: skip
def test_the_page_speaks_what_the_browser_asks_for(accepted: str, variant: Variant) -> None:
    """Until somebody chooses."""
    assert asked_variant(accepted) == variant


def test_each_section_says_why_in_every_language(phone: Phone) -> None:
    """And the document says in which language it is."""
    phone.enter()
    for variant, code in ((Variant.VI, "vi"), (Variant.ZH, "zh"), (Variant.EASY, "ja"), (Variant.EN, "en")):
        phone.make(Read(variant))
        page = phone.page()
        assert page.all("html", lang=code)
        assert [why for why in wording(variant).why.values() if why not in page.text] == []


def test_nothing_typed_or_chosen_is_in_a_log(phone: Phone, capfd: pytest.CaptureFixture[str]) -> None:
    """Neither a value, nor a token, nor whose it is."""
    link = phone.link()
    phone.client.get(link)
    phone.post("area", area="カナリア")
    phone.post("disability", certificate="physical-1", agree="yes")
    logged = "".join(capfd.readouterr())
    assert [part for part in ("カナリア", "physical", link.rpartition("/")[2], phone.line_id) if part in logged] == []
    with phone.pocket.sessions() as session:
        assert "カナリア" not in [row.text for row in session.query(Question)]


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=st.lists(changes, max_size=6))
def test_the_page_shows_whatever_was_chosen_in_the_chat(phone: Phone, made: list[Change]) -> None:
    """Any settings at all make a page, and its forms sent back as they are change nothing."""
    phone.enter()
    phone.make(*[each for each in made if not isinstance(each, type(None))])
    if phone.client.get("/settings").status_code == 403:
        phone.enter()
    before, page = phone.choices, phone.page()
    ticked = [each for each in page.all("input", name="topics") if "checked" in each.attributes]
    phone.post("topics", topics=[each.attributes["value"] for each in ticked])
    spoken = [each.attributes["value"] for each in page.all("input", name="language") if "checked" in each.attributes]
    phone.post("language", language=spoken[0])
    assert phone.choices == before
