"""The one gate every outgoing message passes, and the strict half of the simulator."""

from collections.abc import Mapping, Sequence

from bot.line.limits import Unit
from bot.line.measure import clip, graphemes, utf16_length
from bot.line.schema.messages import messages as _messages
from bot.line.schema.richmenu import image_problems
from bot.line.schema.richmenu import rich_menu as _rich_menu
from bot.line.schema.rules import Problem
from knowledge.errors import PocketError

__all__ = [
    "LineMessageInvalid",
    "Problem",
    "Unit",
    "check",
    "clip",
    "graphemes",
    "image_problems",
    "problems",
    "rich_menu_problems",
    "utf16_length",
]


class LineMessageInvalid(PocketError):  # noqa: N818 - reads as the fact it states
    """LINEの決まりに合わないメッセージのため、送信しませんでした。"""

    def __init__(self, found: Sequence[Problem]) -> None:
        self.problems = tuple(found)
        super().__init__("\n".join([str(type(self).__doc__), *(f"{item.property}: {item.message}" for item in found)]))


def problems(messages: Sequence[Mapping[str, object]]) -> tuple[Problem, ...]:
    """Return everything LINE would refuse in the messages of one request, each with its JSON path."""
    return tuple(_messages(messages, "messages"))


def check(messages: Sequence[Mapping[str, object]]) -> None:
    """Raise `LineMessageInvalid` unless LINE would accept the messages of one request."""
    found = problems(messages)
    if found:
        raise LineMessageInvalid(found)


def rich_menu_problems(menu: Mapping[str, object]) -> tuple[Problem, ...]:
    """Return everything LINE would refuse in a rich menu object."""
    return tuple(_rich_menu(menu, ""))
