"""The sentences of the settings: complete and alike in every way of reading, and short where LINE wants it."""

from string import Formatter
from typing import Any

import pytest

from handlers.phrases import phrases
from handlers.settings.wording import NAMES, wording
from knowledge.notice import Variant
from knowledge.text import Language

KANJI_ALONE = 12
"""Easy Japanese may show words as they stand on paper, but no sentence is mainly made of them."""


def _sentences(value: dict[Any, Any], path: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for name, each in value.items():
        where = f"{path}.{name}"
        found |= _sentences(each, where) if isinstance(each, dict) else {where: each}
    return found


def _gaps(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


@pytest.mark.parametrize("variant", Variant)
def test_every_way_of_reading_has_the_same_sentences(variant: Variant) -> None:
    """None is missing or empty, and each has the gaps that the Japanese one has."""
    own, japanese = _sentences(wording(variant).model_dump()), _sentences(wording(Variant.JA).model_dump())
    assert {name: _gaps(each) for name, each in own.items()} == {name: _gaps(each) for name, each in japanese.items()}
    assert [name for name, each in own.items() if not each.strip()] == []


@pytest.mark.parametrize("variant", Variant)
def test_what_stands_on_buttons_fits(variant: Variant) -> None:
    """At most twenty characters, which LINE shows whole; the buttons of topics with their topic in them."""
    say = wording(variant)
    labels = [*say.items.values(), say.stop_all, say.forget, say.add_child, say.next, say.back, say.undo]
    labels += [say.erase_yes, say.erase_no, say.title, *say.ages.values()]
    labels += [
        each.format(topic=topic.partition("（")[0]) for each in (say.want, say.stop) for topic in say.topics.values()
    ]
    assert [label for label in labels if len(label.partition("（")[0]) > 20] == []
    assert len(set(say.items.values())) == len(say.items)


def test_each_language_is_called_by_its_own_name() -> None:
    """Who can not read Japanese finds theirs."""
    assert set(NAMES) == set(Variant)
    assert len(set(NAMES.values())) == len(Variant)


@pytest.mark.parametrize("variant", Variant)
def test_each_item_says_why_it_is_asked(variant: Variant) -> None:
    """All that is asked has its reason; the certificate's says that it is no condition of any notice."""
    say = wording(variant)
    assert set(say.why) == set(say.items) - {"home", "mine", "erase"}
    assert len(set(say.why.values())) == len(say.why)


def test_easy_japanese_replaces_sentences_of_japanese_only() -> None:
    """Each of its sentences stands for a Japanese one with the same gaps; the rest stays Japanese."""
    easy, japanese = phrases(Language.JA, plain=True), phrases(Language.JA)
    own, plain = _sentences(easy.model_dump()), _sentences(japanese.model_dump())
    lead_ins = {".in_japanese"}
    assert {name: _gaps(own[name]) for name in own} == {name: _gaps(plain[name]) for name in plain}
    changed = {name for name in own if own[name] != plain[name]}
    assert len(changed) > len(own) / 2
    assert all(plain[name] for name in changed - lead_ins)
    assert phrases(Language.EN, plain=True) == phrases(Language.EN)


def test_easy_japanese_is_written_apart() -> None:
    """Its sentences have spaces between their parts, as the guideline of 2020 has it."""
    say = wording(Variant.EASY)
    assert [each for each in (say.home, *say.why.values(), say.mine, say.erase_ask) if " " not in each] == []
