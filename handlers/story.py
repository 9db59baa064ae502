"""A long message is heard sentence by sentence, too: what somebody wants may be half a line of their story."""

import re

LONG = 60
"""So many characters are a story: a whole vector says little about any part of it."""
_SENTENCE, _CLAUSE = re.compile(r"[^。!?\n]+[。!?\n]*"), re.compile(r"[^、,]+[、,]*")
_LEAST = 25
"""A clause shorter than this is heard together with the next."""


def sentences(text: str) -> list[str]:
    """The sentences of a long (normalised) text, of a long sentence its clauses; none of a text that is not long."""
    if len(text) < LONG:
        return []
    parts = [part for part in _SENTENCE.findall(text) for part in (_clauses(part) if len(part) > LONG else [part])]
    return [part.strip() for part in parts if part.strip()]


def _clauses(sentence: str) -> list[str]:
    clauses: list[str] = []
    for clause in _CLAUSE.findall(sentence):
        if clauses and len(clauses[-1]) < _LEAST:
            clauses[-1] += clause
        else:
            clauses.append(clause)
    return clauses
