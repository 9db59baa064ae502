"""Unigram segmentation from a table of 64-bit keys.

The library's own table holds the 250,000 pieces of a multilingual vocabulary in 281 MB; this one takes 4 MB, loads in
milliseconds and gives the same ids. A key is a rolling hash, so that the keys of all substrings of a text are one
vector operation; the builder proves the keys of a vocabulary distinct.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.uint64]
Places = NDArray[np.int64]

TABLE_TYPE = np.dtype([("key", "<u8"), ("id", "<i4"), ("score", "<f4")])
_BASE = 0x9E3779B97F4A7C15
_BASE_INVERSE = pow(_BASE, -1, 1 << 64)
# What the SentencePiece trainer and `tokenizers` take from the lowest score for a character no piece covers.
_UNKNOWN_PENALTY = 10.0


@dataclass(frozen=True)
class PieceTable:
    """Pieces by key, ascending, with their ids and log probabilities; `longest` is in characters."""

    keys: Keys
    ids: NDArray[np.int32]
    scores: NDArray[np.float32]
    longest: int
    unknown: int
    floor: float

    def segment(self, words: Sequence[str]) -> list[int]:
        """Ids of the most probable pieces of each word in turn; a run of uncovered characters is one unknown."""
        text = "".join(words)
        if not text:
            return []
        lengths = np.fromiter(map(len, words), np.int64, len(words))
        ends = np.repeat(np.cumsum(lengths), lengths)
        return self._best_path(*self._hits(text, ends), ends.tolist())

    def _hits(self, text: str, ends: Places) -> tuple[list[int], list[int], list[int]]:
        """Start, end and row of every piece found in the text, ordered by start then end."""
        keys, starts, stops = substring_keys(text, self.longest, ends)
        rows = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        found = self.keys[rows] == keys
        return starts[found].tolist(), stops[found].tolist(), rows[found].tolist()

    def _best_path(self, starts: list[int], stops: list[int], rows: list[int], ends: list[int]) -> list[int]:
        size = len(ends)
        best = [-np.inf] * (size + 1)
        back: list[tuple[int, int]] = [(0, self.unknown)] * (size + 1)
        best[0] = 0.0
        hits = zip(starts, stops, self.scores[rows].tolist(), self.ids[rows].tolist(), strict=True)
        unknowns = ((at, at + 1, self.floor, self.unknown) for at in _uncovered(starts, stops, size))
        for start, stop, score, piece in sorted(chain(hits, unknowns)):
            if best[start] + score > best[stop]:
                best[stop] = best[start] + score
                back[stop] = (start, piece)
        return self._walk_back(back, ends)

    def _walk_back(self, back: list[tuple[int, int]], ends: list[int]) -> list[int]:
        at = len(ends)
        ids: list[int] = []
        after_unknown = False
        while at:
            end = at
            at, piece = back[end]
            joins = after_unknown and ends[at] != end
            after_unknown = piece == self.unknown
            if not (after_unknown and joins):
                ids.append(piece)
        return ids[::-1]


def open_table(table: NDArray[np.void], longest: int, unknown: int) -> PieceTable:
    """The table of rows of TABLE_TYPE, ascending by key."""
    keys, ids, scores = (np.ascontiguousarray(table[name]) for name in ("key", "id", "score"))
    return PieceTable(keys, ids, scores, longest, unknown, float(scores.min()) - _UNKNOWN_PENALTY)


def piece_keys(pieces: Sequence[str]) -> Keys:
    """The key of each whole piece."""
    sums, inverses = _rolling("".join(pieces))
    lengths = np.fromiter(map(len, pieces), np.int64, len(pieces))
    stops = np.cumsum(lengths)
    starts = stops - lengths
    keys: Keys = (sums[stops] - sums[starts]) * inverses[starts]
    return keys


def substring_keys(text: str, longest: int, ends: Places) -> tuple[Keys, Places, Places]:
    """Keys, starts and ends of all substrings of at most `longest` characters that stay before `ends[start]`."""
    sums, inverses = _rolling(text)
    starts, widths = np.divmod(np.arange(len(text) * longest), longest)
    stops = starts + widths + 1
    inside = stops <= ends[starts]
    starts, stops = starts[inside], stops[inside]
    return (sums[stops] - sums[starts]) * inverses[starts], starts, stops


def _rolling(text: str) -> tuple[Keys, Keys]:
    """Sums of the text's characters up to each place, and the factor that brings a difference from there to place 0."""
    points = np.frombuffer(text.encode("utf-32-le"), "<u4")
    powers = np.full(len(points) + 1, _BASE, np.uint64)
    inverses = np.full(len(points) + 1, _BASE_INVERSE, np.uint64)
    powers[0] = inverses[0] = 1
    np.cumprod(powers, out=powers)
    np.cumprod(inverses, out=inverses)
    sums = np.zeros(len(points) + 1, np.uint64)
    np.cumsum(_mixed(points) * powers[:-1], out=sums[1:])
    return sums, inverses


def _mixed(points: NDArray[np.uint32]) -> Keys:
    """Code points spread over 64 bits (the finaliser of splitmix64), so that neighbours share nothing."""
    value = (points.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: Keys = value ^ (value >> np.uint64(31))
    return mixed


def _uncovered(starts: list[int], stops: list[int], size: int) -> list[int]:
    single = {start for start, stop in zip(starts, stops, strict=True) if stop == start + 1}
    return [at for at in range(size) if at not in single]
