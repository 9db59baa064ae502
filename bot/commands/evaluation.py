"""`pocket eval` and `pocket rank`: how good the answers are, and the retrieval alone on somebody else's content."""

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.commands.terminal import complaints, console, progress_bar, say_json, settings
from bot.judging import judged
from bot.measuring import Searched, benchmark_figures, golden_figures, search_golden
from bot.setup import BUILD_THREADS
from bot.wiring import Pocket, open_encoder
from handlers.conversation import Asker, Channel
from handlers.reply import Reply
from indexer.adapted import adapt_encoder
from indexer.benchmark import Benchmark
from indexer.coverage import picture
from indexer.evaluate import Floors, Judged, Report, evaluate, evaluate_outside
from indexer.lessons import lessons_of
from indexer.rank import document_passages, rank
from indexer.release import fallen, page, read_release, write_release
from knowledge.encoder import Encoder
from knowledge.models import SourceRow
from knowledge.words import WordSplitter

GOLDEN = Path("tests/golden")
PLANS = "plan"
BENCHMARK = Path("../shared/eval/localgovfaq")
RELEASE = Path("docs/figures.json")


def evaluate_golden(
    golden: Annotated[Path, typer.Option(help="確認用の質問のフォルダー")] = GOLDEN,
    benchmark: Annotated[Path, typer.Option(help="公開されている質問と判定のフォルダー（あれば測ります）")] = BENCHMARK,
    release: Annotated[Path, typer.Option(help="前の版の値")] = RELEASE,
    save: Annotated[bool, typer.Option("--save", help="今の値を次の版の値として書きます")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="JSON で出力します")] = False,
) -> None:
    """確認用の質問に答え、前の版の値と並べます。目標に届かないか、誤差を超えて下がった値があれば終了コード1で終わります。"""
    pocket = Pocket.open(settings())
    report, searcher = _golden_report(pocket, golden), pocket.responder.searcher
    searched = search_golden((verdict.golden for verdict in report.verdicts), searcher)
    figures = dict([*golden_figures(report), *searched.figures()])
    if Benchmark.is_in(benchmark):
        with progress_bar("文書") as progress:
            figures |= dict(benchmark_figures(Benchmark.read(benchmark), searcher, settings(), progress))
    before, details = read_release(release), _details(report, searched)
    if as_json:
        say_json({"figures": {name: asdict(each) for name, each in figures.items()}, **details})
    else:
        _print_page(report, searched, page(figures, before))
    if save:
        write_release(release, figures, details)
        curves = {half.value: points for half, points in searched.curves().items()}
        release.with_suffix(".svg").write_text(picture(curves), encoding="utf-8")
    problems = [f"目標に届いていません：{each}" for each in report.failures(Floors())]
    problems += [f"前の版より下がりました：{each}" for each in fallen(figures, before)]
    for problem in problems:
        complaints.print(problem, style="red", markup=False)
    if problems:
        raise typer.Exit(1)


def _golden_report(pocket: Pocket, golden: Path) -> Report:
    keys = source_keys(golden)
    with pocket.sessions() as session:
        present = set(keys) <= set(session.scalars(select(SourceRow.origin)))
    if not present:
        complaints.print(
            f"計画についての質問は省きます。先に読み込んでください：pocket source add {' '.join(keys)}", markup=False
        )

    def ask(text: str, turns: tuple[str, ...]) -> Judged:
        return judged_in(pocket, keys, text, turns)

    report = evaluate(golden, ask, without=() if present else (PLANS,))
    return replace(report, outside=evaluate_outside(further(golden), ask))


def _details(report: Report, searched: Searched) -> dict[str, object]:
    """Counts, times and curves; no question's text."""
    curves = {half.value: [asdict(point) for point in points] for half, points in searched.curves().items()}
    return {"golden": json.loads(report.to_json()), "stages_ms": searched.stages(), "risk_coverage": curves}


def _print_page(report: Report, searched: Searched, beside: str) -> None:
    stages = " · ".join(f"{name} {p50:.1f}/{p99:.1f}" for name, (p50, p99) in searched.stages().items())
    console.print(f"{report.table()}\n\n{beside}\n\nms p50/p99: {stages}", markup=False, soft_wrap=True)


def source_keys(golden: Path) -> dict[str, str]:
    """By which name the golden questions know a source, by the file it came from; none where nothing asks for one."""
    listed = golden / "sources.json"
    keys: dict[str, str] = json.loads(listed.read_text(encoding="utf-8")) if listed.exists() else {}
    return keys


def further(golden: Path) -> list[Path]:
    """The sets that `further.json` names: what no guide answers counts there, too."""
    listed = golden / "further.json"
    names: list[str] = json.loads(listed.read_text(encoding="utf-8")) if listed.exists() else []
    return [golden / name for name in names]


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
    adapt: Annotated[bool, typer.Option("--adapt", help="先に文書の言葉を検索用モデルに学ばせます")] = False,
) -> None:
    """ほかの Q&A の文書を、この製品の検索で順位づけします。"""
    texts = [json.loads(path.read_text(encoding="utf-8")) for path in (corpus, queries)]
    encoder = _adapted_to(texts[0]) if adapt else open_encoder(settings(), BUILD_THREADS)
    with progress_bar("文書") as progress:
        run = rank(texts[0], texts[1], encoder, WordSplitter.open(), k, progress)
    out.write_text(json.dumps(run, ensure_ascii=False), encoding="utf-8")


def _adapted_to(corpus: Mapping[str, str]) -> Encoder:
    lessons = lessons_of(passage for id_, text in corpus.items() for passage in document_passages(id_, text))
    with progress_bar("学習") as progress:
        adapted = adapt_encoder(lessons, settings().embedding_model, settings().encoder_cache, progress)
    return Encoder.open(adapted.directory, BUILD_THREADS)
