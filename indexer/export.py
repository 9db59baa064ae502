"""Any sentence-transformers model to an int8 ONNX graph with everything a question needs.

Loaded only by `indexer.model`, and only while a model is being prepared: it brings torch (seconds, and 400 MB).
"""

import hashlib
import json
import logging
import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum, auto
from pathlib import Path

import numpy as np
import torch
from onnx import TensorProto
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.transformers.fusion_options import FusionOptions
from onnxruntime.transformers.optimizer import optimize_model
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
from tokenizers import Tokenizer
from transformers.utils import logging as transformers_logging

from indexer.vocabulary import save_vocabulary
from knowledge.encoder import GRAPH, PIECES_OUTPUT, VECTOR_OUTPUT, Description, Encoder
from knowledge.errors import PocketError

OPSET = 17
# Attention grows with the square of the length; our passages are far shorter than what long-context models take.
LONGEST = 1024
FLOOR = 0.97

# Prefixes of models that name none in their own configuration, by what their name holds (from their model cards).
_PREFIXES = (
    (re.compile(r"(^|[-_/])e5[-_]"), "query: ", "passage: "),
    (re.compile(r"ruri-v3"), "検索クエリ: ", "検索文書: "),
    (re.compile(r"ruri"), "クエリ: ", "文章: "),
    (re.compile(r"nomic-embed"), "search_query: ", "search_document: "),
)

_PROBES = (
    "引っ越してきたけど何すればいい？",
    "子どもの医療費助成を受けられるのは、18歳になった最初の3月31日までの区民です。申請は窓口か郵送で受け付けます。",
    "How do I register my new address at the ward office?",
    "搬家后需要办理什么手续？",
    "주소 변경 신고는 어디에서 하나요?",
    "Tôi muốn đăng ký cho con vào nhà trẻ.",
)


class Stage(Enum):
    """What is being done while a model is prepared, in this order."""

    LOAD = auto()
    EXPORT = auto()
    QUANTISE = auto()
    VERIFY = auto()


class ModelUnavailableError(PocketError):
    """指定された検索用モデルを読み込めません。POCKET_EMBEDDING_MODEL の名前か場所を確かめてください。"""


class ModelMismatchError(PocketError):
    """変換した検索用モデルの結果が元のモデルと合いません。別のモデルを指定してください。"""


class _Pipeline(torch.nn.Module):  # type: ignore[misc]  # torch is followed by no type checker here
    """All modules of a model (transformer, pooling, dense, normalisation) as one graph.

    Where a vector is the mean of its tokens', each counts by its weight; other poolings leave the weights out. Where it
    is just that, the tokens' own vectors come out, too.
    """

    def __init__(self, model: SentenceTransformer) -> None:
        super().__init__()
        self.stages = torch.nn.ModuleList(model)
        self.outputs = [VECTOR_OUTPUT, PIECES_OUTPUT] if _is_just_mean(model) else [VECTOR_OUTPUT]

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor, weights: torch.Tensor
    ) -> tuple[torch.Tensor, ...]:
        features = {"input_ids": input_ids, "attention_mask": attention_mask}
        for stage in self.stages:
            pooled = {**features, "attention_mask": weights} if _is_mean(stage) else features
            features = stage(pooled)
        return (features["sentence_embedding"], features["token_embeddings"])[: len(self.outputs)]


def _is_just_mean(model: SentenceTransformer) -> bool:
    """Whether nothing but the length of the mean of a text's tokens is changed."""
    return all(isinstance(stage, Transformer | Normalize) or _is_mean(stage) for stage in model)


def _is_mean(stage: torch.nn.Module) -> bool:
    return isinstance(stage, Pooling) and stage.pooling_mode == "mean"


def export_model(
    source: str, name: str, version: int, directory: Path, progress: Callable[[Stage], None]
) -> Description:
    """Write the prepared form of a model into the directory and return its description.

    `source` is a directory or a hub name; `name` and `version` become part of the model id with the content hash.
    Raises ModelUnavailableError when it can not be loaded, ModelMismatchError when on any probe sentence the cosine of
    int8 and original is under FLOOR.
    """
    transformers_logging.set_verbosity_error()
    transformers_logging.disable_progress_bar()
    progress(Stage.LOAD)
    model = load_model(source)
    description = _describe(model, name, version, directory)
    progress(Stage.EXPORT)
    plain = directory / "plain.onnx"
    _export_graph(model, description, plain)
    _fuse_attention(model, plain)
    progress(Stage.QUANTISE)
    _quantise(plain, directory / GRAPH)
    description.save(directory)
    progress(Stage.VERIFY)
    _verify(model, directory, description)
    return description


def load_model(source: str) -> SentenceTransformer:
    """A model in float32 on the processor, by directory or hub name; raises ModelUnavailableError."""
    try:
        model = SentenceTransformer(
            source, device="cpu", model_kwargs={"attn_implementation": "eager", "dtype": torch.float32}
        )
        model.tokenizer.backend_tokenizer  # noqa: B018 - static and slow-tokenizer models have none
    except (OSError, ValueError, AttributeError) as error:
        raise ModelUnavailableError from error
    return model.eval()


def _describe(model: SentenceTransformer, name: str, version: int, directory: Path) -> Description:
    tokenizer = Tokenizer.from_str(model.tokenizer.backend_tokenizer.to_str())
    tokenizer.no_padding()
    tokenizer.no_truncation()
    query_prefix, passage_prefix = prefixes(name, model.prompts, model.default_prompt_name)
    first_ids, last_ids = _surrounding(tokenizer)
    max_tokens = min(int(model.max_seq_length or LONGEST), LONGEST)
    settings: list[int | str] = [version, OPSET, query_prefix, passage_prefix, max_tokens]
    return Description(
        model_id=f"{name}@{_digest(model, tokenizer, settings)}",
        dimensions=int(model.get_embedding_dimension() or 0),
        max_tokens=max_tokens,
        query_prefix=query_prefix,
        passage_prefix=passage_prefix,
        first_ids=first_ids,
        last_ids=last_ids,
        pad_id=int(model.tokenizer.pad_token_id or 0),
        pieces=save_vocabulary(tokenizer, directory),
    )


def prefixes(name: str, prompts: dict[str, str], default: str | None) -> tuple[str, str]:
    """What to put before a question and before a passage.

    The model's own prompts come first; only a model without any is looked up by its name.
    """
    fallback = prompts.get(default or "", "")
    query = prompts.get("query") or fallback
    passage = prompts.get("passage") or prompts.get("document") or fallback
    if query or passage:
        return query, passage
    return next(((query, passage) for sign, query, passage in _PREFIXES if sign.search(name.lower())), ("", ""))


def _surrounding(tokenizer: Tokenizer) -> tuple[list[int], list[int]]:
    """Ids the tokenizer puts before and after any text."""
    whole = tokenizer.encode("a").ids
    inner = tokenizer.encode("a", add_special_tokens=False).ids
    start = next(at for at in range(len(whole)) if whole[at : at + len(inner)] == inner)
    return whole[:start], whole[start + len(inner) :]


def _digest(model: SentenceTransformer, tokenizer: Tokenizer, settings: list[int | str]) -> str:
    digest = hashlib.sha256(json.dumps(settings).encode())
    digest.update(tokenizer.to_str().encode())
    digest.update("\n".join(f"{type(module).__name__}{module}" for module in model).encode())
    for key, tensor in sorted(model.state_dict().items()):
        digest.update(key.encode())
        digest.update(np.ascontiguousarray(tensor.numpy()).data)
    return digest.hexdigest()[:32]


def _export_graph(model: SentenceTransformer, description: Description, path: Path) -> None:
    # Two lines of unlike length, so that the traced graph holds masks and padding.
    ids = torch.full((2, 8), description.pad_id)
    ids[:, 0], ids[0, 1:], ids[1, 1:5] = 0, 5, 5
    mask = torch.ones_like(ids)
    mask[1, 5:] = 0
    batch_and_length = {0: "batch", 1: "length"}
    pipeline = _Pipeline(model)
    with warnings.catch_warnings(), torch.no_grad():
        # The tracing exporter is deprecated in favour of one that needs opset 18 and writes a slower int8 graph.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            pipeline,
            (ids, mask, mask.float()),
            str(path),
            dynamo=False,
            opset_version=OPSET,
            input_names=["input_ids", "attention_mask", "weights"],
            output_names=pipeline.outputs,
            dynamic_axes={
                "input_ids": batch_and_length,
                "attention_mask": batch_and_length,
                "weights": batch_and_length,
                VECTOR_OUTPUT: {0: "batch"},
                PIECES_OUTPUT: batch_and_length,
            },
        )


def _fuse_attention(model: SentenceTransformer, path: Path) -> None:
    """Join the thirty steps of each layer's attention into one where they are a BERT's; any other graph stays as it is.

    A short question takes a tenth less. What else could be fused, the runtime fuses by itself when it opens a graph.
    """
    options = FusionOptions("bert")
    for name in vars(options):
        if name.startswith("enable_"):
            setattr(options, name, name in {"enable_attention", "enable_shape_inference"})
    config = model[0].auto_model.config
    heads, width = (int(getattr(config, name, 0)) for name in ("num_attention_heads", "hidden_size"))
    with _quiet_root_logger():
        fused = optimize_model(str(path), "bert", heads, width, optimization_options=options, opt_level=0)
    fused.save_model_to_file(str(path), use_external_data_format=True)


def _quantise(plain: Path, path: Path) -> None:
    """Int8 weights per channel, embeddings included, in a file of their own that is mapped and not read.

    `reduce_range` keeps a bit free: without VNNI the AVX2 kernels saturate, and cosines fall from 0.992 to 0.986.
    """
    with _quiet_root_logger():
        quantize_dynamic(
            plain,
            path,
            per_channel=True,
            reduce_range=True,
            weight_type=QuantType.QInt8,
            op_types_to_quantize=["MatMul", "Attention", "Gather"],
            use_external_data_format=True,
            # Nothing tells the quantiser what comes out of a fused attention.
            extra_options={"DefaultTensorType": TensorProto.FLOAT},
        )
    for leftover in plain.parent.glob("plain.*"):
        leftover.unlink()


@contextmanager
def _quiet_root_logger() -> Iterator[None]:
    """The quantiser advises on the root logger, which would also give a process without handlers one for good."""
    handler, root = logging.NullHandler(), logging.getLogger()
    before = logging.root.manager.disable
    root.addHandler(handler)
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(before)
        root.removeHandler(handler)


def _verify(model: SentenceTransformer, directory: Path, description: Description) -> None:
    ours = Encoder.open(directory)
    probes = list(_PROBES)
    for prefix, vectors in (
        (description.query_prefix, np.stack([ours.encode_query(probe) for probe in probes])),
        (description.passage_prefix, ours.encode_passages(probes)),
    ):
        theirs = np.asarray(model.encode(probes, prompt=prefix, normalize_embeddings=True, show_progress_bar=False))
        lowest = float((theirs * vectors).sum(axis=1).min())
        if not lowest >= FLOOR:
            raise ModelMismatchError(f"{ModelMismatchError.__doc__}（一致度 {lowest:.3f}、必要 {FLOOR}）")
