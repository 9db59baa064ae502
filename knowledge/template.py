"""The words of a per-person notice: a value with typed places, which nothing but typed values can fill."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, TypeAdapter, ValidationError, model_validator
from pydantic_core import PydanticCustomError
from sqlalchemy.orm import Session

from knowledge import library
from knowledge.errors import PocketError
from knowledge.guide import Desk, Guide, Record
from knowledge.notice import Button, CardBlock, Content, Label, Short, Variant

LONGEST = 1_000
MOST_PLACES = 6
DATES = timedelta(days=1_100)
"""A date in a notice is at most about three years away; anything further is a mistake of the ward system's."""
_PLACE = re.compile(r"\{([^{}]*)\}")
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,19}$")]
Body = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST)]
Value = str | int


class DatePlace(Record):
    """A day."""

    kind: Literal["date"] = "date"
    name: Name


class DeskPlace(Record):
    """A desk of the content pack, by its id; shown with its phone."""

    kind: Literal["desk"] = "desk"
    name: Name


class GuidePlace(Record):
    """A published guide, by its id; its online form is what the button opens."""

    kind: Literal["guide"] = "guide"
    name: Name


class NumberPlace(Record):
    """A whole number within bounds, both included."""

    kind: Literal["number"] = "number"
    name: Name
    least: Annotated[int, Field(ge=0, le=10_000_000)]
    most: Annotated[int, Field(ge=0, le=10_000_000)]

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.least > self.most:
            raise ValueError("数は小さいほうから大きいほうの順に書きます")
        return self


Place = Annotated[DatePlace | DeskPlace | GuidePlace | NumberPlace, Field(discriminator="kind")]


class Words(Record):
    """A notice in one language; `button` opens the form of the template's guide."""

    title: Short
    text: Body
    button: Label | None = None


class Template(Record):
    """The words by language with the places in them; `keeps_quiet` is whether it waits for quiet hours to end."""

    keeps_quiet: bool = True
    places: Annotated[tuple[Place, ...], Field(max_length=MOST_PLACES)] = ()
    texts: dict[Variant, Words]

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if problems := dict(_inconsistent(self)):
            raise PydanticCustomError("inconsistent", "a template's parts do not fit", {"problems": problems})
        return self

    @property
    def guide_place(self) -> str | None:
        """The name of the place whose guide the button leads to."""
        return next((place.name for place in self.places if isinstance(place, GuidePlace)), None)


def _inconsistent(template: Template) -> Iterator[tuple[str, str]]:
    """What does not fit together, at which field."""
    names = [place.name for place in template.places]
    if Variant.JA not in template.texts:
        yield "texts.ja.text", ""
    for at, name in enumerate(names):
        if name in names[:at]:
            yield f"places.{at}.name", "同じ名前の差し込みが、上にもあります。別の名前にしてください。"
    for variant, words in template.texts.items():
        if "{" in words.title or "}" in words.title:
            yield f"texts.{variant.value}.title", "見出しに { } は使えません。差し込みは、文面に書いてください。"
        if said := _misplaced(words.text, names):
            yield f"texts.{variant.value}.text", said
        if words.button and not template.guide_place:
            said = "ボタンには、手続きの差し込みが必要です。差し込みの種類で「手続き」を選んでください。"
            yield f"texts.{variant.value}.button", said


def _misplaced(text: str, names: Sequence[str]) -> str:
    """What is wrong with the places of a text, empty where nothing is."""
    found, rest = _PLACE.findall(text), _PLACE.sub("", text)
    unknown = [name for name in dict.fromkeys(found) if name not in names]
    unused = [name for name in names if name not in found]
    if unknown:
        return f"{_braced(unknown)} という差し込みはありません。上の「差し込み」に足すか、文面から消してください。"
    if unused:
        return f"差し込み {_braced(unused)} が文面にありません。文面に半角の {{ }} で書くか、名前を消してください。"
    return "{ } は、差し込みの名前を囲むときだけ使えます。" if "{" in rest or "}" in rest else ""


def _braced(names: Sequence[str]) -> str:
    return "・".join(f"{{{name}}}" for name in names)


class TemplateError(PocketError):
    """ひな形に直すところがあります。"""

    def __init__(self, problems: Mapping[str, str] | None = None) -> None:
        """`problems` says by the path of a field, such as ``places.0.number.least``, what is wrong, where it is not
        the rule of that field alone."""
        super().__init__()
        self.problems = dict(problems or {})


class ValuesError(PocketError):
    """差し込みの値が正しくありません。"""

    def __init__(self, problems: Mapping[str, str]) -> None:
        """`problems` says for each place what is wrong with its value, without repeating it."""
        super().__init__()
        self.problems = dict(problems)


_ADAPTER: TypeAdapter[Template] = TypeAdapter(Template)


def template_from(stored: object) -> Template:
    """Read a stored or submitted template; raises TemplateError with the fields that are wrong."""
    try:
        return _ADAPTER.validate_python(stored)
    except ValidationError as error:
        problems: dict[str, str] = {}
        for each in error.errors():
            problems |= each.get("ctx", {}).get("problems") or {".".join(map(str, each["loc"])): ""}
        raise TemplateError(problems) from None


def template_json(template: Template) -> dict[str, Any]:
    """The template as JSON: the same value always in the same words."""
    return template.model_dump(mode="json")


@dataclass(frozen=True)
class _Meant:
    """What a value stands for, and what is wrong with it where something is."""

    day: date | None = None
    desk: Desk | None = None
    guide: Guide | None = None
    number: int | None = None
    problem: str = ""

    def said(self, variant: Variant) -> str:
        """In words of a language."""
        if self.day:
            return _day(self.day, variant)
        if self.desk:
            phone = {Variant.JA: " 電話 ", Variant.EASY: " 電話 "}.get(variant, " ☎ ")
            return self.desk.name + (phone + self.desk.phone if self.desk.phone else "")
        if self.guide:
            return _title(self.guide, variant)
        return f"{self.number:,}"


def fill(session: Session, template: Template, values: Mapping[str, Value], today: date) -> Content:
    """The notice with its places filled, in every language of the template; raises ValuesError."""
    names = {place.name for place in template.places}
    problems = {name: "この差し込みはありません。" for name in values if name not in names}
    meant = {place.name: _meant(session, place, values.get(place.name), today) for place in template.places}
    problems |= {name: each.problem for name, each in meant.items() if each.problem}
    guide = meant[template.guide_place].guide if template.guide_place else None
    button = any(words.button for words in template.texts.values())
    if guide and button and not guide.forms:
        problems[template.guide_place or ""] = "この手続きには、オンラインの申請がありません。"
    if problems:
        raise ValuesError(problems)
    url = str(guide.forms[0].url) if guide and button else ""
    return Content(texts={each: (_card(words, meant, each, url),) for each, words in template.texts.items()})


def _card(words: Words, meant: Mapping[str, _Meant], variant: Variant, url: str) -> CardBlock:
    text = _PLACE.sub(lambda found: meant[found[1]].said(variant), words.text)
    buttons = (Button(label=words.button, url=url),) if words.button and url else ()
    return CardBlock(title=words.title, text=text, buttons=buttons)


def _meant(session: Session, place: Place, value: Value | None, today: date) -> _Meant:
    match place:
        case _ if value is None:
            return _Meant(problem="値がありません。")
        case DatePlace():
            return _date(value, today)
        case NumberPlace(least=least, most=most):
            fits = isinstance(value, int) and not isinstance(value, bool) and least <= value <= most
            return _Meant(number=int(value)) if fits else _Meant(problem=f"{least}から{most}までの整数にしてください。")
        case DeskPlace():
            desk = library.record(session, Desk, value) if isinstance(value, str) else None
            return _Meant(desk=desk, problem="" if desk else "登録されている窓口のIDにしてください。")
        case GuidePlace():
            guide = library.guide(session, value) if isinstance(value, str) else None
            return _Meant(guide=guide, problem="" if guide else "公開されている手続案内のIDにしてください。")


def _date(value: Value, today: date) -> _Meant:
    wrong = _Meant(problem="今日から前後3年以内の日付を 2026-12-01 の形で書いてください。")
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
        return wrong
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return wrong
    return _Meant(day=day) if abs(day - today) <= DATES else wrong


def _day(value: date, variant: Variant) -> str:
    """As it is written here; for readers of other languages in ISO 8601, which nobody misreads."""
    if variant not in (Variant.JA, Variant.EASY):
        return value.isoformat()
    return f"{value.year}年{value.month}月{value.day}日（{'月火水木金土日'[value.weekday()]}）"


def _title(guide: Guide, variant: Variant) -> str:
    names = guide.names
    own = {Variant.EN: names.en, Variant.ZH: names.zh, Variant.KO: names.ko, Variant.VI: names.vi}.get(variant, ())
    if variant is Variant.EASY:
        return names.easy
    return f"{own[0]}（{guide.title}）" if own else guide.title
