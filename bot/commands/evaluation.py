"""`pocket eval` and `pocket rank`: how good the answers are, and the retrieval alone on somebody else's content."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.orm import Session

from bot.commands.terminal import console, progress_bar, settings
from bot.setup import BUILD_THREADS
from bot.wiring import Pocket, open_encoder
from handlers.conversation import Asker, Channel
from handlers.reply import Citation, Reply
from indexer.evaluate import Floors, Judged, evaluate
from indexer.rank import rank
from knowledge import library
from knowledge.words import WordSplitter

GOLDEN = Path("tests/golden")


def evaluate_golden(
    golden: Annotated[Path, typer.Option(help="確認用の質問のフォルダー")] = GOLDEN,
    as_json: Annotated[bool, typer.Option("--json", help="JSON で出力します")] = False,
) -> None:
    """確認用の質問に答えて表にします。目標に届かないときは終了コード1で終わります。"""
    pocket = Pocket.open(settings())
    report = evaluate(golden, lambda text, turns: _judged(pocket, text, turns))
    console.print(report.to_json() if as_json else report.table(), markup=False, soft_wrap=True)
    failures = report.failures(Floors())
    for failure in failures:
        console.print(f"目標に届いていません：{failure}", style="red", markup=False)
    if failures:
        raise typer.Exit(1)


def _judged(pocket: Pocket, text: str, turns: tuple[str, ...]) -> Judged:
    """A fresh conversation that leaves no trace."""
    topic = None
    with pocket.sessions() as session:
        for turn in turns:
            topic = _ask(pocket, session, turn, topic).guide or topic
        return judged(session, _ask(pocket, session, text, topic))


def _ask(pocket: Pocket, session: Session, text: str, topic: str | None) -> Reply:
    return pocket.responder.ask(session, text, Asker(Channel.TERMINAL, topic=topic), datetime.now(UTC))


def judged(session: Session, reply: Reply) -> Judged:
    """A reply as the evaluation sees it."""
    found = library.source_passage(session, reply.passage) if reply.passage else None
    cited = next((part.text for part in reply.parts if isinstance(part, Citation)), "")
    return Judged(
        outcome=reply.outcome,
        guide=reply.guide,
        candidates=reply.candidates,
        passage=cited,
        source=found[1].id if found else "",
        crisis=reply.crisis,
        fact=reply.fact,
        strays=_strays(session, reply),
    )


def _strays(session: Session, reply: Reply) -> tuple[str, ...]:
    guide = library.guide(session, reply.guide) if reply.guide else None
    own = {str(form.url) for form in guide.forms} if guide else set()
    return tuple(url for url in reply.form_urls if url not in own)


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
