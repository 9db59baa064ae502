"""`pocket serve` and `pocket worker`."""

from typing import Annotated

import typer
import uvicorn

from bot.commands.terminal import complaints, settings
from knowledge.database import migrate
from knowledge.snapshot import current_name


def serve(
    host: Annotated[str, typer.Option(help="待ち受けるアドレス")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="ポート番号")] = 8000,
    workers: Annotated[int, typer.Option(help="プロセスの数")] = 1,
) -> None:
    """ウェブページ・LINE の受け口・返信を動かします。"""
    current = settings()
    current_name(current.snapshots)
    migrate(current.database_url)
    complaints.print(f"http://{host}:{port}/ で動いています（やめるには Ctrl+C）")
    uvicorn.run(
        "bot.app:create_app",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        access_log=False,
        log_config=None,
        server_header=False,
    )
