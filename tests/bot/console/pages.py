"""Every page and state of the console that a browser test looks at; each area adds its own.

A state that takes steps is reached by `steps`, which gets the page at `path`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

from knowledge.models import Role

Steps = Callable[[Page], object]


@dataclass(frozen=True)
class Looked:
    """A page to look at: its name in the tests, its path below /staff, and who opens it (nobody: signed out)."""

    name: str
    path: str
    roles: tuple[Role, ...] = ()
    steps: Steps | None = None


PAGES: list[Looked] = [
    Looked("home", "/", (Role.EDITOR,)),
    Looked("sign in", "/sign-in"),
    Looked("no such page", "/nowhere", (Role.EDITOR,)),
]
