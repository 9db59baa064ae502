"""`pocket index`: build, look at and verify snapshots, and adapt the encoder to their content."""

from dataclasses import asdict
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
def adapt(as_json: Json = False) -> None:
    """検索用モデルに案内の言葉を学ばせ、前よりよく見つかるときだけ、索引ごと切り替えます（2コアで10〜20分）。

    途中で止めても、もう一度実行すると続きから始めます。終わったら、動いているサービスを再起動してください。
    """
    with progress_bar("学習") as progress:
        adapted = setup.adapt(settings(), progress)
    with progress_bar("索引") as progress:
        report = setup.build_index(settings(), progress)
    outcome = adapted.outcome
    if as_json:
        say_json({"helped": outcome.helped, **asdict(outcome), "index": report.name})
        return
    console.print(
        f"{outcome.lessons} 件から学びました。学習に使わなかった案内での見つけやすさ（平均逆順位）："
        f"{outcome.before.own:.3f} → {outcome.after.own:.3f}、外国語：{outcome.before.general:.3f} → "
        f"{outcome.after.general:.3f}"
    )
    console.print(
        f"索引 {report.name} に切り替えました。サービスを再起動してください。"
        if outcome.helped
        else "よくならなかったため、元のモデルを使い続けます。"
    )


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
