"""`pocket`: every command of the product; the one place where an error becomes a message and an exit code."""

import sys
from pathlib import Path
from typing import Annotated

import structlog
import typer
from alembic.util import CommandError
from sqlalchemy.exc import SQLAlchemyError

from bot import setup
from bot.commands import asking, auditing, client, evaluation, index, keeping, line, sealing, serving, sources, user
from bot.commands.terminal import complaints, console, progress_bar, settings
from knowledge.errors import PocketError

DATABASE = "データベースを使えません。`pocket init` を実行し、POCKET_DATABASE_URL を確かめてください。"

app = typer.Typer(
    help="ポケット行政：区の手続きを、ふだんの言葉で。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(asking.ask)
app.command()(serving.serve)
app.command()(serving.worker)
app.command("eval")(evaluation.evaluate_golden)
app.command("rank")(evaluation.rank_corpus)
app.command()(keeping.backup)
app.command()(keeping.restore)
app.add_typer(index.app, name="index")
app.add_typer(sources.app, name="source")
app.add_typer(line.app, name="line")
app.add_typer(user.app, name="user")
app.add_typer(client.app, name="client")
app.add_typer(auditing.app, name="audit")
app.add_typer(sealing.app, name="seal")


@app.command()
def init(
    pack: Annotated[str | None, typer.Option(help="手続案内の名前かフォルダー")] = None,
    data_dir: Annotated[Path | None, typer.Option(help="データを置くフォルダー")] = None,
) -> None:
    """データベース・手続案内・索引を用意します。もう一度実行すると、変わったところだけを直します。"""
    changes = {"pack": pack, "data_dir": data_dir}
    current = settings().model_copy(update={name: value for name, value in changes.items() if value is not None})
    with progress_bar("索引") as progress:
        done = setup.initialise(current, complaints.print, progress)
    content = done.content
    console.print(
        f"用意できました。案内：追加 {content.created}・更新 {content.updated}・変更なし {content.skipped}・"
        f"削除 {content.deleted}、索引：{done.index.passages} 件（新しく計算した文 {done.index.encoded} 件）"
    )


def main() -> None:
    """Run a command; an error of ours, or of the database, is shown as a message, and logs stay off stdout."""
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    try:
        app()
    except PocketError as error:
        complaints.print(str(error), style="red", markup=False)
        sys.exit(1)
    except (SQLAlchemyError, CommandError) as error:
        complaints.print(f"{DATABASE}（{type(error).__name__}）", style="red", markup=False)
        sys.exit(1)
