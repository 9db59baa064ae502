"""The source tree as the house rules see it: modules with their syntax, imports and functions."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("bot", "handlers", "knowledge", "indexer")
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """One source file."""

    path: str
    lines: int
    syntax: ast.Module

    @property
    def package(self) -> str:
        return self.path.split("/")[0]

    def functions(self) -> Iterator[Function]:
        return (node for node in ast.walk(self.syntax) if isinstance(node, Function))

    def imports(self) -> Iterator[str]:
        """Full names of the modules it imports, relative ones resolved."""
        for node in ast.walk(self.syntax):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield from self._origin(node)

    def _origin(self, node: ast.ImportFrom) -> Iterator[str]:
        parts = self.path.removesuffix(".py").split("/")
        base = parts[: len(parts) - node.level] if node.level else []
        origin = ".".join([*base, *([node.module] if node.module else [])])
        yield from [origin] if origin else [alias.name for alias in node.names]


@cache
def modules(*tops: str) -> tuple[Module, ...]:
    """Every module under the given directories of the project; under the four packages when none is named."""
    paths = sorted(path for top in tops or PACKAGES for path in (ROOT / top).rglob("*.py"))
    return tuple(_module(path) for path in paths)


def _module(path: Path) -> Module:
    text = path.read_text(encoding="utf-8")
    return Module(path.relative_to(ROOT).as_posix(), len(text.splitlines()), ast.parse(text))


def length(function: Function) -> int:
    """Lines from `def` to the last of the body."""
    return (function.end_lineno or function.lineno) - function.lineno + 1
