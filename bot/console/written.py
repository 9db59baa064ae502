"""What somebody wrote in a form that could not be sent, to be read or copied: without what the form carries itself."""

import re
from dataclasses import dataclass
from typing import Self

from knowledge.kept_forms import Fields

CARRIED = frozenset(
    {"base", "do", "draft", "guide", "id", "life_events", "on", "overrule", "people", "question", "revision", "seen"}
    | {"since", "table", "until", "version", "wanted"}
)
"""Fields of the forms themselves, and what can be chosen again."""
_GUIDE = "/guides/edit"
_CODE = re.compile(r"[0-9]*[a-z][a-z0-9_:-]*")
"""What stands for a choice, such as `toshima` or `tokyo-ward`: nobody types it."""


@dataclass(frozen=True)
class Written:
    """The texts by field; `guide` says that the fields are those of a guide, whose labels are known."""

    texts: Fields
    guide: bool = False

    @classmethod
    def of(cls, path: str, fields: Fields) -> Self:
        """What was written in a form that was to go to a path."""
        trimmed = ((name, text.strip()) for name, text in fields if name not in CARRIED)
        texts = tuple((name, text) for name, text in trimmed if text and not _CODE.fullmatch(text))
        return cls(texts, path.endswith(_GUIDE))
