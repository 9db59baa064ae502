"""The product's own retrieval over a foreign Q&A corpus: a document is an owner, its question a name."""

import re
import tempfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from indexer.build import Builder
from indexer.encoding import Progress
from knowledge.encoder import Encoder
from knowledge.passages import Field, IndexedPassage, Owner, OwnerKind
from knowledge.search import Searcher
from knowledge.shelf import Shelf
from knowledge.words import WordSplitter

PIECE = 180
_PARTS = re.compile(r"\A\s*Question:\s*(?P<question>.*?)\s*(?:\nAnswer:\s*(?P<answer>.*))?\Z", re.DOTALL)
_SENTENCE = re.compile(r"[^。\n]*[。\n]|[^。\n]+")


def rank(
    corpus: Mapping[str, str],
    queries: Mapping[str, str],
    encoder: Encoder,
    splitter: WordSplitter,
    k: int,
    progress: Progress,
    kept: Path | None = None,
) -> dict[str, list[str]]:
    """For each query the ids of the best `k` documents, best first; a document is ``Question: …\\nAnswer: …``.

    The index is kept in a directory for the next time, or thrown away.
    """
    with tempfile.TemporaryDirectory() as scratch:
        root = kept or Path(scratch)
        passages = [passage for id_, text in corpus.items() for passage in document_passages(id_, text)]
        Builder(root, encoder, splitter).build(passages, datetime.now(UTC), progress)
        searcher = Searcher(encoder, splitter, Shelf(root, encoder.model_id), most=k)
        return {id_: [hit.owner.id for hit in searcher.search(text).hits] for id_, text in queries.items()}


def document_passages(id_: str, text: str) -> Iterator[IndexedPassage]:
    """A document's passages: its question as what it is called, pieces of its answer as what is said."""
    owner, match = Owner(OwnerKind.GUIDE, id_), _PARTS.match(text)
    question, answer = (match["question"], match["answer"] or "") if match else (text, "")
    yield IndexedPassage(owner, Field.NAME, question)
    for piece in pieces(answer):
        yield IndexedPassage(owner, Field.FACT, f"{question} {piece}")


def pieces(text: str, limit: int = PIECE) -> Iterator[str]:
    """The text in pieces of whole sentences, of about `limit` characters each; nothing but white space is lost."""
    piece = ""
    for sentence in _SENTENCE.findall(text):
        if piece and len(piece) + len(sentence) > limit:
            yield piece.strip()
            piece = ""
        piece += sentence
    if piece.strip():
        yield piece.strip()
