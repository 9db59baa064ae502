"""What is spoken of: the guide just shown, a fact of it, or another matter."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from handlers.decision import Limits, chances, ranked, worded
from knowledge.passages import Owner, OwnerKind
from knowledge.records import FactKind
from knowledge.search import Hit, Hits


@dataclass(frozen=True)
class Topic:
    """The guides just shown or offered, and what a message found, in which they compete with everything else."""

    guides: Sequence[str]
    hits: Hits
    limits: Limits

    @property
    def own(self) -> str | None:
        """The one guide just shown, where the message found it at all."""
        return self._shown.owner.id if self._shown else None

    def fact(self, *, danger: bool) -> FactKind | None:
        """The fact asked for, where the message is more likely that question than anything with a name of its own.

        Of what was just shown a smaller lead is needed, the less likely another guide is meant, even one below zero;
        but the whole where `danger` would be the answer otherwise, and none helps where the message is much more like
        the guide itself.
        """
        follow = next(iter(self.hits.of(OwnerKind.FOLLOW_UP)), None)
        needed = self._needed if self.guides and not danger else self.limits.follow_up
        if follow is None or self._lead(follow) < needed:
            return None
        whole = self._shown is not None and follow.score < self._shown.score - self.limits.behind
        return None if whole else FactKind(follow.owner.id)

    def still(self) -> str | None:
        """The one guide just shown, where it is hardly less likely meant than all else: 「布団は？」, 「証人いる？」.

        Danger goes before it, and whatever the message is the very wording of.
        """
        if self._shown is None or self._lead(self._shown) < min(-self.limits.behind, self._needed):
            return None
        danger = [hit.owner.kind for hit in self._rivals[:1]] == [OwnerKind.CRISIS]
        return None if danger or any(worded(hit, self.limits) for hit in self._rivals) else self.own

    @cached_property
    def _shown(self) -> Hit | None:
        return next((hit for hit in self.hits.of(OwnerKind.GUIDE) if [hit.owner.id] == [*self.guides]), None)

    @cached_property
    def _rivals(self) -> list[Hit]:
        shown = {Owner(OwnerKind.GUIDE, guide) for guide in self.guides}
        return [hit for hit in self.hits.hits if hit.owner.kind != OwnerKind.FOLLOW_UP and hit.owner not in shown]

    @cached_property
    def _needed(self) -> float:
        """The lead that is needed: the more, the likelier another guide is meant."""
        others = ranked(replace(self.hits, hits=tuple(self._rivals)), self.limits)[:1]
        another = max(chances(others, self.hits, self.limits), default=0.0)
        return self.limits.further * (another - self.limits.answer)

    def _lead(self, hit: Hit) -> float:
        return hit.score - next((rival.score for rival in self._rivals), 0.0)
