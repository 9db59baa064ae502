"""The vocabulary of a prepared model: a small table of keys where it is a unigram one, else what the library has."""

import json
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Tokenizer

from knowledge.encoder import PIECES, TOKENIZER, PieceRules
from knowledge.errors import PocketError
from knowledge.pieces import TABLE_TYPE, piece_keys


class VocabularyError(PocketError):
    """検索用モデルの語彙を変換できません。別のモデルを指定してください。"""


def save_vocabulary(tokenizer: Tokenizer, directory: Path) -> PieceRules | None:
    """Write the tokenizer, with a piece table beside it and its rules returned where the vocabulary allows it.

    Raises VocabularyError when two pieces share a key (never seen; one in 10^8 for 250,000 pieces).
    """
    description = json.loads(tokenizer.to_str())
    rules = _save_pieces(description, directory) if _is_plain_unigram(description) else None
    if rules:
        description |= {"added_tokens": [], "post_processor": None, "decoder": None}
        description["model"] |= {"vocab": [["<unk>", 0.0]], "unk_id": 0}
    (directory / TOKENIZER).write_text(json.dumps(description, ensure_ascii=False), encoding="utf-8")
    return rules


def _is_plain_unigram(description: dict[str, Any]) -> bool:
    """Whether pieces and scores alone decide: no bytes for unknown characters, no added words."""
    model = description["model"]
    return (
        model["type"] == "Unigram"
        and model["unk_id"] is not None
        and not model.get("byte_fallback")
        and all(token["special"] for token in description["added_tokens"])
    )


def _save_pieces(description: dict[str, Any], directory: Path) -> PieceRules:
    roles = {token["id"] for token in description["added_tokens"]} | {description["model"]["unk_id"]}
    kept = [
        (index, piece, score)
        for index, (piece, score) in enumerate(description["model"]["vocab"])
        if index not in roles and piece
    ]
    table = np.empty(len(kept), TABLE_TYPE)
    table["key"] = piece_keys([piece for _, piece, _ in kept])
    table["id"] = [index for index, _, _ in kept]
    table["score"] = [score for _, _, score in kept]
    table.sort(order="key")
    if (np.diff(table["key"]) == 0).any():
        raise VocabularyError
    np.save(directory / PIECES, table)
    return PieceRules(max(len(piece) for _, piece, _ in kept), description["model"]["unk_id"])
