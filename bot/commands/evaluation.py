"""`pocket eval` and `pocket rank`: how good the answers are, and the retrieval alone on somebody else's content."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.commands.terminal import complaints, console, progress_bar, settings
from bot.judging import judged
from bot.setup import BUILD_THREADS
from bot.wiring import Pocket, open_encoder
from handlers.conversation import Asker, Channel
from handlers.reply import Reply
from indexer.evaluate import Floors, Judged, evaluate
from indexer.rank import rank
from knowledge.models import SourceRow
from knowledge.words import WordSplitter

GOLDEN = Path("tests/golden")
PLANS = "plan"


def evaluate_golden(
    golden: Annotated[Path, typer.Option(help="確認用の質問のフォルダー")] = GOLDEN,
    as_json: Annotated[bool, typer.Option("--json", help="JSON で出力します")] = False,
) -> None:
    """確認用の質問に答えて表にします。目標に届かないときは終了コード1で終わります。"""
    pocket = Pocket.open(settings())
    keys = source_keys(golden)
    with pocket.sessions() as session:
        present = set(keys) <= set(session.scalars(select(SourceRow.origin)))
    if not present:
        complaints.print(
            f"計画についての質問は省きます。先に読み込んでください：pocket source add {' '.join(keys)}", markup=False
        )
    without = () if present else (PLANS,)
    report = evaluate(golden, lambda text, turns: judged_in(pocket, keys, text, turns), without=without)
    console.print(report.to_json() if as_json else report.table(), markup=False, soft_wrap=True)
    failures = report.failures(Floors())
    for failure in failures:
        console.print(f"目標に届いていません：{failure}", style="red", markup=False)
    if failures:
        raise typer.Exit(1)


def source_keys(golden: Path) -> dict[str, str]:
    """By which name the golden questions know a source, by the file it came from."""
    keys: dict[str, str] = json.loads((golden / "sources.json").read_text(encoding="utf-8"))
    return keys


def judged_in(pocket: Pocket, keys: Mapping[str, str], text: str, turns: tuple[str, ...]) -> Judged:
    """A fresh conversation that leaves no trace."""
    topics: tuple[str, ...] = ()
    with pocket.sessions() as session:
        for turn in turns:
            topics = _ask(pocket, session, turn, topics).topics or topics
        return judged(session, keys, _ask(pocket, session, text, topics))


def _ask(pocket: Pocket, session: Session, text: str, topics: tuple[str, ...]) -> Reply:
    return pocket.responder.ask(session, text, Asker(Channel.TERMINAL, topics=topics), datetime.now(UTC))


def rank_corpus(
    corpus: Annotated[Path, typer.Option(help='{"id": "Question: …\\nAnswer: …"} の JSON')],
    queries: Annotated[Path, typer.Option(help='{"id": "質問"} の JSON')],
    out: Annotated[Path, typer.Option(help="順位を書き出す JSON")],
    k: Annotated[int, typer.Option(help="質問ごとの件数")] = 100,
) -> None:
    """ほかの Q&A の文書を、この製品の検索で順位づけします。"""
    encoder = open_encoder(settings(), BUILD_THREADS)
    texts = [json.loads(path.read_text(encoding="utf-8")) for path in (corpus, queries)]
    with progress_bar("文書") as progress:
        run = rank(texts[0], texts[1], encoder, WordSplitter.open(), k, progress)
    out.write_text(json.dumps(run, ensure_ascii=False), encoding="utf-8")
