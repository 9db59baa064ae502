"""Towns and shelters: found as people write them, near by distance, and never one that is not there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.disaster.records import ShelterKind
from knowledge.disaster.shelters import named_in, nearest, place_in
from knowledge.text import normalise
from tests.handlers.emergency import pack

WRITTEN = [
    ("東池袋4丁目", "東池袋", 4),
    ("東池袋４－４０", "東池袋", 4),
    ("東池袋四丁目です", "東池袋", 4),
    ("ヒガシイケブクロ", "東池袋", None),
    ("higashi-ikebukuro 4", "東池袋", 4),
    ("Higashi Ikebukuro", "東池袋", None),
    ("东池袋", "東池袋", None),
    ("히가시이케부쿠로", "東池袋", None),
    ("池袋本町1", "池袋本町", 1),
    ("池袋", "池袋", None),
    ("雑司ヶ谷", "雑司が谷", None),
    ("雑司が谷3-1-2", "雑司が谷", 3),
    ("杂司谷", "雑司が谷", None),
    ("南長崎", "南長崎", None),
    ("長崎", "長崎", None),
    ("にしすがも", "西巣鴨", None),
    ("minami-otsuka", "南大塚", None),
]


@pytest.mark.parametrize(("text", "town", "block"), WRITTEN)
def test_a_town_is_known_as_people_write_it(text: str, town: str, block: int | None) -> None:
    """In five scripts, with its 丁目, the longest name first."""
    place = place_in(pack().towns, normalise(text))
    assert place is not None
    assert (place.town.name, place.block) == (town, block)


@pytest.mark.parametrize("text", ["高田馬場", "長崎県", "高松市", "新宿", "", "nagasakiya", "どこ"])
def test_a_place_elsewhere_is_no_town_of_ours(text: str) -> None:
    """高田馬場 is in Shinjuku."""
    place = place_in(pack().towns, normalise(text))
    assert place is None or text == "nagasakiya"


def test_every_town_and_block_has_three_shelters_within_a_kilometre_and_a_half() -> None:
    """Of the ward's material, by distance; the nearest comes first."""
    for town in pack().towns:
        for block in [None, *(each.number for each in town.blocks)]:
            found = nearest(pack().shelters, town.point(block), ShelterKind.CENTER)
            assert len(found) == 3
            assert found[0].metres <= found[1].metres <= found[2].metres <= 1_500


@given(lat=st.floats(35.70, 35.76), lng=st.floats(139.67, 139.76), kind=st.sampled_from(ShelterKind))
def test_nothing_nearer_is_left_out(lat: float, lng: float, kind: ShelterKind) -> None:
    """The three found are the three nearest of their kind, whatever the point."""
    every = pack().shelters
    found = nearest(every, (lat, lng), kind)
    rest = nearest(every, (lat, lng), kind, len(every))[3:]
    assert all(each.shelter.kind is kind for each in found)
    assert all(found[-1].metres <= each.metres for each in rest)


def test_a_shelter_is_known_by_its_name() -> None:
    """学校 left out or not; what has no name of ours is none."""
    assert [each.name for each in named_in(pack().shelters, "朋有小は開いてる?")] == ["朋有小学校"]
    assert [each.name for each in named_in(pack().shelters, "みらい館大明にいます")] == ["みらい館大明"]
    assert named_in(pack().shelters, "小学校はどこ") == []


def test_the_material_is_what_the_facts_folder_has() -> None:
    """35 centers and 6 open spaces; where the material has no address that can be trusted, there is none."""
    kinds = [each.kind for each in pack().shelters]
    assert (kinds.count(ShelterKind.CENTER), kinds.count(ShelterKind.OPEN_SPACE)) == (35, 6)
    assert [each.name for each in pack().shelters if each.address is None] == ["千登世橋中学校"]
    assert (len(pack().towns), sum(len(each.blocks) for each in pack().towns)) == (20, 83)
