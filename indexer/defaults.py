"""The default weights written as a sentence-transformers model, so that they take the same way as any other."""

import json
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

from indexer.unigram import unigram_tokenizer
from indexer.weights import DEFAULT_SHA256, Floats, Vocabulary, Weights, locate, read_weights

DEFAULT_NAME = "multilingual-e5-small"


def write_default_model(directory: Path) -> Path:
    """Write the default weights into a new directory as a sentence-transformers model and return that directory.

    About 480 MB of float32. Raises MissingWeightsError or DamagedWeightsError when the package's file is absent or not
    whole.
    """
    weights = read_weights(locate(), DEFAULT_SHA256)
    directory.mkdir(parents=True)
    unigram_tokenizer(weights.vocabulary).save(str(directory / "tokenizer.json"), pretty=False)
    save_file(weights.tensors | _pooler(weights), directory / "model.safetensors", metadata={"format": "pt"})
    for name, content in _descriptions(weights).items():
        path = directory / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(content), encoding="utf-8")
    return directory


def _descriptions(weights: Weights) -> dict[str, object]:
    kinds = "sentence_transformers.models"
    return {
        "config.json": _network(weights),
        "tokenizer_config.json": _tokenizer(weights.vocabulary, weights.shape.positions),
        "sentence_bert_config.json": {"max_seq_length": weights.shape.positions, "do_lower_case": False},
        "config_sentence_transformers.json": {"prompts": {"query": "query: ", "passage": "passage: "}},
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": f"{kinds}.Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": f"{kinds}.Pooling"},
            {"idx": 2, "name": "2", "path": "2_Normalize", "type": f"{kinds}.Normalize"},
        ],
        "1_Pooling/config.json": {"word_embedding_dimension": weights.shape.width, "pooling_mode_mean_tokens": True},
        "2_Normalize/config.json": {},
    }


def _pooler(weights: Weights) -> dict[str, Floats]:
    """A layer that `BertModel` has and nobody reads: without it the loader reports the model as incomplete."""
    width = weights.shape.width
    return {
        "pooler.dense.weight": np.zeros((width, width), np.float32),
        "pooler.dense.bias": np.zeros(width, np.float32),
    }


def _network(weights: Weights) -> dict[str, object]:
    shape = weights.shape
    return {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "hidden_act": "gelu",
        "hidden_size": shape.width,
        "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads,
        "intermediate_size": shape.inner,
        "vocab_size": shape.rows,
        "max_position_embeddings": shape.positions,
        "type_vocab_size": shape.kinds,
        "layer_norm_eps": shape.epsilon,
        "pad_token_id": weights.vocabulary.pad,
    }


def _tokenizer(vocabulary: Vocabulary, positions: int) -> dict[str, object]:
    def piece(index: int) -> str:
        return vocabulary.pieces[index][0]

    return {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_max_length": positions,
        "bos_token": piece(vocabulary.bos),
        "cls_token": piece(vocabulary.bos),
        "eos_token": piece(vocabulary.eos),
        "sep_token": piece(vocabulary.eos),
        "pad_token": piece(vocabulary.pad),
        "unk_token": piece(vocabulary.unknown),
    }
