"""Mistakes anywhere in a record are reported at their very line, whatever the record looks like."""

from copy import deepcopy
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from .packs import FULL, Emitter, Step, problems, write_pack

REQUIRED = {
    *("title", "category", "answer", "aliases", "names", "audience", "notes", "source", "owner", "review_by"),
    *("easy", "en", "zh", "ko", "vi", "url", "scope", "checked", "text", "case", "yen", "name", "note"),
    *("days", "opens", "closes", "allowed", "confidence"),
}


def leaves(value: object, path: tuple[Step, ...] = ()) -> list[tuple[Step, ...]]:
    """Paths of all values that are neither lists nor mappings, ids left out (other records refer to them)."""
    if isinstance(value, dict):
        return [leaf for key, inner in value.items() if key != "id" for leaf in leaves(inner, (*path, key))]
    if isinstance(value, list):
        return [leaf for index, inner in enumerate(value) for leaf in leaves(inner, (*path, index))]
    return [path]


def spelled(guides: list[dict[str, object]], path: tuple[Step, ...]) -> str:
    """A path as it is printed: by the guide's id, then names and places."""
    guide = guides[int(path[0])]
    return str(guide["id"]) + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path[1:])


def inside(value: object, path: tuple[Step, ...]) -> object:
    for step in path:
        value = value[int(step)] if isinstance(value, list) else value[step]  # type: ignore[index]
    return value


def required(path: tuple[Step, ...]) -> bool:
    """Whether the field at this path may not be left out; a note's scope and a deadline's case may."""
    return path[-1] in REQUIRED and (path[1], path[-1]) not in {("notes", "scope"), ("deadlines", "case")}


OPTIONAL = ["deadlines", "fees", "items", "forms", "hours", "agent", "extra_sources"]


@st.composite
def written_guides(draw: st.DrawFn) -> list[dict[str, object]]:
    """One to three guides, each with some of the optional facts."""
    guides = []
    for number in range(draw(st.integers(1, 3))):
        dropped = draw(st.sets(st.sampled_from(OPTIONAL)))
        guide = {key: deepcopy(value) for key, value in FULL.items() if key not in dropped}
        guides.append(guide | {"id": f"guide-{number}"})
    return guides


def found_in(guides: list[dict[str, object]], gaps: list[bool]) -> tuple[list[str], Emitter]:
    """Problems of a pack with these guides beside the valid ones, and the emitter that wrote them."""
    emitter = Emitter(gaps)
    emitter.emit(guides)
    with TemporaryDirectory() as directory:
        write_pack(Path(directory))
        (Path(directory) / "guides" / "drawn.yaml").write_text(emitter.text, "utf-8")
        return problems(Path(directory)), emitter


@settings(max_examples=60)
@given(guides=written_guides(), gaps=st.lists(st.booleans(), max_size=60), data=st.data())
def test_a_wrong_value_anywhere_is_reported_there(
    guides: list[dict[str, object]], gaps: list[bool], data: st.DataObject
) -> None:
    """Whatever field gets a value of the wrong kind: exactly that file, line and field is reported, nothing else."""
    path = data.draw(st.sampled_from(leaves(guides)))
    holder = inside(guides, path[:-1])
    holder[path[-1]] = {}  # type: ignore[index]
    found, emitter = found_in(guides, gaps)
    assert [line.split(": ")[0] for line in found] == [
        f"guides/drawn.yaml:{emitter.lines[path]} {spelled(guides, path)}"
    ]


@settings(max_examples=40)
@given(guides=written_guides(), gaps=st.lists(st.booleans(), max_size=60), data=st.data())
def test_a_missing_field_is_reported_where_its_record_starts(
    guides: list[dict[str, object]], gaps: list[bool], data: st.DataObject
) -> None:
    """A required field that is not written is named, with the line of the record it belongs to."""
    path = data.draw(st.sampled_from([leaf for leaf in leaves(guides) if required(leaf)]))
    holder = inside(guides, path[:-1])
    del holder[path[-1]]  # type: ignore[attr-defined]
    found, emitter = found_in(guides, gaps)
    place = f"guides/drawn.yaml:{emitter.lines[path[:-1]]} {spelled(guides, path)}"
    assert found == [f"{place}: 必要な項目がありません"]


@settings(max_examples=40)
@given(guides=written_guides(), gaps=st.lists(st.booleans(), max_size=60), data=st.data())
def test_an_unknown_field_is_reported_on_its_own_line(
    guides: list[dict[str, object]], gaps: list[bool], data: st.DataObject
) -> None:
    """A misspelt field is shown where it is written, in whatever record."""
    path = data.draw(st.sampled_from([leaf for leaf in leaves(guides) if isinstance(leaf[-1], str)]))
    holder = inside(guides, path[:-1])
    holder["tilte"] = "x"  # type: ignore[index]
    found, emitter = found_in(guides, gaps)
    unknown = (*path[:-1], "tilte")
    place = f"guides/drawn.yaml:{emitter.lines[unknown]} {spelled(guides, unknown)}"
    assert found == [f"{place}: 知らない項目です（名前の打ち間違いがないか見てください）"]
