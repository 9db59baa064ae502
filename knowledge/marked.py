"""YAML read together with the line of every field, so that a mistake can be shown where it stands."""

from collections.abc import Sequence
from pathlib import Path

import yaml
from yaml.constructor import SafeConstructor
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from knowledge.errors import Problem

Step = str | int


class Marked:
    """A YAML file's value, its nodes and what was wrong with it as YAML (`value` is None when it could not be read)."""

    def __init__(self, file: str, root: Node | None, problems: Sequence[Problem] = ()) -> None:
        self.file = file
        self.problems = list(problems)
        self._root = root
        self._seen: set[int] = set()
        self.value = None if root is None else self._plain(root, ())

    def line(self, path: Sequence[Step]) -> int:
        """Line (from 1) of the key or list entry at `path`, or of the nearest thing around it that is written."""
        node, line = self._root, 1
        for step in path:
            found = _child(node, step)
            if found is None:
                break
            line, node = found
        return line

    def report(self, path: Sequence[Step], message: str) -> None:
        """Note a mistake at `path`; entries of a list of records are called by their id."""
        self.problems.append(Problem(self.file, self.line(path), self._spell(path), message))

    def _spell(self, path: Sequence[Step]) -> str:
        rest = list(path)
        text = self._identity(rest[0]) if rest else ""
        rest = rest[1:] if text else rest
        for step in rest:
            text += f"[{step}]" if isinstance(step, int) else f".{step}"
        return text.lstrip(".")

    def _identity(self, first: Step) -> str:
        entry = _child(self._root, first) if isinstance(first, int) else None
        named = _child(entry[1], "id") if entry else None
        return str(named[1].value) if named and isinstance(named[1], ScalarNode) else ""

    def _plain(self, node: Node, path: tuple[Step, ...]) -> object:
        if id(node) in self._seen:
            self._note(node, path, "YAMLの別名（*）は使えません")
            return None
        self._seen.add(id(node))
        if isinstance(node, MappingNode):
            return self._mapping(node, path)
        if isinstance(node, SequenceNode):
            return [self._plain(entry, (*path, index)) for index, entry in enumerate(node.value)]
        return self._scalar(node, path)

    def _mapping(self, node: MappingNode, path: tuple[Step, ...]) -> dict[str, object]:
        values: dict[str, object] = {}
        for key, value in node.value:
            if not isinstance(key, ScalarNode):
                self._note(key, path, "項目名は文字で書きます")
            elif key.value in values:
                self._note(key, (*path, key.value), "同じ項目が二度書かれています")
            else:
                values[key.value] = self._plain(value, (*path, key.value))
        return values

    def _scalar(self, node: Node, path: tuple[Step, ...]) -> object:
        try:
            return SafeConstructor().construct_object(node)
        except (yaml.YAMLError, ValueError):
            self._note(node, path, f"「{node.value}」は日付や数として読めません（文字なら引用符で囲みます）")
            return None

    def _note(self, node: Node, path: tuple[Step, ...], message: str) -> None:
        self.problems.append(Problem(self.file, node.start_mark.line + 1, self._spell(path), message))


def _child(node: Node | None, step: Step) -> tuple[int, Node] | None:
    if isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node.value):
        entry = node.value[step]
        return entry.start_mark.line + 1, entry
    if isinstance(node, MappingNode):
        return next(((key.start_mark.line + 1, value) for key, value in node.value if key.value == step), None)
    return None


def read_marked(directory: Path, file: str) -> Marked:
    """Read `directory/file`; mistakes of the YAML itself (doubled keys, aliases too) are in `problems`, not raised."""
    line, problem = 0, ""
    try:
        return Marked(file, yaml.compose((directory / file).read_text("utf-8"), Loader=yaml.CSafeLoader))
    except FileNotFoundError:
        problem = "ファイルがありません"
    except UnicodeDecodeError:
        problem = "文字コードはUTF-8にします"
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        problem = f"YAMLとして読めません（{error.problem}）"
    except yaml.YAMLError:
        problem = "YAMLとして読めない文字があります"
    return Marked(file, None, [Problem(file, line, "", problem)])
