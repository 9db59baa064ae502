"""Likeness: whether a text has been seen before, word for word or nearly so."""

import re
import zlib
from collections import Counter, defaultdict

_WIDTH = 5
_ALIKE = 0.9
_LONG_ENOUGH = 60  # characters; shorter texts are the same only in the same section
_SAMPLE = 4


class Likeness:
    """Remembers texts; texts whose numbers differ are never alike, for they state different facts."""

    def __init__(self) -> None:
        self._exact: set[tuple[str, tuple[str, ...]]] = set()
        self._grams: list[frozenset[int]] = []
        self._numbers: list[tuple[str, ...]] = []
        self._holders: defaultdict[int, list[int]] = defaultdict(list)

    def seen(self, text: str, section: tuple[str, ...]) -> bool:
        """Whether an earlier text is alike; remembers this one otherwise."""
        bare = re.sub(r"[\W_]+", "", text)
        if len(bare) < _LONG_ENOUGH:
            known = (bare, section) in self._exact
            self._exact.add((bare, section))
            return known
        grams = frozenset(zlib.crc32(bare[at : at + _WIDTH].encode()) for at in range(len(bare) - _WIDTH + 1))
        numbers = tuple(re.findall(r"\d+|[①-⑳Ⅰ-Ⅻ]", text))
        if any(self._alike(other, grams, numbers) for other in self._candidates(grams)):
            return True
        self._remember(grams, numbers)
        return False

    def _candidates(self, grams: frozenset[int]) -> list[int]:
        shared = Counter(holder for gram in grams if gram % _SAMPLE == 0 for holder in self._holders[gram])
        return [holder for holder, _ in shared.most_common(3)]

    def _alike(self, other: int, grams: frozenset[int], numbers: tuple[str, ...]) -> bool:
        known = self._grams[other]
        return self._numbers[other] == numbers and len(known & grams) >= _ALIKE * len(known | grams)

    def _remember(self, grams: frozenset[int], numbers: tuple[str, ...]) -> None:
        for gram in grams:
            if gram % _SAMPLE == 0:
                self._holders[gram].append(len(self._grams))
        self._grams.append(grams)
        self._numbers.append(numbers)
