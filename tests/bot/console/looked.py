"""What a browser test looks at: a page, and the steps to a state of it."""

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
