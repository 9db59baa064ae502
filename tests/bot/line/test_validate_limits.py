"""Each limit of the table: at the limit accepted, one more refused at the right place."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.line import limits
from bot.line.limits import TextLimit, Unit
from bot.line.measure import escaped_size
from bot.line.validate import problems
from tests.bot.line.samples import (
    CARD,
    COLUMNS,
    CONFIRM,
    FLEX,
    HERO,
    IMAGE,
    IMAGEMAP,
    LINK,
    OTHERS,
    PICKER,
    PICTURES,
    POSTBACK,
    QUICK,
    TEXT,
    Json,
    altered,
)

_ACTION = "contents.footer.contents[0].action"
_ITEM = "quickReply.items[0].action"
MESSAGE: Json = {"type": "message", "label": "聞く", "text": "聞く"}
CLIP: Json = {"type": "clipboard", "label": "写す", "clipboardText": "a"}
FILL: Json = {**POSTBACK, "inputOption": "openKeyboard", "fillInText": "a"}
MAP_TEXT: Json = altered(IMAGEMAP, "actions[1].label", "a")
PLAIN: Json = {"type": "template", "altText": "a", "template": {"type": "buttons", "text": "a", "actions": [POSTBACK]}}
PLAIN_COLUMN: Json = {"text": "a", "actions": [POSTBACK]}
PLAIN_COLUMNS: Json = {
    "type": "template",
    "altText": "a",
    "template": {"type": "carousel", "columns": [PLAIN_COLUMN, PLAIN_COLUMN]},
}
VIDEO, LOCATION, SENDER = OTHERS[4], OTHERS[6], OTHERS[7]

TEXTS: list[tuple[Json, str, TextLimit]] = [
    (TEXT, "text", limits.TEXT),
    (FLEX, "altText", limits.ALT_TEXT),
    (CONFIRM, "altText", limits.ALT_TEXT),
    (IMAGEMAP, "altText", limits.ALT_TEXT),
    (SENDER, "sender.name", limits.SENDER_NAME),
    (VIDEO, "trackingId", limits.TRACKING_ID),
    (LOCATION, "title", limits.LOCATION_TITLE),
    (LOCATION, "address", limits.LOCATION_ADDRESS),
    (FLEX, f"{_ACTION}.label", limits.FLEX_LABEL),
    (QUICK, f"{_ITEM}.label", limits.LABEL),
    (CONFIRM, "template.actions[0].label", limits.LABEL),
    (PICTURES, "template.columns[0].action.label", limits.IMAGE_CAROUSEL_LABEL),
    (CONFIRM, "template.actions[0].data", limits.POSTBACK_DATA),
    (CONFIRM, "template.actions[0].displayText", limits.DISPLAY_TEXT),
    (altered(FLEX, _ACTION, FILL), f"{_ACTION}.fillInText", limits.FILL_IN_TEXT),
    (altered(FLEX, _ACTION, MESSAGE), f"{_ACTION}.text", limits.MESSAGE_ACTION_TEXT),
    (altered(FLEX, _ACTION, CLIP), f"{_ACTION}.clipboardText", limits.CLIPBOARD),
    (PICKER, "template.title", limits.TEMPLATE_TITLE),
    (PICKER, "template.text", limits.BUTTONS_TEXT_WITH_HEAD),
    (PLAIN, "template.text", limits.BUTTONS_TEXT),
    (CONFIRM, "template.text", limits.CONFIRM_TEXT),
    (COLUMNS, "template.columns[0].text", limits.CAROUSEL_TEXT_WITH_HEAD),
    (PLAIN_COLUMNS, "template.columns[1].text", limits.CAROUSEL_TEXT),
    (IMAGEMAP, "actions[1].text", limits.IMAGEMAP_TEXT),
    (MAP_TEXT, "actions[1].label", limits.IMAGEMAP_LABEL),
    ({"type": "coupon", "couponId": "c", "deliveryTag": "a"}, "deliveryTag", limits.DELIVERY_TAG),
]
_NARROW = {"trackingId": "a"}


@pytest.mark.parametrize(("sample", "path", "limit"), TEXTS, ids=[path for _, path, _ in TEXTS])
def test_text_at_its_limit_is_accepted_and_one_more_refused(sample: Json, path: str, limit: TextLimit) -> None:
    """Every text field counts in its own unit: kana to the limit pass, one more is named with its path."""
    letter = _NARROW.get(path, "あ")
    assert problems([altered(sample, path, letter * limit.most)]) == ()
    found = problems([altered(sample, path, letter * (limit.most + 1))])
    assert [problem.property for problem in found] == [f"messages[0].{path}"]


@pytest.mark.parametrize(("sample", "path", "limit"), TEXTS, ids=[path for _, path, _ in TEXTS])
def test_astral_characters_count_in_the_documented_unit(sample: Json, path: str, limit: TextLimit) -> None:
    """𠮷 costs two where LINE counts UTF-16 units and one where it counts characters."""
    if path in _NARROW:
        return
    most = limit.most if limit.unit is Unit.GRAPHEME else limit.most // 2
    assert problems([altered(sample, path, "𠮷" * most)]) == ()
    assert problems([altered(sample, path, "𠮷" * (most + 1))]) != ()


URLS: list[tuple[Json, str, TextLimit]] = [
    (FLEX, f"{_ACTION}.uri", limits.URI),
    (IMAGEMAP, "actions[0].linkUri", limits.URI),
    (HERO, "contents.hero.url", limits.URL),
    (IMAGEMAP, "baseUrl", limits.URL),
    (OTHERS[3], "originalContentUrl", limits.URL),
    (OTHERS[3], "previewImageUrl", limits.URL),
    (QUICK, "quickReply.items[0].imageUrl", limits.URL),
    (PICTURES, "template.columns[0].imageUrl", limits.URL),
    (SENDER, "sender.iconUrl", limits.URL),
]


@pytest.mark.parametrize(("sample", "path", "limit"), URLS, ids=[path for _, path, _ in URLS])
def test_urls_at_their_limit(sample: Json, path: str, limit: TextLimit) -> None:
    """A link of the allowed length passes; one character more, http for media, or a raw space is refused there."""
    start = "https://example.jp/"
    full = start + "a" * (limit.most - len(start))
    assert problems([altered(sample, path, full)]) == ()
    for bad in (full + "a", "ftp://example.jp/", "https://example.jp/a b", "https://example.jp/転入", "https:///a", ""):
        assert [problem.property for problem in problems([altered(sample, path, bad)])] == [f"messages[0].{path}"]


def _columns(count: int) -> Json:
    return altered(PLAIN_COLUMNS, "template.columns", [PLAIN_COLUMN] * count)


COUNTS: list[tuple[str, Callable[[int], Json], int, int]] = [
    (
        "quickReply.items",
        lambda n: altered(QUICK, "quickReply.items", [{"type": "action", "action": MESSAGE}] * n),
        1,
        13,
    ),
    ("contents.contents", lambda n: altered(FLEX, "contents", {"type": "carousel", "contents": [_small()] * n}), 1, 12),
    ("template.columns", _columns, 1, 10),
    ("template.actions", lambda n: altered(PLAIN, "template.actions", [POSTBACK] * n), 1, 4),
    ("template.actions", lambda n: altered(CONFIRM, "template.actions", [POSTBACK] * n), 2, 2),
    ("template.columns[0].actions", lambda n: _columns(1) | _one_column(n), 1, 3),
    ("actions", lambda n: altered(IMAGEMAP, "actions", [IMAGEMAP["actions"][0]] * n), 0, 50),  # type: ignore[index]
    ("emojis", lambda n: {"type": "text", "text": "$" * 30, "emojis": [_emoji(i) for i in range(n)]}, 0, 20),
]


def _small() -> Json:
    return {"type": "bubble", "body": {"type": "box", "layout": "vertical", "contents": []}}


def _one_column(count: int) -> Json:
    column = {"text": "a", "actions": [POSTBACK] * count}
    return {"template": {"type": "carousel", "columns": [column]}}


def _emoji(index: int) -> Json:
    return {"index": index, "productId": "p", "emojiId": "001"}


@pytest.mark.parametrize(
    ("path", "make", "least", "most"), COUNTS, ids=[f"{path}-{most}" for path, _, _, most in COUNTS]
)
def test_counts(path: str, make: Callable[[int], Json], least: int, most: int) -> None:
    """Lists hold what LINE documents: the fewest and the most pass, beyond either end is refused."""
    assert problems([make(least)]) == ()
    assert problems([make(most)]) == ()
    assert [problem.property for problem in problems([make(most + 1)])] == [f"messages[0].{path}"]
    if least:
        assert f"messages[0].{path}" in [problem.property for problem in problems([make(least - 1)])]


@given(st.integers(0, 8))
def test_messages_per_request(count: int) -> None:
    """One to five messages a request."""
    assert (problems([TEXT] * count) == ()) is (1 <= count <= 5)


def _padded(size: int, carousel: bool) -> Json:
    bubble: Json = {
        "type": "bubble",
        "body": {"type": "box", "layout": "vertical", "contents": [{"type": "text", "text": "x"}]},
    }
    whole: Json = {"type": "carousel", "contents": [bubble, bubble]} if carousel else bubble
    path = "contents[0].body.contents[0].text" if carousel else "body.contents[0].text"
    share = (size - escaped_size(whole)) // (2 if carousel else 1)
    padded = altered(whole, path, "x" * (1 + share))
    if carousel:
        rest = size - escaped_size(padded)
        padded = altered(padded, "contents[1].body.contents[0].text", "x" * (1 + rest))
    assert escaped_size(padded) == size
    return altered(FLEX, "contents", padded)


@pytest.mark.parametrize(("carousel", "size"), [(False, limits.FLEX_BUBBLE_BYTES), (True, limits.FLEX_CAROUSEL_BYTES)])
def test_flex_size(carousel: bool, size: int) -> None:
    """A bubble or carousel of exactly the allowed escaped bytes passes, one byte more does not."""
    assert problems([_padded(size, carousel)]) == ()
    assert [problem.property for problem in problems([_padded(size + 1, carousel)])] == ["messages[0].contents"]


def test_kana_are_measured_as_they_are_escaped() -> None:
    """5,000 kana are 15 KB of UTF-8 but over 30 KB as sent, and are refused."""
    card = altered(FLEX, "contents.body.contents[0].text", "あ" * 5_000)
    assert [problem.property for problem in problems([card])] == ["messages[0].contents"]


@given(st.integers(0, 14))
def test_animated_images(count: int) -> None:
    """Ten animated images a message, wherever they stand."""
    images = [{"type": "image", "url": IMAGE, "animated": True}] * count
    card = altered(FLEX, "contents", altered(CARD, "body.contents", images))
    assert (problems([card]) == ()) is (count <= 10)


PICKED = [
    ("date", "1900-01-01", True),
    ("date", "2100-12-31", True),
    ("date", "1899-12-31", False),
    ("date", "2101-01-01", False),
    ("date", "2026-02-30", False),
    ("date", "2026-1-1", False),
    ("time", "00:00", True),
    ("time", "23:59", True),
    ("time", "24:00", False),
    ("datetime", "2026-11-21T09:00", True),
    ("datetime", "2026-11-21t09:00", True),
    ("datetime", "2026-11-21 09:00", False),
    ("datetime", "2100-12-31T23:59", True),
    ("datetime", "2026-11-21", False),
]


@pytest.mark.parametrize(("mode", "written", "accepted"), PICKED)
def test_picker_values(mode: str, written: str, accepted: bool) -> None:
    """The picker takes LINE's three formats from 1900 to 2100."""
    picker = {"type": "datetimepicker", "label": "選ぶ", "data": "d", "mode": mode, "initial": written}
    found = problems([altered(FLEX, _ACTION, picker)])
    assert [problem.property for problem in found] == ([] if accepted else [f"messages[0].{_ACTION}.initial"])


@pytest.mark.parametrize(
    ("uri", "accepted"),
    [
        ("tel:0312345678", True),
        ("line://nv/location", True),
        ("http://example.jp", True),
        ("mailto:a@example.jp", False),
        ("javascript:alert(1)", False),
        ("tel:", False),
        ("https://example.jp/%zz", False),
        ("//example.jp", False),
    ],
)
def test_uri_schemes(uri: str, accepted: bool) -> None:
    """Only http, https, line and tel open, and only when percent-encoded."""
    found = problems([altered(FLEX, f"{_ACTION}.uri", uri)])
    assert (found == ()) is accepted


def test_link_sample_is_a_link() -> None:
    """The sample the tests vary is itself percent-encoded."""
    assert "%E8" in str(LINK["uri"])
