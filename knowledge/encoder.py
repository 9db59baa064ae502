"""Texts to vectors, with any prepared model: numpy, onnxruntime and tokenizers only, never the training libraries.

A prepared model is a directory written by `indexer.model`: `encoder.json` (below), `model.onnx` with its weights beside
it, `tokenizer.json`, and for a unigram vocabulary `pieces.npy`. Pooling and everything after it lie in the graph.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import takewhile
from pathlib import Path
from typing import Protocol, Self

import numpy as np
import onnxruntime
from onnxruntime.capi import onnxruntime_pybind11_state as onnx_errors
from tokenizers import Tokenizer

from knowledge.errors import PocketError
from knowledge.pieces import PieceTable, open_table
from knowledge.rarity import EVEN, PieceRarity
from knowledge.vectors import Scores, Vectors

DESCRIPTION = "encoder.json"
GRAPH = "model.onnx"
TOKENIZER = "tokenizer.json"
PIECES = "pieces.npy"
VECTOR_OUTPUT, PIECES_OUTPUT = "vector", "pieces"
# Attention takes memory by the square of the length: sixteen texts of 512 tokens at once would need over 500 MB, and
# long ones gain nothing from company.
_BATCH_SQUARES = 512 * 512
_GRAPH_ERRORS = (
    onnx_errors.Fail,
    onnx_errors.InvalidArgument,
    onnx_errors.InvalidGraph,
    onnx_errors.InvalidProtobuf,
    onnx_errors.NoSuchFile,
    onnx_errors.NotImplemented,
    onnx_errors.RuntimeException,
)


class EncoderError(PocketError):
    """検索用モデルを開けません。make setup をもう一度実行してください。"""


@dataclass(frozen=True)
class Reading:
    """What a text becomes: one unit vector, shape (dimensions,), and what was made of each of its own pieces.

    `pieces` has shape (n, dimensions), with the `weights` by which they count; none where a vector is not their mean.
    """

    vector: Vectors
    pieces: Vectors
    weights: Scores

    @classmethod
    def whole(cls, vector: Vectors) -> Self:
        """A vector alone."""
        return cls(vector, np.zeros((0, len(vector)), np.float32), np.zeros(0, np.float32))


@dataclass(frozen=True)
class PieceRules:
    """What a unigram vocabulary needs beside its table: longest piece in characters, and the id for unknown text."""

    longest: int
    unknown: int


@dataclass(frozen=True)
class Description:
    """How a prepared model is fed; `max_tokens` counts the tokens put around a text too."""

    model_id: str
    dimensions: int
    max_tokens: int
    query_prefix: str
    passage_prefix: str
    first_ids: list[int]
    last_ids: list[int]
    pad_id: int
    pieces: PieceRules | None = None

    def save(self, directory: Path) -> None:
        """Write `encoder.json` into the directory."""
        text = json.dumps(asdict(self), ensure_ascii=False, indent=1)
        (directory / DESCRIPTION).write_text(text, encoding="utf-8")

    @classmethod
    def load(cls, directory: Path) -> Self:
        """Read `encoder.json`; raises EncoderError when it is absent or not of this version."""
        try:
            fields = json.loads((directory / DESCRIPTION).read_text(encoding="utf-8"))
            pieces = fields.pop("pieces")
            return cls(**fields, pieces=PieceRules(**pieces) if pieces else None)
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise EncoderError from error


class Segmenter(Protocol):
    """A text to the ids between the first and the last ones."""

    def __call__(self, text: str, limit: int) -> list[int]:
        """At most `limit` ids."""


class Encoder:
    """One prepared model, open for use by any number of threads; the graph runs outside Python's lock.

    A text longer than the model takes is cut at its limit (`Description.max_tokens`), never refused. Where a vector is
    the mean of its tokens', each counts by how rare its piece is.
    """

    def __init__(self, session: onnxruntime.InferenceSession, segment: Segmenter, description: Description) -> None:
        self._session = session
        self._segment = segment
        self._description = description
        self._weighted = any(each.name == "weights" for each in session.get_inputs())
        self._outputs = [each.name for each in session.get_outputs()]

    @classmethod
    def open(cls, directory: Path, threads: int = 1) -> Self:
        """Open a prepared model; `threads` is how many share one call.

        One thread a call is best where questions come side by side, two where one process encodes long passages.
        Raises EncoderError when a file is absent or unreadable; `indexer.model` is what proves them undamaged.
        """
        description = Description.load(directory)
        try:
            segment = _segmenter(directory, description)
            session = _session(directory / GRAPH, threads)
        except (OSError, ValueError, *_GRAPH_ERRORS) as error:
            raise EncoderError from error
        return cls(session, segment, description)

    @property
    def model_id(self) -> str:
        """Name and content hash: vectors of different ids must never meet."""
        return self._description.model_id

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        return self._description.dimensions

    @property
    def pieced(self) -> bool:
        """Whether it tells what it makes of each piece."""
        return PIECES_OUTPUT in self._outputs

    def read_question(self, text: str, rarity: PieceRarity = EVEN) -> Reading:
        """One question, and its pieces."""
        prefix = self._description.query_prefix
        return self._read([self._tokens(prefix + text)], rarity, self._tokens(prefix))[0]

    def read_passages(
        self, texts: Sequence[str], rarity: PieceRarity = EVEN, batch: int = 16
    ) -> Iterator[tuple[int, Reading]]:
        """Passages and their pieces, each with its place in `texts`, the shortest first."""
        prefix = self._description.passage_prefix
        tokens, ahead = [self._tokens(prefix + text) for text in texts], self._tokens(prefix)
        for chosen in _batches(tokens, batch):
            yield from zip(chosen, self._read([tokens[index] for index in chosen], rarity, ahead), strict=True)

    def encode_query(self, text: str, rarity: PieceRarity = EVEN) -> Vectors:
        """The unit vector of one question, shape (dimensions,)."""
        return self.read_question(text, rarity).vector

    def encode_queries(
        self,
        texts: Sequence[str],
        rarity: PieceRarity = EVEN,
        batch: int = 16,
        progress: Callable[[int], None] | None = None,
    ) -> Vectors:
        """Unit vectors of questions, shape (n, dimensions), in the order given; see `encode_passages`."""
        return self._encode([self._description.query_prefix + text for text in texts], rarity, batch, progress)

    def encode_passages(
        self,
        texts: Sequence[str],
        rarity: PieceRarity = EVEN,
        batch: int = 16,
        progress: Callable[[int], None] | None = None,
    ) -> Vectors:
        """Unit vectors of passages, shape (n, dimensions), in the order given.

        `progress` is told how many were done, batch by batch. Texts of like length are run together to spare padding;
        int8 activations are scaled per batch, so a vector moves by up to about 0.01 (cosine) with its company.
        """
        return self._encode([self._description.passage_prefix + text for text in texts], rarity, batch, progress)

    def rarity(self, questions: Iterable[str], passages: Iterable[str], of: int) -> PieceRarity:
        """How rare pieces are among questions and passages that were drawn from `of` texts."""
        ahead = self._description.query_prefix, self._description.passage_prefix
        texts = (prefix + text for prefix, some in zip(ahead, (questions, passages), strict=True) for text in some)
        return PieceRarity.learned(map(self._tokens, texts), of)

    def _encode(
        self, texts: Sequence[str], rarity: PieceRarity, batch: int, progress: Callable[[int], None] | None
    ) -> Vectors:
        tokens = [self._tokens(text) for text in texts]
        vectors = np.zeros((len(tokens), self.dimensions), np.float32)
        for chosen in _batches(tokens, batch):
            vectors[chosen] = self._run([tokens[index] for index in chosen], rarity, [VECTOR_OUTPUT])[0]
            if progress:
                progress(len(chosen))
        return vectors

    def _tokens(self, text: str) -> list[int]:
        first, last = self._description.first_ids, self._description.last_ids
        # Half of a surrogate pair can arrive in JSON and is no text; the tokenizer would refuse it.
        whole = text.encode("utf-8", "replace").decode("utf-8")
        return [*first, *self._segment(whole, self._description.max_tokens - len(first) - len(last)), *last]

    def _read(self, tokens: Sequence[list[int]], rarity: PieceRarity, ahead: list[int]) -> list[Reading]:
        """What the texts of these tokens become; what begins like `ahead`, the tokens of a prefix, is not their own."""
        vectors, *told = self._run(tokens, rarity, self._outputs)
        if not told:
            return [Reading.whole(vector) for vector in vectors]
        own = [slice(_in_common(line, ahead), len(line) - len(self._description.last_ids)) for line in tokens]
        return [
            Reading(vector, pieces[part], rarity.of(np.asarray(line[part], np.int64)))
            for vector, pieces, line, part in zip(vectors, told[0], tokens, own, strict=True)
        ]

    def _run(self, tokens: Sequence[list[int]], rarity: PieceRarity, outputs: list[str]) -> list[Vectors]:
        longest = max(map(len, tokens))
        ids = np.full((len(tokens), longest), self._description.pad_id, np.int64)
        mask = np.zeros_like(ids)
        for row, line in enumerate(tokens):
            ids[row, : len(line)] = line
            mask[row, : len(line)] = 1
        fed = {"input_ids": ids, "attention_mask": mask}
        if self._weighted:
            fed["weights"] = (rarity.of(ids) * mask).astype(np.float32)
        vectors, *told = self._session.run(outputs, fed)
        vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), np.float32(1e-12))
        return [vectors, *told]


class _PieceSegmenter:
    """A unigram vocabulary: the library normalises and splits, our table finds the pieces (see `pieces`)."""

    def __init__(self, splitter: Tokenizer, table: PieceTable) -> None:
        self._splitter = splitter
        self._table = table

    def __call__(self, text: str, limit: int) -> list[int]:
        normalizer, splitter = self._splitter.normalizer, self._splitter.pre_tokenizer
        normal = normalizer.normalize_str(text) if normalizer else text
        # Past this many characters there is no token within the limit: a piece is at most `longest` characters.
        normal = normal[: limit * self._table.longest]
        words = [word for word, _ in splitter.pre_tokenize_str(normal)] if splitter else [normal]
        return self._table.segment(words)[:limit]


class _LibrarySegmenter:
    """Any other vocabulary, by the library itself."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        # What a resident types is text, also where it looks like a control token.
        self._tokenizer.encode_special_tokens = True

    def __call__(self, text: str, limit: int) -> list[int]:
        ids: list[int] = self._tokenizer.encode(text, add_special_tokens=False).ids
        return ids[:limit]


def _in_common(one: Sequence[int], other: Sequence[int]) -> int:
    """How many tokens two texts begin with alike."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _batches(tokens: Sequence[list[int]], batch: int) -> Iterator[list[int]]:
    """Places of texts, the shortest first, in runs of at most `batch` texts and `_BATCH_SQUARES` cells of attention."""
    chosen: list[int] = []
    for index in sorted(range(len(tokens)), key=lambda index: len(tokens[index])):
        if chosen and (len(chosen) == batch or (len(chosen) + 1) * len(tokens[index]) ** 2 > _BATCH_SQUARES):
            yield chosen
            chosen = []
        chosen.append(index)
    if chosen:
        yield chosen


class MissingEncoder(Encoder):
    """In the place of an encoder that could not be opened: every question raises EncoderError."""

    def __init__(self) -> None:
        """Nothing is open."""

    @property
    def model_id(self) -> str:
        """That of no model."""
        return ""

    @property
    def pieced(self) -> bool:
        """It tells nothing."""
        return False

    def read_question(
        self,
        text: str,  # noqa: ARG002 - the signature of the one it stands for
        rarity: PieceRarity = EVEN,  # noqa: ARG002
    ) -> Reading:
        """Raise EncoderError."""
        raise EncoderError

    def encode_queries(
        self,
        texts: Sequence[str],  # noqa: ARG002
        rarity: PieceRarity = EVEN,  # noqa: ARG002
        batch: int = 16,  # noqa: ARG002
        progress: Callable[[int], None] | None = None,  # noqa: ARG002
    ) -> Vectors:
        """Raise EncoderError."""
        raise EncoderError


def _segmenter(directory: Path, description: Description) -> Segmenter:
    tokenizer = Tokenizer.from_buffer((directory / TOKENIZER).read_bytes())
    if description.pieces is None:
        return _LibrarySegmenter(tokenizer)
    rows = np.load(directory / PIECES)
    return _PieceSegmenter(tokenizer, open_table(rows, description.pieces.longest, description.pieces.unknown))


def _session(path: Path, threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Measured over 48 long passages: 227 MB at most with the arena, 325 MB without (the C library keeps what is freed).
    # Memory patterns are planned per shape, and every text has its own.
    options.enable_mem_pattern = False
    options.log_severity_level = 3
    # Joined with the sum before it, a layer norm takes 33 µs for a short question, and 13 apart (onnxruntime 1.31.1).
    return onnxruntime.InferenceSession(
        str(path), options, providers=["CPUExecutionProvider"], disabled_optimizers=["SkipLayerNormFusion"]
    )
