"""Every version is pinned, and PyTorch can not bring CUDA."""

import re
import tomllib
from importlib.metadata import distributions

from tests.house.tree import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _pins() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pairs = [line.split("==") for line in lines if line and not line.startswith("#")]
    return {_plain(name): version for name, version in pairs}


def _wanted() -> set[str]:
    extras = [each for names in PROJECT["optional-dependencies"].values() for each in names]
    return {_plain(re.split(r"[\[=<>~! ]", each)[0]) for each in [*PROJECT["dependencies"], *extras]}


def test_every_dependency_is_pinned() -> None:
    """What pyproject.toml asks for has exactly one version."""
    assert _wanted() - set(_pins()) == set()


def test_the_environment_is_the_pinned_one() -> None:
    """Of what is pinned, the tests ran with exactly that version."""
    pins = _pins()
    installed = {_plain(each.name): each.version.split("+")[0] for each in distributions()}
    assert {name: version for name, version in installed.items() if pins.get(name, version) != version} == {}
    assert _wanted() <= set(installed)


def test_torch_is_the_cpu_build_everywhere() -> None:
    """Makefile, constraints and extras agree on one PyTorch, and no CUDA package is pinned."""
    pins = _pins()
    assert f"TORCH := {pins['torch']}\n" in (ROOT / "Makefile").read_text(encoding="utf-8")
    assert f"torch=={pins['torch']}" in PROJECT["optional-dependencies"]["encoder"]
    assert [name for name in pins if name.startswith(("nvidia", "cuda", "triton"))] == []
