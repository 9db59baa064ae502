"""`pocket serve` and `pocket worker`."""

import gc
import os
import signal
import threading
from typing import Annotated

import typer
import uvicorn

from bot.chores import Chores, duties
from bot.commands.terminal import complaints, settings
from bot.events import Pool
from bot.line.loading import Loading
from bot.log import configure
from bot.settings import Settings
from bot.wiring import Pocket, event_parts, in_disaster, letter_sender, line_client, notice_sender
from knowledge.database import migrate
from knowledge.errors import PocketError
from knowledge.snapshot import current_name


class DemoWorkersError(PocketError):
    """LINE の設定がないときの練習用画面は、1プロセスでだけ動きます。--workers 1 で起動してください。"""


def serve(
    host: Annotated[str, typer.Option(help="待ち受けるアドレス")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="ポート番号")] = 8000,
    workers: Annotated[int, typer.Option(help="プロセスの数")] = 1,
) -> None:
    """ウェブページ・LINE の受け口・返信を動かします。"""
    current = settings()
    if workers > 1 and not current.has_line:
        raise DemoWorkersError
    _refuse_without_an_index(current)
    migrate(current.database_url)
    # Each worker process reads its settings anew; the port is how demo mode finds itself.
    os.environ["POCKET_PORT"] = str(port)
    complaints.print(f"http://{host}:{port}/ で動いています（やめるには Ctrl+C）")
    if not current.has_line:
        complaints.print(f"LINE の練習用画面：http://{host}:{port}/simulator/")
        complaints.print(f"職員画面（練習用）：http://{host}:{port}/staff/")
    if workers == 1:
        gc.disable()  # until the application stands: see `bot.app.served`
    uvicorn.run(
        "bot.app:served",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        access_log=False,
        log_level="warning",
        server_header=False,
    )


def _refuse_without_an_index(current: Settings) -> None:
    """Raise what is wrong with the index, unless the canned answers of a disaster can do without."""
    try:
        current_name(current.snapshots)
    except PocketError:
        if not in_disaster(current):
            raise


def worker() -> None:
    """届いたメッセージへの返信と、お知らせの送信だけを動かします（ウェブとは別のプロセスで）。"""
    configure()
    current = settings()
    migrate(current.database_url)
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    pocket = Pocket.serving(current)
    with (
        line_client(current) as client,
        Loading(client) as loading,
        Pool(event_parts(pocket, client), loading),
        Chores(pocket.sessions, duties(pocket, client)),
        line_client(current) as notices,
        notice_sender(pocket, notices),
        letter_sender(pocket, notices),
    ):
        gc.freeze()
        stopping.wait()
    pocket.engine.dispose()
