"""`pocket line`: what is set up at the LINE platform."""

import typer

from bot.commands.terminal import console, settings
from bot.line.richmenu import deploy
from bot.wiring import line_client, rich_menu
from knowledge.database import open_engine, open_sessions
from knowledge.errors import PocketError

app = typer.Typer(help="LINE の設定", no_args_is_help=True)
richmenu = typer.Typer(help="リッチメニュー", no_args_is_help=True)
app.add_typer(richmenu, name="richmenu")


class LineNotConfiguredError(PocketError):
    """LINE の設定がありません。LINE_CHANNEL_SECRET と LINE_CHANNEL_ACCESS_TOKEN を設定してください。"""


@richmenu.command("deploy")
def deploy_menu() -> None:
    """リッチメニューを公開します。同じものが公開されていれば何もしません。"""
    current = settings()
    if not current.has_line:
        raise LineNotConfiguredError
    menu = rich_menu(current, open_sessions(open_engine(current.database_url)))
    with line_client(current) as client:
        console.print(f"リッチメニューを公開しています：{deploy(client, menu)}")
