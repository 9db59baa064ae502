"""`pocket client`: the ward systems that may ask for notices to one person."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.api.app import described
from bot.commands.terminal import console, opened, say_json
from knowledge import api_clients
from knowledge.audit import COMMAND_LINE

app = typer.Typer(help="個人へのお知らせを API で頼む、区のシステム", no_args_is_help=True)


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="システムの名前（住民にも見えます）")],
    template: Annotated[list[str] | None, typer.Option(help="使えるひな形（いくつでも）")] = None,
) -> None:
    """システムを登録し、キーを1度だけ表示します。"""
    with opened() as session:
        row, key = api_clients.add(session, name, template or [], COMMAND_LINE, datetime.now(UTC))
    console.print(f"登録しました：{row.name}（{row.id}）", markup=False)
    console.print("キー（もう表示できません。システムの担当者に直接渡してください）：")
    console.print(key, markup=False, soft_wrap=True)


@app.command("list")
def show(as_json: Annotated[bool, typer.Option("--json", help="JSON で出力します")] = False) -> None:
    """登録されているシステムを表示します。"""
    with opened() as session:
        told = [
            {
                "id": row.id,
                "name": row.name,
                "templates": [each.slug for each in api_clients.scopes(session, row.id)],
                "withdrawn": row.withdrawn_at is not None,
                "last_used_at": row.last_used_at.isoformat() if row.last_used_at else None,
            }
            for row in api_clients.everybody(session)
        ]
    if as_json:
        say_json(told)
        return
    for each in told:
        state = "（取消しずみ）" if each["withdrawn"] else ""
        console.print(
            f"{each['id']}　{each['name']}{state}　最後の利用：{each['last_used_at'] or 'なし'}", markup=False
        )


@app.command()
def withdraw(client: Annotated[str, typer.Argument(help="キーの名前（pocket client list に出るもの）")]) -> None:
    """キーを取り消します。もとに戻せません。"""
    with opened() as session:
        row = api_clients.get(session, client)
        api_clients.withdraw(session, row, COMMAND_LINE, datetime.now(UTC))
    console.print(f"取り消しました：{row.name}", markup=False)


@app.command()
def describe(file: Annotated[Path, typer.Argument(help="書き出すファイル")]) -> None:
    """API の説明（OpenAPI）を書き出します。"""
    file.write_text(described(), encoding="utf-8")
    console.print(f"書き出しました：{file}", markup=False)
