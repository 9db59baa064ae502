"""The sentences around canned answers and announcements, in six wordings; none can be forgotten."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

from knowledge.days import JST
from knowledge.disaster.announcement import Action
from knowledge.models import Hazard, ShelterState
from knowledge.notice import Variant

_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


class DisasterPhrases(BaseModel):
    """All sentences of one wording; braces are filled with `str.format`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    own_name: str
    head: str
    home: str
    recovery: str
    broken: str
    beside: str
    latest: str
    warning: str
    near: str
    block: str
    shelter: str
    state: str
    unknown: str
    full_first: str
    fire: str
    as_of: str
    japanese: str
    map: str
    more_towns: str
    no_towns: str
    time: str
    whole: str
    and_: str
    states: Mapping[ShelterState, str]
    hazards: Mapping[Hazard, str]
    actions: Mapping[Action, str]
    advice: Mapping[Action, str]
    issued_title: str
    lifted_title: str
    issued: str
    lifted: str
    reason: str
    do: str
    after: str
    told: str
    ask: str
    site: str
    desk: str

    def at(self, time: datetime) -> str:
        """A time in Japan."""
        here = time.astimezone(JST)
        clock, mon = f"{here.hour}:{here.minute:02}", _MONTHS[here.month - 1]
        return self.time.format(month=here.month, day=here.day, mon=mon, clock=clock)


@cache
def _all() -> dict[Variant, DisasterPhrases]:
    path = Path(__file__).parent.parent / "wording" / "disaster.yaml"
    written = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {each: DisasterPhrases.model_validate(written[each.value]) for each in Variant}


def disaster_phrases(variant: Variant) -> DisasterPhrases:
    """The sentences of a wording."""
    return _all()[variant]
