"""A request and its answer, and how a refusal is said."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from bot.line.schema.rules import Problem, Rule
from bot.simulator.endpoints import Endpoint
from bot.simulator.people import Json
from bot.simulator.platform import Platform
from knowledge.errors import PocketError


@dataclass(frozen=True)
class Answer:
    """A status with JSON, or with `content` where a file was asked for."""

    status: int = 200
    body: Json = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes | None = None


class RefusedError(PocketError):
    """LINEの練習用サーバーがリクエストを受け付けませんでした。"""

    def __init__(
        self, status: int, message: str, problems: Iterable[Problem] = (), headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        details = [{"message": problem.message, "property": problem.property} for problem in problems]
        body: Json = {"message": message, "details": details} if details else {"message": message}
        self.answer = Answer(status, body, headers or {})


@dataclass(frozen=True)
class Call:
    """One request, already authorised and within its rate."""

    endpoint: Endpoint
    request_id: str
    path: Mapping[str, str]
    query: Mapping[str, str]
    content_type: str
    retry_key: str | None
    raw: bytes

    def json(self, rule: Rule) -> Json:
        """Return the JSON body if it satisfies `rule`; raises RefusedError (400, 415) in LINE's words."""
        if self.content_type.partition(";")[0].strip().lower() != "application/json":
            raise RefusedError(415, "Unsupported Media Type")
        try:
            value = json.loads(self.raw.decode("utf-8"))
        except (ValueError, RecursionError):
            raise RefusedError(400, "The request body could not be parsed as JSON (line: 1, column: 1)") from None
        problems = tuple(rule(value, ""))
        wrong_recipient = next((item.property for item in problems if item.property.partition("[")[0] == "to"), None)
        if wrong_recipient:
            raise RefusedError(
                400, f"The property, {wrong_recipient}, in the request body is invalid (line: -, column: -)", problems
            )
        if problems:
            raise RefusedError(400, f"The request body has {len(problems)} error(s)", problems)
        checked: Json = value
        return checked


Handler: TypeAlias = Callable[[Platform, Call], Answer]
