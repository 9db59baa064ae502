"""`pocket index`: build, look at and verify snapshots."""

from typing import Annotated

import typer

from bot import setup
from bot.commands.terminal import console, progress_bar, say_json, settings
from knowledge.errors import PocketError
from knowledge.snapshot import current_name, names, verify

app = typer.Typer(help="検索の索引", no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="JSON で出力します")]


@app.command()
def build(as_json: Json = False) -> None:
    """データベースの内容から索引を作り、切り替えます。"""
    with progress_bar("索引") as progress:
        report = setup.build_index(settings(), progress)
    if as_json:
        say_json({"name": report.name, "passages": report.passages, "encoded": report.encoded})
    else:
        console.print(f"索引 {report.name}：{report.passages} 件（新しく計算した文 {report.encoded} 件）")


@app.command()
def status(as_json: Json = False) -> None:
    """使っている索引と、残っている索引を表示します。"""
    root = settings().snapshots
    current = current_name(root)
    manifest = verify(root / current)
    if as_json:
        say_json({"current": current, "all": names(root), **manifest.model_dump(exclude={"files"})})
        return
    console.print(f"使用中：{current}（{manifest.passages} 件、モデル {manifest.encoder}、{manifest.built_at}）")
    for name in names(root):
        console.print(f"{'●' if name == current else '・'} {name}")


@app.command("verify")
def verify_all() -> None:
    """残っている索引のすべてのファイルを確かめます。壊れたものがあれば終了コード1で終わります。"""
    root = settings().snapshots
    current_name(root)
    damaged = [name for name in names(root) if not _whole(name)]
    for name in names(root):
        console.print(f"{'壊れています' if name in damaged else '問題ありません'}：{name}")
    if damaged:
        raise typer.Exit(1)


def _whole(name: str) -> bool:
    try:
        verify(settings().snapshots / name)
    except PocketError:
        return False
    return True
