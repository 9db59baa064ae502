"""The fiscal year's turn, prepared ahead: one draft a guide, in which next year's facts stand beside this year's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from knowledge import drafts
from knowledge.clerk import Clerk
from knowledge.dated import holds
from knowledge.guide import Fee, Guide
from knowledge.models import DraftOrigin, GuideDraft, GuideStatus
from knowledge.pack import digest

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Shift:
    """What changes on a day: amounts by guide and case in yen, and the next review date of all guides, if it moves."""

    day: date
    amounts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    review_by: date | None = None

    def applied(self, guide: Guide) -> Guide:
        """The guide with the amounts that hold from the day on beside those that hold until the day before."""
        wanted = self.amounts.get(guide.id, {})
        fees = tuple(each for fee in guide.fees for each in self._around(fee, wanted))
        changes: dict[str, object] = {"fees": fees}
        if self.review_by:
            changes["review_by"] = self.review_by
        return Guide.model_validate({**guide.model_dump(), **changes})

    def _around(self, fee: Fee, wanted: Mapping[str, int]) -> tuple[Fee, ...]:
        yen = wanted.get(fee.case, fee.yen)
        if yen == fee.yen or not holds(fee, self.day):
            return (fee,)
        if fee.valid_from == self.day:
            return (fee.model_copy(update={"yen": yen}),)
        until = fee.model_copy(update={"valid_to": self.day - _DAY})
        return until, fee.model_copy(update={"yen": yen, "valid_from": self.day})


def prepare(
    session: Session, guides: Sequence[str], shift: Shift, clerk: Clerk, now: datetime
) -> tuple[list[GuideDraft], list[str]]:
    """Drafts of the guides that a shift changes, to be completed, submitted and reviewed like any other.

    Also gives the ids of guides left out, because they are gone, withdrawn, or stay as they are.
    """
    made: list[GuideDraft] = []
    left: list[str] = []
    for guide_id in dict.fromkeys(guides):
        found = drafts.whole(session, guide_id)
        shifted = shift.applied(found[0]) if found and found[1].status == GuideStatus.PUBLISHED else None
        if found and shifted and digest(shifted) != found[1].digest:
            made.append(drafts.create(session, shifted, found[1].version, clerk, now, DraftOrigin.SHIFT))
        else:
            left.append(guide_id)
    return made, left
