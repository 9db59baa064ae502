"""Looks: what the styles of a Word file make of a paragraph or a run, as far as reading it is concerned."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self, TypeVar

from lxml import etree

T = TypeVar("T", int, str)
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_HEADING = re.compile(r"^(?:heading|見出し) ?([1-6])$", re.IGNORECASE)
_OFF = ("0", "false", "off", "none")
_WHITE = re.compile(r"f[c-f]f[c-f]f[c-f]", re.IGNORECASE)
_TINY = 4  # half points
_DEEPEST = 10  # styles based on styles


@dataclass(frozen=True)
class Looks:
    """The heading level of each paragraph style, and how a style hides the text set in it."""

    levels: dict[str, int]
    hiding: dict[str, str]

    @classmethod
    def of(cls, styles: "etree._Element | None") -> Self:
        """The looks of a styles part; all plain when there is none."""
        found = {} if styles is None else {style.get(f"{W}styleId", ""): style for style in styles.iter(f"{W}style")}
        levels = {name: level for name in found if (level := _inherited(found, name, _level))}
        hiding = {name: how for name in found if (how := _inherited(found, name, _how_of_style))}
        return cls(levels, hiding)

    def level(self, paragraph: "etree._Element") -> int | None:
        """The level of a heading from 1, or None for what is none."""
        style = paragraph.find(f"{W}pPr/{W}pStyle")
        own = _outline(paragraph)
        return own or (self.levels.get(style.get(f"{W}val", "")) if style is not None else None)

    def hidden(self, run: "etree._Element", *, shaded: bool) -> str:
        """How a run is kept from being seen, or ""; white text on a shaded ground can be seen."""
        look = run.find(f"{W}rPr")
        names = [
            style.get(f"{W}val", "")
            for style in (run.find(f"{W}rPr/{W}rStyle"), _paragraph_style(run))
            if style is not None
        ]
        how = _how(look) if look is not None else ""
        how = how or next((self.hiding[name] for name in names if name in self.hiding), "")
        return "" if how == "白い文字" and (shaded or self.is_shaded(run)) else how

    def is_shaded(self, element: "etree._Element") -> bool:
        """Whether a cell, a paragraph or a run stands on a coloured ground."""
        around = [element, *element.iterancestors(f"{W}p", f"{W}tc")]
        return any(_is_fill(shade) for each in around for shade in _shades(each))


def _inherited(
    styles: "dict[str, etree._Element]", name: str, read: "Callable[[etree._Element], T | None]"
) -> T | None:
    """The first value on the way from a style to the ones it is based on."""
    for _ in range(_DEEPEST):
        if name not in styles:
            return None
        if value := read(styles[name]):
            return value
        base = styles[name].find(f"{W}basedOn")
        name = base.get(f"{W}val", "") if base is not None else ""
    return None


def _level(style: "etree._Element") -> int | None:
    name = style.find(f"{W}name")
    words = name.get(f"{W}val", "") if name is not None else ""
    if words.lower() in ("title", "表題"):
        return 1
    match = _HEADING.match(words)
    return int(match[1]) if match else _outline(style)


def _outline(element: "etree._Element") -> int | None:
    level = element.find(f"{W}pPr/{W}outlineLvl")
    value = level.get(f"{W}val", "9") if level is not None else "9"
    return int(value) + 1 if value in "012345" else None


def _how_of_style(style: "etree._Element") -> str:
    look = style.find(f"{W}rPr")
    return _how(look) if look is not None else ""


def _how(look: "etree._Element") -> str:
    if any(_is_on(look.find(f"{W}{name}")) for name in ("vanish", "webHidden", "specVanish")):
        return "隠し文字"
    size, color = look.find(f"{W}sz"), look.find(f"{W}color")
    points = size.get(f"{W}val", "") if size is not None else ""
    if points.isascii() and points.isdigit() and int(points) <= _TINY:
        return "見えない大きさ"
    return "白い文字" if color is not None and _WHITE.fullmatch(color.get(f"{W}val", "")) else ""


def _is_on(switch: "etree._Element | None") -> bool:
    return switch is not None and switch.get(f"{W}val", "1").lower() not in _OFF


def _paragraph_style(run: "etree._Element") -> "etree._Element | None":
    paragraph = next(run.iterancestors(f"{W}p"), None)
    return paragraph.find(f"{W}pPr/{W}pStyle") if paragraph is not None else None


def _shades(element: "etree._Element") -> "list[etree._Element]":
    return [found for part in ("rPr", "pPr", "tcPr") for found in element.findall(f"{W}{part}/{W}shd")]


def _is_fill(shade: "etree._Element") -> bool:
    fill = shade.get(f"{W}fill", "auto")
    return fill != "auto" and not _WHITE.fullmatch(fill)
