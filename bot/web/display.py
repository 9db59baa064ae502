"""What templates need to know of a value: where a link may lead, a sentence's language, what a button sends."""

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined

from handlers.actions import pack
from handlers.reply import Card, Checklist, Choice, Citation, Part, Text
from knowledge.text import Language

_PHONE = re.compile(r"^tel:([0-9+#*-]{2,20})$")
_NUMBER = re.compile(r"((?<![0-9])0[0-9]{1,4}-[0-9]{1,4}-[0-9]{3,4}(?![0-9]))")
_JAPANESE = re.compile(r"[ぁ-ゖァ-ヺ一-鿿]")
_KANA = re.compile(r"[ぁ-ゖァ-ヺ]")
_LETTERS = {
    Language.EN: re.compile(r"[A-Za-z]"),
    Language.VI: re.compile(r"[A-Za-zÀ-ỹ]"),
    Language.KO: re.compile(r"[가-힣]"),
    Language.ZH: re.compile(r"[一-鿿]"),
}
_KANA_IN_CHINESE = 6
"""A Chinese sentence that names a Japanese thing holds some kana, but less than one in so many characters."""


def href(url: str) -> str | None:
    """The address a link may lead to: http(s) with a host, or a phone number; None for anything else."""
    phone = _PHONE.match(url)
    if phone:
        return "tel:" + phone[1].replace("#", "%23")
    return url if urlsplit(url).scheme in ("http", "https") and host(url) else None


def host(url: str) -> str:
    """The host a link leads to, empty where it has none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def phone_number(url: str) -> str:
    """The number of a ``tel:`` link, empty for other links."""
    phone = _PHONE.match(url)
    return phone[1] if phone else ""


def pieces(line: str) -> list[tuple[str, bool]]:
    """A line in pieces; those marked true are phone numbers, which are not broken over two lines."""
    return [(piece, number % 2 == 1) for number, piece in enumerate(_NUMBER.split(line)) if piece]


def spoken(text: str, language: Language) -> str:
    """The language a sentence of an answer is in: the answer's own, or Japanese where the ward's record speaks."""
    if language == Language.JA:
        return language.value
    own = len(_LETTERS[language].findall(text))
    kana, all_japanese = _KANA.findall(text), _JAPANESE.findall(text)
    foreign = len(kana) * _KANA_IN_CHINESE if language == Language.ZH else len(all_japanese)
    return language.value if own > foreign else Language.JA.value


def not_yet_shown(choices: Sequence[Choice], parts: Sequence[Part]) -> list[Choice]:
    """The quick choices without those that stand as buttons in the parts already."""
    shown = {choice.action for part in parts for choice in _buttons(part)}
    return [choice for choice in choices if choice.action not in shown]


def _buttons(part: Part) -> list[Choice]:
    match part:
        case Card():
            return [*part.related, *part.feedback]
        case Citation():
            return list(part.feedback)
        case Checklist():
            return [step.choice for step in part.steps]
        case Text():
            return []


def environment() -> Environment:
    """The templates; whatever a value holds is escaped."""
    env = Environment(
        loader=PackageLoader("bot.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters.update(href=href, host=host, phone_number=phone_number, pieces=pieces, spoken=spoken, pack=pack)
    env.filters["not_yet_shown"] = not_yet_shown
    kinds = (("text", Text), ("card", Card), ("citation", Citation), ("checklist", Checklist))
    for name, kind in kinds:
        env.tests[f"{name}_part"] = lambda part, kind=kind: isinstance(part, kind)
    return env
