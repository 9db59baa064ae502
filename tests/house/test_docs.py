"""Docs are tests: commands, settings and links are checked against the code."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from pydantic_core import PydanticUndefined

from bot.cli import app
from bot.settings import Settings
from tests.house.tree import ROOT

PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "bench/README.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"(?:\]\(|src=\")([^)#\"\s]+)(?:#[^)]*)?[)\"]")
MENTION = re.compile(
    r"`(?:\.venv/bin/)?pocket ((?:[a-z-]+ ?)+)|^\$? *(?:\.venv/bin/)?pocket ((?:[a-z-]+ ?)+)", re.MULTILINE
)


def _read(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def _commands(command: object, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield path
    for name, each in getattr(command, "commands", {}).items():
        yield from _commands(each, (*path, name))


COMMANDS = set(_commands(typer.main.get_command(app)))


def _mentions(text: str) -> Iterator[tuple[str, ...]]:
    return (tuple((first or second).split()) for first, second in MENTION.findall(text))


def _exists(words: tuple[str, ...]) -> bool:
    """Whether the longest command those words can begin with is a whole one: `pocket index` alone is not."""
    known = max((words[:n] for n in range(len(words) + 1) if words[:n] in COMMANDS), key=len)
    return bool(known) and not any(each[: len(known)] == known and len(each) > len(known) for each in COMMANDS)


def _targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):", _read(ROOT / "Makefile"), re.MULTILINE))


def _default(name: str) -> str:
    value = Settings.model_fields[name].default
    assert value is not PydanticUndefined
    plain = value.get_secret_value() if hasattr(value, "get_secret_value") else value
    return f"`{plain}`" if str(plain) else "(empty)"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link of a page is a file of this repository."""
    links = [link for link in LINK.findall(_read(page)) if "://" not in link and not link.startswith("mailto:")]
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_in_docs_exist(page: Path) -> None:
    """Whoever copies a command from a page finds that it exists."""
    text = _read(page)
    assert [words for words in _mentions(text) if not _exists(words)] == []
    assert set(re.findall(r"\bmake ([a-z]+)`", text)) | set(re.findall(r"^make ([a-z]+)", text, re.M)) <= _targets()


def test_the_readme_opens_with_the_two_commands() -> None:
    """`make run` and `make test` stand before the first heading below the title."""
    opening = _read(ROOT / "README.md").split("\n## ")[0]
    assert [command for command in ("make run", "make test") if command not in opening] == []


def test_the_settings_table_is_the_settings() -> None:
    """Every variable stands in the table with its default, and no other."""
    rows = re.findall(r"^\| `([A-Z_]+)` \| (.+?) \|", _read(ROOT / "docs/configuration.md"), re.MULTILINE)
    fields = {str(field.validation_alias): _default(name) for name, field in Settings.model_fields.items()}
    assert dict(rows) == fields
    assert len(rows) == len(fields)


def test_every_decision_is_listed() -> None:
    """The index of decisions names each of them."""
    listed = set(LINK.findall(_read(ROOT / "docs/decisions/README.md")))
    assert listed == {path.name for path in (ROOT / "docs/decisions").glob("[0-9]*.md")}


def test_the_rule_knows_a_command_that_is_not_there() -> None:
    """Groups alone and made-up commands are refused; arguments after a command are not read as commands."""
    assert _exists(("index", "build"))
    assert _exists(("ask", "nanika"))
    assert not _exists(("index",))
    assert not _exists(("fly",))
