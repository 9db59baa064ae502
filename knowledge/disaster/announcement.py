"""An announcement of a warning level, as typed fields: none can be forgotten, and level and action always match.

Levels and actions are those of the Basic Act on Disaster Management as revised on 2021-05-20 (levels 3 to 5) and of the
Meteorological Agency (levels 1 and 2).
"""

from enum import IntEnum, StrEnum
from typing import Annotated, Self

from pydantic import AwareDatetime, StringConstraints, model_validator

from knowledge.guide import Record, Slug
from knowledge.models import Hazard, WarningStatus

Issuer = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]


class Level(IntEnum):
    """警戒レベル."""

    ONE = 1
    TWO = 2
    THREE = 3
    FOUR = 4
    FIVE = 5


class Action(StrEnum):
    """What people are to do at a level."""

    PREPARE = "prepare"
    CHECK = "check"
    ELDERLY = "elderly"
    EVACUATE = "evacuate"
    SAFETY = "safety"


ACTIONS: dict[Level, Action] = dict(zip(Level, Action, strict=True))


class Announcement(Record):
    """What is announced; `towns` are ids of the pack's towns, none for the whole ward."""

    status: WarningStatus
    level: Level
    action: Action
    hazard: Hazard
    towns: tuple[Slug, ...]
    issued_at: AwareDatetime
    issuer: Issuer

    @model_validator(mode="after")
    def _match(self) -> Self:
        if ACTIONS[self.level] is not self.action:
            raise ValueError("警戒レベルと、とるべき行動が合っていません")
        return self
