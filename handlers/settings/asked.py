"""Whether a message asks for the settings: only as a whole, never by a word that stands in a question."""

import re
from collections.abc import Mapping
from functools import cache

import yaml

from handlers.settings.actions import SettingsPage
from handlers.settings.wording import FILES

LONGEST = 40
_AROUND = r"[\s、。！!？?．.,，「」『』\"'“”]*"
_POLITE = r"(を)?(お願いします|おねがいします|お願い|おねがい|です|が|けど|んですが)?"


def settings_asked(text: str) -> SettingsPage | None:
    """The part of the settings that a normalised text asks for; None where it asks something else.

    Easy Japanese is written with spaces, which mean nothing.
    """
    if len(text) > LONGEST:
        return None
    together = text.replace(" ", "")
    whole = (page for page, pattern in _patterns().items() if pattern.fullmatch(text) or pattern.fullmatch(together))
    return next(whole, None)


@cache
def _patterns() -> Mapping[SettingsPage, re.Pattern[str]]:
    found: dict[str, list[str]] = yaml.safe_load((FILES / "asked.yaml").read_text(encoding="utf-8"))
    return {
        SettingsPage(page): re.compile(f"{_AROUND}(?:{'|'.join(said)}){_POLITE}{_AROUND}")
        for page, said in found.items()
    }
