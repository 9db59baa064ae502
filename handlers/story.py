"""A long message is heard sentence by sentence, too: what somebody wants may be half a line of their story."""

import re
from collections.abc import Iterable

from knowledge.text import LONGEST_QUESTION

LONG = 60
"""So many characters are a story: a whole vector says little about any part of it."""
LEAST = 20
"""A sentence shorter than this is heard together with the next: no message is searched more than 25 times again."""
# A line break is a space by now, and Japanese has no other between words.
_SENTENCES = re.compile(r"(?<=[。!?])(?![。!?])|(?<=\. )|(?<=[ぁ-ヺー一-鿿] )(?=[ぁ-ヺー一-鿿])")
_CLAUSES = re.compile(r"(?<=[、,])")


def sentences(text: str) -> list[str]:
    """The sentences of a long (normalised) text, of a long sentence its clauses; none of a text that has but one."""
    if len(text) < LONG:
        return []
    parts: list[str] = []
    for sentence in _joined(_SENTENCES.split(text[:LONGEST_QUESTION])):
        parts += _joined(_CLAUSES.split(sentence)) if len(sentence) > LONG else [sentence]
    return parts if len(parts) > 1 else []


def _joined(pieces: Iterable[str]) -> list[str]:
    joined = [""]
    for piece in pieces:
        if len(joined[-1]) < LEAST:
            joined[-1] += piece
        else:
            joined.append(piece)
    if len(joined) > 1 and len(joined[-1]) < LEAST:
        joined[-2:] = ["".join(joined[-2:])]
    return joined
