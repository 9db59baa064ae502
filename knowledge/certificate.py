"""A disability certificate as a resident may tell of it: kind and grade, no number, no name, no diagnosis."""

from dataclasses import dataclass
from enum import StrEnum


class CertificateKind(StrEnum):
    """The three certificates of Tokyo; the second is what other prefectures call 療育手帳."""

    PHYSICAL = "physical"
    INTELLECTUAL = "intellectual"
    MENTAL = "mental"


LOWEST_GRADE = {CertificateKind.PHYSICAL: 6, CertificateKind.INTELLECTUAL: 4, CertificateKind.MENTAL: 3}
"""Grades are 1 (gravest) up to this: 身体障害者手帳 1-6級, 愛の手帳 1-4度, 精神障害者保健福祉手帳 1-3級."""


@dataclass(frozen=True)
class Certificate:
    """A kind with one of its grades; raises ValueError where that kind has no such grade."""

    kind: CertificateKind
    grade: int

    def __post_init__(self) -> None:
        if not 1 <= self.grade <= LOWEST_GRADE[self.kind]:
            raise ValueError("no such grade")

    def written(self) -> str:
        """As one word, to be sealed."""
        return f"{self.kind.value}-{self.grade}"


def certificate_of(word: str) -> Certificate | None:
    """The certificate a word stands for; None where it stands for none."""
    kind, _, grade = word.partition("-")
    if kind not in set(CertificateKind) or grade not in set("123456"):
        return None
    known = CertificateKind(kind)
    return Certificate(known, int(grade)) if int(grade) <= LOWEST_GRADE[known] else None
