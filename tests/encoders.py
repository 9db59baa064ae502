"""Fixtures of encoders: the default one, prepared once a machine where the product keeps its own (POCKET_CACHE_DIR)."""

import hashlib
import os
from pathlib import Path

import numpy as np
import pytest

from indexer.model import prepare_encoder
from knowledge.encoder import Encoder
from knowledge.vectors import Vectors

CACHE = Path(os.environ.get("POCKET_CACHE_DIR") or "~/.cache/pocket-gyosei").expanduser() / "encoders"


@pytest.fixture(scope="session")
def encoder_dir() -> Path:
    """The directory of the prepared default model; the first time on a machine it takes about 40 seconds."""
    return prepare_encoder(None, CACHE)


@pytest.fixture(scope="session")
def encoder(encoder_dir: Path) -> Encoder:
    """The default encoder, open."""
    return Encoder.open(encoder_dir)


def thrown(text: str, dimensions: int) -> Vectors:
    """A vector thrown by a text's digest, shape (dimensions,): the same for the same text, like that of no other."""
    seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:4])
    return np.random.default_rng(seed).standard_normal(dimensions).astype(np.float32)
