"""`pocket audit`: whether the log of what the staff did is as it was written."""

from typing import Annotated

import typer

from bot.commands.terminal import console, say_json, settings
from knowledge import audit
from knowledge.database import open_engine, open_sessions

app = typer.Typer(help="操作の記録", no_args_is_help=True)


@app.command("verify")
def verify_all(as_json: Annotated[bool, typer.Option("--json", help="JSON で出力します")] = False) -> None:
    """記録をはじめから読み、書きかえられていれば終了コード1で終わります。番号と照合の文字は、別のところに控えてください。"""
    engine = open_engine(settings().database_url)
    try:
        with open_sessions(engine)() as session:
            found = audit.verify(session)
    finally:
        engine.dispose()
    if as_json:
        say_json({"entries": found.entries, "digest": found.digest, "broken": found.broken})
    elif found.broken is None:
        console.print(f"問題ありません：{found.entries} 件、照合の文字 {found.digest}")
    else:
        console.print(f"{found.broken} 件めが合いません。{found.entries} 件めまでは正しくつながっています。")
    if found.broken is not None:
        raise typer.Exit(1)


@app.callback()
def group() -> None:
    """操作の記録を確かめます。"""
