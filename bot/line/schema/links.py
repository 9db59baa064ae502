"""URLs as LINE takes them: percent-encoded, of an allowed scheme."""

import re
from urllib.parse import urlsplit

from bot.line.limits import URI, URI_SCHEMES, URL, TextLimit
from bot.line.schema.rules import Problem, Problems, Rule, text

_ENCODED = re.compile(r"(?:[!#$&-;=?-Z_a-z~\[\]]|%[0-9A-Fa-f]{2})+")


def link(schemes: tuple[str, ...], limit: TextLimit) -> Rule:
    """Accept an absolute, percent-encoded link of one of `schemes`; web links need a host."""
    within = text(limit)

    def rule(value: object, path: str) -> Problems:
        found = tuple(within(value, path))
        yield from found
        if not found and isinstance(value, str):
            yield from _shape(value, path, schemes)

    return rule


def _shape(value: str, path: str, schemes: tuple[str, ...]) -> Problems:
    scheme, colon, rest = value.partition(":")
    if not colon or scheme.lower() not in schemes:
        yield Problem(path, "Invalid URI scheme")
    elif not _ENCODED.fullmatch(value):
        yield Problem(path, "Must be percent-encoded as UTF-8")
    elif not rest or (scheme.lower() in ("http", "https") and not _host(value)):
        yield Problem(path, "Invalid URI")


def _host(value: str) -> str:
    try:
        return urlsplit(value).hostname or ""
    except ValueError:
        return ""


action_uri = link(URI_SCHEMES, URI)
media_url = link(("https",), URL)
