"""Text messages of both versions: where emoji and substitutions stand."""

import re
from collections.abc import Mapping

from bot.line import limits
from bot.line.schema.rules import (
    Json,
    Problem,
    Problems,
    Rule,
    any_value,
    array,
    integer,
    join,
    listed,
    record,
    tagged,
    text,
)

_KEY = re.compile(r"[0-9A-Za-z_]{1,20}")
_BRACE = re.compile(r"\{\{|\}\}|\{([0-9A-Za-z_]{1,20})\}|[{}]")
_identifier = text(pattern=r"[0-9A-Za-z_-]+")
_emoji = record({"index": integer(0), "productId": _identifier, "emojiId": _identifier})
_mentionee = tagged({"all": record({"type": any_value}), "user": record({"type": any_value, "userId": text()})})
_substitute = tagged(
    {
        "emoji": record({"type": any_value, "productId": _identifier, "emojiId": _identifier}),
        "mention": record({"type": any_value, "mentionee": _mentionee}),
    }
)


def emoji_places(value: Json, path: str) -> Problems:
    """Find emoji whose UTF-16 index does not point at a `$`."""
    written = value.get("text")
    units = written.encode("utf-16-le", "replace") if isinstance(written, str) else b""
    for place, emoji in enumerate(listed(value, "emojis")):
        index = emoji.get("index") if isinstance(emoji, Mapping) else None
        if isinstance(index, int) and units[2 * index : 2 * index + 2] != b"$\x00":
            yield Problem(f"{path}.emojis[{place}].index", "Must be the position of a $ in the text")


def _substitution(value: object, path: str) -> Problems:
    if not isinstance(value, Mapping):
        yield Problem(path, "Must be an object")
        return
    if len(value) > limits.SUBSTITUTIONS:
        yield Problem(path, f"Size must be between 0 and {limits.SUBSTITUTIONS}")
    for key, child in value.items():
        if not _KEY.fullmatch(str(key)):
            yield Problem(join(path, str(key)), "Invalid key")
        yield from _substitute(child, join(path, str(key)))
    for kind, most in (("emoji", limits.EMOJIS), ("mention", limits.MENTIONS)):
        if sum(isinstance(child, Mapping) and child.get("type") == kind for child in value.values()) > most:
            yield Problem(path, f"At most {most} objects can be {kind}")


def substitution_places(value: Json, path: str) -> Problems:
    """Find braces that are neither doubled nor the name of a substitution."""
    written, given = value.get("text"), value.get("substitution")
    keys = set(given) if isinstance(given, Mapping) else set()
    for brace in _BRACE.finditer(written) if isinstance(written, str) else ():
        if brace.group() not in ("{{", "}}") and brace.group(1) not in keys:
            yield Problem(join(path, "text"), "A brace must be doubled or name a substitution")


text_emojis: Rule = array(_emoji, 0, limits.EMOJIS)
text_substitution: Rule = _substitution
