"""What ward systems send and are told: strict, and nothing beyond it."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from knowledge.links import LinkState
from knowledge.models import LetterStatus

Token = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{43}$")]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)]
PlaceName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,19}$")]
Word = Annotated[str, StringConstraints(max_length=64)]
Number = Annotated[int, Field(ge=0, le=10_000_000)]


class Strict(BaseModel):
    """A body of which nothing is guessed: no other fields, no converted types."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class NoticeOrder(Strict):
    """A notice to one linked resident in approved words; `values` fill the template's places and nothing else."""

    template: Slug
    link: Token
    values: Annotated[dict[PlaceName, Word | Number], Field(max_length=6)] = {}


class LinkToken(Strict):
    """A link, by the token its maker holds."""

    link: Token


class NoticeState(StrEnum):
    """What is known of a notice: accepted by us, delivered to LINE, or why not."""

    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    BLOCKED = "blocked"
    REFUSED = "refused"
    EXPIRED = "expired"
    UNKNOWN = "unknown"

    @classmethod
    def of(cls, status: str) -> "NoticeState":
        """The state of a letter; one that is being sent is still only accepted."""
        return cls.ACCEPTED if status == LetterStatus.CLAIMED else cls(status)


class Accepted(Strict):
    """A notice that will be sent once."""

    id: str
    status: NoticeState
    accepted_at: datetime


class Told(Accepted):
    """A notice and what became of it."""

    closed_at: datetime | None


class NewLink(Strict):
    """A link to keep and a code to hand to the resident, both shown this once."""

    link: str
    code: str
    say: str
    expires_at: datetime


class LinkTold(Strict):
    """How far a link has come."""

    state: LinkState


class PlaceTold(Strict):
    """A place of a template: its kind, and the bounds of a number."""

    name: str
    kind: str
    least: int | None = None
    most: int | None = None


class TemplateTold(Strict):
    """A template a ward system may use, with the places it must fill."""

    template: str
    title: str
    usable: bool
    languages: list[str]
    places: list[PlaceTold]
