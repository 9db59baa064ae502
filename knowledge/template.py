"""The words of a per-person notice: a value with typed places, which nothing but typed values can fill."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, TypeAdapter, ValidationError, model_validator
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
        names = [place.name for place in self.places]
        if Variant.JA not in self.texts:
            raise ValueError("日本語の文面が必要です")
        if len(set(names)) < len(names):
            raise ValueError("同じ名前の差し込みが二つあります")
        for variant, words in self.texts.items():
            if (found := set(_PLACE.findall(words.text))) != set(names):
                odd = "・".join(sorted(found ^ set(names)))
                raise ValueError(f"{variant.value}：文面の {{ }} と差し込みの一覧が合いません（{odd}）")
            if "{" in _PLACE.sub("", words.text + words.title) or "}" in _PLACE.sub("", words.text + words.title):
                raise ValueError(f"{variant.value}：{{ }} は差し込みにだけ使えます")
        if any(words.button for words in self.texts.values()) and not self.guide_place:
            raise ValueError("ボタンには、手続きの差し込みが必要です")
        return self

    @property
    def guide_place(self) -> str | None:
        """The name of the place whose guide the button leads to."""
        return next((place.name for place in self.places if isinstance(place, GuidePlace)), None)


class TemplateError(PocketError):
    """ひな形に直すところがあります。"""


class ValuesError(PocketError):
    """差し込みの値が正しくありません。"""

    def __init__(self, problems: Mapping[str, str]) -> None:
        """`problems` says for each place what is wrong with its value, without repeating it."""
        super().__init__()
        self.problems = dict(problems)


_ADAPTER: TypeAdapter[Template] = TypeAdapter(Template)


def template_from(stored: object) -> Template:
    """Read a stored or submitted template; raises TemplateError with what is wrong in words."""
    try:
        return _ADAPTER.validate_python(stored)
    except ValidationError as error:
        said = [
            str(each["msg"]).removeprefix("Value error, ") for each in error.errors() if each["type"] == "value_error"
        ]
        raise TemplateError("\n".join(said) or None) from None


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
