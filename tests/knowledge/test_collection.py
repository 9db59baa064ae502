"""When the table of collection days ends: in good time, where nothing follows, and of which towns."""

from datetime import date, timedelta

import pytest

from knowledge import collection
from knowledge.collection import Ending
from knowledge.database import Sessions
from knowledge.today import SOON

TODAY = date(2026, 11, 23)
LAST = date(2026, 11, 30)


def _row(where: str, begins: str, ends: str, kind: str = "burnable", days: str = "火・金") -> str:
    return f"{where},{kind},{days},8:00,{begins},{ends},区の表"


NOW = _row("駒込,1丁目", "2026-04-01", "2026-11-30"), _row("巣鴨,", "2026-04-01", "2026-11-30")
ALL = [Ending(LAST, ("巣鴨", "駒込"), whole=True)]


@pytest.mark.parametrize(
    ("table", "ends"),
    [
        (NOW, ALL),
        ((*NOW, _row("高田,", "2027-04-01", "2028-03-31")), ALL),
        ((NOW[0], _row("巣鴨,", "2026-04-01", "2027-03-31")), [Ending(LAST, ("駒込",), whole=False)]),
        ((*NOW, _row("巣鴨,", "2026-12-01", "2027-03-31", days="水")), [Ending(LAST, ("駒込",), whole=False)]),
        ((*NOW, _row("巣鴨,", "2026-12-02", "2027-03-31")), ALL),
        ((_row("巣鴨,", "2026-04-01", "2027-03-31", "plastic"), NOW[1]), [Ending(LAST, ("巣鴨",), whole=False)]),
        ((NOW[0], _row("巣鴨,", "2026-04-01", "2026-11-01")), [
            Ending(date(2026, 11, 1), ("巣鴨",), whole=False),
            Ending(LAST, ("駒込",), whole=False),
        ]),
        ((_row("巣鴨,", "2026-04-01", "2026-12-24"),), []),
        ((_row("巣鴨,", "9998-12-31", "9999-12-31"), _row("駒込,1丁目", "0001-01-01", "0001-01-02")), [
            Ending(date(1, 1, 2), ("駒込",), whole=True),
        ]),
    ],
    ids=["all", "not begun", "one town", "followed", "a day missing", "a kind", "by day", "later", "edges"],
)  # fmt: skip
def test_the_table_ends_where_nothing_follows(sessions: Sessions, table: tuple[str, ...], ends: list[Ending]) -> None:
    """On the last day of each kind at each place that no row goes on from without a gap."""
    with sessions.begin() as session:
        head = ",".join(collection.COLUMNS)
        collection.replace_all(session, collection.read_table("\n".join([head, *table])))
    with sessions() as session:
        assert collection.endings(session, TODAY, SOON) == ends


def test_it_is_told_thirty_days_before(sessions: Sessions) -> None:
    """Not a day sooner, and ever after; a ward without a table is told nothing."""
    with sessions.begin() as session:
        assert collection.endings(session, TODAY, SOON) == []
        collection.replace_all(session, collection.read_table("\n".join([",".join(collection.COLUMNS), *NOW])))
    with sessions() as session:
        early, late = LAST - timedelta(days=30), LAST + timedelta(days=300)
        assert collection.endings(session, early - timedelta(days=1), SOON) == []
        assert collection.endings(session, early, SOON) == collection.endings(session, late, SOON) == ALL
