"""A guide survives the form, and so does whatever was typed into it."""

import string
from datetime import date
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.console.guides.form import GuideForm
from bot.console.guides.problems import FormRefusedError, Problem
from knowledge.guide import Guide
from knowledge.pack import load_pack
from tests.bot.console.guides.random_guides import GUIDES

PACK = Path(__file__).parents[4] / "knowledge" / "packs" / "toshima"
GUIDE = next(guide for guide in load_pack(PACK).guides if guide.id == "tennyu-todoke")
FORM = GuideForm.of(GUIDE)


def _posted_again(form: GuideForm) -> GuideForm:
    return GuideForm.posted(form.fields().items())


def _edited(**fields: str) -> GuideForm:
    return GuideForm.posted(
        {**FORM.fields(), **{key.replace("__", "."): value for key, value in fields.items()}}.items()
    )


def _problems(form: GuideForm) -> dict[str, Problem]:
    with pytest.raises(FormRefusedError) as refused:
        form.guide()
    return refused.value.problems


def _told(form: GuideForm) -> dict[str, Problem] | None:
    """The problems, or None where the form is a guide."""
    try:
        form.guide()
    except FormRefusedError as refused:
        return refused.problems
    return None


@pytest.mark.parametrize("guide", load_pack(PACK).guides, ids=lambda guide: guide.id)
def test_every_guide_of_the_pack_survives_the_form(guide: Guide) -> None:
    """Opening a guide and saving it at once changes nothing."""
    assert _posted_again(GuideForm.of(guide)).guide() == guide


@settings(max_examples=30)
@given(GUIDES)
def test_any_guide_survives_the_form(guide: Guide) -> None:
    """So does any other guide, with every kind of fact."""
    assert _posted_again(GuideForm.of(guide)).guide() == guide


@pytest.mark.prove
@settings(max_examples=3_000)
@given(GUIDES)
def test_thousands_of_guides_survive_the_form(guide: Guide) -> None:
    """The same at full size."""
    assert _posted_again(GuideForm.of(guide)).guide() == guide


@given(
    st.dictionaries(
        st.sampled_from(sorted(FORM.fields())),
        st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=30),
        max_size=8,
    )
)
@example({"agent.allowed": "\r", "agent.text": "代理人でもできます"})
def test_whatever_is_typed_is_a_guide_or_stays_in_its_field(typed: dict[str, str]) -> None:
    """Any text in any field: a guide comes out, or problems at fields the form has, and every text is still there."""
    form = GuideForm.posted({**FORM.fields(), **typed}.items())
    places = {*form.fields(), "agent.allowed", "agent.text", "agent.valid_from", "names.easy"}
    assert set(_told(form) or {"title": Problem.MISSING}) <= places
    assert {key: form.fields()[key] for key in typed} == typed


@given(st.dictionaries(st.text(string.printable, max_size=20), st.text(max_size=10)))
def test_fields_the_form_does_not_have_are_dropped(fields: dict[str, str]) -> None:
    """A made-up field is nothing."""
    form = GuideForm.posted(fields.items())
    assert set(form.fields()) <= set(GuideForm.posted(FORM.fields().items()).fields()) | set(fields)
    assert _problems(form)


def test_an_amount_may_be_written_as_people_write_it() -> None:
    """Full-width digits, commas, 円 and 無料 are understood."""
    form = FORM
    for text in ("３００円", "1,200", "無料", "¥450"):
        form = form.with_row("fees", {"case": text, "yen": text, "kind": "fee"})
    assert [fee.yen for fee in form.guide().fees] == [300, 1200, 0, 450]


@pytest.mark.parametrize(
    "typed", ["2027-03-31", "2027/3/31", "2027年3月31日", "令和9年3月31日", "R9.3.31", "２０２７．３．３１"]
)
def test_a_date_may_be_written_as_people_write_it(typed: str) -> None:
    """The calendar of the West, of the era, with any separator."""
    assert _edited(review_by=typed).guide().review_by == date(2027, 3, 31)


@pytest.mark.parametrize("typed", ["1774915200", "来年", "2027-02-30", "13月1日"])
def test_what_is_no_date_is_refused_at_its_field(typed: str) -> None:
    """A bare number is no date either."""
    assert _problems(_edited(review_by=typed)) == {"review_by": Problem.DATE}


@pytest.mark.parametrize(
    ("field", "typed", "problem"),
    [
        ("title", " ", Problem.MISSING),
        ("aliases", "一つだけ", Problem.FEW),
        ("confidence", "very", Problem.CHOICE),
        ("source.url", "www.city.toshima.lg.jp", Problem.URL),
        ("source.url", "javascript:alert(1)", Problem.URL),
        ("source.scope", "", Problem.MISSING),
        ("source.scope", "moon", Problem.SCOPE),
        ("source.scope", "tokyo-ward", Problem.SCOPE),
        ("hours.1.opens", "朝", Problem.TIME),
        ("hours.0.opens", "25:00", Problem.TIME),
        ("hours.0.closes", "24:01", Problem.TIME),
        ("hours.0.closes", "8:00", Problem.CLOSES_FIRST),
        ("hours.0.closes", "8:30", Problem.CLOSES_FIRST),
        ("hours.0.closes", "", Problem.MISSING),
        ("deadlines.0.number", "すぐ", Problem.COUNT),
        ("deadlines.0.number", "0", Problem.COUNT),
        ("deadlines.0.number", "14日", Problem.COUNT),
        ("deadlines.0.event", "", Problem.MISSING),
        ("deadlines.0.rule", "someday", Problem.RULE),
        ("forms.0.url", "myna", Problem.URL),
        ("desks.1.desk", "３階", Problem.UNKNOWN),
        ("agent.allowed", "", Problem.CHOICE),
        ("agent.text", "", Problem.MISSING),
        ("answer", "あ" * 4_001, Problem.LONG),
    ],
)
def test_a_mistake_is_told_at_its_field(field: str, typed: str, problem: Problem) -> None:
    """One mistake is one problem, at the field that was wrong."""
    assert _problems(_edited(**{field.replace(".", "__"): typed})) == {field: problem}


def test_a_day_has_twenty_four_hours() -> None:
    """Open all day is from 0:00 to 24:00."""
    hours = _edited(hours__0__opens="0時", hours__0__closes="24時").guide().hours[0]
    assert (hours.opens, hours.closes) == ("0:00", "24:00")


def test_a_fact_can_not_end_before_it_begins() -> None:
    """Valid-from after valid-to is told at its beginning, in a row or where there is only one."""
    days = {"valid_from": "2027-04-01", "valid_to": "2027-03-31"}
    assert _problems(_edited(**{f"notes__2__{name}": day for name, day in days.items()})) == {
        "notes.2.valid_from": Problem.ORDER
    }
    assert _problems(_edited(**{f"agent__{name}": day for name, day in days.items()})) == {
        "agent.valid_from": Problem.ORDER
    }


def test_what_changes_later_says_what_changes() -> None:
    """A day alone changes nothing; boxes ticked under one name are several desks, and none is a choice too."""
    assert _problems(FORM.with_row("later", {"valid_from": "2027-04-01"})) == {"later.0.answer": Problem.MISSING}
    fields = [*FORM.fields().items(), ("later.0.valid_from", "2027/4/1")]
    desks = [("later.0.desks", "sogo-madoguchi"), ("later.0.desks", "kokuho")]
    assert GuideForm.posted([*fields, *desks]).guide().later[0].desks == ("sogo-madoguchi", "kokuho")
    assert GuideForm.posted([*fields, ("later.0.desks", "-")]).guide().later[0].desks == ()


def test_a_mistake_below_an_empty_row_is_told_at_its_own_row() -> None:
    """Empty rows are left out, and the others keep the numbers that the clerk sees."""
    form = FORM.with_row("fees").with_row("fees", {"case": "写し", "yen": "たかい", "kind": "fee"})
    assert _problems(form) == {"fees.1.yen": Problem.NUMBER}


def test_empty_rows_are_left_out() -> None:
    """A row that was added and not used, with its choices as they came, says nothing."""
    assert FORM.with_row("fees", {"case": " ", "yen": "", "kind": "benefit"}).with_row("notes").guide() == GUIDE


def test_rows_are_added_removed_and_raised() -> None:
    """The others keep their texts and order."""
    names = [item.name for item in GUIDE.items]
    assert [row["name"] for row in FORM.without_row("items", 1).rows("items")] == [names[0], *names[2:]]
    assert [item.name for item in FORM.with_row_raised("items", 2).guide().items] == [
        names[0],
        names[2],
        names[1],
        *names[3:],
    ]
    assert FORM.with_row_raised("items", 0) == FORM == FORM.with_row_raised("items", 99)
    assert FORM.with_row("items").rows("items")[-1].blank


def test_too_many_rows_are_refused_with_all_of_them_kept() -> None:
    """A list that nobody wrote by hand is not read."""
    form = GuideForm.posted((f"items.{n}.name", "x") for n in range(101))
    assert _problems(form) == {"items": Problem.MANY}
    assert len(form.rows("items")) == 101


def test_a_guide_without_an_easy_name_is_called_by_its_title() -> None:
    """The clerk need not think of one."""
    assert _edited(names__easy="").guide().names.easy == GUIDE.title
