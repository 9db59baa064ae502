"""Lengths as LINE counts them, and cuts that never break a character."""

import json
import sys

import regex

from bot.line.limits import TextLimit, Unit

_CLUSTER = regex.compile(r"\X")


def utf16_length(text: str) -> int:
    """Count UTF-16 code units: `𠮷` is 2, an ideograph with its variation selector 3."""
    return len(text) + sum(ord(character) > 0xFFFF for character in text)


def graphemes(text: str) -> int:
    """Count what a reader sees as characters (extended grapheme clusters, UAX 29)."""
    return sum(1 for _ in _CLUSTER.finditer(text))


def length(text: str, unit: Unit) -> int:
    """Measure `text` in `unit`."""
    return utf16_length(text) if unit is Unit.UTF16 else graphemes(text)


def escaped_size(value: object) -> int:
    """Count the bytes of `value` as compact JSON with everything but ASCII escaped: its largest form on the wire.

    A value nested too deeply to be written counts as larger than anything.
    """
    try:
        return len(json.dumps(value, ensure_ascii=True, separators=(",", ":")))
    except RecursionError:
        return sys.maxsize


def fits(text: str, limit: TextLimit) -> bool:
    """Tell whether `text` is within `limit`."""
    return _within(text, limit.most, limit.unit)


def _within(text: str, most: int, unit: Unit) -> bool:
    """No character is more than two units, so that a short text need not be measured."""
    return 2 * len(text) <= most or length(text, unit) <= most


def clip(text: str, limit: int, unit: Unit, ending: str = "…") -> str:
    """Return `text` if it fits, else its longest head plus `ending` that does, cut between grapheme clusters only.

    A surrogate pair, an emoji joined by ZWJ and an ideograph with its variation selector stay whole. Where even
    `ending` does not fit, the head is cut without it.
    """
    if _within(text, limit, unit):
        return text
    tail = ending if length(ending, unit) <= limit else ""
    room = limit - length(tail, unit)
    end = 0
    for cluster in _CLUSTER.finditer(text):
        room -= length(cluster.group(), unit)
        if room < 0:
            break
        end = cluster.end()
    return text[:end] + tail
