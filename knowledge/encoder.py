"""Texts to vectors, with any prepared model: numpy, onnxruntime and tokenizers only, never the training libraries.

A prepared model is a directory written by `indexer.model`: `encoder.json` (below), `model.onnx` with its weights beside
it, `tokenizer.json`, and for a unigram vocabulary `pieces.npy`. Pooling and everything after it lie in the graph.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol, Self

import numpy as np
import onnxruntime
from onnxruntime.capi import onnxruntime_pybind11_state as onnx_errors
from tokenizers import Tokenizer

from knowledge.errors import PocketError
from knowledge.pieces import PieceTable, open_table
from knowledge.rarity import EVEN, PieceRarity
from knowledge.vectors import Vectors

DESCRIPTION = "encoder.json"
GRAPH = "model.onnx"
TOKENIZER = "tokenizer.json"
PIECES = "pieces.npy"
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

    def encode_query(self, text: str, rarity: PieceRarity = EVEN) -> Vectors:
        """The unit vector of one question, shape (dimensions,)."""
        vector: Vectors = self._run([self._tokens(self._description.query_prefix + text)], rarity)[0]
        return vector

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
        order = sorted(range(len(tokens)), key=lambda index: len(tokens[index]))
        vectors = np.zeros((len(tokens), self.dimensions), np.float32)
        for chosen in _batches(order, [len(line) for line in tokens], batch):
            vectors[chosen] = self._run([tokens[index] for index in chosen], rarity)
            if progress:
                progress(len(chosen))
        return vectors

    def _tokens(self, text: str) -> list[int]:
        first, last = self._description.first_ids, self._description.last_ids
        # Half of a surrogate pair can arrive in JSON and is no text; the tokenizer would refuse it.
        whole = text.encode("utf-8", "replace").decode("utf-8")
        return [*first, *self._segment(whole, self._description.max_tokens - len(first) - len(last)), *last]

    def _run(self, tokens: Sequence[list[int]], rarity: PieceRarity) -> Vectors:
        longest = max(map(len, tokens))
        ids = np.full((len(tokens), longest), self._description.pad_id, np.int64)
        mask = np.zeros_like(ids)
        for row, line in enumerate(tokens):
            ids[row, : len(line)] = line
            mask[row, : len(line)] = 1
        fed = {"input_ids": ids, "attention_mask": mask}
        if self._weighted:
            fed["weights"] = (rarity.of(ids) * mask).astype(np.float32)
        vectors: Vectors = self._session.run(None, fed)[0]
        vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), np.float32(1e-12))
        return vectors


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


def _batches(order: Sequence[int], lengths: Sequence[int], batch: int) -> Iterator[list[int]]:
    """Runs of the order, of at most `batch` texts and `_BATCH_SQUARES` cells of attention."""
    chosen: list[int] = []
    for index in order:
        if chosen and (len(chosen) == batch or (len(chosen) + 1) * lengths[index] ** 2 > _BATCH_SQUARES):
            yield chosen
            chosen = []
        chosen.append(index)
    if chosen:
        yield chosen


class MissingEncoder(Encoder):
    """In the place of an encoder that could not be opened: whatever needs it raises EncoderError."""

    def __init__(self) -> None:
        """Nothing is open."""

    @property
    def model_id(self) -> str:
        """That of no model."""
        return ""

    def encode_query(
        self,
        text: str,  # noqa: ARG002 - the signature of the one it stands for
        rarity: PieceRarity = EVEN,  # noqa: ARG002
    ) -> Vectors:
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
