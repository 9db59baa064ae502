"""Adapting an encoder, proved with a tiny model made on the spot that has something to learn."""

import itertools
import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast
from typer.testing import CliRunner

from bot.cli import app
from indexer import adapt
from indexer.adapt import Training
from indexer.adapted import ADOPTED, TooFewLessonsError, adapt_encoder, adopt, adopted
from indexer.lessons import Lesson, Recipe
from knowledge.encoder import Encoder

ASKED, SAID = "山川海空森田", "αβγδεζ"
LESSONS = [
    Lesson(("".join(pair),), ("".join(SAID[ASKED.index(each)] for each in pair) * 4,))
    for pair in itertools.permutations(ASKED, 3)
]
"""Each letter that is asked for is said with another: a model that learns it finds pairs it was never shown."""
QUICK = Recipe(rounds=12, batch=36, rate=3e-3, temperature=0.1, saved_every=2)
IDLE = Recipe(rounds=1, batch=36, rate=0.0)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A transformer of two layers that reads letters, and knows nothing."""
    torch.manual_seed(3)
    root = tmp_path_factory.mktemp("tiny")
    special = ["<s>", "<pad>", "</s>", "<unk>"]
    letters = dict.fromkeys([*special, *ASKED, *SAID])
    tokenizer = Tokenizer(models.WordLevel({letter: at for at, letter in enumerate(letters)}, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    tokenizer.add_special_tokens(special)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    config = BertConfig(
        vocab_size=len(letters), hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64,
        max_position_embeddings=40, pad_token_id=1, initializer_range=0.2,
    )  # fmt: skip
    BertModel(config).save_pretrained(root / "bert")
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="<pad>", unk_token="<unk>", cls_token="<s>", sep_token="</s>"
    ).save_pretrained(root / "bert")
    modules = [Transformer(str(root / "bert"), max_seq_length=32), Pooling(32, "mean"), Normalize()]
    SentenceTransformer(modules=modules, device="cpu").save(str(root / "tiny"))
    return str(root / "tiny")


def _silent(more: int, total: int) -> None:
    """Nobody watches."""


def test_learning_helps_and_is_cached(model: str, tmp_path: Path) -> None:
    """Pairs held back are found better, the encoder is another one, and a second run trains nothing."""
    steps: list[int] = []
    first = adapt_encoder(LESSONS, model, tmp_path, lambda more, _: steps.append(more), QUICK)
    assert first.outcome.helped
    assert first.outcome.after.own > first.outcome.before.own + 0.1
    assert sum(steps) == 12 * 3
    encoder = Encoder.open(first.directory)
    assert encoder.model_id.startswith("tiny-adapted@")
    steps.clear()
    assert adapt_encoder(LESSONS, model, tmp_path, lambda more, _: steps.append(more), QUICK) == first
    assert steps == []


def test_what_does_not_help_is_not_used(model: str, tmp_path: Path) -> None:
    """A run that learned nothing gives the encoder it started from, and an installation does not adopt it."""
    idle = adapt_encoder(LESSONS, model, tmp_path, _silent, IDLE)
    assert not idle.outcome.helped
    assert Encoder.open(idle.directory).model_id.startswith("tiny@")
    (tmp_path / ADOPTED).write_text("{}")
    adopt(idle, model, tmp_path)
    assert not (tmp_path / ADOPTED).exists()


def test_an_adopted_encoder_is_used_until_its_model_changes(model: str, tmp_path: Path) -> None:
    """It belongs to one model; another one, a damaged file or a lost cache leaves the installation without."""
    cache, data = tmp_path / "cache", tmp_path / "data"
    data.mkdir()
    assert adopted(model, data, cache) is None
    learned = adapt_encoder(LESSONS, model, cache, _silent, QUICK)
    adopt(learned, model, data)
    assert adopted(model, data, cache) == learned.directory
    assert adopted("another", data, cache) is None
    assert adopted(model, data, tmp_path / "lost") is None
    (data / ADOPTED).write_text("[")
    assert adopted(model, data, cache) is None


def test_an_interrupted_run_goes_on_where_it_was(model: str, tmp_path: Path) -> None:
    """Stopped after any step, the second run does only what is left and ends with the same weights."""
    straight = Training.open(model, "tiny", QUICK)
    straight.run(LESSONS, tmp_path / "straight.pt", _silent)
    broken, done = Training.open(model, "tiny", QUICK), 0

    def stop(more: int, _: int) -> None:
        nonlocal done
        done += more
        if done == 7:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        broken.run(LESSONS, tmp_path / "saved.pt", stop)
    resumed, steps = Training.open(model, "tiny", QUICK), list[int]()
    resumed.run(LESSONS, tmp_path / "saved.pt", lambda more, _: steps.append(more))
    assert steps[0] == 6
    pairs = zip(straight.parameters, resumed.parameters, strict=True)
    assert all(torch.allclose(one, other, atol=1e-5) for one, other in pairs)


def test_only_the_upper_half_learns(model: str, tmp_path: Path) -> None:
    """Embeddings and lower layers stay as they were, and what is written reads as long texts as before."""
    training = Training.open(model, "tiny", QUICK)
    before = {name: value.clone() for name, value in training.model.state_dict().items()}
    training.run(LESSONS[:40], tmp_path / "saved.pt", _silent)
    after = training.model.state_dict()
    changed = {name for name, value in before.items() if not torch.equal(value, after[name])}
    assert changed
    assert all("layer.1." in name for name in changed)
    written = SentenceTransformer(training.write(tmp_path / "out"), device="cpu")
    assert written.max_seq_length == 32


def test_too_few_lessons_are_refused(model: str, tmp_path: Path) -> None:
    """With a handful of guides there is nothing to hold back."""
    with pytest.raises(TooFewLessonsError):
        adapt_encoder(LESSONS[:39], model, tmp_path, _silent)


def test_a_foreign_corpus_is_ranked_by_what_it_taught(
    model: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`pocket rank --adapt` learns from the corpus, ranks every question, and ranks the same from the cache."""
    monkeypatch.setenv("POCKET_EMBEDDING_MODEL", model)
    monkeypatch.setenv("POCKET_CACHE_DIR", str(tmp_path))
    monkeypatch.setenv("POCKET_DATA_DIR", str(tmp_path))
    corpus = {str(at): f"Question: {lesson.names[0]}\nAnswer: {lesson.facts[0]}" for at, lesson in enumerate(LESSONS)}
    (tmp_path / "corpus.json").write_text(json.dumps(corpus))
    (tmp_path / "queries.json").write_text(json.dumps({"q": LESSONS[7].names[0]}))
    files = ["--corpus", str(tmp_path / "corpus.json"), "--queries", str(tmp_path / "queries.json")]
    runs = []
    for out in (tmp_path / "first.json", tmp_path / "second.json"):
        done = CliRunner().invoke(app, ["rank", *files, "--out", str(out), "--adapt", "--k", "5"])
        assert done.exit_code == 0, done.output
        runs.append(json.loads(out.read_text()))
    assert runs[0] == runs[1]
    assert "7" in runs[0]["q"], "one of 120 documents of the same six letters is among the first five"
    assert len(list((tmp_path / "encoders" / "adapted").iterdir())) == 1


def test_asking_for_what_is_cached_imports_no_training_library() -> None:
    """A serving process that looks for its adopted encoder needs no torch."""
    line = "import sys, indexer.adapted, indexer.lessons; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", line], check=True, cwd=Path(adapt.__file__).parent.parent)
