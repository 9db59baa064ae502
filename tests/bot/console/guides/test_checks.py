"""What a second pair of eyes is pointed to, and how a change is read."""

from datetime import date, timedelta

from pydantic import HttpUrl

from bot.console.guides.checks import Finding, checks
from bot.console.guides.readable import told
from knowledge.differences import changes
from knowledge.guide import Confidence, Deadline, DeadlineRule, Desk, Form, Later, Note
from tests.bot.console.guides.test_form import GUIDE

TODAY = date(2026, 11, 21)
DESK = Desk(id="a", name="窓口", phone="03-3981-1111")


def _findings(desks: tuple[Desk, ...] = (DESK,), **fields: object) -> set[Finding]:
    return {each.finding for each in checks(GUIDE.model_copy(update=fields), desks, TODAY)}


def test_a_good_guide_has_nothing_to_look_at() -> None:
    """Nobody is bothered without a cause."""
    assert _findings() == set()


def test_an_answer_is_short() -> None:
    """Two sentences at most, also one that comes later; the length is told."""
    assert _findings(answer="あ" * 120) == set()
    assert _findings(answer="あ" * 121) == {Finding.LONG_ANSWER}
    assert _findings(later=(Later(valid_from=TODAY, answer="あ" * 2_000),)) == {Finding.LONG_ANSWER}
    assert checks(GUIDE.model_copy(update={"answer": "あ" * 121}), [DESK], TODAY)[0].about == "121文字"


def test_dates_that_are_past() -> None:
    """A deadline, a fact that ended, a review that is due or soon."""
    gone = Deadline(text="11月20日まで", rule=DeadlineRule(by=TODAY - timedelta(1)))
    assert _findings(deadlines=(gone,)) == {Finding.PAST_DEADLINE}
    assert _findings(notes=(Note(text="古い", valid_to=TODAY - timedelta(1)),)) == {Finding.NEVER_SHOWN}
    assert _findings(review_by=TODAY - timedelta(1)) == {Finding.REVIEW_PAST}
    assert _findings(review_by=TODAY + timedelta(30)) == {Finding.REVIEW_SOON}
    assert _findings(review_by=TODAY + timedelta(31)) == set()


def test_desks_links_and_sources() -> None:
    """Nobody to call, an address that can be listened to, a source nobody has looked at lately."""
    assert _findings(desks=()) == {Finding.NO_DESK}
    assert _findings(desks=(Desk(id="a", name="窓口"),)) == {Finding.NO_PHONE}
    assert _findings(forms=(Form(name="申請", url=HttpUrl("http://a.jp/")),)) == {Finding.FORM_OPEN}
    source = GUIDE.source
    plain = source.model_copy(update={"url": HttpUrl("http://a.jp/")})
    assert _findings(source=plain) == {Finding.SOURCE_OPEN}
    assert _findings(source=source.model_copy(update={"checked": date(2025, 1, 1)})) == {Finding.CHECKED_LONG_AGO}
    assert _findings(source=source.model_copy(update={"checked": date(2027, 1, 1)})) == {Finding.CHECKED_AHEAD}
    assert _findings(confidence=Confidence.LOW) == {Finding.UNSURE}


def test_a_changed_letter_is_marked() -> None:
    """Of a text that was changed a little, only what differs is marked; what came or went is marked whole."""
    fresh = GUIDE.model_copy(update={"answer": GUIDE.answer.replace("14日", "15日"), "items": GUIDE.items[1:]})
    answer, item = told(changes(GUIDE, fresh))
    assert (answer.field, item.field) == ("answer", "items")
    assert [text for text, differs in answer.old if differs] == ["4"]
    assert [text for text, differs in answer.new if differs] == ["5"]
    assert "".join(text for text, _ in answer.new) == fresh.answer
    assert item.old == ((GUIDE.items[0].name, True),)
    assert item.new == ()
