"""Budgets and bans of the house style, read off the syntax of every module."""

import ast
from collections.abc import Iterator
from pathlib import PurePath
from statistics import median

from tests.house.tree import PACKAGES, Module, length, modules

LONGEST_FILE, MEDIAN_FILE = 350, 100
LONGEST_FUNCTION, MEDIAN_FUNCTION = 40, 10
# A migration is a schema written out, table by table: a list, not a flow.
MIGRATIONS = "knowledge/migrations/versions/"
# Where anything at all may go wrong and the show must go on: an event, a delivery, a page, an index run.
# The ordinary answer is such an edge in a disaster: what breaks there must not cost the canned one.
EDGES = {
    "bot/chores.py", "bot/handling.py", "bot/outbox.py", "bot/web/guard.py", "handlers/disaster/thinking.py",
    "indexer/build.py",
}  # fmt: skip
BANNED = {"utils", "util", "helpers", "helper", "common", "manager", "service"}
# What a resident wrote or who wrote it; a log line has ids, counts, kinds and keyed hashes only.
UNLOGGED = {
    "text", "body", "message", "messages", "question", "query", "user_id", "line_user_id", "payload", "token", "secret",
    "reply_token", "address", "phone", "mail", "name", "display_name", "event", "exc_info",
}  # fmt: skip
LEVELS = {"debug", "info", "warning", "error", "critical", "exception", "bind", "bind_contextvars"}
LOGGERS = {"log", "_log", "logger", "_logger", "contextvars", "structlog"}


def _broad(module: Module) -> Iterator[str]:
    for node in ast.walk(module.syntax):
        if isinstance(node, ast.ExceptHandler):
            kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
            if any(kind is None or getattr(kind, "id", "") in {"Exception", "BaseException"} for kind in kinds):
                yield f"{module.path}:{node.lineno}"


def _prints(module: Module) -> Iterator[str]:
    for node in ast.walk(module.syntax):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "print":
            yield f"{module.path}:{node.lineno}"


def _class_names(module: Module) -> Iterator[str]:
    return (node.name for node in ast.walk(module.syntax) if isinstance(node, ast.ClassDef))


def _words(name: str) -> set[str]:
    spaced = "".join(f"_{letter}" if letter.isupper() else letter for letter in name)
    return {word for word in spaced.lower().split("_") if word}


def _log_calls(module: Module) -> Iterator[ast.Call]:
    for node in ast.walk(module.syntax):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in LEVELS:
            owner = node.func.value
            if getattr(owner, "id", getattr(owner, "attr", "")) in LOGGERS:
                yield node


def _loose_logging(module: Module) -> Iterator[str]:
    for call in _log_calls(module):
        place = f"{module.path}:{call.lineno}"
        if not (len(call.args) <= 1 and all(isinstance(arg, ast.Constant) for arg in call.args)):
            yield f"{place} logs a sentence that is not fixed"
        for keyword in call.keywords:
            if keyword.arg is None or keyword.arg in UNLOGGED or _carries(keyword.value):
                yield f"{place} logs {keyword.arg}"


def _carries(value: ast.expr) -> bool:
    """Whether a value is, or writes out, something not to log; `len(text)` or `type(error).__name__` do neither."""
    if isinstance(value, ast.Call):
        return getattr(value.func, "id", "") in {"str", "repr", "format"}
    if isinstance(value, ast.JoinedStr):
        return any(_carries(part.value) for part in value.values if isinstance(part, ast.FormattedValue))
    return getattr(value, "attr", getattr(value, "id", "")) in UNLOGGED | {"error", "exception"}


def test_files_keep_their_budget() -> None:
    """No file is longer than 350 lines, and half of them not longer than 100."""
    assert [m.path for m in modules(*PACKAGES, "tests", "bench") if m.lines > LONGEST_FILE] == []
    assert median(m.lines for m in modules()) <= MEDIAN_FILE


def test_functions_keep_their_budget() -> None:
    """No function is longer than 40 lines, and half of them not longer than 10."""
    every = [(m.path, f.name, length(f)) for m in modules() for f in m.functions()]
    flows = [place for *place, lines in every if lines > LONGEST_FUNCTION]
    assert [place for place in flows if not place[0].startswith(MIGRATIONS)] == []
    assert median(lines for *_, lines in every) <= MEDIAN_FUNCTION


def test_broad_excepts_stand_at_the_named_edges_only() -> None:
    """Nothing else catches what it does not know."""
    assert [place for m in modules() if m.path not in EDGES for place in _broad(m)] == []


def test_nothing_prints() -> None:
    """What a person reads goes through the console of the commands, everything else through the log."""
    assert [place for module in modules() for place in _prints(module)] == []


def test_no_module_or_class_has_an_empty_name() -> None:
    """Names say what a thing is; the banned ones fit everything."""
    paths = {part for m in modules() for part in PurePath(m.path).with_suffix("").parts if _words(part) & BANNED}
    classes = {name for m in modules() for name in _class_names(m) if _words(name) & BANNED}
    assert paths | classes == set()


def test_logs_carry_nothing_of_residents() -> None:
    """A log call has a fixed sentence and values that are none of a resident's words, ids or secrets."""
    assert [found for module in modules() for found in _loose_logging(module)] == []


def test_the_log_rule_sees_what_it_must() -> None:
    """A resident's words are found by key, by value, written out and inside the sentence; a count or a hash passes."""

    def found(line: str) -> list[str]:
        return list(_loose_logging(Module("bot/x.py", 1, ast.parse(line))))

    assert found("log.info('asked', text=x)") == ["bot/x.py:1 logs text"]
    assert found("log.info('asked', what=event.text)") == ["bot/x.py:1 logs what"]
    assert found("_log.error(f'asked {text}')") == ["bot/x.py:1 logs a sentence that is not fixed"]
    assert found("_log.error('failed', problem=str(error))") == ["bot/x.py:1 logs problem"]
    assert found("_log.info('asked', length=len(text), resident=hashed(user_id, key))") == []
