"""Who acts on guides, and what they may do: a department is the text in `Guide.owner`."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Self

from knowledge.errors import PocketError
from knowledge.models import Role
from knowledge.staff import StaffMember


class NotYourGuideError(PocketError):
    """この案内を変える権限がありません。担当の部署の人か、システム管理者に頼んでください。"""


class NotYourReviewError(PocketError):
    """この案内を確認する権限がありません。担当の部署の確認者に頼んでください。"""


class OwnDraftError(PocketError):
    """自分が書いた、または確認に出した下書きは、自分では承認できません。ほかの確認者に頼んでください。"""


@dataclass(frozen=True)
class Clerk:
    """Somebody of the staff: account, name of sign-in, department, whether they edit, review, or do both everywhere."""

    id: int
    login: str
    department: str | None
    edits: bool = False
    reviews: bool = False
    everywhere: bool = False

    @classmethod
    def of(cls, member: StaffMember) -> Self:
        """A signed-in person as a clerk."""
        return cls(
            id=member.id,
            login=member.login,
            department=member.department,
            edits=member.has(Role.EDITOR),
            reviews=member.has(Role.REVIEWER),
            everywhere=member.has(Role.SYSTEM),
        )

    def may_edit(self, owner: str) -> bool:
        """Whether drafts of that department's guides may be made; a reviewer may, too, and another then reviews."""
        return self.everywhere or (self.department == owner and (self.edits or self.reviews))

    def may_review(self, owners: Collection[str]) -> bool:
        """Whether what one of these departments has to decide may be approved, sent back and published."""
        return self.everywhere or (self.department in owners and self.reviews)

    def must_edit(self, owner: str) -> None:
        """Raise NotYourGuideError unless drafts may be made."""
        if not self.may_edit(owner):
            raise NotYourGuideError

    def must_review(self, owners: Collection[str], authors: frozenset[int]) -> None:
        """Raise NotYourReviewError, or OwnDraftError when the clerk is among those who wrote or submitted it."""
        if not self.may_review(owners):
            raise NotYourReviewError
        if self.id in authors:
            raise OwnDraftError
