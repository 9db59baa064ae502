"""`pocket ask`: one answer on the terminal, or a file of questions."""

import json
import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from inspect import cleandoc
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import BaseModel, ValidationError
from sqlalchemy.orm import Session

from bot.commands.terminal import console, say_json, settings
from bot.text_layout import as_text
from bot.wiring import Pocket
from handlers.conversation import Asker, Channel
from handlers.reply import Citation, Reply
from knowledge import library
from knowledge.errors import PocketError
from knowledge.text import Language


class BatchLineError(PocketError):
    """質問ファイルの行が読めません。1行に {"id": "…", "text": "…"} の形で書いてください。"""

    def __init__(self, line: int) -> None:
        super().__init__(f"{line}行目：{cleandoc(type(self).__doc__ or '')}")


class BatchFileError(PocketError):
    """読み書きできません。名前と場所、文字コード（UTF-8）を確かめてください。"""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path}：{cleandoc(type(self).__doc__ or '')}")


class BatchQuestion(BaseModel):
    """A line of a batch."""

    id: str | int
    text: str


def ask(
    text: Annotated[str | None, typer.Argument(help="質問（ふだんの言葉で）")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON で出力します")] = False,
    lang: Annotated[Language | None, typer.Option(help="答えの言語（書かなければ質問の言語）")] = None,
    batch: Annotated[Path | None, typer.Option(help="質問の JSONL ファイル")] = None,
    out: Annotated[Path | None, typer.Option(help="答えの JSONL ファイル")] = None,
) -> None:
    """質問に答えます。--batch と --out でまとめて答えることもできます。"""
    if bool(batch) != bool(out) or bool(batch) == bool(text):
        raise typer.BadParameter("質問を書くか、--batch と --out を両方指定してください。")
    questions = _questions(batch) if batch else []
    pocket = Pocket.open(settings())
    if out:
        _ask_all(pocket, questions, out)
        return
    assert text
    with pocket.sessions.begin() as session:
        reply, ms = _timed(pocket, session, text, lang)
        if as_json:
            say_json(answer_record("", session, reply, ms))
        else:
            told, notice = as_text(reply), library.ward(session).notice
            console.print(told, markup=False)
            if notice not in told:
                console.print(f"（{notice}）", style="dim", markup=False)


def _timed(pocket: Pocket, session: Session, text: str, lang: Language | None = None) -> tuple[Reply, float]:
    started = time.perf_counter()
    reply = pocket.responder.ask(session, text, Asker(Channel.TERMINAL, language=lang), datetime.now(UTC))
    return reply, 1000 * (time.perf_counter() - started)


def _ask_all(pocket: Pocket, questions: list[BatchQuestion], out: Path) -> None:
    """Every line is a fresh conversation that leaves no trace; `out` is written whole or not at all."""
    beside = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        with beside.open("w", encoding="utf-8") as file:
            file.writelines(_answers(pocket, questions))
        beside.replace(out)
    except OSError as error:
        raise BatchFileError(out) from error
    finally:
        beside.unlink(missing_ok=True)


def _answers(pocket: Pocket, questions: list[BatchQuestion]) -> Iterator[str]:
    for question in questions:
        with pocket.sessions() as session:
            reply, ms = _timed(pocket, session, question.text)
            yield json.dumps(answer_record(question.id, session, reply, ms), ensure_ascii=False) + "\n"


def _questions(batch: Path) -> list[BatchQuestion]:
    try:
        lines = batch.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise BatchFileError(batch) from error
    return [_question(number, line) for number, line in enumerate(lines, 1) if line.strip()]


def _question(number: int, line: str) -> BatchQuestion:
    try:
        return BatchQuestion.model_validate_json(line)
    except ValidationError as error:
        raise BatchLineError(number) from error


def answer_record(id_: str | int, session: Session, reply: Reply, ms: float) -> dict[str, Any]:
    """A reply as the command line's JSON contract has it."""
    cited = next((part for part in reply.parts if isinstance(part, Citation)), None)
    return {
        "id": id_,
        "outcome": reply.outcome.value,
        "guide": reply.guide,
        "candidates": list(reply.candidates),
        "passage": cited.text if cited else None,
        "source": _source(session, reply),
        "form_urls": list(reply.form_urls),
        "text": as_text(reply),
        "ms": round(ms, 2),
    }


def _source(session: Session, reply: Reply) -> dict[str, Any] | None:
    found = library.source_passage(session, reply.passage) if reply.passage else None
    if found:
        passage, source = found
        place = {"section": passage.section, "page": passage.page}
        return {"id": source.id, "title": source.title, **place, "checked": f"{source.updated_at:%Y-%m-%d}"}
    guide = library.guide(session, reply.guide) if reply.guide else None
    if guide is None:
        return None
    return {"url": str(guide.source.url), "title": guide.source.title, "checked": guide.source.checked.isoformat()}
