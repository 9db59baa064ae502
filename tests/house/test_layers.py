"""Import directions: bot → handlers → knowledge ← indexer, and nobody imports bot."""

import ast
from collections.abc import Iterator

from tests.house.tree import PACKAGES, Module, modules

ALLOWED: dict[str, set[str]] = {
    "bot": {"handlers", "knowledge", "indexer"},
    "handlers": {"knowledge"},
    "indexer": {"knowledge"},
    "knowledge": set(),
}
# Heavy libraries that serving does without: each has one loader, and this is all of them.
LOADERS = {
    "indexer/model.py": {"_exporter", "_defaults"},
    "indexer/adapted.py": {"_trainer"},
    "bot/console/sheet.py": {"_excel"},
}
TRAINING = {"torch", "transformers", "sentence_transformers", "onnx", "safetensors"}
TRAINED_BY = {"indexer/export.py", "indexer/defaults.py", "indexer/adapt.py"}


def _wrong_arrows(module: Module) -> Iterator[str]:
    for name in module.imports():
        top = name.split(".")[0]
        if top in PACKAGES and top != module.package and top not in ALLOWED[module.package]:
            yield f"{module.path} → {name}"


def _local_imports(module: Module) -> Iterator[str]:
    for function in module.functions():
        for node in ast.walk(function):
            late = isinstance(node, ast.Import | ast.ImportFrom) or _names(node, {"import_module", "__import__"})
            if late and function.name not in LOADERS.get(module.path, set()):
                yield f"{module.path}:{node.lineno} in {function.name}"  # type: ignore[attr-defined]


def _names(node: ast.AST, wanted: set[str]) -> bool:
    return isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in wanted


def test_imports_follow_the_arrows() -> None:
    """No module imports against the design's arrows, relatively or by full name."""
    assert [arrow for module in modules() for arrow in _wrong_arrows(module)] == []


def test_the_product_imports_no_tests_and_no_benches() -> None:
    """What ships depends on nothing that does not."""
    found = [
        f"{m.path} → {name}" for m in modules() for name in m.imports() if name.split(".")[0] in {"tests", "bench"}
    ]
    assert found == []


def test_imports_stand_at_the_top() -> None:
    """No function imports, in the product, its tests or its benches, but the named loaders of heavy libraries."""
    every = modules(*PACKAGES, "tests", "bench")
    assert [place for module in every for place in _local_imports(module)] == []


def test_only_the_exporter_imports_the_training_libraries() -> None:
    """A serving machine needs neither torch nor what comes with it."""
    heavy = {m.path for m in modules() for name in m.imports() if name.split(".")[0] in TRAINING}
    assert heavy <= TRAINED_BY


def test_the_rule_sees_a_wrong_arrow() -> None:
    """A relative import is resolved before it is judged, so it can hide nothing."""
    line = ast.parse("from ..bot.settings import Settings")
    assert list(_wrong_arrows(Module("knowledge/guide.py", 1, line))) == ["knowledge/guide.py → bot.settings"]
