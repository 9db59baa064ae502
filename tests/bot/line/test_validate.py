"""The validator on whole messages, beside the SDK's own models as an independent reader."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from linebot.v3.messaging.models import Message, RichMenuRequest

from bot.line.validate import LineMessageInvalid, check, problems, rich_menu_problems
from knowledge.errors import PocketError
from tests.bot.line.samples import ALL, CAROUSEL, COLUMNS, FLEX, HERO, QUICK, RICH_MENU, TEXT, Json, altered

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)


@pytest.mark.parametrize("sample", ALL, ids=[str(sample["type"]) for sample in ALL])
def test_samples_are_accepted_and_the_sdk_reads_them_whole(sample: Json) -> None:
    """What we accept, LINE's own SDK parses without losing a property."""
    assert problems([sample]) == ()
    read = Message.from_dict(sample).to_dict()
    assert _covers(read, sample)


def _covers(read: object, sent: object) -> bool:
    """Tell whether everything sent came back (the SDK adds defaults of its own)."""
    if isinstance(sent, dict) and isinstance(read, dict):
        return all(key in read and _covers(read[key], value) for key, value in sent.items())
    if isinstance(sent, list) and isinstance(read, list):
        return len(sent) == len(read) and all(map(_covers, read, sent))
    return read == sent


def test_rich_menu_is_accepted_and_the_sdk_reads_it() -> None:
    """The sample menu is fine for us and for the SDK."""
    assert rich_menu_problems(RICH_MENU) == ()
    assert _covers(RichMenuRequest.from_dict(RICH_MENU).to_dict(), RICH_MENU)


WRONG: list[tuple[Json, str, object, str, str]] = [
    (TEXT, "type", "zzz", "type", "Must be one of the following values"),
    (TEXT, "text", "", "text", "May not be empty"),
    (TEXT, "text", " \n　", "text", "May not be empty"),
    (TEXT, "text", 5, "text", "Must be a string"),
    (TEXT, "text", "\ud83c", "text", "Must be valid Unicode"),
    (TEXT, "colour", "red", "colour", "Unknown property"),
    (FLEX, "contents.type", "balloon", "contents.type", "Must be one of"),
    (FLEX, "contents.body.layout", "diagonal", "contents.body.layout", "Must be one of"),
    (FLEX, "contents.body.contents[0].text", "", "contents.body.contents[0].text", "May not be empty"),
    (FLEX, "contents.body.contents[0].tetx", "a", "contents.body.contents[0].tetx", "Unknown property"),
    (FLEX, "contents.body.contents[0].type", "spacer", "contents.body.contents[0].type", "Must be one of"),
    (FLEX, "contents.body.contents[0].wrap", "true", "contents.body.contents[0].wrap", "Must be a boolean"),
    (FLEX, "contents.body.contents[0].size", "huge", "contents.body.contents[0].size", "Invalid format"),
    (FLEX, "contents.body.contents[0].color", "red", "contents.body.contents[0].color", "Invalid format"),
    (FLEX, "contents.body.contents[0].maxLines", True, "contents.body.contents[0].maxLines", "Must be an integer"),
    (FLEX, "contents.body.contents[1].margin", "-2px", "contents.body.contents[1].margin", "Invalid format"),
    (
        FLEX,
        "contents.body.contents[2].contents[0]",
        {"type": "separator"},
        "contents.body.contents[2].contents[0].type",
        "Must be one of",
    ),
    (FLEX, "contents.body", {"type": "text", "text": "a"}, "contents.body.type", "Must be one of"),
    (FLEX, "contents.size", "tera", "contents.size", "Must be one of"),
    (
        FLEX,
        "contents.footer.contents[0].action",
        {"type": "camera", "label": "撮る"},
        "contents.footer.contents[0].action.type",
        "Must be one of",
    ),
    (
        FLEX,
        "contents.footer.contents[0].action",
        {"type": "postback", "label": "a"},
        "contents.footer.contents[0].action.data",
        "Must be specified",
    ),
    (
        FLEX,
        "contents.footer.contents[0].action",
        {"type": "uri", "uri": "https://example.jp"},
        "contents.footer.contents[0].action.label",
        "Must be specified",
    ),
    (HERO, "contents.hero.aspectRatio", "1:4", "contents.hero.aspectRatio", "Height cannot be"),
    (HERO, "contents.hero.aspectRatio", "wide", "contents.hero.aspectRatio", "Invalid format"),
    (HERO, "contents.hero.aspectRatio", "0:1", "contents.hero.aspectRatio", "Sides must"),
    (HERO, "contents.hero.url", "http://example.jp/a.png", "contents.hero.url", "Invalid URI scheme"),
    (CAROUSEL, "contents.contents[1].size", "kilo", "contents.contents", "All bubbles must"),
    (COLUMNS, "template.columns[1]", {"text": "a", "actions": []}, "template.columns", "All columns must"),
    (QUICK, "quickReply.items[0].action.type", "richmenuswitch", "quickReply.items[0].action.type", "Must be one of"),
    (TEXT, "sender", {"name": "LINE公式"}, "sender.name", "Cannot contain"),
]


@pytest.mark.parametrize(("sample", "path", "value", "where", "what"), WRONG)
def test_each_mistake_is_named_with_its_path(sample: Json, path: str, value: object, where: str, what: str) -> None:
    """One wrong value anywhere in the message is found at its exact JSON path."""
    found = problems([TEXT, altered(sample, path, value)])
    assert any(problem.property == f"messages[1].{where}" and problem.message.startswith(what) for problem in found)


def test_an_empty_bubble_and_a_missing_alt_text_are_refused() -> None:
    """A bubble needs a block, a Flex message its text for lists and readers."""
    found = problems([{"type": "flex", "contents": {"type": "bubble"}}])
    assert {(problem.property, problem.message) for problem in found} == {
        ("messages[0].altText", "Must be specified"),
        ("messages[0].contents", "At least one block must be specified"),
    }


def test_quick_replies_stand_on_the_last_message() -> None:
    """LINE shows those of the last message only, so earlier ones are a mistake."""
    assert problems([TEXT, QUICK]) == ()
    assert [problem.property for problem in problems([QUICK, TEXT])] == ["messages[0].quickReply"]


@pytest.mark.parametrize(
    ("action", "where"),
    [
        ({"displayText": "a", "text": "a"}, "displayText"),
        ({"fillInText": "a"}, "fillInText"),
        ({"inputOption": "openFridge"}, "inputOption"),
    ],
)
def test_postback_options_that_exclude_each_other(action: Json, where: str) -> None:
    """`displayText` excludes `text`; `fillInText` needs the keyboard."""
    card = altered(
        FLEX, "contents.footer.contents[0].action", {"type": "postback", "label": "a", "data": "d", **action}
    )
    assert [problem.property for problem in problems([card])] == [
        f"messages[0].contents.footer.contents[0].action.{where}"
    ]


@pytest.mark.parametrize(
    ("text", "accepted"), [("{{a}}", True), ("{a}", False), ("a}", False), ("{", False), ("{b}", True)]
)
def test_braces_of_the_second_text_version(text: str, accepted: bool) -> None:
    """A brace is doubled or names a substitution."""
    emoji = {"type": "emoji", "productId": "p", "emojiId": "001"}
    assert (problems([{"type": "textV2", "text": text, "substitution": {"b": emoji}}]) == ()) is accepted


def test_emoji_index_counts_utf16_units() -> None:
    """After 𠮷 the dollar sign stands at two, not at one."""
    for index, accepted in ((2, True), (1, False), (3, False)):
        message = {"type": "text", "text": "𠮷$", "emojis": [{"index": index, "productId": "p", "emojiId": "001"}]}
        assert (problems([message]) == ()) is accepted


def test_check_raises_a_pocket_error_that_names_the_paths() -> None:
    """The error carries the problems and belongs to the one tree."""
    with pytest.raises(LineMessageInvalid, match=r"messages\[0\]\.text: May not be empty") as caught:
        check([{"type": "text", "text": ""}])
    assert isinstance(caught.value, PocketError)
    assert [problem.property for problem in caught.value.problems] == ["messages[0].text"]
    check([TEXT])


def test_hostile_nesting_is_refused_not_crashed_on() -> None:
    """A Flex box thousands of levels deep is a problem like any other."""
    box: Json = {"type": "box", "layout": "vertical", "contents": []}
    for _ in range(3_000):
        box = {"type": "box", "layout": "vertical", "contents": [box]}
    found = problems([altered(FLEX, "contents.body", box)])
    assert "Nested too deeply" in {problem.message for problem in found}


@given(_JSON)
def test_any_json_gets_an_answer(value: object) -> None:
    """Whatever stands in the place of messages, the validator answers and never raises."""
    assert isinstance(problems(value), tuple)  # type: ignore[arg-type]
    assert problems([value]) != ()  # type: ignore[list-item]


@given(st.sampled_from(ALL), st.data())
def test_a_broken_sample_never_crashes_the_validator(sample: Json, data: st.DataObject) -> None:
    """A random value put at a random place of a real message is judged, not crashed on."""
    path = data.draw(st.sampled_from(sorted(_paths(sample, ""))))
    assert isinstance(problems([altered(sample, path, data.draw(_JSON))]), tuple)


def _paths(value: object, path: str) -> list[str]:
    found = [path] if path else []
    if isinstance(value, dict):
        for name, child in value.items():
            found += _paths(child, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list):
        for index, child in enumerate(value):
            found += _paths(child, f"{path}[{index}]")
    return found


@pytest.mark.parametrize(
    ("path", "value", "where"),
    [
        ("size.width", 799, "size.width"),
        ("size.width", 2501, "size.width"),
        ("size.height", 249, "size.height"),
        ("size.height", 1800, "size"),
        ("chatBarText", "あ" * 15, "chatBarText"),
        ("name", "あ" * 301, "name"),
        ("areas[0].bounds.width", 2501, "areas[0].bounds"),
        ("areas[1].action.uri", "ftp://example.jp", "areas[1].action.uri"),
        ("selected", "yes", "selected"),
    ],
)
def test_rich_menu_rules(path: str, value: object, where: str) -> None:
    """Sizes, aspect, text lengths and areas are those LINE documents."""
    assert where in [problem.property for problem in rich_menu_problems(altered(RICH_MENU, path, value))]


def test_rich_menu_takes_twenty_areas() -> None:
    """The twenty-first area is refused."""
    area = {"bounds": {"x": 0, "y": 0, "width": 10, "height": 10}, "action": {"type": "message", "text": "a"}}
    assert rich_menu_problems({**RICH_MENU, "areas": [area] * 20}) == ()
    assert [problem.property for problem in rich_menu_problems({**RICH_MENU, "areas": [area] * 21})] == ["areas"]
