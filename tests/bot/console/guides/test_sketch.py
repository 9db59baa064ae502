"""The preview keeps up with a half-filled form."""

from datetime import date

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.console.guides.form import GuideForm
from bot.console.guides.sketch import sketch
from tests.bot.console.guides.test_form import FORM, GUIDE

TODAY, SITE = date(2026, 11, 21), "https://www.city.toshima.lg.jp/"


def _sketched(fields: dict[str, str]) -> object:
    return sketch(GuideForm.posted(fields.items()), TODAY, SITE)


def test_a_whole_form_is_the_guide_itself() -> None:
    """Nothing is put in its place."""
    assert sketch(FORM, TODAY, SITE) == GUIDE


def test_an_empty_form_is_a_guide_of_dots() -> None:
    """There is something to see from the first letter on."""
    guide = sketch(GuideForm(), TODAY, SITE)
    assert guide
    assert (guide.title, guide.answer, guide.review_by, str(guide.source.url)) == ("…", "…", TODAY, SITE)


def test_what_is_wrong_is_left_out_and_the_rest_stays() -> None:
    """A row with a mistake is not shown, a missing title is dots."""
    guide = sketch(GuideForm.posted({**FORM.fields(), "hours.0.opens": "朝", "title": ""}.items()), TODAY, SITE)
    assert guide
    assert guide.title == "…"
    assert guide.hours == GUIDE.hours[1:]
    assert guide.items == GUIDE.items


@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(sorted(FORM.fields())), st.text(max_size=12), max_size=12))
def test_any_typing_can_be_previewed(typed: dict[str, str]) -> None:
    """Whatever stands in the fields, there is a guide to lay out."""
    assert _sketched({**FORM.fields(), **typed}) is not None
