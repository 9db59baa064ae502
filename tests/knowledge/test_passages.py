"""What of a guide is searched."""

from copy import deepcopy

from hypothesis import given
from hypothesis import strategies as st

from knowledge.guide import Guide
from knowledge.passages import Field, IndexedPassage, Owner, OwnerKind, guide_passages
from tests.knowledge.packs import FULL

OWNER = Owner(OwnerKind.GUIDE, "juminhyo")


def test_a_guide_is_found_by_what_it_is_called_and_by_what_is_said_of_it() -> None:
    """Title, aliases and names in every language are names; the answer and each note, under the title, are facts."""
    found = list(guide_passages(Guide.model_validate(deepcopy(FULL))))
    assert {passage.owner for passage in found} == {OWNER}
    assert [passage.text for passage in found if passage.field == Field.NAME] == [
        *("住民票の写し", "住民票", "住民票ほしい", "じゅうみんひょう"),
        *("住民票", "residence record", "住民票", "주민표", "juminhyo"),
    ]
    assert [passage.text for passage in found if passage.field == Field.FACT] == [
        *("住民票の写し 窓口で取れます。", "住民票の写し 窓口は三階。", "住民票の写し 他区の例。"),
    ]


@given(st.text(), st.text(), st.sampled_from(Field), st.sampled_from(Field))
def test_a_passage_is_known_by_its_field_and_text(one: str, other: str, first: Field, second: Field) -> None:
    """Equal in both, equal digests, whoever owns them; a text is encoded as a name or as a fact, which differ."""
    left = IndexedPassage(OWNER, first, one)
    right = IndexedPassage(Owner(OwnerKind.SOURCE, "1"), second, other)
    assert (left.digest == right.digest) == ((first, one) == (second, other))
