"""The sentences: every language has all of them, with the same gaps to fill."""

from string import Formatter

import pytest

from handlers.phrases import phrases
from knowledge.records import FactKind
from knowledge.text import Language

LEAD_INS = {"steps_intro", "in_japanese", "other_body_intro", "crisis_intro", "smalltalk_intro"}
"""Sentences that lead into Japanese text, which Japanese itself does without."""
FOREIGN = [language for language in Language if language != Language.JA]


def _sentences(language: Language) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in phrases(language).model_dump().items():
        found |= {f"{name}.{key}": each for key, each in value.items()} if isinstance(value, dict) else {name: value}
    return found


def _gaps(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


@pytest.mark.parametrize("language", FOREIGN)
def test_every_language_has_the_gaps_of_japanese(language: Language) -> None:
    """A sentence that is filled with a desk in Japanese is filled with a desk everywhere."""
    own, japanese = _sentences(language), _sentences(Language.JA)
    assert own.keys() == japanese.keys()
    rest = own.keys() - LEAD_INS
    assert {name: _gaps(own[name]) for name in rest} == {name: _gaps(japanese[name]) for name in rest}


@pytest.mark.parametrize("language", Language)
def test_no_sentence_is_empty(language: Language) -> None:
    """Except the lead-ins in Japanese."""
    empty = {name for name, sentence in _sentences(language).items() if not sentence.strip()}
    assert empty == (LEAD_INS if language == Language.JA else set())


@pytest.mark.parametrize("language", Language)
def test_every_fact_has_a_label(language: Language) -> None:
    """Seven different words, and one for the details."""
    labels = phrases(language).labels
    assert len({labels.of(fact) for fact in FactKind}) == len(FactKind)


@pytest.mark.parametrize("language", Language)
def test_buttons_are_short_enough_for_line(language: Language) -> None:
    """Labels that stand on buttons have at most 20 characters."""
    say = phrases(language)
    assert [
        each
        for each in (say.solved, say.wrong, say.more, say.menu_label, say.read_plan, say.read_more)
        if len(each) > 20
    ] == []


@pytest.mark.parametrize("language", Language)
def test_a_week_has_seven_days(language: Language) -> None:
    """Seven different names, from Monday on, also in plain Japanese."""
    for say in (phrases(language), phrases(language, plain=True)):
        assert len(set(say.weekdays.split(","))) == 7


def test_the_offer_to_tell_fits_a_button() -> None:
    """In every language the label is one that LINE shows whole: twenty characters at most."""
    assert [language for language in Language if len(phrases(language).tell_me) > 20] == []
