"""Adapting a sentence-transformers model to a ward's own content; only `indexer.adapted` loads it, for it brings torch.

Each step shows the model some owners side by side, each by a name with words left out, a name, a sentence said of it
and a passage; what belongs to one owner is drawn together and pushed from all others (InfoNCE). Only the upper half of
the layers learns: it costs a third less and forgets less.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import torch
from sentence_transformers import SentenceTransformer
from torch.nn import functional

from indexer.export import load_model, prefixes
from indexer.general import GENERAL
from indexer.lessons import Example, Lesson, Recipe, example, untitled
from knowledge.words import WordSplitter

Step = Callable[[int, int], None]


@dataclass(frozen=True)
class Training:
    """A model that learns: its parameters that do, and what goes before questions and passages."""

    model: SentenceTransformer
    prefixes: tuple[str, str]
    parameters: list[torch.nn.Parameter]
    optimiser: torch.optim.Optimizer
    splitter: WordSplitter
    longest: int
    recipe: Recipe

    @classmethod
    def open(cls, origin: str, name: str, recipe: Recipe) -> Self:
        """A model by directory or hub name, ready to learn; raises ModelUnavailableError."""
        model = load_model(origin)
        longest = int(model.max_seq_length or recipe.tokens)
        model.max_seq_length = min(recipe.tokens, longest)
        parameters = _learning(model)
        optimiser = torch.optim.AdamW(parameters, lr=recipe.rate, weight_decay=0.01)
        ahead = prefixes(name, model.prompts, model.default_prompt_name)
        return cls(model, ahead, parameters, optimiser, WordSplitter.open(), longest, recipe)

    def run(self, lessons: Sequence[Lesson], saved: Path, progress: Step) -> None:
        """Learn, from where `saved` says an earlier run was interrupted."""
        batches = list(_batches(len(lessons), self.recipe))
        start = self.resume(saved)
        progress(start, len(batches))
        for step, batch in enumerate(batches[start:], start):
            chance = random.Random(step)  # noqa: S311 - which words are left out is no secret; a resumed run repeats it
            self.learn([example(lessons[at], self.splitter, chance) for at in batch], step / len(batches))
            progress(1, len(batches))
            if (step + 1) % self.recipe.saved_every == 0:
                self.save(saved, step + 1)

    def write(self, directory: Path) -> str:
        """Write the model as sentence-transformers does, reading as long texts as it did; returns the directory."""
        self.model.max_seq_length = self.longest
        self.model.save(str(directory))
        return str(directory)

    def quality(self, held: Sequence[Lesson]) -> tuple[float, float]:
        """Mean reciprocal ranks: a hurried name finds its fact, and a matter itself in another language."""
        looks = [example(lesson, self.splitter, random.Random(at)) for at, lesson in enumerate(held)]  # noqa: S311
        facts = [untitled(lesson.facts[0], lesson.names) for lesson in held]
        with torch.no_grad():
            own = self.vectors([each.hurried for each in looks], facts)
            general = self.vectors([text for matter in GENERAL for text in matter[1:]], [each[0] for each in GENERAL])
        at_home = [at for at in range(len(GENERAL)) for _ in GENERAL[at][1:]]
        return _mrr(own, list(range(len(held)))), _mrr(general, at_home)

    def vectors(self, questions: Sequence[str], passages: Sequence[str]) -> torch.Tensor:
        """Unit vectors of questions and then passages, run in small batches of like length to spare padding."""
        query, passage = self.prefixes
        texts = [query + text for text in questions] + [passage + text for text in passages]
        order = sorted(range(len(texts)), key=lambda at: len(texts[at]))
        parts = []
        for start in range(0, len(order), 16):
            features = self.model.preprocess([texts[at] for at in order[start : start + 16]])
            parts.append(self.model(dict(features))["sentence_embedding"])
        places = torch.empty(len(order), dtype=torch.long)
        places[torch.tensor(order)] = torch.arange(len(order))
        return functional.normalize(torch.cat(parts), dim=1)[places]

    def learn(self, examples: Sequence[Example], share: float) -> float:
        """One step on some examples, `share` of the whole way being done; returns the loss."""
        for group in self.optimiser.param_groups:
            group["lr"] = self.recipe.rate * min(1.0, share / self.recipe.warm_up + 1e-2) * max(0.02, 1 - share)
        loss = self._loss(examples)
        self.optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.parameters, 1.0)
        self.optimiser.step()
        return float(loss.item())

    def _loss(self, examples: Sequence[Example]) -> torch.Tensor:
        questions = [each.hurried for each in examples] + [each.name for each in examples]
        questions += [each.sentence for each in examples]
        found = self.vectors(questions, [each.fact for each in examples])
        hurried, name, sentence, fact = found.split(len(examples))
        right = torch.arange(len(examples))
        pairs = ((hurried, name), (hurried, fact), (name, fact), (fact, name), (sentence, name))
        losses = [functional.cross_entropy(one @ other.T / self.recipe.temperature, right) for one, other in pairs]
        return torch.stack(losses).mean()

    def save(self, path: Path, step: int) -> None:
        """Write what is needed to go on after `step` steps, in one rename."""
        part = path.with_suffix(".part")
        weights = [parameter.data for parameter in self.parameters]
        torch.save({"step": step, "weights": weights, "optimiser": self.optimiser.state_dict()}, part)
        part.replace(path)

    def resume(self, path: Path) -> int:
        """Go on from what was saved; how many steps were done, 0 where nothing was."""
        if not path.exists():
            return 0
        saved = torch.load(path, weights_only=True)
        for parameter, weight in zip(self.parameters, saved["weights"], strict=True):
            parameter.data.copy_(weight)
        self.optimiser.load_state_dict(saved["optimiser"])
        return int(saved["step"])


def _batches(count: int, recipe: Recipe) -> Iterator[list[int]]:
    for turn in range(recipe.rounds):
        order = list(range(count))
        random.Random(f"round {turn}").shuffle(order)  # noqa: S311 - an order, no secret
        for start in range(0, count, recipe.batch):
            if len(batch := order[start : start + recipe.batch]) > 1:
                yield batch


def _learning(model: SentenceTransformer) -> list[torch.nn.Parameter]:
    """The parameters that learn: those of the upper half of the layers."""
    stacks = [module for module in model[0].modules() if isinstance(module, torch.nn.ModuleList)]
    layers = max(stacks, key=len)
    for parameter in model.parameters():
        parameter.requires_grad_(requires_grad=False)
    chosen = [parameter for layer in layers[len(layers) // 2 :] for parameter in layer.parameters()]
    for parameter in chosen:
        parameter.requires_grad_(requires_grad=True)
    return chosen


def _mrr(vectors: torch.Tensor, right: Sequence[int]) -> float:
    """Of questions, which come first, among the passages after them; `right` is each question's passage."""
    questions, passages = vectors[: len(right)], vectors[len(right) :]
    scores = questions @ passages.T
    own = scores[torch.arange(len(right)), torch.tensor(right)][:, None]
    return float((1 / (scores >= own).sum(dim=1)).mean())
