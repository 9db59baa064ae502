"""`pocket seal`: the key for what residents tell of themselves under seal."""

import base64
import secrets

import typer

from bot.commands.terminal import console, opened, settings
from knowledge.choices import reseal
from knowledge.errors import PocketError
from knowledge.sealing import KEY_BYTES

app = typer.Typer(help="要配慮の登録を封じる鍵", no_args_is_help=True)


class NoSealError(PocketError):
    """POCKET_SENSITIVE_KEY が設定されていません。`pocket seal key` で鍵を作れます。"""


@app.command("key")
def new_key() -> None:
    """新しい鍵を作って表示します。どこにも保存しません。POCKET_SENSITIVE_KEY に書いてください。"""
    console.print(base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode(), markup=False, soft_wrap=True)


@app.command("again")
def seal_again() -> None:
    """登録をすべて、いちばん前の鍵で封じ直します。終わったら、古い鍵を設定から外せます。"""
    seal = settings().seal
    if seal is None:
        raise NoSealError
    with opened() as session:
        done = reseal(session, seal)
    console.print(f"封じ直しました：{done} 件")
