"""What a notice says: blocks of text, cards, pictures and events, by language; a value and its JSON."""

from collections.abc import Iterator
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import AwareDatetime, Field, StringConstraints, TypeAdapter, ValidationError, model_validator

from knowledge import evacuation_words
from knowledge.errors import PocketError
from knowledge.guide import Record

BLOCKS = 5
"""A request to LINE carries at most five messages (line-platform.md, section 2)."""

Long = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1_500)]
Short = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20)]
Secure = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^https://[^\s\"<>]{3,900}$")]
Target = Annotated[
    str, StringConstraints(strip_whitespace=True, pattern=r"^(https://[^\s\"<>]{3,900}|tel:[0-9+\-]{3,20})$")
]


class Variant(StrEnum):
    """In which words a notice can be written; `easy` is やさしい日本語."""

    JA = "ja"
    EASY = "easy"
    EN = "en"
    ZH = "zh"
    KO = "ko"
    VI = "vi"


class Button(Record):
    """A button to a form, a page or a phone."""

    label: Label
    url: Target


class TextBlock(Record):
    """A plain message."""

    kind: Literal["text"] = "text"
    text: Long


class CardBlock(Record):
    """A card: a text with a title and buttons, either of which may be missing."""

    kind: Literal["card"] = "card"
    title: Short | None = None
    text: Long
    buttons: Annotated[tuple[Button, ...], Field(max_length=4)] = ()


class PictureBlock(Record):
    """A picture, with the description that those read who can not see it."""

    kind: Literal["picture"] = "picture"
    url: Secure
    description: Long


class EventBlock(Record):
    """An event that can be put into one's calendar."""

    kind: Literal["event"] = "event"
    title: Short
    starts: AwareDatetime
    ends: AwareDatetime
    place: Short
    text: Long | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.starts >= self.ends:
            raise ValueError("終わりの時刻は始まりより後にします")
        return self


Block = Annotated[TextBlock | CardBlock | PictureBlock | EventBlock, Field(discriminator="kind")]


class Content(Record):
    """The blocks of a notice in each language it is written in; Japanese is always one of them."""

    texts: dict[Variant, Annotated[tuple[Block, ...], Field(min_length=1, max_length=BLOCKS)]]

    @model_validator(mode="after")
    def _japanese(self) -> Self:
        if Variant.JA not in self.texts:
            raise ValueError("日本語の文面が必要です")
        return self

    def blocks(self, variant: Variant) -> tuple[Block, ...]:
        """The blocks in these words; in Japanese where there are none."""
        return self.texts.get(variant, self.texts[Variant.JA])


class ContentError(PocketError):
    """文面に足りないところがあります。表示された欄を直してください。"""

    def __init__(self, fields: tuple[str, ...] = ()) -> None:
        """`fields` are the paths of the fields that are wrong, such as ``texts.ja.0.card.text``."""
        super().__init__()
        self.fields = fields


_ADAPTER: TypeAdapter[Content] = TypeAdapter(Content)


def content_from(stored: object) -> Content:
    """Read stored or submitted content; raises ContentError with the fields that are wrong."""
    try:
        return _ADAPTER.validate_python(stored)
    except ValidationError as error:
        paths = [".".join(map(str, each["loc"])) for each in error.errors()]
        # A list whose only entry is wrong is reported as too short as well: only the innermost fields say something.
        inner = (path for path in paths if not any(other.startswith(f"{path}.") for other in paths))
        raise ContentError(tuple(inner)) from None


def content_json(content: Content) -> dict[str, Any]:
    """The content as JSON: the same value always in the same words."""
    return content.model_dump(mode="json")


def refuse_abolished_words(content: Content, title: str = "") -> None:
    """Raise AbolishedWordError where a text uses a warning that no longer exists, or a level with another's action."""
    evacuation_words.refuse((title, *_strings(content_json(content))))


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _strings(each)


def correction_of(title: str) -> Content:
    """What a correction says until a person writes what is right."""
    said = f"【訂正】先ほどお送りした「{title}」に誤りがありました。申し訳ありません。正しい内容は次のとおりです。"
    return Content(texts={Variant.JA: (TextBlock(text=said),)})


def calendar(event: EventBlock, uid: str, made: datetime) -> str:
    """The event as an iCalendar file (RFC 5545), lines folded at 75 octets."""
    lines = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Pocket Gyosei//JA",
        "BEGIN:VEVENT",
        f"UID:{uid}",
        f"DTSTAMP:{_stamp(made)}",
        f"DTSTART:{_stamp(event.starts)}",
        f"DTEND:{_stamp(event.ends)}",
        f"SUMMARY:{_escaped(event.title)}",
        f"LOCATION:{_escaped(event.place)}",
        *((f"DESCRIPTION:{_escaped(event.text)}",) if event.text else ()),
        "END:VEVENT",
        "END:VCALENDAR",
    )
    return "".join(_folded(line) + "\r\n" for line in lines)


def _stamp(time: datetime) -> str:
    return f"{datetime.fromtimestamp(time.timestamp(), tz=UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return "\\n".join("".join(filter(str.isprintable, line)) for line in escaped.splitlines())


def _folded(line: str) -> str:
    pieces, room = [""], 75
    for letter in line:
        if room < len(letter.encode()):
            pieces.append(" ")
            room = 74
        pieces[-1] += letter
        room -= len(letter.encode())
    return "\r\n".join(pieces)
