"""How long the console's pages take when there is much to show."""

from pathlib import Path

import pytest

from bench.console import BARE, BOUND_MS, PAGES, figures


def test_pages_open_with_some_to_show(tmp_path: Path) -> None:
    """Every page of the bench opens and is timed, with a few thousand questions."""
    found = list(figures(tmp_path / "data", 3_000, 150, 2))
    assert [figure.page for figure in found] == [BARE, *PAGES]
    assert all(0 < figure.p50_ms <= figure.p95_ms for figure in found)


@pytest.mark.prove
@pytest.mark.timeout(3600)
def test_pages_are_quick_at_full_size(tmp_path: Path) -> None:
    """p95 of every page within 300 ms at 2,000 guides and 1,000,000 questions of a year (issue 4)."""
    found = list(figures(tmp_path / "data", 1_000_000, 2_000, 40))
    assert [figure for figure in found if figure.p95_ms > BOUND_MS] == []
