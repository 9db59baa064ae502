"""`pocket source`: documents the ward's answers may cite."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from bot import setup
from bot.commands.terminal import complaints, console, progress_bar, settings
from indexer.ingest import FileReport, add_sources, remove_source
from indexer.sandbox import Limits
from knowledge.database import migrate, open_engine, open_sessions

app = typer.Typer(help="計画やページなどの資料", no_args_is_help=True)


@app.command()
def add(
    files: Annotated[list[Path], typer.Argument(help="PDF・Word・Excel・CSV・HTML・Markdown・テキストのファイル")],
) -> None:
    """資料を読み込み、変わったところだけ索引に入れます。"""
    current = settings()
    migrate(current.database_url)
    engine = open_engine(current.database_url)
    with open_sessions(engine).begin() as session:
        report = add_sources(session, files, now=datetime.now(UTC), limits=Limits())
    engine.dispose()
    for file in report.files:
        _tell(file)
    if report.changed:
        with progress_bar("索引") as progress:
            built = setup.build_index(current, progress)
        console.print(f"索引 {built.name}：{built.passages} 件（新しく計算した文 {built.encoded} 件）")
    if report.failed:
        raise typer.Exit(1)


@app.command()
def remove(source: Annotated[str, typer.Argument(help="資料の id")]) -> None:
    """資料を取り除きます。"""
    current = settings()
    engine = open_engine(current.database_url)
    with open_sessions(engine).begin() as session:
        passages = remove_source(session, source)
    engine.dispose()
    with progress_bar("索引") as progress:
        setup.build_index(current, progress)
    console.print(f"{source}：{passages} 件を取り除きました")


def _tell(file: FileReport) -> None:
    if file.error:
        complaints.print(f"{file.origin}：{file.error}", markup=False)
        return
    counts = f"追加 {file.created}・更新 {file.updated}・変更なし {file.skipped}・削除 {file.deleted}"
    console.print(f"{file.origin}（{file.source_id}）：{counts}", markup=False)
    for left in file.left_out:
        console.print(f"  入れなかったもの：{left.where} {left.why}", markup=False)
