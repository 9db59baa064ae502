"""Differences between guides: every changed value, named so that a clerk recognises it."""

from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.differences import Change, changes, merged, three_way
from knowledge.guide import Guide
from tests.knowledge.staff_work import GUIDE, changed


def _told(old: Guide | None, new: Guide | None) -> list[tuple[object, ...]]:
    return [(change.path, change.old, change.new, change.entry) for change in changes(old, new)]


def test_a_changed_amount_is_one_value() -> None:
    """Path, case, before and after."""
    fees = [{"case": "窓口", "yen": 400}, {"case": "祝い金", "yen": 5000, "kind": "benefit"}]
    assert _told(GUIDE, changed(fees=fees)) == [(("fees", 0, "yen"), 300, 400, "窓口")]


def test_what_only_moved_is_no_change() -> None:
    """A wording put first pushes the others along, and only it is told."""
    assert _told(GUIDE, changed(aliases=["新しい言い方", *GUIDE.aliases])) == [
        (("aliases", 0), None, "新しい言い方", "新しい言い方")
    ]


def test_entries_that_came_or_went_are_told_whole() -> None:
    """With their name."""
    items = [{"name": "本人確認書類"}, {"name": "印鑑"}]
    came, went = changes(GUIDE, changed(items=items))
    assert (came.path, came.old, came.entry) == (("items", 1), None, "印鑑")
    assert (went.path, went.new, went.entry) == (("items", 1), None, "委任状")


def test_a_field_that_was_empty_is_told() -> None:
    """From nothing, to nothing, and within a record."""
    (gone,) = changes(GUIDE, changed(agent=None))
    assert (gone.path, gone.old["text"], gone.new) == (("agent",), "委任状が要ります。", None)
    (change,) = changes(GUIDE, changed(names={**GUIDE.names.model_dump(), "easy": "じゅうみんひょう"}))
    assert (change.path, change.old, change.new) == (("names", "easy"), "住民票", "じゅうみんひょう")


def test_a_new_guide_is_all_change() -> None:
    """Every field that says something."""
    fields = {change.path[0] for change in changes(None, GUIDE)}
    assert {"title", "fees", "owner", "review_by"} <= fields
    assert "related" not in fields
    assert changes(GUIDE, GUIDE) == ()


def test_three_ways_tell_a_clash_from_work_side_by_side() -> None:
    """Both changed the answer; only one the audience."""
    theirs, mine = changed(answer="甲", audience="だれでも"), changed(answer="乙")
    found = {each.field: each.clash for each in three_way(GUIDE, theirs, mine)}
    assert found == {"answer": True, "audience": False}
    assert (merged(GUIDE, theirs, mine).answer, merged(GUIDE, theirs, mine).audience) == ("乙", "だれでも")


TEXTS = st.sampled_from(["甲", "乙", "丙", "丁"])
GUIDES = st.builds(
    lambda answer, aliases, fees: changed(
        answer=answer, aliases=[*"あいう", *aliases], fees=[{"case": case, "yen": yen} for case, yen in fees]
    ),
    TEXTS,
    st.lists(TEXTS, max_size=4),
    st.lists(st.tuples(TEXTS, st.integers(0, 3)), max_size=4),
)


@settings(max_examples=200)
@given(GUIDES, GUIDES)
def test_a_difference_is_told_exactly_when_there_is_one(old: Guide, new: Guide) -> None:
    """No change of content is silent, but for the order of the same entries; equal guides have none."""
    found = changes(old, new)
    ordered = (old.answer, sorted(old.aliases), sorted(map(str, old.fees)))
    assert bool(found) == (ordered != (new.answer, sorted(new.aliases), sorted(map(str, new.fees))))
    assert all(isinstance(change, Change) and change.old != change.new for change in found)


@settings(max_examples=100)
@given(GUIDES, GUIDES, GUIDES)
def test_merging_keeps_what_one_of_two_changed(base: Guide, theirs: Guide, mine: Guide) -> None:
    """Where only one changed a field their value stands; where both did, mine."""
    both = merged(base, theirs, mine)
    for field in ("answer", "aliases", "fees"):
        was, other, own = (getattr(each, field) for each in (base, theirs, mine))
        assert getattr(both, field) == (other if own == was else own)
