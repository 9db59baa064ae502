"""`pocket backup` and `pocket restore`."""

from pathlib import Path
from typing import Annotated

import typer

from bot.backup import back_up
from bot.backup import restore as restore_from
from bot.commands.terminal import console, settings

File = Annotated[Path, typer.Argument(help="バックアップのファイル（.tar.gz）")]


def backup(file: File) -> None:
    """動かしたまま、データベースと索引を1つのファイルに写します。"""
    back_up(settings(), file)
    console.print(f"バックアップしました：{file}", markup=False)


def restore(file: File) -> None:
    """バックアップから、空のフォルダーに元どおりにします。"""
    current = settings()
    restore_from(current, file)
    console.print(f"復元しました：{current.data_dir}", markup=False)
